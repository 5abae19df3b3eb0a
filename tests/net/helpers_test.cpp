#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cstdio>

#include "net/crypto.hpp"
#include "net/log.hpp"
#include "net/rate_limit.hpp"
#include "net/system_clock.hpp"
#include "net/url.hpp"

namespace sidetone::net::test {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Crypto, HashesAndEncodes) {
  // FIPS 180-2 appendix B.1: SHA-256 of "abc".
  EXPECT_EQ(base64url(sha256("abc")), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  // RFC 4648 §10, without padding.
  const std::pair<std::string, std::string> vectors[] = {{"", ""},        {"f", "Zg"},        {"fo", "Zm8"},
                                                         {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64url(bytes_of(plain)), encoded);
    EXPECT_EQ(base64url_decode(encoded), bytes_of(plain));
  }
  for (const auto* bad : {"Zg==", "Zh", "Z", "Zm9+", "Zm9/", "Zm 8", "Zm9vY"})
    EXPECT_FALSE(base64url_decode(bad)) << bad;
}

TEST(Crypto, EncodesForPeopleWhoType) {
  // RFC 4648 §10, without padding.
  const std::pair<std::string, std::string> vectors[] = {{"", ""},         {"f", "MY"},         {"fo", "MZXQ"},
                                                         {"foo", "MZXW6"}, {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"}};
  for (const auto& [plain, encoded] : vectors) EXPECT_EQ(base32(bytes_of(plain)), encoded);
}

TEST(Crypto, AuthenticatesBySha1) {
  // RFC 2202 §3, test cases 1, 2 and 6.
  const auto hex = [](const auto& digest) {
    std::string out;
    for (const auto byte : digest) {
      char text[3];
      std::snprintf(text, sizeof text, "%02x", byte);
      out += text;
    }
    return out;
  };
  EXPECT_EQ(hex(hmac_sha1(std::string(20, '\x0b'), bytes_of("Hi There"))), "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(hex(hmac_sha1("Jefe", bytes_of("what do ya want for nothing?"))),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hex(hmac_sha1(std::string(80, '\xaa'), bytes_of("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(Crypto, ComparesAndMakesTokens) {
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "ab"));
  SystemRandom random;
  const auto token = random_token(random, 32);
  EXPECT_EQ(token.size(), 43u);
  EXPECT_NE(token, random_token(random, 32));
}

TEST(Url, ReadsItsParts) {
  const auto url = parse_url("wss://Host.Example:8443/client?x=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "host.example");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/client?x=1");
  EXPECT_TRUE(url->secure());
  EXPECT_EQ(url->authority(), "host.example:8443");
  EXPECT_EQ(parse_url("ws://h")->target, "/");
  EXPECT_EQ(parse_url("https://h?q")->target, "/?q");
  EXPECT_EQ(parse_url("wss://h:443/")->authority(), "h");
  EXPECT_EQ(parse_url("ws://[::1]:81/x")->host, "::1");
  EXPECT_EQ(parse_url("ws://[::1]:81/x")->authority(), "[::1]:81");
  for (const auto* bad :
       {"", "h", "ftp://h", "ws://", "ws://:80", "ws://a b", "ws://h:0", "ws://h:", "ws://h:65536", "ws://h:8x",
        "ws://u@h", "ws://h/#f", "ws://h/\n", "ws://[::1", "ws://[x]", "ws://[::1]8", "ws://h\r\nX: y/"})
    EXPECT_FALSE(parse_url(bad)) << bad;
}

TEST(RateLimiter, BurstThenRate) {
  RateLimiter limiter({.per_second = 2, .burst = 3}, 2);
  MonotonicTime now{Seconds{1000}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a", now).count(), 0);
  EXPECT_EQ(limiter.take("a", now).count(), 500);
  EXPECT_EQ(limiter.take("b", now).count(), 0) << "one's own bucket";
  now = now + Milliseconds{500};
  EXPECT_EQ(limiter.take("a", now).count(), 0);
  EXPECT_GT(limiter.take("a", now).count(), 0);
  // Beyond the bound: strangers share one bucket, and full buckets make room.
  EXPECT_EQ(limiter.size(), 2u);
  now = now + Milliseconds{100};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("stranger" + std::to_string(i), now).count(), 0);
  EXPECT_LE(limiter.size(), 2u);
  now = now + Seconds{60};
  EXPECT_EQ(limiter.take("c", now).count(), 0);
  EXPECT_EQ(limiter.size(), 1u);
}

TEST(Logger, WritesOneObjectALine) {
  std::FILE* file = std::tmpfile();
  const Logger logger(LogLevel::kInfo, file);
  logger.debug("unseen");
  logger.info("seen", {{"text", "a \"quote\"\nand a line"}, {"number", 3}, {"ratio", 0.5}, {"flag", true}});
  std::rewind(file);
  char line[1024] = {};
  ASSERT_NE(std::fgets(line, sizeof line, file), nullptr);
  const auto object = boost::json::parse(line).as_object();
  EXPECT_EQ(object.at("event").as_string(), "seen");
  EXPECT_EQ(object.at("level").as_string(), "info");
  EXPECT_EQ(object.at("text").as_string(), "a \"quote\"\nand a line");
  EXPECT_EQ(object.at("number").as_int64(), 3);
  EXPECT_TRUE(object.at("flag").as_bool());
  EXPECT_EQ(object.at("time").as_string().size(), 24u);
  EXPECT_EQ(std::fgets(line, sizeof line, file), nullptr);
  std::fclose(file);
}

TEST(SystemClock, Runs) {
  const SystemClock clock;
  const auto earlier = clock.now();
  EXPECT_GE(clock.now(), earlier);
  EXPECT_GT(clock.wall().unix_seconds, 1'700'000'000);
}

}  // namespace
}  // namespace sidetone::net::test
