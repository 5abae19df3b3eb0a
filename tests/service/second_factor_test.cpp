#include <algorithm>
#include <cctype>
#include <set>

#include "service/accounts/totp.hpp"
#include "service/admin/second_factor_off.hpp"
#include "tests/service/support/rig.hpp"

/// The second factor of a sign-in: row S1.
namespace sidetone::service::testing {
namespace {

using namespace protocol;
using accounts::totp::hotp;
using accounts::totp::step_at;

/// RFC 4648 §6, of what is well formed.
std::string base32_decode(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    bits = bits << 5 | static_cast<std::uint32_t>(kAlphabet.find(c));
    held += 5;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xFF);
  }
  return out;
}

/// Alice, her second factor, and her authenticator app.
class SecondFactorTest : public ::testing::Test {
 protected:
  /// @param steps_ahead  of the clock of now.
  [[nodiscard]] std::string code(int steps_ahead = 0) const {
    const auto now = step_at(rig_.time.clock().wall().unix_seconds);
    return hotp(secret_, now + static_cast<std::uint64_t>(steps_ahead));
  }
  void begin(Client& client) {
    secret_ = base32_decode(client.ask_for<SecondFactorSecret>(SecondFactorBegin{"sidetone"}).secret);
  }
  /// On, and time goes on, so that the code which has confirmed it is not the one of now.
  std::vector<std::string> turn_on(const std::string& device = "alice/desk") {
    auto& client = rig_[device];
    begin(client);
    auto codes = client.ask_for<SecondFactorCodes>(SecondFactorConfirm{code()}).codes;
    rig_.advance(Seconds{60});
    return codes;
  }
  SignIn sign_in(std::optional<std::string> with, const std::string& password = "sidetone") {
    return {"alice", password, "phone", "", std::move(with)};
  }
  Client& stranger(const std::string& name, const std::string& address = "203.0.113.5") {
    auto& client = rig_.stranger(name);
    client.connect(address);
    return client;
  }
  std::string wrong_code() { return code() == "000000" ? "000001" : "000000"; }

  Rig rig_{{}, true};
  std::string secret_;
};

TEST_F(SecondFactorTest, IsOffUntilItsFirstCodeHasBeenShown) {
  auto& desk = rig_["alice/desk"];
  EXPECT_EQ(desk.ask_for<SecondFactor>(SecondFactorGet{}), SecondFactor{});
  const auto secret = desk.ask_for<SecondFactorSecret>(SecondFactorBegin{"sidetone"});
  EXPECT_EQ(secret.secret.size(), 32U);
  EXPECT_NE(secret.uri.find("otpauth://totp/Sidetone:alice?secret=" + secret.secret + "&"), std::string::npos);
  EXPECT_GE(secret.qr_side, 21U);
  EXPECT_EQ(secret.valid_s, 600U);
  stranger("alice/phone").ask_for<SignedIn>(sign_in(std::nullopt));
  secret_ = base32_decode(secret.secret);
  EXPECT_EQ(desk.ask_for_error(SecondFactorConfirm{code(2)}), "second_factor");
  const auto codes = desk.ask_for<SecondFactorCodes>(SecondFactorConfirm{code()}).codes;
  EXPECT_EQ(codes.size(), 10U);
  const auto now = desk.ask_for<SecondFactor>(SecondFactorGet{});
  EXPECT_TRUE(now.on);
  EXPECT_EQ(now.since, rig_.time.clock().wall().unix_seconds);
  EXPECT_EQ(now.recovery_codes, 10U);
  EXPECT_EQ(stranger("alice/tablet").ask_for_error(sign_in(std::nullopt)), "second_factor");
}

