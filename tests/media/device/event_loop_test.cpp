#include "media/device/event_loop.hpp"

#include <gtest/gtest.h>
#include <pulse/rtclock.h>
#include <pulse/timeval.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace sidetone {
namespace {

using media::device::EventLoop;

constexpr Microseconds kNoWait{0};
constexpr Microseconds kLong{5'000'000};
constexpr suseconds_t kByMonotonicClock = 1 << 30;

/// A descriptor that is readable from `raise` to `clear`.
class Raised {
 public:
  Raised() : descriptor(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Raised() { close(descriptor); }
  Raised(const Raised&) = delete;
  Raised& operator=(const Raised&) = delete;
  void raise() const { EXPECT_EQ(eventfd_write(descriptor, 1), 0); }
  void clear() const {
    eventfd_t count = 0;
    EXPECT_EQ(eventfd_read(descriptor, &count), 0);
  }
  const int descriptor;
};

/// A loop and what happened in it, in order.
class EventLoopTest : public ::testing::Test {
 protected:
  /// What an event does when it is called; it is the event's `userdata`.
  struct Event {
    EventLoopTest* test;
    std::string name;
    std::function<void()> action = [] {};
    int flags = 0;
  };

  pa_io_event* io(Event& event, int descriptor, pa_io_event_flags_t flags = PA_IO_EVENT_INPUT) {
    return api->io_new(
        api, descriptor, flags,
        [](pa_mainloop_api*, pa_io_event*, int, pa_io_event_flags_t got, void* user) {
          static_cast<Event*>(user)->flags = got;
          called(user);
        },
        &event);
  }
  pa_time_event* time(Event& event, const timeval* when) {
    return api->time_new(
        api, when, [](pa_mainloop_api*, pa_time_event*, const timeval*, void* user) { called(user); }, &event);
  }
  pa_defer_event* defer(Event& event) {
    return api->defer_new(
        api, [](pa_mainloop_api*, pa_defer_event*, void* user) { called(user); }, &event);
  }
  static void called(void* user) {
    auto* event = static_cast<Event*>(user);
    event->test->log += event->name + " ";
    event->action();
  }
  template <class PulseEvent>
  static void destroyed(pa_mainloop_api*, PulseEvent*, void* user) {
    auto* event = static_cast<Event*>(user);
    event->test->log += "~" + event->name + " ";
  }
  /// @return what happened in one turn, which may not wait in vain.
  std::string turn(Microseconds at_most = kNoWait) {
    log.clear();
    const pa_usec_t begin = pa_rtclock_now();
    EXPECT_TRUE(loop->run_once(at_most));
    if (at_most > kNoWait) {
      EXPECT_LT(pa_rtclock_now() - begin, static_cast<pa_usec_t>(at_most.count()));
    }
    return log;
  }
  static timeval wall_in(std::int64_t microseconds) {
    timeval when{};
    pa_gettimeofday(&when);
    return microseconds < 0 ? *pa_timeval_sub(&when, static_cast<pa_usec_t>(-microseconds))
                            : *pa_timeval_add(&when, static_cast<pa_usec_t>(microseconds));
  }
  static timeval monotonic_in(std::int64_t microseconds) {
    timeval when{};
    pa_timeval_store(&when, pa_rtclock_now() + static_cast<pa_usec_t>(microseconds));
    when.tv_usec |= kByMonotonicClock;
    return when;
  }

