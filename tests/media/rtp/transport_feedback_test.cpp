#include "media/rtp/transport_feedback.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "media/rtp/rtcp.hpp"

namespace sidetone::media::rtp {
namespace {

using FeedbackOctets = std::vector<std::uint8_t>;

constexpr std::int64_t kTickUs = 250;

MonotonicTime arrival_ms(std::int64_t ms) { return MonotonicTime{Milliseconds{ms}}; }

// §3.1.3: a run of two packets with small deltas, then a vector of one-bit symbols: came, lost, came.
TEST(TransportFeedback, ReadsChunksAndDeltasToTheBit) {
  const FeedbackOctets body = {0,    0,    0, 1,   0, 0, 0, 2,  // SSRCs
                               0xFF, 0xFE, 0, 5,                // from 65,534, five packets
                               0,    0,    2, 7,                // 128 ms; the seventh
                               0x20, 2,                         // run: small delta, two
                               0xA8, 0x00,                      // vector: 1, 0, 1
                               4,    80,   8, 255, 0};
  const auto feedback = parse_transport_feedback(body);
  ASSERT_TRUE(feedback.ok());
  EXPECT_EQ(feedback->media_ssrc, 2U);
  EXPECT_EQ(feedback->first, 65534);
  EXPECT_EQ(feedback->counter, 7);
  ASSERT_EQ(feedback->count, 5U);
  EXPECT_EQ(feedback->arrivals_us[0], 128'000 + 4 * kTickUs);
  EXPECT_EQ(feedback->arrivals_us[1], 128'000 + 84 * kTickUs);
  EXPECT_EQ(feedback->arrivals_us[2], 128'000 + 92 * kTickUs);
  EXPECT_EQ(feedback->arrivals_us[3], TransportFeedback::kLost);
  EXPECT_EQ(feedback->arrivals_us[4], 128'000 + 347 * kTickUs);
}

// §3.1.4: symbols of two bits; §3.1.5: a delta of two octets has a sign; the reference time has one too.
TEST(TransportFeedback, ReadsLargeAndNegativeDeltas) {
  const FeedbackOctets body = {0,    0,    0, 1,    0,    0,    0, 2,    0,
                               10,   0,    3, 0xFF, 0xFF, 0xFF, 0, 0xE6, 0x00,  // vector of two bits: 2, 1, 2
                               0x01, 0x00, 3, 0xFF, 0x00};
  const auto feedback = parse_transport_feedback(body);
  ASSERT_TRUE(feedback.ok());
  EXPECT_EQ(feedback->arrivals_us[0], -64'000 + 256 * kTickUs);
  EXPECT_EQ(feedback->arrivals_us[1], -64'000 + 259 * kTickUs);
  EXPECT_EQ(feedback->arrivals_us[2], -64'000 + 3 * kTickUs);
}

TEST(TransportFeedback, RefusesWhatIsCutTooLargeOrEmpty) {
  const FeedbackOctets whole = {0, 0, 0, 1, 0, 0, 0, 2, 0, 10, 0, 3, 0, 0, 1, 0, 0xE6, 0x00, 1, 0, 3, 0xFF, 0};
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(parse_transport_feedback(Bytes{whole}.first(size)).error().code, ErrorCode::kTruncated) << size;
  FeedbackOctets flood = whole;
  flood[10] = 0xFF;
  EXPECT_EQ(parse_transport_feedback(flood).error().code, ErrorCode::kTooLarge);
  FeedbackOctets empty = whole;
  empty[16] = 0;
  empty[17] = 0;  // a run of none
  EXPECT_EQ(parse_transport_feedback(empty).error().code, ErrorCode::kMalformed);
}

TEST(TransportFeedback, TellsWhatCameAndInWhichOrder) {
  ArrivalLog log;
  EXPECT_FALSE(log.due(arrival_ms(0)));
  log.add(65535, arrival_ms(1000));
  log.add(2, arrival_ms(1060));
  log.add(0, arrival_ms(1070));  // overtaken; 1 is lost
  log.add(0, arrival_ms(1090));  // twice: the first time counts
  ASSERT_TRUE(log.due(arrival_ms(1090)));
  FeedbackOctets storage(200);
  ByteWriter out(storage);
  ASSERT_TRUE(log.write(7, 8, arrival_ms(1090), out).ok());
  const auto compound = parse_rtcp(out.written());
  ASSERT_TRUE(compound.ok()) << to_string(compound.error());
  ASSERT_EQ(compound->transport_feedback_count, 1U);
  const auto feedback = parse_transport_feedback(compound->transport_feedback[0]);
  ASSERT_TRUE(feedback.ok()) << to_string(feedback.error());
  EXPECT_EQ(feedback->media_ssrc, 8U);
  EXPECT_EQ(feedback->first, 65535);
  EXPECT_EQ(feedback->counter, 0);
  ASSERT_EQ(feedback->count, 4U);
  EXPECT_EQ(feedback->arrivals_us[0], 1'000'000);
  EXPECT_EQ(feedback->arrivals_us[1], 1'070'000);
  EXPECT_EQ(feedback->arrivals_us[2], TransportFeedback::kLost);
  EXPECT_EQ(feedback->arrivals_us[3], 1'060'000);

  // What has been told of is over; the next one goes on behind it, a quarter of a second later.
  log.add(1, arrival_ms(1100));
  EXPECT_FALSE(log.due(arrival_ms(2000)));
  log.add(4, arrival_ms(1300));
  EXPECT_FALSE(log.due(arrival_ms(1339)));
  ASSERT_TRUE(log.due(arrival_ms(1340)));
  ByteWriter next(storage);
  ASSERT_TRUE(log.write(7, 8, arrival_ms(1340), next).ok());
  const auto second = parse_transport_feedback(next.written().subspan(4));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->first, 3);
  EXPECT_EQ(second->counter, 1);
  ASSERT_EQ(second->count, 2U);
  EXPECT_EQ(second->arrivals_us[0], TransportFeedback::kLost);
}

TEST(TransportFeedback, StaysInItsBoundsWhateverNumbersCome) {
  ArrivalLog log;
  std::uint32_t seed = 1;
  FeedbackOctets storage(1200);
  for (int i = 0; i < 20'000; ++i) {
    seed = seed * 1664525 + 1013904223;
    log.add(static_cast<std::uint16_t>(seed >> 16), arrival_ms(i * 3));
    if (!log.due(arrival_ms(i * 3))) continue;
    ByteWriter out(storage);
    ASSERT_TRUE(log.write(1, 2, arrival_ms(i * 3), out).ok());
    const auto compound = parse_rtcp(out.written());
    ASSERT_TRUE(compound.ok()) << to_string(compound.error());
    ASSERT_TRUE(parse_transport_feedback(compound->transport_feedback[0]).ok());
  }
}

}  // namespace
}  // namespace sidetone::media::rtp