TEST_F(SecondFactorTest, BeginningWantsThePasswordAndIsGuarded) {
  auto& desk = rig_["alice/desk"];
  for (int i = 0; i < 5; ++i) EXPECT_EQ(desk.ask_for_error(SecondFactorBegin{"wrong"}), "unauthenticated");
  rig_.advance(Milliseconds{500});
  EXPECT_EQ(desk.ask_for_error(SecondFactorBegin{"sidetone"}), "rate_limited");
  desk.connect();
  EXPECT_EQ(desk.ask_for_error(sign_in(std::nullopt)), "rate_limited") << "the same failures as at a sign-in";
}

TEST_F(SecondFactorTest, WhatWasBegunRunsOut) {
  auto& desk = rig_["alice/desk"];
  EXPECT_EQ(desk.ask_for_error(SecondFactorConfirm{"123456"}), "not_found");
  begin(desk);
  rig_.advance(Seconds{599});
  desk.ask_for<SecondFactorCodes>(SecondFactorConfirm{code()});
  auto& bob = rig_["bob"];
  begin(bob);
  rig_.advance(Seconds{600});
  EXPECT_EQ(bob.ask_for_error(SecondFactorConfirm{code()}), "not_found");
}

TEST_F(SecondFactorTest, IsBegunOnlyWhereItIsOff) {
  turn_on();
  EXPECT_EQ(rig_["alice/desk"].ask_for_error(SecondFactorBegin{"sidetone"}), "conflict");
  EXPECT_EQ(rig_["alice/desk"].ask_for_error(SecondFactorConfirm{code()}), "not_found") << "it was used up";
}

TEST_F(SecondFactorTest, ASignInWantsPasswordAndCode) {
  turn_on();
  auto& phone = stranger("alice/phone");
  EXPECT_EQ(phone.ask_for_error(sign_in(code(), "wrong")), "unauthenticated") << "the password comes first";
  EXPECT_EQ(phone.ask_for_error(sign_in(std::nullopt)), "second_factor");
  EXPECT_EQ(phone.ask_for_error(sign_in(" ")), "second_factor");
  EXPECT_EQ(phone.ask_for_error(sign_in(wrong_code())), "second_factor");
  const auto spaced = code().insert(3, " ");
  EXPECT_EQ(phone.ask_for<SignedIn>(sign_in(spaced)).user, rig_.user("alice"));
}

TEST_F(SecondFactorTest, OtherAccountsAndTheirCodesAreNotConcerned) {
  turn_on();
  auto& bob = stranger("bob");
  bob.ask_for<SignedIn>(SignIn{"bob", "sidetone", "desk", "", code()});
}

TEST_F(SecondFactorTest, ACodeIsGoodOnceAlsoAfterARestart) {
  turn_on();
  const auto used = code();
  stranger("alice/phone").ask_for<SignedIn>(sign_in(used));
  auto& thief = stranger("alice/thief");
  EXPECT_EQ(thief.ask_for_error(sign_in(used)), "second_factor");
  EXPECT_EQ(thief.ask_for_error(sign_in(code(-1))), "second_factor") << "nor one before it";
  rig_.kill_and_restart();
  EXPECT_EQ(stranger("alice/thief").ask_for_error(sign_in(used)), "second_factor");
  EXPECT_EQ(stranger("alice/tablet").ask_for<SignedIn>(sign_in(code(1))).user, rig_.user("alice"));
}

TEST_F(SecondFactorTest, TheCodeThatConfirmedItIsUsed) {
  begin(rig_["alice/desk"]);
  const auto used = code();
  rig_["alice/desk"].ask_for<SecondFactorCodes>(SecondFactorConfirm{used});
  EXPECT_EQ(stranger("alice/thief").ask_for_error(sign_in(used)), "second_factor");
}

TEST_F(SecondFactorTest, OfTwoThatRaceWithOneCodeOneWins) {
  turn_on();
  rig_.passwords.slow = true;
  std::vector<Client*> racers = {&stranger("alice/one"), &stranger("alice/two")};
  for (auto* racer : racers) racer->send(sign_in(code()));
  rig_.passwords.finish();  // both passwords are right in the same instant
  rig_.settle();
  std::size_t in = 0;
  std::size_t out = 0;
  for (auto* racer : racers) {
    in += racer->events<SignedIn>().size();
    out += racer->events<Failure>().size();
  }
  EXPECT_EQ(in, 1U);
  EXPECT_EQ(out, 1U);
}

