#include "service/schedule/asio_scheduler.hpp"

#include <boost/asio/steady_timer.hpp>

namespace sidetone::service {
namespace {

class AsioTimer final : public Timer::Pending {
 public:
  AsioTimer(boost::asio::io_context& context, Microseconds delay, std::function<void()> action)
      : timer_(context, delay), waits_(std::make_shared<bool>(true)) {
    // The timer may be dropped after its wait has ended and before the handler runs: only `state` tells.
    timer_.async_wait([state = std::weak_ptr(waits_), action = std::move(action)](const auto& error) {
      const auto waits = state.lock();
      if (error || !waits) return;
      *waits = false;
      action();
    });
  }
  [[nodiscard]] bool waits() const override { return *waits_; }

 private:
  boost::asio::steady_timer timer_;
  std::shared_ptr<bool> waits_;
};

}  // namespace

Timer AsioScheduler::after(Microseconds delay, std::function<void()> action) {
  return Timer(std::make_unique<AsioTimer>(context_, delay, std::move(action)));
}

}  // namespace sidetone::service
