// When the machine under a test stands still: one thread a processor, ahead of every program, that wants to run every
// two milliseconds and says when it could not. A virtual machine whose processors are given to another one for a while,
// or that is used up, shows so; a busy one does not. One JSON object a line:
//   {"event":"watching","processors":2}
//   {"event":"stall","processor":0,"at_ms":123456.7,"ms":8.9}    at_ms: CLOCK_MONOTONIC, when it ran again
#include <pthread.h>
#include <sched.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <thread>
#include <vector>

namespace {

constexpr long kPeriodNs = 2'000'000;
constexpr double kStallMs = 1;
constexpr int kPriority = 50;  // sound servers and sound threads have single digits

double milliseconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

void watch(std::size_t processor) {
  timespec due{};
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (;;) {
    due.tv_nsec += kPeriodNs;
    if (due.tv_nsec >= 1'000'000'000) {
      due.tv_nsec -= 1'000'000'000;
      ++due.tv_sec;
    }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const double late_ms = milliseconds(now) - milliseconds(due);
    if (late_ms < kStallMs) continue;
    std::printf("{\"event\":\"stall\",\"processor\":%zu,\"at_ms\":%.1f,\"ms\":%.1f}\n", processor, milliseconds(now),
                late_ms);
    std::fflush(stdout);
    due = now;
  }
}

bool take_processor(std::thread& thread, std::size_t processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  sched_param priority{};
  priority.sched_priority = kPriority;
  return pthread_setaffinity_np(thread.native_handle(), sizeof one, &one) == 0 &&
         pthread_setschedparam(thread.native_handle(), SCHED_FIFO, &priority) == 0;
}

}  // namespace

int main() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<std::thread> threads;
  for (std::size_t processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (!CPU_ISSET(processor, &allowed)) continue;
    std::thread& thread = threads.emplace_back(watch, processor);
    if (take_processor(thread, processor)) continue;
    std::fprintf(
        stderr,
        "stall_watch: no right to run ahead of other programs (CAP_SYS_NICE): stalls can't be told from work\n");
    std::_Exit(1);
  }
  std::printf("{\"event\":\"watching\",\"processors\":%zu}\n", threads.size());
  std::fflush(stdout);
  for (std::thread& thread : threads) thread.join();
}