TEST_F(SecondFactorTest, AWrongCodeCountsAsAFailureAndAMissingOneDoesNot) {
  turn_on();
  auto& phone = stranger("alice/phone");
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(phone.ask_for_error(sign_in(std::nullopt)), "second_factor") << i;
    rig_.advance(Seconds{1});
  }
  for (int i = 0; i < 5; ++i) EXPECT_EQ(phone.ask_for_error(sign_in(wrong_code())), "second_factor") << i;
  EXPECT_EQ(phone.ask_for_error(sign_in(code())), "rate_limited");
}

TEST_F(SecondFactorTest, ARightPasswordWithoutItsCodeLiftsNoWait) {
  turn_on();
  auto& guesser = stranger("alice/guesser");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(guesser.ask_for_error(sign_in(wrong_code())), "second_factor");
  EXPECT_EQ(guesser.ask_for_error(sign_in(std::nullopt)), "second_factor");
  EXPECT_EQ(guesser.ask_for_error(sign_in(wrong_code())), "second_factor");
  EXPECT_EQ(guesser.ask_for_error(sign_in(wrong_code())), "rate_limited");
}

TEST_F(SecondFactorTest, WhoeverKnowsThePasswordDoesNotGuessTheCodeFromManyAddresses) {
  const auto recovery = turn_on();
  int looked_at = 0;
  for (int i = 0; i < 50; ++i) {
    auto& bot = stranger("alice/bot" + std::to_string(i), "198.51.100." + std::to_string(i));
    looked_at += bot.ask_for_error(sign_in(wrong_code())) == "second_factor" ? 1 : 0;
  }
  EXPECT_EQ(looked_at, 10);
  EXPECT_EQ(stranger("alice/phone").ask_for_error(sign_in(code())), "rate_limited");
  stranger("alice/phone").ask_for<SignedIn>(sign_in(recovery[0]));
  rig_.advance(Seconds{361});
  stranger("alice/tablet").ask_for<SignedIn>(sign_in(code()));
}

TEST_F(SecondFactorTest, ARightCodeIsNotCounted) {
  turn_on();
  for (int i = 0; i < 15; ++i) {
    stranger("alice/phone" + std::to_string(i)).ask_for<SignedIn>(sign_in(code()));
    rig_.advance(Seconds{30});
  }
}

TEST_F(SecondFactorTest, AnAccountWithItCostsAWrongPasswordWhatOthersCost) {
  turn_on();
  std::vector<std::string> answers;
  std::vector<int> checks;
  std::vector<std::uint64_t> commits;
  for (const std::string login : {"alice", "bob", "nobody"}) {
    const int before = rig_.passwords.checks;
    const auto commits_before = rig_.store->commits();
    answers.push_back(Client::describe(
        stranger(login + "/guess").ask_for<Failure>(SignIn{login, "wrong", "x", "", std::string("123456")})));
    checks.push_back(rig_.passwords.checks - before);
    commits.push_back(rig_.store->commits() - commits_before);
  }
  EXPECT_EQ(std::set(answers.begin(), answers.end()).size(), 1U);
  EXPECT_EQ(std::set(checks.begin(), checks.end()).size(), 1U);
  EXPECT_EQ(std::set(commits.begin(), commits.end()).size(), 1U);
}

TEST_F(SecondFactorTest, ARecoveryCodeStandsInOnce) {
  const auto codes = turn_on();
  auto& desk = rig_["alice/desk"];
  desk.forget_events();
  std::string typed = codes[3];
  std::transform(typed.begin(), typed.end(), typed.begin(), [](char c) { return c == '-' ? ' ' : std::tolower(c); });
  stranger("alice/phone").ask_for<SignedIn>(sign_in(typed));
  const auto told = desk.events<SecondFactor>();
  ASSERT_EQ(told.size(), 1U) << "her devices hear that one is gone";
  EXPECT_EQ(told[0].recovery_codes, 9U);
  EXPECT_EQ(stranger("alice/thief").ask_for_error(sign_in(codes[3])), "second_factor");
  stranger("alice/tablet").ask_for<SignedIn>(sign_in(codes[4]));
  EXPECT_EQ(rig_.service->counters().get("recovery_codes_used"), 2U);
}

