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

TEST(CryptoAttribute, OfTheRfcIsRead) {
  const auto one = parse_crypto_attribute(line(std::string(kKey) + "|2^20"));
  ASSERT_TRUE(one.ok()) << to_string(one.error());
  EXPECT_EQ(one->tag, 1u);
  EXPECT_EQ(one->suite, Suite::kAesCm128HmacSha1_80);
  const std::string bytes = "wDfvg&T+)xG7@fb5jU,RaA}\\|p0%*#";
  EXPECT_EQ(std::string(one->key.begin(), one->key.end()), bytes);
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
    const CryptoAttribute made = make_crypto(3, suite, random);
    const std::string text = to_string(made);
    const auto read = parse_crypto_attribute(text);
    ASSERT_TRUE(read.ok()) << to_string(read.error());
    EXPECT_EQ(*read, made);
    EXPECT_NE(make_crypto(3, suite, random).key, made.key) << "a key is used once";
    const auto without_padding = parse_crypto_attribute(text.substr(0, text.find('=')));
    ASSERT_TRUE(without_padding.ok()) << suite_name(suite);
    EXPECT_EQ(*without_padding, made);
  }
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
      {line(key + "|2^20|1:4"), ErrorCode::kUnsupported},
      {line(key + "|1:1"), ErrorCode::kUnsupported},
      {line(key + "|2^19"), ErrorCode::kUnsupported},
      {line(key + "|2^49"), ErrorCode::kMalformed},
      {line(key + "|"), ErrorCode::kMalformed},
      {line(key + "|many"), ErrorCode::kMalformed},
      {line(key + ";inline:" + kOther), ErrorCode::kUnsupported},
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
