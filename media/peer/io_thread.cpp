#include "media/peer/io_thread.hpp"

#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "media/ice/main_context.hpp"

namespace sidetone::media::peer {
namespace {

constexpr int kRealTimePriority = 4;  // behind the audio thread's
constexpr int kNiceness = -11;        // what PulseAudio gives itself

// Every packet of voice passes here: ahead of what merely keeps the machine busy. Niceness alone counts within a
// session only (sched(7), autogroup), and a browser that starts is another one. Without the right to either the thread
// runs like any other.
void run_before_others() {
  sched_param priority{};
  priority.sched_priority = kRealTimePriority;
  if (pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &priority) == 0) return;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
}

}  // namespace

IoThread::IoThread()
    : context_(g_main_context_new()),
      loop_(g_main_loop_new(context_, FALSE)),
      wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { run(); }) {}

IoThread::~IoThread() {
  post([this] { g_main_loop_quit(loop_); });
  thread_.join();
  ::close(wake_fd_);
  g_main_loop_unref(loop_);
  g_main_context_unref(context_);
}

void IoThread::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (tasks_.size() > 1) return;  // the loop has been woken for the first one
  }
  const std::uint64_t one = 1;
  (void)!::write(wake_fd_, &one, sizeof one);
}

void IoThread::run() {
  pthread_setname_np(pthread_self(), "media-io");
  run_before_others();
  g_main_context_push_thread_default(context_);
  {
    const ice::ReadWatch wake(context_, wake_fd_, [this] { run_tasks(); });
    g_main_loop_run(loop_);
    run_tasks();
  }
  // Lets what libnice still has to say to relays leave the machine.
  for (int i = 0; i < 16 && g_main_context_iteration(context_, FALSE) != FALSE; ++i) {
  }
  g_main_context_pop_thread_default(context_);
}

void IoThread::run_tasks() {
  std::uint64_t count = 0;
  (void)!::read(wake_fd_, &count, sizeof count);
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task();
}

}  // namespace sidetone::media::peer
