#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "media/rtp/demux.hpp"
#include "media/rtp/header_extensions.hpp"
#include "media/rtp/packet.hpp"

namespace sidetone::media::rtp {
namespace {

TEST(RtpPacket, ReadsEveryField) {
  const std::vector<std::uint8_t> bytes{0xB2, 0xEF, 0x12, 0x34, 0, 0, 0,   9,   0xDE, 0xAD, 0xBE,
                                        0xEF, 0,    0,    0,    1, 0, 0,   0,   2,    0xBE, 0xDE,
                                        0,    1,    0x10, 42,   0, 0, 'h', 'i', 0,    2};
  const auto packet = parse_rtp(bytes);
  ASSERT_TRUE(packet.ok()) << packet.error().text;
  EXPECT_TRUE(packet.value().marker);
  EXPECT_EQ(packet.value().payload_type, 111);
  EXPECT_EQ(packet.value().sequence, 0x1234);
  EXPECT_EQ(packet.value().timestamp, 9u);
  EXPECT_EQ(packet.value().ssrc, 0xDEADBEEFu);
  EXPECT_EQ(packet.value().csrc_count, 2);
  EXPECT_EQ(packet.value().csrcs[1], 2u);
  EXPECT_EQ(packet.value().extension_profile, kOneByteProfile);
  ASSERT_EQ(packet.value().payload.size(), 2u);
  EXPECT_EQ(packet.value().payload[0], 'h');
  const auto elements = parse_header_extensions(packet.value().extension_profile, packet.value().extension);
  ASSERT_TRUE(elements.ok());
  ASSERT_NE(elements.value().find(1), nullptr);
  EXPECT_EQ(elements.value().find(1)->data[0], 42);
}

TEST(RtpPacket, RefusesWhatIsNotWhole) {
  const std::vector<std::uint8_t> whole{0x91, 0, 0, 1, 0,    0,    0, 1, 0, 0, 0, 1,
                                        0,    0, 0, 7, 0xBE, 0xDE, 0, 1, 0, 0, 0, 0};
  ASSERT_TRUE(parse_rtp(whole).ok());
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(parse_rtp(Bytes{whole}.first(length)).ok()) << length;
  std::vector<std::uint8_t> padded{0xA0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 'x', 3};
  EXPECT_EQ(parse_rtp(padded).error().code, ErrorCode::kMalformed);
  padded.back() = 0;
  EXPECT_EQ(parse_rtp(padded).error().code, ErrorCode::kMalformed);
  padded.back() = 2;
  EXPECT_TRUE(parse_rtp(padded).value().payload.empty());
  EXPECT_EQ(parse_rtp(std::vector<std::uint8_t>(kMaxPacketBytes + 1, 0x80)).error().code, ErrorCode::kTooLarge);
  padded[0] = 0x40;
  EXPECT_EQ(parse_rtp(padded).error().code, ErrorCode::kMalformed);
}

TEST(RtpPacket, WritesWhatItReads) {
  const std::array<std::uint8_t, 3> payload{1, 2, 3};
  const std::array<std::uint8_t, 4> extension{0x10, 5, 0, 0};
  Packet packet;
  packet.marker = true;
  packet.payload_type = 0;
  packet.sequence = 65535;
  packet.timestamp = 0xFFFFFFFF;
  packet.ssrc = 3;
  packet.extension_profile = kOneByteProfile;
  packet.extension = extension;
  packet.payload = payload;
  std::array<std::uint8_t, 64> storage;
  ByteWriter out(storage);
  ASSERT_TRUE(write_rtp(packet, out).ok());
  const auto read = parse_rtp(out.written());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value().sequence, 65535);
  EXPECT_EQ(read.value().timestamp, 0xFFFFFFFFu);
  EXPECT_TRUE(read.value().marker);
  EXPECT_EQ(std::vector<std::uint8_t>(read.value().payload.begin(), read.value().payload.end()),
            (std::vector<std::uint8_t>{1, 2, 3}));
  std::array<std::uint8_t, 20> small;
  ByteWriter full(small);
  EXPECT_EQ(write_rtp(packet, full).error().code, ErrorCode::kTooLarge);
}

TEST(HeaderExtensions, OneByteFormHasPaddingAndAnEnd) {
  // RFC 8285 §4.2: padding between elements, and id 15 ends the processing.
  const std::vector<std::uint8_t> bytes{0x10, 0xAA, 0, 0, 0x21, 1, 2, 0xF0, 0x30, 0xBB, 0, 0};
  const auto elements = parse_header_extensions(kOneByteProfile, bytes);
  ASSERT_TRUE(elements.ok());
  EXPECT_EQ(elements.value().count, 2u);
  EXPECT_EQ(elements.value().find(2)->data.size(), 2u);
  EXPECT_EQ(elements.value().find(3), nullptr);
  EXPECT_EQ(parse_header_extensions(kOneByteProfile, std::vector<std::uint8_t>{0x13, 1}).error().code,
            ErrorCode::kTruncated);
  EXPECT_EQ(parse_header_extensions(0x4242, bytes).value().count, 0u);
}

TEST(HeaderExtensions, TwoByteFormTakesEmptyAndLongElements) {
  std::vector<std::uint8_t> data(20, 7);
  std::array<std::uint8_t, 64> storage;
  ByteWriter out(storage);
  const std::array<ExtensionElement, 2> elements{{{1, {}}, {200, data}}};
  const auto profile = write_header_extensions(elements, out);
  ASSERT_TRUE(profile.ok());
  EXPECT_EQ(profile.value(), kTwoByteProfile);
  EXPECT_EQ(out.size() % 4, 0u);
  const auto read = parse_header_extensions(profile.value(), out.written());
  ASSERT_TRUE(read.ok());
  ASSERT_NE(read.value().find(1), nullptr);
  EXPECT_TRUE(read.value().find(1)->data.empty());
  EXPECT_EQ(read.value().find(200)->data.size(), 20u);
}

TEST(HeaderExtensions, WritesTheOneByteFormWhereItFits) {
  const std::array<std::uint8_t, 1> level{30};
  const std::array<std::uint8_t, 1> mid{'0'};
  const std::array<ExtensionElement, 2> elements{{{1, level}, {4, mid}}};
  std::array<std::uint8_t, 16> storage;
  ByteWriter out(storage);
  EXPECT_EQ(write_header_extensions(elements, out).value(), kOneByteProfile);
  EXPECT_EQ(out.size(), 4u);
  const std::array<ExtensionElement, 1> wrong{{{0, level}}};
  EXPECT_EQ(write_header_extensions(wrong, out).error().code, ErrorCode::kOutOfRange);
}

TEST(Demux, FollowsRfc7983) {
  const auto kind = [](std::uint8_t first, std::uint8_t second = 0) {
    return classify(std::array<std::uint8_t, 2>{first, second});
  };
  EXPECT_EQ(kind(0), PacketKind::kStun);
  EXPECT_EQ(kind(3), PacketKind::kStun);
  EXPECT_EQ(kind(4), PacketKind::kUnknown);
  EXPECT_EQ(kind(16), PacketKind::kUnknown);
  EXPECT_EQ(kind(20), PacketKind::kDtls);
  EXPECT_EQ(kind(63), PacketKind::kDtls);
  EXPECT_EQ(kind(64), PacketKind::kTurnChannel);
  EXPECT_EQ(kind(80), PacketKind::kUnknown);
  EXPECT_EQ(kind(128, 0), PacketKind::kRtp);
  EXPECT_EQ(kind(191, 111 | 0x80), PacketKind::kRtp);
  EXPECT_EQ(kind(128, 200), PacketKind::kRtcp);
  EXPECT_EQ(kind(128, 191), PacketKind::kRtp);
  EXPECT_EQ(kind(128, 192), PacketKind::kRtcp);
  EXPECT_EQ(kind(128, 223), PacketKind::kRtcp);
  EXPECT_EQ(kind(128, 224), PacketKind::kRtp);
  EXPECT_EQ(kind(192), PacketKind::kUnknown);
  EXPECT_EQ(classify({}), PacketKind::kUnknown);
  for (const std::uint8_t alone : {0, 20, 128}) EXPECT_EQ(classify(Bytes{&alone, 1}), PacketKind::kUnknown) << +alone;
}

}  // namespace
}  // namespace sidetone::media::rtp
