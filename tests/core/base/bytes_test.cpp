#include "core/base/bytes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace sidetone {
namespace {

TEST(ByteReader, ReadsNetworkOrder) {
  const std::array<std::uint8_t, 18> bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 0x01u);
  EXPECT_EQ(reader.u16(), 0x0203u);
  EXPECT_EQ(reader.u24(), 0x040506u);
  EXPECT_EQ(reader.u32(), 0x0708090Au);
  EXPECT_EQ(reader.u64(), 0x0B0C0D0E0F101112u);
  EXPECT_EQ(reader.left(), 0u);
  EXPECT_FALSE(reader.failed());
}

TEST(ByteReader, AReadPastTheEndMovesNothingAndStaysFailed) {
  const std::array<std::uint8_t, 3> bytes{1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u32(), 0u);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(reader.position(), 0u);
  EXPECT_EQ(reader.u8(), 0u) << "what follows a failure must not be read as if it were the next field";
  EXPECT_EQ(reader.left(), 3u);
}

TEST(ByteReader, LendsBytesAndSkips) {
  const std::array<std::uint8_t, 5> bytes{1, 2, 3, 4, 5};
  ByteReader reader(bytes);
  reader.skip(1);
  const auto two = reader.bytes(2);
  EXPECT_EQ(two.data(), bytes.data() + 1);
  EXPECT_EQ(two.size(), 2u);
  EXPECT_EQ(reader.rest().size(), 2u);
  EXPECT_TRUE(reader.bytes(SIZE_MAX).empty());
  EXPECT_TRUE(reader.failed());
}

TEST(ByteReader, NothingIsEnoughForNothing) {
  ByteReader reader({});
  EXPECT_TRUE(reader.bytes(0).empty());
  EXPECT_FALSE(reader.failed());
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  std::array<std::uint8_t, 20> storage{};
  ByteWriter writer(storage);
  writer.u8(0xF1);
  writer.u16(0xF2F3);
  writer.u24(0xF4F5F6);
  writer.u32(0xF7F8F9FA);
  writer.u64(0xF0E0D0C0B0A09080);
  writer.bytes(std::array<std::uint8_t, 2>{7, 8});
  EXPECT_EQ(writer.left(), 0u);
  EXPECT_FALSE(writer.failed());
  ByteReader reader(writer.written());
  EXPECT_EQ(reader.u8(), 0xF1u);
  EXPECT_EQ(reader.u16(), 0xF2F3u);
  EXPECT_EQ(reader.u24(), 0xF4F5F6u);
  EXPECT_EQ(reader.u32(), 0xF7F8F9FAu);
  EXPECT_EQ(reader.u64(), 0xF0E0D0C0B0A09080u);
  EXPECT_EQ(reader.u16(), 0x0708u);
}

TEST(ByteWriter, AWritePastTheEndWritesNothing) {
  std::array<std::uint8_t, 3> storage{9, 9, 9};
  ByteWriter writer(storage);
  writer.u8(1);
  writer.u32(0);
  EXPECT_TRUE(writer.failed());
  writer.u8(2);
  EXPECT_EQ(writer.size(), 1u);
  EXPECT_EQ(storage, (std::array<std::uint8_t, 3>{1, 9, 9}));
}

}  // namespace
}  // namespace sidetone
