#pragma once

#include <map>
#include <memory>
#include <utility>

#include "service/schedule/scheduler.hpp"

namespace sidetone::service::testing {

/// Time that passes when a test says so. The monotonic clock starts at an hour, the wall clock at a Monday noon.
class VirtualScheduler final : public Scheduler {
 public:
  [[nodiscard]] const Clock& clock() const override { return clock_; }

  [[nodiscard]] Timer after(Microseconds delay, std::function<void()> action) override {
    const Key key{clock_.at + delay, next_++};
    actions_[key] = std::move(action);
    return Timer(std::make_unique<Waiting>(*this, key));
  }

  /// Let time pass; what is due runs in its order.
  void advance(Microseconds by) {
    const auto until = clock_.at + by;
    while (!actions_.empty() && actions_.begin()->first.first <= until) {
      auto due = actions_.begin();
      clock_.at = std::max(clock_.at, due->first.first);
      const auto action = std::move(due->second);
      actions_.erase(due);
      action();
    }
    clock_.at = until;
  }
  void jump_wall(Seconds by) { clock_.wall_offset += by; }
  [[nodiscard]] std::size_t waiting() const { return actions_.size(); }

 private:
  using Key = std::pair<MonotonicTime, std::uint64_t>;
  struct VirtualClock final : Clock {
    MonotonicTime at{Seconds{3600}};
    Seconds wall_offset{1'767'960'000 - 3600};
    [[nodiscard]] MonotonicTime now() const override { return at; }
    [[nodiscard]] WallTime wall() const override {
      return {(std::chrono::duration_cast<Seconds>(at.since_zero) + wall_offset).count()};
    }
  };
  class Waiting final : public Timer::Pending {
   public:
    Waiting(VirtualScheduler& scheduler, Key key) : scheduler_(scheduler), key_(key) {}
    ~Waiting() override { scheduler_.actions_.erase(key_); }
    [[nodiscard]] bool waits() const override { return scheduler_.actions_.count(key_) != 0; }

   private:
    VirtualScheduler& scheduler_;
    Key key_;
  };

  VirtualClock clock_;
  std::uint64_t next_ = 0;
  std::map<Key, std::function<void()>> actions_;
};

}  // namespace sidetone::service::testing
