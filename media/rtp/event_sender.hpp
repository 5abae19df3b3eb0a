#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/base/clock.hpp"
#include "media/rtp/telephone_event.hpp"

namespace sidetone::media::rtp {

inline constexpr std::size_t kMostKeys = 1024;  ///< that wait at a time

/// Keys to be pressed, one after the other. @source https://www.w3.org/TR/webrtc/#dom-rtcdtmfsender-insertdtmf
struct KeyPresses {
  /// Of "0123456789*#ABCD,"; ',' is a pause of two seconds. With room for kMostKeys where they are appended.
  std::string keys;
  Milliseconds duration{100};  ///< of each
  Milliseconds gap{70};        ///< between two
  std::uint32_t number = 0;    ///< of this order of keys: what is told of a key names the order that it is of
  bool append = false;         ///< behind what has not sounded of the order before, instead of in its place
};

/// Lays keys out in time as RTP events, in step with the sound that they take the place of.
/// @thread one (audio). No call allocates. @source RFC 4733 §2.5.1
class EventSender {
 public:
  struct Packet {
    std::uint32_t timestamp = 0;
    bool marker = false;
    TelephoneEvent event;
  };
  struct Change {
    char key = 0;  ///< the key that sounds now, or ','; 0: all have been pressed
    std::uint32_t number = 0;
  };

  /// @param stream_clock_hz  of the timestamps. @param event_clock_hz  of the durations; the two differ where the far
  ///   end has no events of the codec's clock.
  /// @param interval  time between two reports. All in samples at 48 kHz.
  void configure(std::uint32_t stream_clock_hz, std::uint32_t event_clock_hz, std::size_t interval);
  /// The key that sounds sounds to its end. `presses` then holds what was before.
  void insert(KeyPresses& presses);
  /// Nothing can be sent any more.
  void cancel();

  /// Whether a key takes the place of the sound now, or before a packet of `packet` samples at 48 kHz is full.
  [[nodiscard]] bool takes(std::size_t packet) const;
  /// The next `samples` (at 48 kHz) pass. @param timestamp  of the first of them. @param may_begin  no packet of sound
  /// is half full. @return reports to be sent now, in their order; valid until the next call.
  std::span<const Packet> advance(std::size_t samples, std::uint32_t timestamp, bool may_begin);
  /// What began or ended in the last advance().
  std::optional<Change> take_change();

 private:
  void report(std::int64_t now);
  void begin(char key, std::int64_t at, std::int64_t block_start, std::uint32_t timestamp);
  void put(std::uint32_t timestamp, bool end, std::int64_t duration);
  [[nodiscard]] std::int64_t segment_samples() const { return kLongestEventSegment * (48000 / event_clock_hz_); }
  [[nodiscard]] std::uint32_t to_stream(std::int64_t samples) const {
    return static_cast<std::uint32_t>(samples * stream_clock_hz_ / 48000);
  }

  std::uint32_t stream_clock_hz_ = 48000;
  std::uint32_t event_clock_hz_ = 48000;
  std::int64_t interval_ = 960;

  KeyPresses order_;
  std::size_t next_ = 0;       ///< in order_.keys
  bool scheduled_ = false;     ///< something happens at due_
  std::int64_t due_ = 0;       ///< samples, as position_
  std::int64_t position_ = 0;  ///< all samples that have passed

  // The key that sounds or whose end is being repeated.
  std::uint8_t event_ = 0;
  int ends_left_ = 0;  ///< final reports to be sent
  std::int64_t end_ = 0;
  std::int64_t segment_start_ = 0;
  std::uint32_t segment_timestamp_ = 0;
  std::int64_t next_report_ = 0;
  bool first_ = false;
  bool ended_ = false;
  // The segment before, whose last report is repeated, too.
  int segment_ends_left_ = 0;
  std::uint32_t full_timestamp_ = 0;

  std::array<Packet, 4> packets_{};
  std::size_t count_ = 0;
  std::optional<Change> change_;
};

}  // namespace sidetone::media::rtp
