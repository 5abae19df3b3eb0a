#pragma once

#include <boost/asio/io_context.hpp>

#include "net/system_clock.hpp"
#include "service/schedule/scheduler.hpp"

namespace sidetone::service {

/// The machine's time on the logic thread's context.
class AsioScheduler final : public Scheduler {
 public:
  explicit AsioScheduler(boost::asio::io_context& context) : context_(context) {}
  [[nodiscard]] const Clock& clock() const override { return clock_; }
  [[nodiscard]] Timer after(Microseconds delay, std::function<void()> action) override;

 private:
  boost::asio::io_context& context_;
  net::SystemClock clock_;
};

}  // namespace sidetone::service
