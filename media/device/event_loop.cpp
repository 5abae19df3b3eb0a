#include "media/device/event_loop.hpp"

#include <pulse/rtclock.h>
#include <pulse/timeval.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

using sidetone::media::device::EventLoop;

// The interface's opaque types, which whoever implements it defines.
// NOLINTBEGIN(readability-identifier-naming)
struct pa_io_event {
  EventLoop* loop;
  int descriptor;
  short wanted;  // as in pollfd
  pa_io_event_cb_t callback;
  void* user;
  pa_io_event_destroy_cb_t destroy = nullptr;
  std::optional<std::size_t> slot{};  // in the array that was polled
  bool dead = false;
};

struct pa_time_event {
  EventLoop* loop;
  pa_time_event_cb_t callback;
  void* user;
  pa_time_event_destroy_cb_t destroy = nullptr;
  bool enabled = false;
  timeval when{};           // as it was given
  std::int64_t due_us = 0;  // the same by CLOCK_MONOTONIC
  bool dead = false;
};

struct pa_defer_event {
  EventLoop* loop;
  pa_defer_event_cb_t callback;
  void* user;
  pa_defer_event_destroy_cb_t destroy = nullptr;
  bool enabled = true;
  bool dead = false;
};
// NOLINTEND(readability-identifier-naming)

namespace sidetone::media::device {
namespace {

// PA_TIMEVAL_RTCLOCK of pulsecore/core-rtclock.h: this tv_usec counts by CLOCK_MONOTONIC, not by CLOCK_REALTIME.
constexpr suseconds_t kMonotonicBit = 1 << 30;

constexpr std::array<std::pair<pa_io_event_flags_t, short>, 4> kIoFlags{{{PA_IO_EVENT_INPUT, POLLIN},
                                                                         {PA_IO_EVENT_OUTPUT, POLLOUT},
                                                                         {PA_IO_EVENT_HANGUP, POLLHUP},
                                                                         {PA_IO_EVENT_ERROR, POLLERR}}};

short to_poll(pa_io_event_flags_t flags) {
  int out = 0;
  for (const auto& [flag, bit] : kIoFlags) out |= (flags & flag) != 0 ? bit : 0;
  return static_cast<short>(out);
}

pa_io_event_flags_t from_poll(short bits) {
  int out = 0;
  for (const auto& [flag, bit] : kIoFlags) out |= (bits & bit) != 0 ? flag : 0;
  return static_cast<pa_io_event_flags_t>(out);
}

std::int64_t now_us() { return static_cast<std::int64_t>(pa_rtclock_now()); }

void set_time(pa_time_event& event, const timeval* when) {
  event.enabled = when != nullptr;
  if (!event.enabled) return;
  event.when = *when;
  timeval plain = *when;
  plain.tv_usec &= ~kMonotonicBit;
  event.due_us = static_cast<std::int64_t>(pa_timeval_load(&plain));
  if ((when->tv_usec & kMonotonicBit) != 0) return;
  timeval wall{};
  event.due_us += now_us() - static_cast<std::int64_t>(pa_timeval_load(pa_gettimeofday(&wall)));
}

template <class Event>
void remove_dead_of(std::list<Event>& events, pa_mainloop_api* api) {
  for (auto event = events.begin(); event != events.end();) {
    if (event->dead && event->destroy != nullptr) event->destroy(api, &*event, event->user);
    event = event->dead ? events.erase(event) : std::next(event);
  }
}

}  // namespace

struct EventLoop::Entries {
  static EventLoop& loop_of(pa_mainloop_api* api) { return *static_cast<EventLoop*>(api->userdata); }

  template <class Event>
  static void free(Event* event) {
    event->dead = true;
    event->loop->any_dead_ = true;
  }

  static pa_io_event* io_new(pa_mainloop_api* api, int descriptor, pa_io_event_flags_t flags, pa_io_event_cb_t callback,
                             void* user) {
    EventLoop& loop = loop_of(api);
    loop.polled_stale_ = true;
    return &loop.io_events_.emplace_back(pa_io_event{&loop, descriptor, to_poll(flags), callback, user});
  }
  static void io_enable(pa_io_event* event, pa_io_event_flags_t flags) {
    event->wanted = to_poll(flags);
    if (event->slot) event->loop->polled_[*event->slot].events = event->wanted;
  }
  static void io_free(pa_io_event* event) {
    event->loop->polled_stale_ = true;
    free(event);
  }
  static void io_set_destroy(pa_io_event* event, pa_io_event_destroy_cb_t callback) { event->destroy = callback; }