  std::string log;
  std::unique_ptr<EventLoop> loop = std::make_unique<EventLoop>();
  pa_mainloop_api* api = loop->api();
  Event a{this, "a"};
  Event b{this, "b"};
  Event c{this, "c"};
};

TEST_F(EventLoopTest, CallsWhatIsReadableUntilItIsDisabled) {
  const Raised one;
  const Raised other;
  pa_io_event* event = io(a, one.descriptor);
  io(b, other.descriptor);
  EXPECT_EQ(turn(), "");
  one.raise();
  EXPECT_EQ(turn(), "a ");
  EXPECT_EQ(a.flags, PA_IO_EVENT_INPUT);
  EXPECT_EQ(turn(), "a ") << "readable it is until somebody reads";
  other.raise();
  EXPECT_EQ(turn(), "a b ");
  api->io_enable(event, PA_IO_EVENT_NULL);
  EXPECT_EQ(turn(), "b ");
  api->io_enable(event, PA_IO_EVENT_OUTPUT);
  other.clear();
  EXPECT_EQ(turn(), "a ");
  EXPECT_EQ(a.flags, PA_IO_EVENT_OUTPUT);
  api->io_free(event);
  EXPECT_EQ(turn(), "");
}

TEST_F(EventLoopTest, SaysWhenTheOtherEndIsGone) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  pa_io_event* event = io(a, ends[0]);
  close(ends[1]);
  EXPECT_EQ(turn(), "a ");
  EXPECT_EQ(a.flags, PA_IO_EVENT_HANGUP);
  api->io_free(event);
  close(ends[0]);
  EXPECT_EQ(turn(), "");
}

TEST_F(EventLoopTest, WatchesADescriptor) {
  const Raised raised;
  int calls = 0;
  loop->watch(raised.descriptor, [&] {
    ++calls;
    raised.clear();
  });
  raised.raise();
  turn();
  turn();
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, RunsWhatIsDeferredOnceATurnWhileItIsEnabled) {
  pa_defer_event* event = defer(a);
  EXPECT_EQ(turn(), "a ");
  EXPECT_EQ(turn(), "a ");
  api->defer_enable(event, 0);
  EXPECT_EQ(turn(), "");
  a.action = [&] { api->defer_enable(event, 0); };
  api->defer_enable(event, 1);
  EXPECT_EQ(turn(), "a ");
  EXPECT_EQ(turn(), "");
}

// An event that defers work, as libpulse does for all that it writes, is not kept waiting for the next event.
TEST_F(EventLoopTest, DoesNotSleepOverWhatIsDeferred) {
  const Raised raised;
  pa_defer_event* deferred = defer(b);
  b.action = [&] { api->defer_enable(deferred, 0); };
  turn();
  io(a, raised.descriptor);
  a.action = [&] {
    raised.clear();
    api->defer_enable(deferred, 1);
  };
  raised.raise();
  EXPECT_EQ(turn(), "a ");
  EXPECT_EQ(turn(), "b ");
  EXPECT_EQ(turn(), "");
  // One that stays enabled, or that is deferred from another one, must not be slept over either.
  c.action = [&] { api->defer_enable(deferred, 1); };
  pa_defer_event* later = defer(c);
  api->defer_enable(deferred, 0);
  EXPECT_NE(turn(kLong).find("c "), std::string::npos);
  api->defer_free(later);
}

TEST_F(EventLoopTest, KeepsTimesOfBothClocks) {
  timeval when = wall_in(2000);
  pa_time_event* event = time(a, &when);
  EXPECT_EQ(turn(), "");
  EXPECT_EQ(turn(kLong), "a ");
  timeval now{};
  EXPECT_GE(pa_timeval_cmp(pa_gettimeofday(&now), &when), 0);
  EXPECT_EQ(turn(), "") << "a time comes once";

  when = monotonic_in(2000);
  api->time_restart(event, &when);
  EXPECT_EQ(turn(), "");
  EXPECT_EQ(turn(kLong), "a ");
  EXPECT_GE(pa_rtclock_now(), pa_timeval_load(&when) - kByMonotonicClock);
  EXPECT_EQ(turn(), "");
}

TEST_F(EventLoopTest, HandsATimeBackAsItWasGiven) {
  static timeval got;
  const timeval when = monotonic_in(0);
  api->time_new(
      api, &when, [](pa_mainloop_api*, pa_time_event*, const timeval* at, void*) { got = *at; }, nullptr);
  turn();
  EXPECT_EQ(got.tv_sec, when.tv_sec);
  EXPECT_EQ(got.tv_usec, when.tv_usec);
}

TEST_F(EventLoopTest, RestartsAndStopsTimes) {
  pa_time_event* event = time(a, nullptr);
  EXPECT_EQ(turn(), "");
  const timeval past = wall_in(-1000);
  api->time_restart(event, &past);
  EXPECT_EQ(turn(kLong), "a ");
  int more = 2;
  a.action = [&] {
    if (more-- > 0) api->time_restart(event, &past);
  };
  api->time_restart(event, &past);
  EXPECT_EQ(turn(), "a ");
  EXPECT_EQ(turn(), "a ");
  EXPECT_EQ(turn(), "a ");
  EXPECT_EQ(turn(), "");
  api->time_restart(event, &past);
  api->time_restart(event, nullptr);
  EXPECT_EQ(turn(), "");
  const timeval soon = wall_in(2000);
  const timeval late = wall_in(600'000'000);
  time(b, &late);
  time(c, &soon);
  EXPECT_EQ(turn(kLong), "c ") << "the next time counts, whichever came first";
}

TEST_F(EventLoopTest, FreesAnEventInsideItsOwnCallback) {
  const Raised raised;
  raised.raise();
  const timeval past = wall_in(-1000);
  pa_io_event* io_event = io(a, raised.descriptor);
  pa_time_event* time_event = time(b, &past);
  pa_defer_event* defer_event = defer(c);
  api->io_set_destroy(io_event, &destroyed<pa_io_event>);
  api->time_set_destroy(time_event, &destroyed<pa_time_event>);
  api->defer_set_destroy(defer_event, &destroyed<pa_defer_event>);
  a.action = [&] { api->io_free(io_event); };
  b.action = [&] { api->time_free(time_event); };
  c.action = [&] { api->defer_free(defer_event); };
  EXPECT_EQ(turn(), "c a b ~a ~b ~c ");
  EXPECT_EQ(turn(), "");
}

TEST_F(EventLoopTest, DoesNotCallWhatAnotherCallbackHasFreed) {
  const Raised one;
  const Raised other;
  one.raise();
  other.raise();
  std::array<pa_io_event*, 2> events{};
  const auto free_both = [&] {
    for (pa_io_event* event : events) api->io_free(event);
  };
  events = {io(a, one.descriptor), io(b, other.descriptor)};
  a.action = free_both;
  b.action = free_both;
  EXPECT_EQ(turn().size(), 2U);
  EXPECT_EQ(turn(), "");
}

TEST_F(EventLoopTest, TakesEventsThatCallbacksMake) {
  const Raised raised;
  raised.raise();
  defer(a);
  pa_defer_event* made = nullptr;
  pa_io_event* made_io = nullptr;
  a.action = [&] {
    if (made != nullptr) return;
    made = defer(b);
    made_io = io(c, raised.descriptor);
  };
  EXPECT_EQ(turn(), "a c ");
  EXPECT_EQ(turn(), "b a c ");
}

// The number of a closed descriptor comes again: an event of the old one must not hide that of the new one.
TEST_F(EventLoopTest, TellsANewDescriptorFromAnOldOneOfTheSameNumber) {
  auto old = std::make_unique<Raised>();
  pa_io_event* event = io(a, old->descriptor);
  EXPECT_EQ(turn(), "");
  const int number = old->descriptor;
  api->io_free(event);
  old.reset();
  const Raised fresh;
  ASSERT_EQ(fresh.descriptor, number);
  io(b, fresh.descriptor);
  fresh.raise();
  EXPECT_EQ(turn(), "b ");
}

TEST_F(EventLoopTest, QuitsAndDestroysWhatIsLeft) {
  const Raised raised;
  api->io_set_destroy(io(a, raised.descriptor), &destroyed<pa_io_event>);
  api->time_set_destroy(time(b, nullptr), &destroyed<pa_time_event>);
  pa_defer_event* event = defer(c);
  api->defer_set_destroy(event, &destroyed<pa_defer_event>);
  c.action = [&] {
    api->defer_enable(event, 0);
    api->quit(api, 0);
  };
  EXPECT_FALSE(loop->run_once());
  EXPECT_EQ(log, "c ");
  EXPECT_FALSE(loop->run_once());
  loop.reset();
  EXPECT_EQ(log, "c ~a ~b ~c ");
}

}  // namespace
}  // namespace sidetone
