#pragma once

#include <functional>

#include "core/base/clock.hpp"

typedef struct _GMainContext GMainContext;
typedef struct _GSource GSource;

namespace sidetone::media::ice {

/// A GLib main context of one's own, to be turned by hand. @thread one.
class MainContext {
 public:
  MainContext();
  /// Runs what is ready first.
  ~MainContext();
  MainContext(const MainContext&) = delete;
  MainContext& operator=(const MainContext&) = delete;

  [[nodiscard]] GMainContext* get() const { return context_; }
  /// @param wait  until something is ready. @return false: nothing was.
  bool iterate(bool wait);

 private:
  GMainContext* context_;
};

/// One timer on a GLib main context; at rest it costs nothing. Ends with its object.
/// @thread the context's.
class Timer {
 public:
  Timer(GMainContext* context, std::function<void()> fired) : context_(context), fired_(std::move(fired)) {}
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Fire once after this time; replaces a time set before.
  void start(Microseconds after);
  void stop();
  [[nodiscard]] bool running() const { return source_ != nullptr; }

 private:
  GMainContext* context_;
  std::function<void()> fired_;
  GSource* source_ = nullptr;
};

/// Calls back while a file descriptor is readable. Ends with its object.
/// @thread the context's.
class ReadWatch {
 public:
  /// kFirst: before others that wait for the same descriptor; they get no turn as long as it is readable and watched.
  enum class Turn { kAny, kFirst };
  ReadWatch(GMainContext* context, int fd, std::function<void()> readable, Turn turn = Turn::kAny);
  ~ReadWatch();
  ReadWatch(const ReadWatch&) = delete;
  ReadWatch& operator=(const ReadWatch&) = delete;

  /// Not called back until `resume`. May be called from the callback.
  void pause();
  void resume();

 private:
  GMainContext* context_;
  int fd_;
  std::function<void()> readable_;
  Turn turn_;
  GSource* source_ = nullptr;
};

}  // namespace sidetone::media::ice