  static pa_time_event* time_new(pa_mainloop_api* api, const timeval* when, pa_time_event_cb_t callback, void* user) {
    EventLoop& loop = loop_of(api);
    pa_time_event& event = loop.time_events_.emplace_back(pa_time_event{&loop, callback, user});
    set_time(event, when);
    return &event;
  }
  static void time_restart(pa_time_event* event, const timeval* when) { set_time(*event, when); }
  static void time_set_destroy(pa_time_event* event, pa_time_event_destroy_cb_t callback) { event->destroy = callback; }

  static pa_defer_event* defer_new(pa_mainloop_api* api, pa_defer_event_cb_t callback, void* user) {
    EventLoop& loop = loop_of(api);
    return &loop.defer_events_.emplace_front(pa_defer_event{&loop, callback, user});
  }
  static void defer_enable(pa_defer_event* event, int enabled) { event->enabled = enabled != 0; }
  static void defer_set_destroy(pa_defer_event* event, pa_defer_event_destroy_cb_t callback) {
    event->destroy = callback;
  }

  static void quit(pa_mainloop_api* api, int) { loop_of(api).quit_ = true; }
};

EventLoop::EventLoop()
    : api_{this,
           &Entries::io_new,
           &Entries::io_enable,
           &Entries::io_free,
           &Entries::io_set_destroy,
           &Entries::time_new,
           &Entries::time_restart,
           &Entries::free<pa_time_event>,
           &Entries::time_set_destroy,
           &Entries::defer_new,
           &Entries::defer_enable,
           &Entries::free<pa_defer_event>,
           &Entries::defer_set_destroy,
           &Entries::quit} {}

EventLoop::~EventLoop() {
  for (pa_io_event& event : io_events_) Entries::free(&event);
  for (pa_time_event& event : time_events_) Entries::free(&event);
  for (pa_defer_event& event : defer_events_) Entries::free(&event);
  remove_dead();
}

void EventLoop::watch(int descriptor, std::function<void()> on_readable) {
  watches_.push_back(std::move(on_readable));
  Entries::io_new(
      &api_, descriptor, PA_IO_EVENT_INPUT,
      [](pa_mainloop_api*, pa_io_event*, int, pa_io_event_flags_t, void* user) {
        (*static_cast<std::function<void()>*>(user))();
      },
      &watches_.back());
}

bool EventLoop::run_once(Microseconds at_most) {
  run_deferred();
  const int ready = wait(at_most);
  if (ready < 0 && errno != EINTR) return false;
  if (ready > 0) run_ready(ready);
  run_due();
  remove_dead();
  return !quit_;
}

void EventLoop::run_deferred() {
  for (pa_defer_event& event : defer_events_) {
    if (event.enabled && !event.dead) event.callback(&api_, &event, event.user);
  }
}

int EventLoop::wait(Microseconds at_most) {
  if (std::exchange(polled_stale_, false)) {
    polled_.clear();
    for (pa_io_event& event : io_events_) {
      event.slot.reset();
      if (event.dead) continue;
      event.slot = polled_.size();
      polled_.push_back({event.descriptor, event.wanted, 0});
    }
  }
  std::int64_t wait_us = at_most.count();
  for (const pa_time_event& event : time_events_) {
    if (!event.enabled || event.dead) continue;
    const std::int64_t left_us = std::max<std::int64_t>(event.due_us - now_us(), 0);
    wait_us = wait_us < 0 ? left_us : std::min(wait_us, left_us);
  }
  const auto waits = [](const pa_defer_event& event) { return event.enabled && !event.dead; };
  if (quit_ || std::ranges::any_of(defer_events_, waits)) wait_us = 0;
  const timespec timeout{wait_us / 1'000'000, wait_us % 1'000'000 * 1000};
  return ppoll(polled_.data(), polled_.size(), wait_us < 0 ? nullptr : &timeout, nullptr);
}

void EventLoop::run_ready(int count) {
  for (pa_io_event& event : io_events_) {
    if (event.dead || !event.slot) continue;
    const short bits = std::exchange(polled_[*event.slot].revents, static_cast<short>(0));
    if (bits == 0) continue;
    event.callback(&api_, &event, event.descriptor, from_poll(bits), event.user);
    if (--count == 0) break;
  }
}

void EventLoop::run_due() {
  const auto first = std::ranges::find_if(time_events_, &pa_time_event::enabled);
  if (first == time_events_.end()) return;
  const std::int64_t now = now_us();
  for (pa_time_event& event : time_events_) {
    if (!event.enabled || event.dead || event.due_us > now) continue;
    event.enabled = false;
    const timeval when = event.when;
    event.callback(&api_, &event, &when, event.user);
  }
}

// What a destroy callback frees goes in the next round.
void EventLoop::remove_dead() {
  while (std::exchange(any_dead_, false)) {
    remove_dead_of(io_events_, &api_);
    remove_dead_of(time_events_, &api_);
    remove_dead_of(defer_events_, &api_);
  }
}

}  // namespace sidetone::media::device
