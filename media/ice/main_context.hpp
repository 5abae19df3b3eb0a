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
  ReadWatch(GMainContext* context, int fd, std::function<void()> readable);
  ~ReadWatch();
  ReadWatch(const ReadWatch&) = delete;
  ReadWatch& operator=(const ReadWatch&) = delete;

 private:
  std::function<void()> readable_;
  GSource* source_;
};

}  // namespace sidetone::media::ice
