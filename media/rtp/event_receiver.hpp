#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/clock.hpp"
#include "media/rtp/telephone_event.hpp"

namespace sidetone::media::rtp {

/// A key that the far end has pressed.
struct ReceivedKey {
  char key = 0;
  Milliseconds duration{0};
};

/// Makes keys of the reports that come, in whatever order and number they do: each key once.
/// @thread one (audio). No call allocates. @source RFC 4733 §2.5.2
class EventReceiver {
 public:
  struct Report {
    std::uint32_t ssrc = 0;
    std::uint32_t timestamp = 0;
    bool marker = false;
    std::uint32_t clock_rate_hz = 48000;  ///< of the payload type
    Bytes payload;
  };
  struct Stats {
    std::uint64_t malformed = 0;
    std::uint64_t foreign = 0;   ///< events that are no keys
    std::uint64_t too_many = 0;  ///< keys faster than anybody or anything presses them
  };

  void push(const Report& report, MonotonicTime now);
  /// The next key that has been let go, or of which no more was heard.
  std::optional<ReceivedKey> take(MonotonicTime now);
  /// The key that is to be heard now.
  [[nodiscard]] std::optional<char> sounding(MonotonicTime now) const;
  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  struct Pressed {
    std::uint8_t event = 0;
    std::uint32_t timestamp = 0;  ///< of the newest segment
    std::uint32_t clock_rate_hz = 48000;
    std::int64_t before = 0;  ///< units of the segments before it
    std::uint16_t duration = 0;
    bool ended = false;
    Microseconds first_heard_of{0};  ///< how long it had been pressed when its first report came
    MonotonicTime began;             ///< arrival of that
    MonotonicTime last_report;
    [[nodiscard]] Microseconds pressed_for() const {
      return Microseconds{(before + duration) * 1'000'000 / clock_rate_hz};
    }
  };
  void accept(const TelephoneEvent& event, std::uint32_t timestamp, const Report& report, MonotonicTime now);
  [[nodiscard]] bool continues(const TelephoneEvent& event, std::uint32_t timestamp, const Report& report) const;
  [[nodiscard]] bool allowed(MonotonicTime now);
  void let_go(MonotonicTime now);

  std::optional<Pressed> pressed_;
  std::uint32_t ssrc_ = 0;
  std::optional<std::uint32_t> newest_timestamp_;
  std::array<ReceivedKey, 8> done_{};  ///< let go and not yet taken
  std::size_t done_count_ = 0;
  char heard_ = 0;
  MonotonicTime heard_until_;
  static constexpr double kMostAtOnce = 16;  ///< what a network may have held back
  double credit_ = kMostAtOnce;              ///< keys that may come now
  MonotonicTime credited_at_;
  Stats stats_;
};

}  // namespace sidetone::media::rtp
