#include "media/srtp/crypto_attribute.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/media/support/sources.hpp"

namespace sidetone::media::srtp {
namespace {

// RFC 4568 §6.1: 16 bytes of key, 14 of salt.
constexpr const char* kKey = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
// RFC 4568 §5.1.1
constexpr const char* kOther = "NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj";

std::string line(const std::string& rest) { return "1 AES_CM_128_HMAC_SHA1_80 inline:" + rest; }

/// Behind the first "inline:".
std::string many_keys(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += (i == 0 ? "" : ";inline:") + std::string(kKey) + '|' + std::to_string(i) + ":1";
  return text;
}

TEST(CryptoAttribute, OfTheRfcIsRead) {
  const auto one = parse_crypto_attribute(line(std::string(kKey) + "|2^20"));
  ASSERT_TRUE(one.ok()) << to_string(one.error());
  EXPECT_EQ(one->tag, 1u);
  EXPECT_EQ(one->suite, Suite::kAesCm128HmacSha1_80);
  const std::string bytes = "wDfvg&T+)xG7@fb5jU,RaA}\\|p0%*#";
  ASSERT_EQ(one->keys.size(), 1u);
  EXPECT_EQ(std::string(one->keys[0].key.begin(), one->keys[0].key.end()), bytes);
  EXPECT_TRUE(one->keys[0].mki.empty());
  EXPECT_EQ(to_string(*one), line(kKey));
  const auto two = parse_crypto_attribute("999999999 AES_CM_128_HMAC_SHA1_32  inline:" + std::string(kOther) +
                                          "|1048576 WSH=64 -new=1");
  ASSERT_TRUE(two.ok()) << to_string(two.error());
  EXPECT_EQ(two->suite, Suite::kAesCm128HmacSha1_32);
  EXPECT_EQ(two->tag, 999'999'999u);
}

TEST(CryptoAttribute, OfEachSuiteIsWrittenAndReadBack) {
  test::SeededRandom random{5};
  for (const Suite suite :
       {Suite::kAesCm128HmacSha1_80, Suite::kAesCm128HmacSha1_32, Suite::kAeadAes128Gcm, Suite::kAeadAes256Gcm}) {
    const CryptoAttribute made = make_crypto(3, suite, 0, random);
    const std::string text = to_string(made);
    const auto read = parse_crypto_attribute(text);
    ASSERT_TRUE(read.ok()) << to_string(read.error());
    EXPECT_EQ(*read, made);
    EXPECT_NE(make_crypto(3, suite, 0, random).keys, made.keys) << "a key is used once";
    if (names_keys(suite)) {
      const CryptoAttribute named = make_crypto(3, suite, 4, random);
      EXPECT_EQ(named.keys[0].mki, (std::vector<std::uint8_t>{0, 0, 0, 1}));
      EXPECT_EQ(parse_crypto_attribute(to_string(named)).value(), named);
    }
    const auto without_padding = parse_crypto_attribute(text.substr(0, text.find('=')));
    ASSERT_TRUE(without_padding.ok()) << suite_name(suite);
    EXPECT_EQ(*without_padding, made);
  }
}

TEST(CryptoAttribute, NamesItsKeys) {
  // RFC 4568 §5.1.1 and §6.1
  const auto one = parse_crypto_attribute(line(std::string(kKey) + "|2^20|1:4"));
  ASSERT_TRUE(one.ok()) << to_string(one.error());
  EXPECT_EQ(one->keys.at(0).mki, (std::vector<std::uint8_t>{0, 0, 0, 1}));
  EXPECT_EQ(to_string(*one), line(std::string(kKey) + "|2^31|1:4"));
  const auto without_lifetime = parse_crypto_attribute(line(std::string(kKey) + "|66051:3"));
  ASSERT_TRUE(without_lifetime.ok()) << to_string(without_lifetime.error());
  EXPECT_EQ(without_lifetime->keys.at(0).mki, (std::vector<std::uint8_t>{1, 2, 3}));
  const auto two = parse_crypto_attribute(line(std::string(kKey) + "|2^20|1:4;inline:" + kOther + "|2^20|2:4"));
  ASSERT_TRUE(two.ok()) << to_string(two.error());
  ASSERT_EQ(two->keys.size(), 2u);
  EXPECT_EQ(two->keys[1].mki.back(), 2);
  EXPECT_EQ(parse_crypto_attribute(to_string(*two)).value(), *two);
  const auto long_name = parse_crypto_attribute(line(std::string(kKey) + "|18446744073709551615:128"));
  ASSERT_TRUE(long_name.ok()) << to_string(long_name.error());
  EXPECT_EQ(long_name->keys[0].mki.size(), 128u);
  EXPECT_EQ(parse_crypto_attribute(to_string(*long_name)).value(), *long_name);
}

TEST(CryptoAttribute, ThatCannotBeDoneIsToldFromOneThatIsWrong) {
  const std::string key = kKey;
  const std::pair<std::string, ErrorCode> cases[] = {
      {"", ErrorCode::kMalformed},
      {"x AES_CM_128_HMAC_SHA1_80 inline:" + key, ErrorCode::kMalformed},
      {"1234567890 AES_CM_128_HMAC_SHA1_80 inline:" + key, ErrorCode::kMalformed},
      {"1", ErrorCode::kMalformed},
      {"1 F8_128_HMAC_SHA1_80 inline:" + key, ErrorCode::kUnsupported},
      {"1 AES_CM_128_HMAC_SHA1_80", ErrorCode::kMalformed},
      {"1 AES_CM_128_HMAC_SHA1_80 uri:" + key, ErrorCode::kUnsupported},
      {line(key.substr(4)), ErrorCode::kMalformed},
      {line(key + "AAAA"), ErrorCode::kMalformed},
      {line("*" + key.substr(1)), ErrorCode::kMalformed},
      {line(std::string(100'000, 'A')), ErrorCode::kMalformed},
      {line(key + "|1:0"), ErrorCode::kMalformed},
      {line(key + "|1:129"), ErrorCode::kMalformed},
      {line(key + "|256:1"), ErrorCode::kMalformed},
      {line(key + "|:1"), ErrorCode::kMalformed},
      {line(key + "|-1:1"), ErrorCode::kMalformed},
      {line(key + "|1:1|2^20"), ErrorCode::kMalformed},
      {line(key + "|18446744073709551616:16"), ErrorCode::kUnsupported},
      {line(key + "|1:1;inline:" + kOther), ErrorCode::kMalformed},
      {line(key + "|1:1;inline:" + kOther + "|2:2"), ErrorCode::kMalformed},
      {line(key + "|1:1;inline:" + kOther + "|1:1"), ErrorCode::kMalformed},
      {line(many_keys(17)), ErrorCode::kUnsupported},
      {"1 AES_CM_128_HMAC_SHA1_32 inline:" + key + "|1:1", ErrorCode::kUnsupported},
      {line(key + "|2^19"), ErrorCode::kUnsupported},
      {line(key + "|2^49"), ErrorCode::kMalformed},
      {line(key + "|"), ErrorCode::kMalformed},
      {line(key + "|many"), ErrorCode::kMalformed},
      {line(key + ";inline:" + kOther), ErrorCode::kMalformed},
      {line(key + " UNENCRYPTED_SRTP"), ErrorCode::kUnsupported},
      {line(key + " UNAUTHENTICATED_SRTP"), ErrorCode::kUnsupported},
      {line(key + " KDR=1"), ErrorCode::kUnsupported},
  };
  for (const auto& [text, code] : cases) {
    const auto read = parse_crypto_attribute(text);
    ASSERT_FALSE(read.ok()) << text.substr(0, 200);
    EXPECT_EQ(read.error().code, code) << text.substr(0, 200) << ": " << read.error().text;
    EXPECT_EQ(to_string(read.error()).find(key.substr(8, 8)), std::string::npos) << "the key is repeated";
  }
}

}  // namespace
}  // namespace sidetone::media::srtp
