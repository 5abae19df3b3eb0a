#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/audio/audio_engine.hpp"
#include "media/audio/conference.hpp"
#include "media/audio/exchange.hpp"
#include "media/audio/sender.hpp"
#include "media/audio/seqlock.hpp"
#include "media/dsp/cadence.hpp"
#include "media/dsp/delay_line.hpp"
#include "media/dsp/key_tone.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/melody.hpp"
#include "media/dsp/pcm.hpp"
#include "media/jitter/jitter_buffer.hpp"
#include "media/rtp/event_receiver.hpp"

namespace sidetone::media::audio {

class CapturePort;
class PlaybackPort;
class ProcessedCapture;

/// A leg's codecs, made on the control thread.
struct LegCodecs {
  std::unique_ptr<SendCodec> send;
  std::vector<jitter::JitterBuffer::Binding> receive;
  std::array<std::optional<EventBinding>, kMaxEventBindings> events;
  bool receives = false;
  bool metered = false;
  Sound sound = Sound::kNone;
  double sound_pitch = 1.0;
};

/// One direction pair of a call. Made and freed on the control thread; in between, what is marked so belongs to the
/// audio thread.
class Leg {
 public:
  Leg(LegId id, std::uint32_t first_timestamp);

  const LegId id;
  PacketRing packets{64};          ///< control → audio
  Seqlock<LegStats> published;     ///< audio → control
  std::atomic<bool> muted{false};  ///< control → audio

  // Everything below: the audio thread.

  /// Decode, conceal and stretch the next 10 ms of the far end.
  void receive(dsp::BlockSpan out, MonotonicTime now);
  /// The next 10 ms of a source that is no device. @return whether a frame was put into `frames`.
  bool send_made(MonotonicTime now, FrameRing& frames);
  /// 10 ms from the device.
  bool send_captured(dsp::ConstBlockSpan block, MonotonicTime now, FrameRing& frames);
  /// 10 ms of the conference that is its source.
  bool send_mixed(dsp::ConstBlockSpan block, const MixedBlock& mixed, MonotonicTime now, FrameRing& frames);
  void publish();

  /// The next key that the far end has pressed.
  std::optional<rtp::ReceivedKey> take_key(MonotonicTime now) { return keys_.take(now); }

  void swap_codecs(LegCodecs& codecs);
  void set_source(Source& source);
  [[nodiscard]] bool records() const { return sender.active() || metered_; }
  [[nodiscard]] bool in_conference() const { return source.kind == SourceKind::kConference; }
  [[nodiscard]] bool is_muted() const { return muted.load(std::memory_order_relaxed); }
  /// The port whose calls it sends at.
  [[nodiscard]] const CapturePort* clocked_by() const { return in_conference() ? place.microphone : capture; }
  [[nodiscard]] bool plays() const { return receives_ || cadence_.sounds(); }

  Leg* next = nullptr;  ///< in the audio thread's list
  Sender sender;
  Source source;
  Sink sink;
  ConferencePlace place;
  CapturePort* capture = nullptr;         ///< the port that feeds it; nullptr: the timer does
  ProcessedCapture* processed = nullptr;  ///< what it hears of `capture`; nullptr: all of it
  PlaybackPort* playback = nullptr;       ///< the port that plays it; nullptr: the timer pulls
  bool source_lost = false;               ///< said to the control thread
  float gain = 1;                         ///< as heard; moves to sink.gain within a block

 private:
  bool send_block(dsp::ConstBlockSpan block, MonotonicTime now, FrameRing& frames);
  [[nodiscard]] const EventBinding* events_of(std::uint8_t payload_type) const;

  jitter::JitterBuffer buffer_;
  dsp::LevelMeter received_;
  std::unique_ptr<dsp::DelayLine> echo_;
  dsp::Melody melody_;
  dsp::Cadence cadence_;
  bool receives_ = false;
  bool metered_ = false;
  std::array<std::optional<EventBinding>, kMaxEventBindings> events_;
  rtp::EventReceiver keys_;
  dsp::KeyTone key_tone_;
  std::optional<MonotonicTime> first_played_;
};

}  // namespace sidetone::media::audio
