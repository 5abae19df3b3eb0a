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

Result<Options> options_with(const char* option, const char* value) {
  const std::array<const char*, 4> words{"--service", "ws://127.0.0.1:1", option, value};
  return parse_options(words);
}

TEST(Options, WavFilesAreAsManyAsAreNamed) {
  const std::array<const char*, 7> words{"--service", "ws://127.0.0.1:1",       "--wav-microphone",
                                         "a.wav",     "--wav-microphone=b.wav", "--wav-loudspeaker=c.wav",
                                         "--wav-once"};
  const auto given = parse_options(words);
  ASSERT_TRUE(given.ok());
  EXPECT_EQ(given->wav_microphones, (std::vector<std::string>{"a.wav", "b.wav"}));
  EXPECT_EQ(given->wav_loudspeakers, (std::vector<std::string>{"c.wav"}));
  EXPECT_TRUE(given->wav_once);
  EXPECT_FALSE(options_with("--wav-microphone", "").ok());
  std::vector<const char*> many{"--service", "ws://127.0.0.1:1"};
  for (int i = 0; i < 17; ++i) many.push_back("--wav-microphone=a.wav");
  EXPECT_EQ(parse_options(many).error().where, "--wav-microphone");
}

TEST(Options, VoiceProcessingIsNamedOneByOne) {
  using media::audio::ProcessingPolicy;
  EXPECT_EQ(options_with("--log-level", "info")->processing.echo, ProcessingPolicy::kAuto);
  const auto given = options_with("--voice-processing", "noise=off,echo=on");
  ASSERT_TRUE(given.ok());
  EXPECT_EQ(given->processing.echo, ProcessingPolicy::kOn);
  EXPECT_EQ(given->processing.noise, ProcessingPolicy::kOff);
  EXPECT_EQ(given->processing.gain, ProcessingPolicy::kAuto);
  for (const char* wrong : {"", "echo", "echo=", "echo=maybe", "reverb=on", "echo=on,,", "=on"}) {
    const auto refused = options_with("--voice-processing", wrong);
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_EQ(refused.error().where, "--voice-processing");
  }
}

TEST(Options, PortsOfCallsAreARangeOrAny) {
  const auto usual = options_with("--log-level", "info");
  EXPECT_EQ(usual->first_port, 55004);
  EXPECT_EQ(usual->last_port, 55505);
  const auto given = options_with("--port-range", "1024-65535");
  EXPECT_EQ(given->first_port, 1024);
  EXPECT_EQ(given->last_port, 65535);
  EXPECT_EQ(options_with("--port-range", "any")->first_port, 0);
  EXPECT_TRUE(options_with("--port-range", "40000-40002").ok());
  const std::pair<const char*, const char*> wrong[] = {{"", "FIRST-LAST"},
                                                       {"55004", "FIRST-LAST"},
                                                       {"55004-", "1024 to 65535"},
                                                       {"1023-55004", "1024 to 65535"},
                                                       {"55004-65536", "1024 to 65535"},
                                                       {"55004-55505x", "1024 to 65535"},
                                                       {"55505-55004", "the first before the last: 55505-55004"},
                                                       {"55004-55005", "three ports at least"}};
  for (const auto& [value, reason] : wrong) {
    const auto refused = options_with("--port-range", value);
    ASSERT_FALSE(refused.ok()) << value;
    EXPECT_EQ(refused.error().where, "--port-range");
    EXPECT_NE(refused.error().text.find(reason), std::string::npos) << value << ": " << refused.error().text;
  }
}

TEST(Options, MarksAreByClassAndTheOthersStay) {
  const auto usual = options_with("--log-level", "info");
  EXPECT_EQ(usual->dscp.voice, 46);
  EXPECT_EQ(usual->dscp.data, 0);
  EXPECT_EQ(usual->dscp.signalling, 24);
  const auto some = options_with("--dscp", "signalling=40,voice=0");
  EXPECT_EQ(some->dscp.voice, 0);
  EXPECT_EQ(some->dscp.data, 0);
  EXPECT_EQ(some->dscp.signalling, 40);
  for (const char* wrong :
       {"", "46", "voice", "voice=", "voice=64", "voice=-1", "video=34", "voice=46;data=0", ",voice=46"}) {
    const auto refused = options_with("--dscp", wrong);
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_EQ(refused.error().where, "--dscp");
  }
  EXPECT_NE(options_with("--dscp", "video=34").error().text.find("\"video=34\""), std::string::npos);
}

}  // namespace
}  // namespace sidetone::host
