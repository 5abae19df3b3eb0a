#include "tests/core/client/bench.hpp"

/// The second factor of a sign-in: asked for, set up, turned off.
namespace sidetone::client::test {
namespace {

TEST(SecondFactorAtSignIn, AWantedCodeReachesWhoeverSignsIn) {
  Bench bench;
  bench.start();
  bench.happen(SignIn{"alice", "secret", std::nullopt}, 1);
  bench.happen(SocketOpened{bench.state.connection.socket});
  EXPECT_EQ(bench.sent<protocol::SignIn>().at(0).code, std::nullopt);
  bench.answer<protocol::SignIn>(failure(ErrorCode::kSecondFactor, "a code is wanted"));
  EXPECT_EQ(bench.the<IntentDone>().code, "second_factor");
  EXPECT_EQ(bench.state.connection.phase, ConnectionPhase::kSignedOut);
  EXPECT_FALSE(bench.state.connection.credentials) << "nobody keeps the password";

  bench.happen(SignIn{"alice", "secret", "123456"}, 2);
  bench.happen(SocketOpened{bench.state.connection.socket});
  EXPECT_EQ(bench.sent<protocol::SignIn>().at(0).code, "123456");
  EXPECT_EQ(bench.sent<protocol::SignIn>().at(0).password, "secret");
}

class SecondFactorState : public testing::Test {
 protected:
  void SetUp() override { bench.sign_in(); }
  void begin() {
    bench.happen(BeginSecondFactor{"secret"}, 2);
    EXPECT_EQ(bench.sent<protocol::SecondFactorBegin>().at(0).password, "secret");
    bench.answer<protocol::SecondFactorBegin>(
        protocol::SecondFactorSecret{"JBSWY3DP", "otpauth://totp/x", 1, "1", 600});
    EXPECT_TRUE(bench.the<IntentDone>().ok);
  }
  void confirm() {
    bench.happen(ConfirmSecondFactor{"123456"}, 3);
    const auto request = bench.request_of<protocol::SecondFactorConfirm>();
    bench.service(protocol::SecondFactor{true, 1'700'000'000, 2});
    bench.service(protocol::SecondFactorCodes{{"AAAA", "BBBB"}}, request);
    EXPECT_TRUE(bench.the<IntentDone>().ok);
  }
  Bench bench;
};

TEST_F(SecondFactorState, StandsInTheStateWhenItHasBeenAskedFor) {
  EXPECT_FALSE(bench.view().second_factor);
  bench.happen(GetSecondFactor{}, 2);
  bench.answer<protocol::SecondFactorGet>(protocol::SecondFactor{});
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  ASSERT_TRUE(bench.view().second_factor);
  EXPECT_FALSE(bench.view().second_factor->on);
}

TEST_F(SecondFactorState, IsSetUpStepByStep) {
  begin();
  ASSERT_TRUE(bench.view().second_factor_secret);
  EXPECT_EQ(bench.view().second_factor_secret->secret, "JBSWY3DP");
  confirm();
  EXPECT_FALSE(bench.view().second_factor_secret);
  EXPECT_EQ(bench.view().recovery_codes, (std::vector<std::string>{"AAAA", "BBBB"}));
  EXPECT_TRUE(bench.view().second_factor->on);
  bench.happen(LeaveSecondFactor{}, 4);
  EXPECT_TRUE(bench.view().recovery_codes.empty());
  EXPECT_TRUE(bench.view().second_factor->on);
}

TEST_F(SecondFactorState, AWrongFirstCodeCanBeTypedAgainAndWhatHasRunOutCannot) {
  begin();
  bench.happen(ConfirmSecondFactor{"000000"}, 3);
  bench.answer<protocol::SecondFactorConfirm>(failure(ErrorCode::kSecondFactor));
  EXPECT_EQ(bench.the<IntentDone>().code, "second_factor");
  EXPECT_TRUE(bench.view().second_factor_secret);
  bench.happen(ConfirmSecondFactor{"123456"}, 4);
  bench.answer<protocol::SecondFactorConfirm>(failure(ErrorCode::kNotFound));
  EXPECT_FALSE(bench.view().second_factor_secret);
}

TEST_F(SecondFactorState, IsTurnedOff) {
  begin();
  confirm();
  bench.happen(RemoveSecondFactor{"secret", "AAAA"}, 4);
  EXPECT_EQ(bench.sent<protocol::SecondFactorRemove>().at(0), (protocol::SecondFactorRemove{"secret", "AAAA"}));
  const auto request = bench.request_of<protocol::SecondFactorRemove>();
  bench.service(protocol::SecondFactor{});
  bench.service(protocol::Ok{}, request);
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  EXPECT_FALSE(bench.view().second_factor->on);
  EXPECT_TRUE(bench.view().recovery_codes.empty()) << "they are of no use any more";
}

TEST_F(SecondFactorState, FollowsOtherDevices) {
  begin();
  bench.service(protocol::SecondFactor{true, 1'700'000'000, 10});
  EXPECT_FALSE(bench.view().second_factor_secret) << "another device was quicker";
  EXPECT_EQ(bench.view().second_factor->recovery_codes, 10U);
}

TEST_F(SecondFactorState, IsAskedForAnewWhereSomethingMayHaveBeenMissed) {
  bench.lose_connection();
  bench.come_back(false);
  EXPECT_FALSE(bench.request_of<protocol::SecondFactorGet>()) << "nobody has looked at it";
  bench.happen(GetSecondFactor{}, 2);
  bench.answer<protocol::SecondFactorGet>(protocol::SecondFactor{});
  bench.lose_connection();
  bench.come_back(true);
  EXPECT_FALSE(bench.request_of<protocol::SecondFactorGet>());
  bench.lose_connection();
  bench.come_back(false);
  bench.answer<protocol::SecondFactorGet>(protocol::SecondFactor{true, 1'700'000'000, 9});
  EXPECT_TRUE(bench.view().second_factor->on);
}

TEST_F(SecondFactorState, WithoutTheServiceNothingIsSent) {
  bench.lose_connection();
  bench.happen(BeginSecondFactor{"secret"}, 2);
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
  EXPECT_TRUE(bench.sent<protocol::SecondFactorBegin>().empty());
}

TEST_F(SecondFactorState, NothingOfItOutlivesTheSession) {
  begin();
  bench.service(protocol::SignedOut{"signed out from another device"});
  EXPECT_FALSE(bench.view().second_factor_secret);
  EXPECT_FALSE(bench.view().second_factor);
}

}  // namespace
}  // namespace sidetone::client::test
