#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "media/sctp/dcep.hpp"

namespace sidetone::media::sctp {
namespace {

TEST(Dcep, OpensAreReadAsWritten) {
  std::vector<ChannelParameters> all(5);
  all[0] = {"label", "protocol", true, {}, {}};
  all[1] = {"", "", false, {}, {}};
  all[2] = {"\xE9\x9B\xBB\xE8\xA9\xB1", "", true, 0, {}};
  all[3] = {"x", "", false, 3, {}};
  all[4] = {"x", "", false, {}, 250};
  for (const auto& parameters : all) {
    std::array<std::uint8_t, 128> storage;
    ByteWriter out(storage);
    ASSERT_TRUE(write_dcep_open(parameters, out).ok());
    const auto read = parse_dcep(out.written());
    ASSERT_TRUE(read.ok());
    EXPECT_FALSE(read.value().ack);
    EXPECT_EQ(read.value().channel, parameters);
    for (std::size_t length = 0; length < out.size(); ++length)
      EXPECT_FALSE(parse_dcep(out.written().first(length)).ok());
  }
}

TEST(Dcep, WhatIsShownOfALabelIsShortAndPlain) {
  EXPECT_EQ(shown_label("sidetone.identity"), "sidetone.identity");
  EXPECT_EQ(shown_label("a\nb\x01\x7f"), "a b  ");
  EXPECT_EQ(shown_label(std::string(1024, 'x')), std::string(kShownLabelBytes, 'x'));
  const std::string umlaut = "\xC3\xBC";
  EXPECT_EQ(shown_label(std::string(kShownLabelBytes - 1, 'x') + umlaut), std::string(kShownLabelBytes - 1, 'x'));
  EXPECT_EQ(shown_label(std::string(kShownLabelBytes - 2, 'x') + umlaut),
            std::string(kShownLabelBytes - 2, 'x') + umlaut);
  EXPECT_EQ(shown_label(std::string(1024, '\x80')), "");
}

TEST(Dcep, KnowsTheAckAndRefusesTheRest) {
  EXPECT_TRUE(parse_dcep(std::vector<std::uint8_t>{2}).value().ack);
  EXPECT_EQ(parse_dcep({}).error().code, ErrorCode::kTruncated);
  EXPECT_EQ(parse_dcep(std::vector<std::uint8_t>{9}).error().code, ErrorCode::kUnknownType);
  EXPECT_EQ(parse_dcep(std::vector<std::uint8_t>{3, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(parse_dcep(std::vector<std::uint8_t>{3, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0}).error().code,
            ErrorCode::kTooLarge);
  ChannelParameters parameters;
  parameters.label = std::string(kMaxLabelBytes + 1, 'x');
  std::array<std::uint8_t, 4> storage;
  ByteWriter out(storage);
  EXPECT_EQ(write_dcep_open(parameters, out).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace sidetone::media::sctp
