#pragma once

#include "core/base/clock.hpp"

namespace sidetone::net {

/// The machine's clocks. @thread any.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override {
    return {std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now().time_since_epoch())};
  }
  [[nodiscard]] WallTime wall() const override {
    return {std::chrono::duration_cast<Seconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
  }
};

}  // namespace sidetone::net
