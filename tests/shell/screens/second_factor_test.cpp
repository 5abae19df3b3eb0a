#include <gtest/gtest.h>

#include "tests/shell/support/stage.hpp"

/// The second factor at the sign-in and in the settings.
namespace sidetone::shell {
namespace {

/// Name and password are right, and a code is wanted.
void ask_for_code(Stage& stage) {
  stage.frame();
  stage.type("Name", "j.hartmann");
  stage.type("Password", "correct horse");
  stage.click("Sign in");
  stage.done(1, "second_factor", "a code of the second factor is wanted");
  stage.client.connection.reason = "a code of the second factor is wanted";
  stage.frame();
}

TEST(SecondFactorSignIn, AsksForTheCodeAndKeepsWhatWasTyped) {
  Stage stage;
  stage.frame();
  EXPECT_EQ(stage.look(Role::kTextField, "Code"), nullptr);
  ask_for_code(stage);
  EXPECT_EQ(stage.sent<client::SignIn>().at(0).code, std::nullopt);
  const Node& code = stage.find(Role::kTextField, "Code");
  EXPECT_EQ(code.autocomplete, "one-time-code");
  EXPECT_EQ(code.flags & kInvalid, 0U) << "nothing is wrong yet";
  EXPECT_EQ(stage.app.take_focus_request(), code.id);
  EXPECT_EQ(stage.look(Role::kAlert, ""), nullptr);
  EXPECT_FALSE(stage.shows("You were signed out"));
  stage.find(Role::kStatus, "Type the code that your authenticator app shows, or one of your recovery codes.");
  stage.check_layout();
  stage.type("Code", "123 456");
  stage.submit("Sign in");
  const auto sent = stage.sent<client::SignIn>();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1].user, "j.hartmann");
  EXPECT_EQ(sent[1].password, "correct horse");
  EXPECT_EQ(sent[1].code, "123 456");
}

TEST(SecondFactorSignIn, SaysThatACodeIsWrong) {
  Stage stage;
  ask_for_code(stage);
  stage.click("Sign in");
  EXPECT_EQ(stage.sent<client::SignIn>().size(), 1U) << "there is no code to send yet";
  stage.type("Code", std::string(33, '1'));
  stage.click("Sign in");
  EXPECT_EQ(stage.sent<client::SignIn>().size(), 1U) << "no message carries it";
  EXPECT_NE(stage.find(Role::kTextField, "Code").flags & kInvalid, 0U);
  stage.type("Code", "000000");
  stage.click("Sign in");
  stage.done(2, "second_factor", "the code is wrong, or was used already");
  stage.frame();
  stage.find(Role::kAlert, "The code is wrong or was used already. Wait until the app shows the next one.");
  const Node& code = stage.find(Role::kTextField, "Code");
  EXPECT_NE(code.flags & kInvalid, 0U);
  EXPECT_EQ(code.value, "") << "it is of no use any more";
  EXPECT_EQ(stage.find(Role::kTextField, "Password").flags & kInvalid, 0U);
  stage.check_layout();
}

TEST(SecondFactorSignIn, AWaitKeepsTheCodeAndAWrongPasswordDoesNot) {
  Stage stage;
  ask_for_code(stage);
  stage.type("Code", "123456");
  stage.click("Sign in");
  stage.done(2, "rate_limited", "too many wrong codes");
  stage.frame();
  EXPECT_EQ(stage.find(Role::kTextField, "Code").value, "123456");
  stage.click("Sign in");
  stage.done(3, "unauthenticated", "the name or the password is wrong");
  stage.frame();
  EXPECT_EQ(stage.look(Role::kTextField, "Code"), nullptr);
  EXPECT_NE(stage.find(Role::kTextField, "Password").flags & kInvalid, 0U);
}

TEST(SecondFactorSignIn, AnotherNameIsAnotherAccount) {
  Stage stage;
  ask_for_code(stage);
  stage.type("Name", "aiko");
  stage.frame();
  EXPECT_EQ(stage.look(Role::kTextField, "Code"), nullptr);
  stage.click("Sign in");
  EXPECT_EQ(stage.sent<client::SignIn>().at(1).code, std::nullopt);
}

