#pragma once

#include <poll.h>
#include <pulse/mainloop-api.h>

#include <functional>
#include <list>
#include <vector>

#include "core/base/clock.hpp"

namespace sidetone::media::device {

/// The audio thread's event loop: an implementation of libpulse's `pa_mainloop_api` that also watches other file
/// descriptors. It sleeps in ppoll() until something happens. libpulse's own loop may be woken from other threads, for
/// which it writes to a pipe and reads that again whenever something is deferred; here only the loop's own thread
/// defers, and what is deferred runs before the loop sleeps.
/// @thread audio; allocates for a new event only.
/// @source <pulse/mainloop-api.h>. Events may be freed at any time, also inside callbacks; their destroy callback
/// follows when no callback runs, at the latest with the loop's end.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Call `on_readable` whenever the descriptor is readable, as long as the loop lives.
  void watch(int descriptor, std::function<void()> on_readable);
  /// Run what is deferred, wait for events and handle them.
  /// @param at_most  how long to wait; negative: until there is one.
  /// @return false: the loop cannot go on, or somebody called the interface's `quit`.
  bool run_once(Microseconds at_most = Microseconds{-1});
  [[nodiscard]] pa_mainloop_api* api() { return &api_; }

 private:
  struct Entries;  // of the interface

  void run_deferred();
  [[nodiscard]] int wait(Microseconds at_most);
  void run_ready(int count);
  void run_due();
  void remove_dead();

  pa_mainloop_api api_;
  std::list<pa_io_event> io_events_;
  std::list<pa_time_event> time_events_;
  std::list<pa_defer_event> defer_events_;
  std::vector<pollfd> polled_;
  bool polled_stale_ = false;  ///< descriptors came or went
  bool any_dead_ = false;
  bool quit_ = false;
  std::list<std::function<void()>> watches_;
};

}  // namespace sidetone::media::device
