#include "media/peer/io_thread.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>

#include <future>
#include <thread>

namespace sidetone::media::peer {
namespace {

struct Standing {
  int policy = SCHED_OTHER;
  int priority = 0;
};

// Asked of the kernel: what the C library remembers of a thread that was just made is its maker's.
Standing own_standing() {
  sched_param parameters{};
  sched_getparam(0, &parameters);
  return {sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, parameters.sched_priority};
}

bool may_run_in_real_time() {
  bool may = false;
  std::thread([&may] {
    sched_param parameters{};
    parameters.sched_priority = 4;
    may = pthread_setschedparam(pthread_self(), SCHED_RR, &parameters) == 0;
  }).join();
  return may;
}

TEST(IoThread, RunsBehindTheAudioThreadAndBeforeAllThatIsNoSound) {
  if (!may_run_in_real_time()) GTEST_SKIP() << "no right to real-time priority (CAP_SYS_NICE)";
  IoThread io;
  std::promise<Standing> standing;
  io.post([&standing] { standing.set_value(own_standing()); });
  const Standing found = standing.get_future().get();
  EXPECT_EQ(found.policy, SCHED_RR);
  EXPECT_EQ(found.priority, 4);
}

TEST(IoThread, WhatItStartsIsNotInRealTime) {
  IoThread io;
  std::promise<Standing> standing;
  io.post([&standing] { std::thread([&standing] { standing.set_value(own_standing()); }).join(); });
  EXPECT_EQ(standing.get_future().get().policy, SCHED_OTHER);
}

}  // namespace
}  // namespace sidetone::media::peer
