#pragma once

#include <chrono>
#include <cstdint>

namespace sidetone {

using Microseconds = std::chrono::microseconds;
using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

/// A point on a monotonic clock with an arbitrary zero; only differences mean anything.
struct MonotonicTime {
  Microseconds since_zero{0};

  friend auto operator==(MonotonicTime a, MonotonicTime b) { return a.since_zero == b.since_zero; }
  friend auto operator<=>(MonotonicTime a, MonotonicTime b) { return a.since_zero.count() <=> b.since_zero.count(); }
  friend MonotonicTime operator+(MonotonicTime a, Microseconds d) { return {a.since_zero + d}; }
  friend MonotonicTime operator-(MonotonicTime a, Microseconds d) { return {a.since_zero - d}; }
  friend Microseconds operator-(MonotonicTime a, MonotonicTime b) { return a.since_zero - b.since_zero; }
};

/// A moment for people: seconds since 1970-01-01T00:00:00Z without leap seconds.
struct WallTime {
  std::int64_t unix_seconds = 0;

  friend bool operator==(WallTime a, WallTime b) { return a.unix_seconds == b.unix_seconds; }
  friend auto operator<=>(WallTime a, WallTime b) { return a.unix_seconds <=> b.unix_seconds; }
};

/// Where time comes from. Always injected, so that tests run on a virtual clock.
class Clock {
 public:
  virtual ~Clock() = default;
  /// @thread any; never goes backwards.
  [[nodiscard]] virtual MonotonicTime now() const = 0;
  /// @thread any; may jump when the machine's clock is set.
  [[nodiscard]] virtual WallTime wall() const = 0;
};

}  // namespace sidetone
