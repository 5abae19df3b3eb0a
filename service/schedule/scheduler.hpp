#pragma once

#include <functional>
#include <memory>

#include "core/base/clock.hpp"

/// Time for the logic thread: asio's in the program, a virtual one in tests.
namespace sidetone::service {

/// Something that runs later unless this is dropped or cancelled first.
class Timer {
 public:
  class Pending {
   public:
    virtual ~Pending() = default;
    /// False once the action has begun to run.
    [[nodiscard]] virtual bool waits() const = 0;
  };

  Timer() = default;
  explicit Timer(std::unique_ptr<Pending> pending) : pending_(std::move(pending)) {}
  void cancel() { pending_.reset(); }
  [[nodiscard]] bool pending() const { return pending_ && pending_->waits(); }

 private:
  std::unique_ptr<Pending> pending_;
};

/// @thread logic.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  [[nodiscard]] virtual const Clock& clock() const = 0;
  /// @param action  may drop or replace its own timer.
  [[nodiscard]] virtual Timer after(Microseconds delay, std::function<void()> action) = 0;
};

}  // namespace sidetone::service
