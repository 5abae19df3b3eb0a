#include "media/rtp/red.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sidetone::media::rtp {
namespace {

using RedOctets = std::vector<std::uint8_t>;

RedOctets red_octets(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

// RFC 2198 §3: F, block PT, timestamp offset of 14 bits, block length of 10 bits; the last header is one octet.
TEST(Red, ReadsHeadersToTheBit) {
  const RedOctets payload = {0x80 | 111, 0x0F, 0x00, 0x02,  // offset 960, 2 octets
                             0x80 | 0,   0x07, 0x84, 0x01,  // PT 0, offset 481, 1 octet
                             111,        1,    2,    3,    4, 5};
  const auto red = parse_red(payload);
  ASSERT_TRUE(red.ok());
  ASSERT_EQ(red->count, 3U);
  EXPECT_EQ(red->blocks[0].payload_type, 111);
  EXPECT_EQ(red->blocks[0].timestamp_offset, 960);
  EXPECT_EQ(red_octets(red->blocks[0].data), (RedOctets{1, 2}));
  EXPECT_EQ(red->blocks[1].payload_type, 0);
  EXPECT_EQ(red->blocks[1].timestamp_offset, 481);
  EXPECT_EQ(red_octets(red->blocks[1].data), (RedOctets{3}));
  EXPECT_EQ(red->primary().payload_type, 111);
  EXPECT_EQ(red->primary().timestamp_offset, 0);
  EXPECT_EQ(red_octets(red->primary().data), (RedOctets{4, 5}));
}

TEST(Red, RefusesWhatIsCutOrHasTooManyBlocks) {
  for (const RedOctets& cut : {RedOctets{}, RedOctets{0xEF}, RedOctets{0xEF, 0x0F, 0, 2, 111, 1}}) {
    const auto red = parse_red(cut);
    ASSERT_FALSE(red.ok());
    EXPECT_EQ(red.error().code, ErrorCode::kTruncated);
  }
  RedOctets many;
  for (int i = 0; i < 10; ++i) many.insert(many.end(), {0xEF, 0, 4, 0});
  many.push_back(111);
  const auto red = parse_red(many);
  ASSERT_FALSE(red.ok());
  EXPECT_EQ(red.error().code, ErrorCode::kTooLarge);
}

TEST(Red, SendsCopiesOfTheLastOldestFirst) {
  RedSender sender;
  RedOctets out(1500);
  std::size_t written = 0;
  for (std::uint8_t i = 0; i < 5; ++i) {
    const RedOctets payload(10U + i, i);
    written = sender.pack(111, 0xFFFFFF00U + i * 960U, payload, 2, out);  // across the end of timestamps
  }
  const auto red = parse_red(Bytes{out}.first(written));
  ASSERT_TRUE(red.ok());
  ASSERT_EQ(red->count, 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(red->blocks[i].timestamp_offset, (2 - i) * 960);
    EXPECT_EQ(red_octets(red->blocks[i].data), RedOctets(12 + i, static_cast<std::uint8_t>(2 + i)));
  }
}

TEST(Red, LeavesOutWhatNoHeaderCanSayAndWhatDoesNotFit) {
  RedSender sender;
  RedOctets out(1500);
  const RedOctets small(100, 1);
  const auto blocks = [&](std::uint32_t timestamp, Bytes payload, std::size_t depth) {
    return parse_red(Bytes{out}.first(sender.pack(111, timestamp, payload, depth, out)))->count;
  };
  EXPECT_EQ(blocks(0, small, 2), 1U);
  EXPECT_EQ(blocks(kMaxRedOffset + 1, small, 2), 1U) << "too old";
  EXPECT_EQ(blocks(kMaxRedOffset + 961, RedOctets(kMaxRedBlockBytes + 1, 2), 2), 2U);
  EXPECT_EQ(blocks(kMaxRedOffset + 1921, small, 2), 1U) << "too long for a copy";
  EXPECT_EQ(blocks(kMaxRedOffset + 2881, RedOctets(1100, 3), 2), 1U) << "the packet is full";
  EXPECT_EQ(sender.pack(111, 99999, small, 2, std::span{out}.first(100)), 0U);
}

TEST(Red, DepthGoesByTheLoss) {
  EXPECT_EQ(red_depth(0), 0U);
  EXPECT_EQ(red_depth(0.05), 1U);
  EXPECT_EQ(red_depth(0.2), 2U);
}

}  // namespace
}  // namespace sidetone::media::rtp
