#include "service/accounts/totp.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/protocol/limits.hpp"
#include "service/accounts/qr_code.hpp"
#include "service/accounts/recovery_codes.hpp"
#include "tests/service/support/rig.hpp"

namespace sidetone::service::accounts {
namespace {

constexpr std::string_view kRfcSecret = "12345678901234567890";

TEST(TotpTest, CountsAsRfc4226AppendixD) {
  constexpr std::string_view kCodes[] = {"755224", "287082", "359152", "969429", "338314",
                                         "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t counter = 0; counter < std::size(kCodes); ++counter)
    EXPECT_EQ(totp::hotp(kRfcSecret, counter), kCodes[counter]) << counter;
}

TEST(TotpTest, TellsTheTimeAsRfc6238AppendixB) {
  struct Vector {
    std::int64_t time;
    std::string_view code;
  };
  constexpr Vector kVectors[] = {{59, "94287082"},
                                 {1'111'111'109, "07081804"},
                                 {1'111'111'111, "14050471"},
                                 {1'234'567'890, "89005924"},
                                 {2'000'000'000, "69279037"},
                                 {20'000'000'000, "65353130"}};
  for (const auto& [time, code] : kVectors) {
    EXPECT_EQ(totp::hotp(kRfcSecret, totp::step_at(time), 8), code) << time;
    EXPECT_EQ(totp::matching_step(kRfcSecret, code.substr(2), time, 0), totp::step_at(time)) << time;
  }
}

TEST(TotpTest, TakesTheStepBeforeAndAfterAndNoOther) {
  constexpr std::int64_t kSomeTime = 1'700'000'010;
  const auto now = totp::step_at(kSomeTime);
  for (const std::uint64_t near : {now - 1, now, now + 1})
    EXPECT_EQ(totp::matching_step(kRfcSecret, totp::hotp(kRfcSecret, near), kSomeTime, 0), near);
  for (const std::uint64_t far : {now - 2, now + 2})
    EXPECT_FALSE(totp::matching_step(kRfcSecret, totp::hotp(kRfcSecret, far), kSomeTime, 0));
  for (const std::string_view wrong : {"", "1", "0000000"})
    EXPECT_FALSE(totp::matching_step(kRfcSecret, wrong, kSomeTime, 0)) << wrong;
}

TEST(TotpTest, TakesNoStepThatIsNotNewer) {
  constexpr std::int64_t kSomeTime = 1'700'000'010;
  const auto now = totp::step_at(kSomeTime);
  const auto code = totp::hotp(kRfcSecret, now);
  EXPECT_EQ(totp::matching_step(kRfcSecret, code, kSomeTime, now - 1), now);
  EXPECT_FALSE(totp::matching_step(kRfcSecret, code, kSomeTime, now)) << "it was used";
  EXPECT_FALSE(totp::matching_step(kRfcSecret, totp::hotp(kRfcSecret, now - 1), kSomeTime, now)) << "an older one";
  EXPECT_EQ(totp::matching_step(kRfcSecret, totp::hotp(kRfcSecret, now + 1), kSomeTime, now), now + 1);
}

TEST(TotpTest, AnAppIsSetUpByAnAddress) {
  EXPECT_EQ(totp::set_up_uri("12345678901234567890", "jörg b"),
            "otpauth://totp/Sidetone:j%C3%B6rg%20b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Sidetone"
            "&algorithm=SHA1&digits=6&period=30");
}

TEST(QrCodeTest, HasItsFinderPatternsInThreeCorners) {
  const auto code = make_qr_code("otpauth://totp/Sidetone:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").value();
  EXPECT_EQ(code.side % 4, 1U) << "17 + 4 × version";
  EXPECT_EQ(code.modules.size(), code.side * code.side);
  const auto dark = [&](std::uint32_t x, std::uint32_t y) { return code.modules[y * code.side + x] == '1'; };
  // ISO/IEC 18004 §6.3.3: 7 × 7, a ring around a ring around 3 × 3.
  const auto finder = [&](std::uint32_t left, std::uint32_t top) {
    for (std::uint32_t y = 0; y < 7; ++y)
      for (std::uint32_t x = 0; x < 7; ++x) {
        const auto out = std::max(x > 3 ? x - 3 : 3 - x, y > 3 ? y - 3 : 3 - y);
        if (dark(left + x, top + y) != (out != 2)) return false;
      }
    return true;
  };
  EXPECT_TRUE(finder(0, 0));
  EXPECT_TRUE(finder(code.side - 7, 0));
  EXPECT_TRUE(finder(0, code.side - 7));
  EXPECT_FALSE(finder(code.side - 7, code.side - 7));
}

TEST(QrCodeTest, TheLongestAddressFitsItsMessageAndMoreThanACodeIsAnError) {
  const auto uri = totp::set_up_uri(std::string(totp::kSecretBytes, 'x'), std::string(256, '\xff'));
  EXPECT_LE(uri.size(), protocol::limits::kSetUpUriBytes);
  EXPECT_TRUE(make_qr_code(uri).ok());
  const auto most = make_qr_code(std::string(2331, 'x'));  // version 40, level M
  ASSERT_TRUE(most.ok());
  EXPECT_EQ(most->side, protocol::limits::kQrSide);
  EXPECT_EQ(most->modules.size(), protocol::limits::kQrModules);
  const auto more = make_qr_code(std::string(2332, 'x'));
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.error().code, ErrorCode::kTooLarge);
}

TEST(RecoveryCodesTest, AreTenAndReadHoweverTheyAreTyped) {
  testing::SeededRandom random(1);
  const auto codes = make_recovery_codes(random);
  EXPECT_EQ(std::set(codes.begin(), codes.end()).size(), 10U);
  for (const auto& code : codes) {
    EXPECT_EQ(code.size(), 19U) << code;
    EXPECT_EQ(normal_code(code).size(), 16U) << "80 bits";
    EXPECT_EQ(code[4], '-');
  }
  EXPECT_EQ(normal_code(" abcd-efgh 2345 "), "ABCDEFGH2345");
}

}  // namespace
}  // namespace sidetone::service::accounts
