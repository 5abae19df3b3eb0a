#include "media/peer/bandwidth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/bytes.hpp"

namespace sidetone::media::peer {
namespace {

constexpr Milliseconds kPacket{20};
constexpr std::size_t kOverheadBytes = 64;

/// A voice of at most 32 kbit/s over a bottleneck with a queue, feedback and all, in virtual time.
class BandwidthPath {
 public:
  double capacity_bps = 10e6;  ///< on the wire
  double most_queue_ms = 400;
  std::function<double()> jitter_ms = [] { return 0.0; };
  std::function<bool()> loses = [] { return false; };
  Microseconds empty_delay{20'000};
  Microseconds far_clock{Seconds{5000}};  ///< its zero is its own

  void run(Seconds time) {
    for (const MonotonicTime end = now_ + time; now_ < end; now_ = now_ + kPacket) step();
  }
  /// To one that is 100 ms longer.
  void move() {
    empty_delay += Milliseconds{100};
    bandwidth.path_changed(now_);
  }
  [[nodiscard]] int rate_bps() const {
    return bandwidth.available_bps() == 0 ? 32'000 : std::min(bandwidth.available_bps(), 32'000);
  }
  [[nodiscard]] double wire_bps() const { return rate_bps() + kOverheadBytes * 8 * 50; }
  [[nodiscard]] double queue_ms() const {
    return std::max(0.0, static_cast<double>((queue_empty_at_ - now_).count()) / 1000);
  }
  /// Longest queue of each second since `from`.
  double longest_queue_ms = 0;
  std::size_t dropped = 0;
  Bandwidth bandwidth;

 private:
  void step() {
    const std::size_t payload = static_cast<std::size_t>(rate_bps()) / 50 / 8;
    const std::uint16_t number = bandwidth.next_number();
    bandwidth.on_sent(payload, kOverheadBytes, now_);
    longest_queue_ms = std::max(longest_queue_ms, queue_ms());
    if (queue_ms() > most_queue_ms) {
      ++dropped;
    } else {
      const double wire_ms = static_cast<double>(payload + kOverheadBytes) * 8e3 / capacity_bps;
      queue_empty_at_ = std::max(queue_empty_at_, now_) + Microseconds{static_cast<std::int64_t>(wire_ms * 1000)};
      const auto late = Microseconds{static_cast<std::int64_t>(jitter_ms() * 1000)};
      if (!loses()) waiting_.push_back({number, queue_empty_at_ + empty_delay + late});
    }
    std::sort(waiting_.begin(), waiting_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    while (!waiting_.empty() && waiting_.front().at <= now_) {
      receive(waiting_.front());
      waiting_.erase(waiting_.begin());
    }
  }
  struct Underway {
    std::uint16_t number;
    MonotonicTime at;
  };
  void receive(const Underway& packet) {
    log_.add(packet.number, packet.at + far_clock);
    if (!log_.due(packet.at)) return;
    std::vector<std::uint8_t> storage(1000);
    ByteWriter out(storage);
    ASSERT_TRUE(log_.write(1, 2, packet.at, out).ok());
    const auto feedback = rtp::parse_transport_feedback(out.written().subspan(4));
    ASSERT_TRUE(feedback.ok()) << to_string(feedback.error());
    bandwidth.on_feedback(*feedback, now_);
  }

  MonotonicTime now_{Seconds{100}};
  MonotonicTime queue_empty_at_;
  std::vector<Underway> waiting_;
  rtp::ArrivalLog log_;
};

TEST(Bandwidth, AWideAndEmptyPathIsLeftAlone) {
  BandwidthPath path;
  path.run(Seconds{60});
  EXPECT_EQ(path.bandwidth.available_bps(), 0);
}

TEST(Bandwidth, ABottleneckIsFoundBeforeItsQueueIsHeard) {
  BandwidthPath path;
  path.capacity_bps = 45'000;  // 57,600 are wanted
  path.run(Seconds{4});
  path.longest_queue_ms = 0;
  path.run(Seconds{60});
  EXPECT_EQ(path.dropped, 0U);
  EXPECT_LT(path.longest_queue_ms, 100);
  EXPECT_LT(path.wire_bps(), 47'000);
  EXPECT_GT(path.rate_bps(), 12'000) << "of 19,400 that there is room for";
}

TEST(Bandwidth, AVoiceBeginsBeforeTheBottleneckIsKnownAndRecoversSoon) {
  BandwidthPath path;
  path.capacity_bps = 40'000;
  path.run(Seconds{3});
  EXPECT_LT(path.longest_queue_ms, 250);
  EXPECT_LT(path.queue_ms(), 60);
}

TEST(Bandwidth, APathThatBecomesWiderIsUsedAgain) {
  BandwidthPath path;
  path.capacity_bps = 40'000;
  path.run(Seconds{20});
  ASSERT_LT(path.rate_bps(), 16'000);
  path.capacity_bps = 1e6;
  path.run(Seconds{30});
  EXPECT_EQ(path.rate_bps(), 32'000);
}

TEST(Bandwidth, NeitherLossNorJitterIsTakenForAQueue) {
  BandwidthPath path;
  std::uint32_t seed = 1;
  const auto random = [&seed] {
    seed = seed * 1664525 + 1013904223;
    return static_cast<double>(seed >> 8) / (1 << 24);
  };
  path.loses = [&] { return random() < 0.2; };
  path.jitter_ms = [&] { return 60 * random(); };
  path.run(Seconds{60});
  EXPECT_EQ(path.rate_bps(), 32'000);
}

TEST(Bandwidth, ALongerWayIsNoQueue) {
  BandwidthPath path;
  path.run(Seconds{10});
  path.move();
  path.run(Seconds{10});
  EXPECT_EQ(path.bandwidth.available_bps(), 0);
}

TEST(Bandwidth, AFarClockThatIsSetOrWrapsIsNoQueue) {
  BandwidthPath path;
  path.run(Seconds{10});
  path.far_clock += Seconds{3600};
  path.run(Seconds{10});
  // Times have 24 bits of 64 ms.
  path.far_clock = Microseconds{(std::int64_t{1} << 23) * 64'000} - Seconds{130};
  path.run(Seconds{20});
  EXPECT_EQ(path.bandwidth.available_bps(), 0);
}

TEST(Bandwidth, TheBoundOfTheCallHolds) {
  BandwidthPath path;
  path.bandwidth.set_most(20'000);
  path.capacity_bps = 35'000;
  path.run(Seconds{20});
  EXPECT_LT(path.bandwidth.available_bps(), 20'000);
  EXPECT_GE(path.bandwidth.available_bps(), Bandwidth::kLeastBps);
}

TEST(Bandwidth, FeedbackAboutWhatWasNeverSentSaysNothing) {
  Bandwidth bandwidth;
  rtp::TransportFeedback feedback;
  feedback.count = rtp::TransportFeedback::kMaxPackets;
  for (std::size_t i = 0; i < feedback.count; ++i) feedback.arrivals_us[i] = static_cast<std::int64_t>(i) * 1'000'000;
  for (std::uint16_t first = 0; first < 2000; first = static_cast<std::uint16_t>(first + 100)) {
    feedback.first = first;
    EXPECT_EQ(bandwidth.on_feedback(feedback, MonotonicTime{Seconds{first + 1}}), std::nullopt);
  }
  EXPECT_EQ(bandwidth.available_bps(), 0);
}

}  // namespace
}  // namespace sidetone::media::peer
