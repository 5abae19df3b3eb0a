#include "media/codec/g711.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <optional>

namespace sidetone::media::codec {
namespace {

// ITU-T G.711 tables 2a and 2b: decision values x(n), 14 bits, at the segment borders, and the values y decoded from
// them.
TEST(MuLaw, FollowsTheTableOfG711) {
  struct Row {
    int magnitude14;
    std::uint8_t octet;  // positive, as transmitted
    int decoded14;
  };
  constexpr std::array<Row, 10> kRows = {{{8158, 0x80, 8031},
                                          {8031, 0x80, 8031},
                                          {4063, 0x8f, 4191},
                                          {2015, 0x9f, 2079},
                                          {991, 0xaf, 1023},
                                          {479, 0xbf, 495},
                                          {223, 0xcf, 231},
                                          {95, 0xdf, 99},
                                          {31, 0xef, 33},
                                          {1, 0xfe, 2}}};
  for (const Row& row : kRows) {
    EXPECT_EQ(mulaw_encode(static_cast<std::int16_t>(row.magnitude14 * 4)), row.octet) << row.magnitude14;
    EXPECT_EQ(mulaw_decode(row.octet), row.decoded14 * 4) << row.magnitude14;
    EXPECT_EQ(mulaw_decode(static_cast<std::uint8_t>(row.octet ^ 0x80)), -row.decoded14 * 4) << row.magnitude14;
  }
  EXPECT_EQ(mulaw_encode(0), 0xff);
  EXPECT_EQ(mulaw_decode(0xff), 0);
  EXPECT_EQ(mulaw_encode(32767), 0x80);
  EXPECT_EQ(mulaw_encode(-32768), 0x00);
}

// ITU-T G.711 tables 1a and 1b, 13 bits (12 and a sign), even bits inverted.
TEST(ALaw, FollowsTheTableOfG711) {
  struct Row {
    int magnitude13;
    std::uint8_t octet;
    int decoded13;
  };
  constexpr std::array<Row, 8> kRows = {{{4095, 0xaa, 4032},
                                         {2048, 0xa5, 2112},
                                         {1024, 0xb5, 1056},
                                         {512, 0x85, 528},
                                         {256, 0x95, 264},
                                         {128, 0xe5, 132},
                                         {64, 0xf5, 66},
                                         {0, 0xd5, 1}}};
  for (const Row& row : kRows) {
    EXPECT_EQ(alaw_encode(static_cast<std::int16_t>(std::min(row.magnitude13 * 8, 32767))), row.octet)
        << row.magnitude13;
    EXPECT_EQ(alaw_decode(row.octet), row.decoded13 * 8) << row.magnitude13;
    EXPECT_EQ(alaw_decode(static_cast<std::uint8_t>(row.octet ^ 0x80)), -row.decoded13 * 8) << row.magnitude13;
  }
  EXPECT_EQ(alaw_encode(-1), 0x55);
  EXPECT_EQ(alaw_encode(-32768), 0x2a);
}

template <class Encode, class Decode>
void expect_every_octet_comes_back(Encode encode, Decode decode, std::optional<std::uint8_t> except) {
  for (int octet = 0; octet < 256; ++octet) {
    const auto code = static_cast<std::uint8_t>(octet);
    if (code == except) continue;
    EXPECT_EQ(encode(decode(code)), code);
  }
}

TEST(G711, EveryOctetComesBack) {
  expect_every_octet_comes_back(mulaw_encode, mulaw_decode, std::uint8_t{0x7f});  // 0x7f is −0: it comes back as +0
  expect_every_octet_comes_back(alaw_encode, alaw_decode, std::nullopt);
}

TEST(G711, QuantisesTowardsTheNearestStep) {
  for (int sample = -32768; sample <= 32767; ++sample) {
    const auto x = static_cast<std::int16_t>(sample);
    const int mu_error = std::abs(mulaw_decode(mulaw_encode(x)) - sample);
    const int a_error = std::abs(alaw_decode(alaw_encode(x)) - sample);
    // Half a step of the segment, one in 32 of the value, and the bits that the law does not have; above the last
    // decision value the law saturates.
    ASSERT_LE(mu_error, std::max(std::abs(sample) / 32 + 8, std::abs(sample) - 32124)) << sample;
    ASSERT_LE(a_error, std::abs(sample) / 32 + 16) << sample;
  }
}

}  // namespace
}  // namespace sidetone::media::codec
