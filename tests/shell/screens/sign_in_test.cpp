#include <gtest/gtest.h>

#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

TEST(SignInScreen, SendsWhatWasTyped) {
  Stage stage;
  stage.frame();
  stage.type("Name", "j.hartmann");
  stage.type("Password", "correct horse");
  stage.click("Sign in");
  const auto sent = stage.sent<client::SignIn>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].user, "j.hartmann");
  EXPECT_EQ(sent[0].password, "correct horse");
}

TEST(SignInScreen, IsAFormThatPasswordManagersKnow) {
  Stage stage;
  stage.frame();
  const NodeId form = stage.find(Role::kForm, "Sign in").id;
  const Node& user = stage.find(Role::kTextField, "Name");
  const Node& password = stage.find(Role::kTextField, "Password");
  EXPECT_EQ(user.autocomplete, "username");
  EXPECT_EQ(password.autocomplete, "current-password");
  EXPECT_NE(password.flags & kPassword, 0U);
  EXPECT_EQ(user.parent, form);
  EXPECT_EQ(password.parent, form);
  EXPECT_NE(stage.find(Role::kButton, "Sign in").flags & kSubmit, 0U);
  stage.click("Show");
  EXPECT_EQ(stage.find(Role::kTextField, "Password").flags & kPassword, 0U);
}

TEST(SignInScreen, IsSentOnceByEnterAndClickTogether) {
  Stage stage;
  stage.frame();
  stage.type("Name", "j.hartmann");
  stage.type("Password", "x");
  const NodeId button = stage.find(Role::kButton, "Sign in").id;
  stage.app.input().clicks.push_back({button});
  stage.submit("Sign in");
  EXPECT_EQ(stage.sent<client::SignIn>().size(), 1U);
  stage.submit("Sign in");
  EXPECT_EQ(stage.sent<client::SignIn>().size(), 1U) << "the first one is under way";
  stage.frame();
  EXPECT_NE(stage.find(Role::kButton, "Signing in…").flags & kDisabled, 0U);
}

TEST(SignInScreen, TheFocusIsWhereTheNextThingIsToBeWritten) {
  Stage stage;
  stage.frame();
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Name").id);
  stage.type("Name", "j.hartmann");
  stage.frame();
  EXPECT_EQ(stage.app.take_focus_request(), std::nullopt) << "once";
  stage.type("Password", "wrong");
  stage.click("Sign in");
  EXPECT_EQ(stage.app.take_focus_request(), std::nullopt) << "nothing can be written now";
  stage.done(1, "unauthenticated", "no such user or password");
  stage.frame();
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Password").id);
  stage.type("Name", "");
  stage.click("Sign in");
  stage.frame();
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Name").id);
}

TEST(SignInScreen, SaysAtTheFieldThatThePasswordIsWrong) {
  Stage stage;
  stage.frame();
  stage.type("Name", "j.hartmann");
  stage.type("Password", "wrong");
  stage.click("Sign in");
  EXPECT_EQ(stage.look(Role::kAlert, ""), nullptr);
  stage.done(1, "unauthenticated", "no such user or password");
  stage.find(Role::kAlert, "Name or password is wrong. Is Caps Lock on?");
  const Node& password = stage.find(Role::kTextField, "Password");
  EXPECT_NE(password.flags & kInvalid, 0U);
  EXPECT_EQ(password.description, "Name or password is wrong. Is Caps Lock on?");
  EXPECT_EQ(stage.app.state().sign_in.user, "j.hartmann") << "what was typed is never lost";
  stage.click("Sign in");
  EXPECT_EQ(stage.look(Role::kAlert, ""), nullptr) << "a new try begins without the old error";
}

TEST(SignInScreen, SaysHowLongToWaitAfterTooManyTries) {
  Stage stage;
  stage.frame();
  stage.type("Name", "j.hartmann");
  stage.click("Sign in");
  client::IntentDone done;
  done.intent = 1;
  done.code = "rate_limited";
  done.retry_after_ms = 30'001;
  stage.app.intent_done(done);
  stage.frame();
  stage.find(Role::kAlert, "Too many tries. Wait for 31 s, then try again.");
}

TEST(SignInScreen, LeavesNothingOfThePersonBehind) {
  Stage stage;
  stage.sign_in();
  stage.app.state().chats.drafts[people::kAiko] = "secret";
  stage.app.state().contacts.find = "aiko";
  stage.frame();
  stage.client.connection.phase = client::ConnectionPhase::kSignedOut;
  stage.frame();
  stage.find(Role::kForm, "Sign in");
  EXPECT_TRUE(stage.app.state().chats.drafts.empty());
  EXPECT_TRUE(stage.app.state().contacts.find.empty());
}

TEST(SignInScreen, FitsEveryScreen) {
  for (const auto& [width, height, scale] :
       {std::tuple{360, 740, 1.0F}, {720, 1480, 2.0F}, {1280, 800, 1.0F}, {1920, 1080, 1.0F}, {2880, 1620, 1.5F}}) {
    Stage stage(width, height, scale);
    stage.frame();
    stage.done(0);
    stage.app.state().sign_in.error_code = "unauthenticated";
    stage.frame();
    stage.check_layout();
  }
}

}  // namespace
}  // namespace sidetone::shell