class SecondFactorSettings : public ::testing::Test {
 protected:
  void SetUp() override {
    stage.sign_in();
    stage.app.state().screen = Screen::kSettings;
    stage.frame();
    stage.click(Role::kOption, "Sign-in and devices");
    stage.frame();
  }
  void known(bool on) {
    stage.client.second_factor.known =
        on ? protocol::SecondFactor{true, stage.unix_s, 10} : protocol::SecondFactor{false, std::nullopt, 0};
    stage.frame();
  }
  void set_up() {
    known(false);
    stage.click("Turn on");
    stage.type("Password", "secret");
    stage.click("Go on");
    stage.client.second_factor.setting_up = protocol::SecondFactorSecret{
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "otpauth://totp/Sidetone:jonas", 21, std::string(441, '1'), 600};
    stage.done(stage.app.state().settings.second_factor.intent);
    stage.frame();
  }
  std::uint32_t intent() { return stage.app.state().settings.second_factor.intent; }

  Stage stage;
};

TEST_F(SecondFactorSettings, AreAskedForWhenTheyAreOpened) {
  EXPECT_EQ(stage.sent<client::GetSecondFactor>().size(), 1U);
  EXPECT_EQ(stage.look(Role::kButton, "Turn on"), nullptr) << "nobody knows yet";
  stage.frame();
  EXPECT_EQ(stage.sent<client::GetSecondFactor>().size(), 1U);
  stage.click(Role::kOption, "Status");
  stage.frame();
  stage.click(Role::kOption, "Sign-in and devices");
  stage.frame();
  EXPECT_EQ(stage.sent<client::GetSecondFactor>().size(), 2U) << "an administrator may have changed it";
}

TEST_F(SecondFactorSettings, ThePasswordIsAskedForFirst) {
  known(false);
  EXPECT_TRUE(stage.shows("Your password alone is enough to sign in as you"));
  stage.click("Turn on");
  stage.frame();
  const Node& password = stage.find(Role::kTextField, "Password");
  EXPECT_EQ(stage.app.take_focus_request(), password.id);
  EXPECT_NE(password.flags & kPassword, 0U);
  stage.check_layout();
  stage.click("Go on");
  stage.frame();
  EXPECT_TRUE(stage.sent<client::BeginSecondFactor>().empty()) << "there is nothing to send";
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Password").id);
  stage.type("Password", "wrong");
  stage.submit("Turn on");
  ASSERT_EQ(stage.sent<client::BeginSecondFactor>().size(), 1U);
  EXPECT_EQ(stage.sent<client::BeginSecondFactor>()[0].password, "wrong");
  stage.done(intent(), "unauthenticated", "the name or the password is wrong");
  stage.frame();
  stage.find(Role::kAlert, "The password is wrong. Is Caps Lock on?");
  EXPECT_NE(stage.find(Role::kTextField, "Password").flags & kInvalid, 0U);
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Password").id);
  stage.check_layout();
  stage.click("Cancel");
  stage.frame();
  EXPECT_EQ(stage.look(Role::kTextField, "Password"), nullptr);
  EXPECT_EQ(stage.app.state().settings.second_factor.password, "");
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kButton, "Turn on").id);
}

