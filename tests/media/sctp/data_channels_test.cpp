#include "media/sctp/data_channels.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "media/ice/main_context.hpp"
#include "tests/media/support/sources.hpp"

namespace sidetone::media::sctp {
namespace {

constexpr std::size_t kMostBytes = 65536;
constexpr std::uint16_t kPort = 5000;
constexpr std::uint8_t kDataChunk = 0;
constexpr Milliseconds kTick{150};  // a tick, and some

/// Two ends on one loop, whose packets reach each other at once.
class DataChannelsAtRest : public ::testing::Test {
 protected:
  struct End {
    std::unique_ptr<DataChannels> channels;
    std::size_t data_packets = 0;
    bool opened = false;
    std::string heard;
  };

  void SetUp() override {
    prepare();
    make(one_, two_);
    make(two_, one_);
    ASSERT_TRUE(one_.channels->connect(true, kPort, kPort, kMostBytes).ok());
    ASSERT_TRUE(two_.channels->connect(false, kPort, kPort, kMostBytes).ok());
    const auto made = one_.channels->create({.label = "chat"}, std::nullopt);
    ASSERT_TRUE(made.ok());
    channel_ = *made;
    ASSERT_TRUE(work(Milliseconds{5'000}, [this] { return one_.opened && two_.opened; }));
    for (int i = 0; i < 3; ++i) {  // acknowledgements that wait for more to acknowledge
      clock_.advance(Milliseconds{300});
      work_for(kTick);
    }
    clock_.advance(Seconds{13});
    work_for(kTick);
  }

  void make(End& end, End& far) {
    DataChannelCallbacks callbacks;
    callbacks.send = [this, &end, &far](Bytes packet) {
      if (packet.size() > 12 && packet[12] == kDataChunk) ++end.data_packets;
      tasks_.push_back(
          [&far, copy = std::vector<std::uint8_t>(packet.begin(), packet.end())] { far.channels->receive(copy); });
    };
    callbacks.opened = [&end](ChannelId, const ChannelParameters&, std::uint16_t, bool) { end.opened = true; };
    callbacks.received = [&end](ChannelId, bool, Bytes data) { end.heard.assign(data.begin(), data.end()); };
    callbacks.closed = [](ChannelId, const std::string&) {};
    end.channels = std::make_unique<DataChannels>(
        context_.get(), clock_, [this](std::function<void()> task) { tasks_.push_back(std::move(task)); },
        std::move(callbacks), kMostBytes);
  }

  /// @return whether the condition holds before the time is over.
  bool work(Milliseconds at_most, const std::function<bool()>& condition) {
    bool over = false;
    ice::Timer end(context_.get(), [&] { over = true; });
    end.start(at_most);
    for (;;) {
      for (; !tasks_.empty() && !way_is_long_; tasks_.pop_front()) tasks_.front()();
      if (over || condition()) return condition();
      turns_ += context_.iterate(true) ? 1 : 0;
    }
  }
  void work_for(Milliseconds time) {
    (void)work(time, [] { return false; });
  }

  test::VirtualClock clock_;
  ice::MainContext context_;
  std::deque<std::function<void()>> tasks_;
  End one_;
  End two_;
  ChannelId channel_ = 0;
  bool way_is_long_ = false;  ///< nothing arrives yet
  int turns_ = 0;             ///< of the loop, in which something was to do
};

TEST_F(DataChannelsAtRest, WakeNobody) {
  turns_ = 0;
  work_for(Milliseconds{500});
  EXPECT_LE(turns_, 2) << "one is the end; ten ticks a second were five more";
}

// A time-out that is set now may not end with the time that has passed in rest.
TEST_F(DataChannelsAtRest, SendAsEverAndRepeatNothing) {
  clock_.advance(Milliseconds{1'500});  // longer than a retransmission waits
  one_.data_packets = 0;
  way_is_long_ = true;
  const std::string text = "good morning";
  const Bytes bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  ASSERT_TRUE(one_.channels->send(channel_, false, bytes).ok());
  work_for(kTick);
  EXPECT_EQ(one_.data_packets, 1U);
  way_is_long_ = false;
  EXPECT_TRUE(work(Milliseconds{1'000}, [&] { return two_.heard == text; }));
}

}  // namespace
}  // namespace sidetone::media::sctp
