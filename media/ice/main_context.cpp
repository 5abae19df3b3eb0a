#include "media/ice/main_context.hpp"

#include <glib-unix.h>
#include <glib.h>

#include <algorithm>
#include <utility>

namespace sidetone::media::ice {

MainContext::MainContext() : context_(g_main_context_new()) {}

MainContext::~MainContext() {
  while (iterate(false)) {
  }
  g_main_context_unref(context_);
}

bool MainContext::iterate(bool wait) {
  return g_main_context_iteration(context_, static_cast<gboolean>(wait)) != FALSE;
}

void Timer::start(Microseconds after) {
  stop();
  source_ = g_timeout_source_new(0);
  g_source_set_ready_time(source_, g_get_monotonic_time() + std::max<std::int64_t>(0, after.count()));
  g_source_set_callback(
      source_,
      [](gpointer self) -> gboolean {
        auto& timer = *static_cast<Timer*>(self);
        timer.stop();
        const auto fired = timer.fired_;  // the timer may die in its callback
        fired();
        return G_SOURCE_REMOVE;
      },
      this, nullptr);
  g_source_attach(source_, context_);
}

void Timer::stop() {
  if (source_ == nullptr) return;
  GSource* source = std::exchange(source_, nullptr);
  g_source_destroy(source);
  g_source_unref(source);
}

ReadWatch::ReadWatch(GMainContext* context, int fd, std::function<void()> readable, Turn turn)
    : context_(context), fd_(fd), readable_(std::move(readable)), turn_(turn) {
  resume();
}

ReadWatch::~ReadWatch() { pause(); }

void ReadWatch::resume() {
  if (source_ != nullptr) return;
  source_ = g_unix_fd_source_new(fd_, G_IO_IN);
  const GUnixFDSourceFunc callback = [](gint, GIOCondition, gpointer self) -> gboolean {
    static_cast<ReadWatch*>(self)->readable_();
    return G_SOURCE_CONTINUE;
  };
  g_source_set_callback(source_, reinterpret_cast<GSourceFunc>(reinterpret_cast<void (*)()>(callback)), this, nullptr);
  // Else GLib takes the descriptor out of the loop while the callback runs and wakes the loop for that, twice.
  g_source_set_can_recurse(source_, TRUE);
  if (turn_ == Turn::kFirst) g_source_set_priority(source_, G_PRIORITY_DEFAULT - 1);
  g_source_attach(source_, context_);
}

void ReadWatch::pause() {
  if (source_ == nullptr) return;
  GSource* source = std::exchange(source_, nullptr);
  g_source_destroy(source);
  g_source_unref(source);
}

}  // namespace sidetone::media::ice
