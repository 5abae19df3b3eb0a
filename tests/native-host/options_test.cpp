#include "native-host/options.hpp"

#include <gtest/gtest.h>

#include <array>

namespace sidetone::host {
namespace {

TEST(Options, OfCodecsAreThoseOfTheMachineInTheirOrder) {
  const auto parse = [](const char* option, const char* value) {
    const std::array<const char*, 4> words{"--service", "ws://127.0.0.1:1", option, value};
    return parse_options(words);
  };
  EXPECT_EQ(parse("--codecs", "PCMU,opus")->codecs, (std::vector<std::string>{"PCMU", "opus"}));
  const auto unknown = parse("--codecs", "opus,AMR");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().where, "--codecs");
  EXPECT_NE(unknown.error().text.find("\"AMR\""), std::string::npos);
  EXPECT_NE(unknown.error().text.find("G722"), std::string::npos) << "it says what there is: " << unknown.error().text;
  EXPECT_FALSE(parse("--codecs", "").ok());
  EXPECT_FALSE(parse("--codecs", "CN").ok()) << "noise is no voice";
  EXPECT_EQ(parse("--max-bitrate", "24000")->max_bitrate_bps, 24000);
  for (const char* wrong : {"", "5999", "510001", "24k", "-1"})
    EXPECT_FALSE(parse("--max-bitrate", wrong).ok()) << wrong;
  EXPECT_EQ(parse("--encoder-complexity", "9")->encoder_complexity, 9);
  for (const char* wrong : {"", "11", "-1", "5x"}) EXPECT_FALSE(parse("--encoder-complexity", wrong).ok()) << wrong;
  EXPECT_EQ(parse("--loopback-port", "65535")->loopback_port, 65535);
  for (const char* wrong : {"", "65536", "-1"}) EXPECT_FALSE(parse("--loopback-port", wrong).ok()) << wrong;
}

}  // namespace
}  // namespace sidetone::host
