#pragma once

#include <functional>
#include <mutex>
#include <thread>
#include <vector>

typedef struct _GMainContext GMainContext;
typedef struct _GMainLoop GMainLoop;

namespace sidetone::media::peer {

/// The thread that all of ICE, DTLS, SRTP and SCTP runs on: a GLib main loop of its own, and a queue of tasks.
class IoThread {
 public:
  IoThread();
  /// Runs what was posted, then ends the thread.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  /// @thread any. Tasks run in the order in which they were posted.
  void post(std::function<void()> task);
  [[nodiscard]] GMainContext* context() const { return context_; }

 private:
  void run();
  void run_tasks();

  GMainContext* context_;
  GMainLoop* loop_;
  int wake_fd_;
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace sidetone::media::peer
