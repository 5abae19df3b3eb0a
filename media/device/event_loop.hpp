#pragma once

#include <functional>
#include <list>
#include <memory>

struct pa_mainloop;
struct pa_mainloop_api;

namespace sidetone::media::device {

/// The audio thread's event loop: libpulse's own, which also watches other file descriptors. It sleeps in poll() until
/// something happens. @thread audio.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Call `on_readable` whenever the descriptor is readable, as long as the loop lives.
  void watch(int descriptor, std::function<void()> on_readable);
  /// Wait for events and handle them. @return false: the loop cannot go on.
  bool run_once();
  [[nodiscard]] pa_mainloop_api* api() const;

 private:
  pa_mainloop* loop_;
  std::list<std::function<void()>> watches_;
};

}  // namespace sidetone::media::device
