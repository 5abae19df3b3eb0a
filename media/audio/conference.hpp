#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "media/audio/exchange.hpp"
#include "media/audio/sender.hpp"
#include "media/dsp/pcm.hpp"
#include "media/dsp/voice_activity.hpp"
#include "media/mixer/mixer.hpp"

namespace sidetone::media::audio {

class CapturePort;
class Leg;

/// Whether a party of a conference speaks: voice, and a while after it. Whoever does not is left out of the mix, for
/// the noise of every room would add up, and every listener would need an encoder of his own.
class SpeakerGate {
 public:
  static constexpr std::size_t kHoldBlocks = 100;  ///< 1 s: between two sentences nothing is switched

  /// 300 ms: until then every noise is taken for voice (dsp::VoiceActivity), and is not held.
  static constexpr std::size_t kLearnBlocks = 30;

  /// Silences the block, or fades it in or out over its 10 ms. @return whether anything is left of it.
  bool apply(dsp::BlockSpan block);
  /// Whether it knows how the room sounds and lets nothing of it through.
  [[nodiscard]] bool is_shut() const { return !open_ && blocks_ == kLearnBlocks; }
  /// Whether the last block was voice.
  [[nodiscard]] bool hears_voice() const { return held_ == kHoldBlocks; }

 private:
  dsp::VoiceActivity activity_;
  std::size_t blocks_ = 0;  ///< that were not silent, up to kLearnBlocks
  std::size_t held_ = 0;
  bool open_ = false;
};

/// What one leg has to do with its conference.
class ConferencePlace {
 public:
  /// The next 10 ms of the far end, as loud as it is to be heard. The oldest are dropped where nobody takes them.
  void say(dsp::ConstBlockSpan block, float gain);
  /// @return nullptr: it says nothing now. Valid until the next say().
  const dsp::Block* take();
  /// Whether what it says next is not heard unless it is voice.
  [[nodiscard]] bool is_shut() const { return gate_.is_shut(); }
  /// Whether what it said last was voice.
  [[nodiscard]] bool hears_voice() const { return gate_.hears_voice(); }

  dsp::Block heard{};                 ///< the mix of the others
  SharedPacket packet;                ///< of those who hear what this leg's encoder makes
  bool leads = false;                 ///< this leg's encoder is the one that those have heard who hear the same
  std::uint64_t blocks = 0;           ///< of the conference
  CapturePort* microphone = nullptr;  ///< of the conference

 private:
  // Loudspeaker and microphone call in their own time: what the one brings waits for the other.
  static constexpr std::size_t kBlocks = 4;
  static constexpr std::size_t kStart = 2;  ///< blocks that are there before the first one is taken again

  std::array<dsp::Block, kBlocks> said_;
  std::array<bool, kBlocks> speaks_{};
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  bool waits_ = false;
  float gain_ = 1;
  SpeakerGate gate_;
};

/// Room for so many legs in conferences; made by the control thread, for the audio thread allocates nothing.
struct ConferenceRoom {
  explicit ConferenceRoom(std::size_t legs) : capacity(legs) {
    seated.reserve(legs);
    parties.reserve(legs + 1);
  }
  std::size_t capacity;
  std::vector<Leg*> seated;
  std::vector<mixer::Party> parties;  ///< with the microphone's
};

/// The conferences of an engine: legs whose source is one hear the sum of its other legs (N−1) and, where they have
/// one, of this machine's microphone. What those hear who say nothing is the same, and is encoded once for all of them
/// who take the same encoding. @thread audio; no allocation, no lock, no system call.
class Conferences {
 public:
  /// Exchange the room; `room` then holds the old one.
  void swap_room(ConferenceRoom& room);
  /// The leg's codecs or its place are about to change: the encoder that others listen to passes on.
  void release(Leg& leg);
  /// Legs came, went or changed. @param legs  the audio thread's list
  void arrange(Leg* legs);

  /// Legs were connected to devices: the microphone of a conference is that of its first leg that has one.
  void take_microphones();

  /// The legs of one conference.
  using Members = std::span<Leg* const>;

  /// Calls `use(Members)` for each conference.
  template <class Use>
  void for_each(Use use) const {
    for (std::size_t begin = 0; begin < room_.seated.size();) {
      const std::size_t end = end_of_conference(begin);
      use(Members{room_.seated}.subspan(begin, end - begin));
      begin = end;
    }
  }

  /// Mix and send 10 ms of one conference. @param microphone  nullptr: nothing is said here. @return whether frames
  /// wait.
  bool advance(Members members, dsp::Block* microphone, MonotonicTime now, FrameRing& frames);

 private:
  [[nodiscard]] Members conference_of(const Leg& leg) const;
  [[nodiscard]] std::size_t end_of_conference(std::size_t begin) const;
  static bool send_group(Members group, std::span<const mixer::Party> parties, const dsp::Block& common,
                         std::uint64_t number, MonotonicTime now, FrameRing& frames);

  ConferenceRoom room_{0};  ///< seated: sorted by conference, then by encoding
};

}  // namespace sidetone::media::audio