TEST_F(SecondFactorTest, OtherDevicesHearThatItIsOnAndOff) {
  auto& phone = rig_["alice/phone"];
  auto& bob = rig_["bob"];
  const auto codes = turn_on();
  auto told = phone.events<SecondFactor>();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].on);
  rig_["alice/desk"].ask_for<Ok>(SecondFactorRemove{"sidetone", code()});
  told = phone.events<SecondFactor>();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0], SecondFactor{});
  EXPECT_TRUE(bob.events<SecondFactor>().empty());
}

TEST_F(SecondFactorTest, IsTurnedOffByPasswordAndCode) {
  const auto codes = turn_on();
  auto& desk = rig_["alice/desk"];
  EXPECT_EQ(desk.ask_for_error(SecondFactorRemove{"wrong", code()}), "unauthenticated");
  EXPECT_EQ(desk.ask_for_error(SecondFactorRemove{"sidetone", ""}), "second_factor");
  EXPECT_EQ(desk.ask_for_error(SecondFactorRemove{"sidetone", wrong_code()}), "second_factor");
  EXPECT_TRUE(desk.ask_for<SecondFactor>(SecondFactorGet{}).on);
  desk.ask_for<Ok>(SecondFactorRemove{"sidetone", code()});
  EXPECT_FALSE(desk.ask_for<SecondFactor>(SecondFactorGet{}).on);
  stranger("alice/phone").ask_for<SignedIn>(sign_in(std::nullopt));
  rig_.advance(Seconds{5});
  EXPECT_EQ(desk.ask_for_error(SecondFactorRemove{"sidetone", code()}), "not_found");
  turn_on();
  EXPECT_EQ(stranger("alice/thief").ask_for_error(sign_in(codes[0])), "second_factor") << "codes of the one before";
}

TEST_F(SecondFactorTest, ARecoveryCodeTurnsItOffToo) {
  const auto codes = turn_on();
  rig_["alice/desk"].ask_for<Ok>(SecondFactorRemove{"sidetone", codes[9]});
  stranger("alice/phone").ask_for<SignedIn>(sign_in(std::nullopt));
}

TEST_F(SecondFactorTest, DevicesThatAreSignedInStaySo) {
  turn_on();
  auto& desk = rig_["alice/desk"];
  desk.lose();
  EXPECT_TRUE(desk.resume());
}

TEST_F(SecondFactorTest, AStoreThatFailsCostsNoAttempt) {
  turn_on();
  auto& phone = stranger("alice/phone");
  rig_.passwords.full = true;
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(phone.ask_for_error(sign_in(code())), "unavailable");
    rig_.advance(Seconds{1});
  }
  rig_.passwords.full = false;
  phone.ask_for<SignedIn>(sign_in(code()));
}

TEST_F(SecondFactorTest, AnAdministratorTurnsItOffBesideARunningService) {
  turn_on();
  config::Settings settings;
  settings.data = rig_.folder().string();
  ASSERT_TRUE(admin::turn_off_second_factor(settings, " Alice").ok());
  stranger("alice/phone").ask_for<SignedIn>(sign_in(std::nullopt));
  const auto again = admin::turn_off_second_factor(settings, "alice");
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(admin::turn_off_second_factor(settings, "nobody").error().text, "there is no such sign-in name");
  settings.data += "/elsewhere";
  EXPECT_EQ(admin::turn_off_second_factor(settings, "alice").error().text, "there is no such data file");
}

}  // namespace
}  // namespace sidetone::service::testing