TEST_F(SecondFactorSettings, TheSecretIsShownAsPictureAndText) {
  set_up();
  EXPECT_EQ(stage.app.state().settings.second_factor.password, "") << "it is not needed any more";
  stage.find(Role::kImage, "QR code for your authenticator app");
  const Node& key = stage.find(Role::kText, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
  EXPECT_NE(key.flags & kSelectable, 0U);
  EXPECT_EQ(stage.find(Role::kTextField, "Code").autocomplete, "one-time-code");
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Code").id);
  stage.click("Copy");
  EXPECT_TRUE(stage.requested("copy", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
  stage.check_layout();
}

TEST_F(SecondFactorSettings, AWrongFirstCodeIsSaid) {
  set_up();
  stage.type("Code", std::string(33, '1'));
  stage.submit("Turn on");
  EXPECT_TRUE(stage.sent<client::ConfirmSecondFactor>().empty()) << "no message carries it";
  stage.find(Role::kAlert, "The code is wrong or was used already. Wait until the app shows the next one.");
  stage.type("Code", "000000");
  stage.submit("Turn on");
  ASSERT_EQ(stage.sent<client::ConfirmSecondFactor>().size(), 1U);
  EXPECT_EQ(stage.sent<client::ConfirmSecondFactor>()[0].code, "000000");
  stage.done(intent(), "second_factor", "that is not the code of now");
  stage.frame();
  stage.find(Role::kAlert, "The code is wrong or was used already. Wait until the app shows the next one.");
  EXPECT_NE(stage.find(Role::kTextField, "Code").flags & kInvalid, 0U);
  stage.check_layout();
  stage.click("Cancel");
  EXPECT_EQ(stage.sent<client::LeaveSecondFactor>().size(), 1U);
}

TEST_F(SecondFactorSettings, RecoveryCodesStayUntilTheyAreKept) {
  known(true);
  stage.client.second_factor.recovery_codes = {"AAAA-BBBB-CCCC-DDDD", "EEEE-FFFF-GGGG-HHHH", "IIII-JJJJ-KKKK-LLLL"};
  stage.frame();
  for (const auto& code : stage.client.second_factor.recovery_codes)
    EXPECT_NE(stage.find(Role::kText, code).flags & kSelectable, 0U);
  stage.check_layout();
  stage.click("Copy");
  EXPECT_TRUE(stage.requested("copy", "AAAA-BBBB-CCCC-DDDD\nEEEE-FFFF-GGGG-HHHH\nIIII-JJJJ-KKKK-LLLL\n"));
  EXPECT_TRUE(stage.sent<client::LeaveSecondFactor>().empty());
  stage.click("I have kept them");
  EXPECT_EQ(stage.sent<client::LeaveSecondFactor>().size(), 1U);
}

TEST_F(SecondFactorSettings, IsTurnedOffByPasswordAndCode) {
  known(true);
  EXPECT_TRUE(stage.shows("10 recovery codes are left."));
  stage.click("Turn off");
  stage.frame();
  stage.type("Password", "secret");
  stage.submit("Turn off");
  EXPECT_TRUE(stage.sent<client::RemoveSecondFactor>().empty());
  stage.frame();
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Code").id) << "that is left to be typed";
  // Enter comes in the same frame as the last character.
  stage.app.input().texts.push_back({stage.find(Role::kTextField, "Code").id, "123456"});
  stage.submit("Turn off");
  const auto sent = stage.sent<client::RemoveSecondFactor>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].password, "secret");
  EXPECT_EQ(sent[0].code, "123456");
  stage.done(intent(), "second_factor", "the code is wrong");
  stage.frame();
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Code").id);
  EXPECT_EQ(stage.find(Role::kTextField, "Password").value, "secret");
  stage.check_layout();
  stage.type("Code", "234567");
  stage.submit("Turn off");
  known(false);
  stage.done(intent());
  stage.frame();
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kButton, "Turn on").id);
  EXPECT_EQ(stage.app.state().settings.second_factor.password, "");
}

TEST_F(SecondFactorSettings, FitOnATelephone) {
  const auto nothing_sticks_out = [&] {
    stage.check_layout();
    for (const auto& node : stage.app.semantics().nodes())
      EXPECT_TRUE(node.rect.left >= 0 && node.rect.right <= 360) << role_name(node.role) << ' ' << node.label;
  };
  stage.resize(360, 740);
  set_up();
  nothing_sticks_out();
  stage.client.second_factor.setting_up.reset();
  stage.client.second_factor.recovery_codes = std::vector<std::string>(10, "WWWW-WWWW-WWWW-WWWW");
  stage.frame();
  nothing_sticks_out();
}

}  // namespace
}  // namespace sidetone::shell
