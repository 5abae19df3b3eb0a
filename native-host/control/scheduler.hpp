#pragma once

#include <functional>

#include "core/base/clock.hpp"

namespace sidetone::host::control {

/// Timers of the thread that control runs on; virtual in tests.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  /// Run once, not before `delay`, on the media engine's I/O thread; never after the scheduler's owner has ended
  /// control.
  virtual void after(Milliseconds delay, std::function<void()> task) = 0;
};

}  // namespace sidetone::host::control
