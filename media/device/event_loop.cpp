#include "media/device/event_loop.hpp"

#include <pulse/mainloop.h>

#include <utility>

namespace sidetone::media::device {

EventLoop::EventLoop() : loop_(pa_mainloop_new()) {}

EventLoop::~EventLoop() { pa_mainloop_free(loop_); }

void EventLoop::watch(int descriptor, std::function<void()> on_readable) {
  watches_.push_back(std::move(on_readable));
  api()->io_new(
      api(), descriptor, PA_IO_EVENT_INPUT,
      [](pa_mainloop_api*, pa_io_event*, int, pa_io_event_flags_t, void* user) {
        (*static_cast<std::function<void()>*>(user))();
      },
      &watches_.back());
}

bool EventLoop::run_once() { return pa_mainloop_iterate(loop_, 1, nullptr) >= 0; }

pa_mainloop_api* EventLoop::api() const { return pa_mainloop_get_api(loop_); }

}  // namespace sidetone::media::device
