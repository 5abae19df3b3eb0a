#include <gtest/gtest.h>

#include <algorithm>

#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

class FrameScreen : public ::testing::Test {
 protected:
  Stage stage;
  FrameScreen() {
    stage.sign_in();
    stage.frame();
  }
};

TEST_F(FrameScreen, SaysWhereTheVoiceGoes) {
  EXPECT_TRUE(stage.shows("Voice at TC-0417"));
  stage.client.hosts.hosts.clear();
  stage.frame();
  EXPECT_TRUE(stage.shows("Voice in this browser"));
  stage.client.settings.browser_voice = false;
  stage.frame();
  EXPECT_TRUE(stage.shows("There is no way for the voice."));
}

TEST_F(FrameScreen, NamesTheStateOfTheService) {
  EXPECT_FALSE(stage.shows("No connection"));
  stage.client.connection.phase = client::ConnectionPhase::kWaiting;
  stage.frame();
  EXPECT_TRUE(stage.shows("No connection to the service. Calls are not possible. What you write is sent later."));
  EXPECT_TRUE(stage.shows("No service"));
  stage.click("Try now");
  EXPECT_TRUE(stage.requested("retry_connection", ""));
  stage.call("c1", model::CallPhase::kInCall, people::kDmitry);
  stage.frame();
  EXPECT_TRUE(stage.shows("Your call goes on."));
}

TEST_F(FrameScreen, TheRailSaysThatACallIsShown) {
  const auto pressed = [&](std::string_view screen) { return stage.find(Role::kToggle, screen).flags & kPressed; };
  EXPECT_NE(pressed("Contacts"), 0U);
  stage.call("c1", model::CallPhase::kInCall, people::kDmitry);
  stage.frame();
  EXPECT_EQ(pressed("Contacts"), 0U);
  EXPECT_NE(pressed("Calls"), 0U);
  stage.click(Role::kToggle, "Contacts");
  EXPECT_NE(pressed("Contacts"), 0U) << "the call goes on behind it";
  EXPECT_EQ(pressed("Calls"), 0U);
}

TEST_F(FrameScreen, SaysThatAHostIsSilent) {
  stage.client.hosts.hosts["h1"].online = false;
  stage.frame();
  EXPECT_TRUE(stage.shows("TC-0417 does not answer. Calls use this browser until it does"));
}

TEST_F(FrameScreen, LetsOneTakeTheTelephone) {
  stage.facts.owns_telephone = false;
  stage.frame();
  EXPECT_TRUE(stage.shows("Another window has the telephone."));
  stage.click("Use it here");
  EXPECT_TRUE(stage.requested("take_telephone", ""));
}

TEST_F(FrameScreen, SaysThatNobodyHearsOne) {
  stage.call("c1", model::CallPhase::kInCall, people::kDmitry).call.microphone_lost = true;
  stage.frame();
  stage.click("Contacts");
  const auto* alert = stage.look(Role::kAlert, "");
  ASSERT_NE(alert, nullptr);
  EXPECT_NE(alert->label.find("Дмитрий Соколов cannot hear you."), std::string::npos);
  stage.click(Role::kButton, "Settings");
  EXPECT_EQ(stage.app.state().screen, Screen::kSettings);
}

TEST_F(FrameScreen, GoesFromScreenToScreenByKeys) {
  stage.key("Alt+3");
  EXPECT_EQ(stage.app.state().screen, Screen::kCalls);
  stage.frame();
  EXPECT_NE(stage.find(Role::kToggle, "Calls").flags & kPressed, 0U);
  stage.key("Alt+5");
  EXPECT_EQ(stage.app.state().screen, Screen::kSettings);
  stage.key("Ctrl+K");
  EXPECT_EQ(stage.app.state().screen, Screen::kContacts);
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Find a person or dial").id);
}

TEST_F(FrameScreen, WalksThroughThePanesByF6) {
  stage.app.input().focus = stage.find(Role::kToggle, "Contacts").id;
  stage.key("F6", stage.app.input().focus);
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Find a person or dial").id);
}

TEST_F(FrameScreen, CountsUnreadMessages) {
  auto& conversation = stage.client.chat.conversations[9];
  conversation.conversation = 9;
  conversation.with = people::kAiko;
  conversation.last_number = 3;
  conversation.members[people::kMe].read = 1;
  stage.frame();
  stage.find(Role::kToggle, "Chats, 2 unread");
}

TEST_F(FrameScreen, KeepsTheRunningCallInSight) {
  stage.call("c1", model::CallPhase::kInCall, people::kDmitry);
  stage.frame();
  EXPECT_TRUE(stage.app.state().in_call_view) << "a call that begins moves the view";
  stage.click("Contacts");
  stage.wait(61'000);
  stage.find(Role::kRegion, "Running call");
  stage.find(Role::kTimer, "1:02");
  EXPECT_TRUE(stage.app.next_wake_ms().has_value());
  stage.click("Mute");
  ASSERT_EQ(stage.sent<client::MuteCall>().size(), 1U);
  EXPECT_TRUE(stage.sent<client::MuteCall>()[0].muted);
  stage.click("End");
  ASSERT_EQ(stage.sent<client::HangUp>().size(), 1U);
  EXPECT_EQ(stage.sent<client::HangUp>()[0].call, "c1");
  stage.client.calls.clear();
  stage.frame();
  EXPECT_EQ(stage.look(Role::kRegion, "Running call"), nullptr);
}

TEST_F(FrameScreen, HasTheKeysOfACallOnEveryScreenAndClosesTheTopmostOnly) {
  stage.call("c1", model::CallPhase::kInCall, people::kDmitry);
  stage.frame();
  stage.key("Alt+3");
  ASSERT_FALSE(stage.app.state().in_call_view);
  stage.forget_sent();
  stage.key("Ctrl+Shift+M");
  ASSERT_EQ(stage.sent<client::MuteCall>().size(), 1U);
  EXPECT_TRUE(stage.sent<client::MuteCall>()[0].muted);
  stage.key("Ctrl+Shift+E");
  EXPECT_EQ(stage.sent<client::HangUp>().size(), 1U);
  stage.key("Ctrl+Shift+D");
  stage.frame();
  EXPECT_TRUE(stage.app.state().in_call_view);
  EXPECT_TRUE(stage.app.state().call.dial_pad);
  stage.key("Escape");
  EXPECT_FALSE(stage.app.state().call.dial_pad);
  EXPECT_TRUE(stage.app.state().in_call_view);
  stage.key("Escape");
  EXPECT_FALSE(stage.app.state().in_call_view);
}

TEST_F(FrameScreen, TurnsToTheCallThatBeganLast) {
  stage.call("c1", model::CallPhase::kInCall, people::kDmitry);
  stage.frame();
  stage.call("c2", model::CallPhase::kDialling, people::kSean).call.began += 60;
  stage.frame();
  EXPECT_EQ(stage.app.state().call.call, "c2");
  stage.click("Contacts");
  EXPECT_FALSE(stage.app.state().in_call_view);
  stage.frame();
  EXPECT_FALSE(stage.app.state().in_call_view) << "only a call that begins moves the view";
}

TEST_F(FrameScreen, WatchesWhoIsSeenBeforePartnersOfOldChats) {
  for (protocol::UserId user = 1000; user < 1500; ++user) {
    auto& conversation = stage.client.chat.conversations[user];
    conversation.with = user;
    conversation.last_time = static_cast<std::int64_t>(user);
  }
  stage.forget_sent();
  stage.wait(1000);
  const auto sent = stage.sent<client::Watch>();
  ASSERT_EQ(sent.size(), 1U);
  const auto& users = sent[0].users;
  const auto has = [&users](protocol::UserId user) { return std::count(users.begin(), users.end(), user) == 1; };
  EXPECT_EQ(users.size(), protocol::limits::kSubscriptions);
  EXPECT_TRUE(has(people::kAiko));
  EXPECT_TRUE(has(people::kSeoyeon));
  EXPECT_TRUE(has(1499));
  EXPECT_FALSE(has(1000));
}

TEST_F(FrameScreen, SaysWhatFailedForSixSeconds) {
  stage.done(77, "unavailable", "The endpoint is gone.");
  EXPECT_TRUE(stage.shows("The endpoint is gone."));
  stage.wait(5000);
  EXPECT_TRUE(stage.shows("The endpoint is gone."));
  stage.wait(1500);
  EXPECT_FALSE(stage.shows("The endpoint is gone."));
}

TEST_F(FrameScreen, KeepsWrongFactsOut) {
  const auto status = stage.app.set_facts(R"({"calls":"many"})");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kMalformed);
  EXPECT_FALSE(stage.app.set_facts("[").ok());
  stage.frame();
}

TEST(FrameOnAPhone, ShowsOnePaneAndTheWayBack) {
  Stage stage(360, 740);
  stage.sign_in();
  stage.frame();
  stage.find(Role::kListbox, "Contacts");
  stage.click(Role::kOption, "Seán Ó Briain");
  EXPECT_EQ(stage.look(Role::kListbox, "Contacts"), nullptr);
  stage.find(Role::kHeading, "Seán Ó Briain");
  stage.click("Back to Contacts");
  stage.find(Role::kListbox, "Contacts");
  stage.click(Role::kOption, "Seán Ó Briain");
  stage.key("Escape");
  stage.find(Role::kListbox, "Contacts");
}

/// Nothing leaves the screen and nothing that can be pressed covers another such thing, wherever one goes.
TEST(FrameLayout, FitsEveryScreenSize) {
  struct Size {
    int width;
    int height;
    float scale;
    float text_scale = 1;
    bool right_to_left = false;
  };
  for (const auto& size : {Size{360, 740, 1}, Size{720, 900, 1}, Size{1080, 2220, 3}, Size{1024, 700, 1},
                           Size{1280, 800, 1}, Size{1920, 1080, 1}, Size{1920, 1200, 1.5F}, Size{360, 740, 1, 1.5F},
                           Size{1280, 800, 1, 1.5F}, Size{1280, 800, 1, 1, true}, Size{360, 740, 1, 1, true}}) {
    for (const bool in_call : {false, true}) {
      Stage stage(size.width, size.height, size.scale);
      stage.app.set_text_scale(size.text_scale);
      if (size.right_to_left) stage.speak("ar");
      stage.sign_in();
      for (protocol::UserId user = 100; user < 200; ++user)
        stage.person(user, "Person " + std::to_string(user), std::to_string(user));
      stage.record(1, protocol::RecordKind::kMissed, people::kFatima, stage.unix_s - 600);
      stage.record(2, protocol::RecordKind::kDialled, people::kMaxi, stage.unix_s - 700, 90);
      if (in_call) {
        stage.call("c1", model::CallPhase::kInCall, people::kMaxi);
        stage.client.connection.phase = client::ConnectionPhase::kWaiting;
      }
      stage.frame();
      for (const auto screen :
           {Screen::kContacts, Screen::kCalls, Screen::kDialPad, Screen::kChats, Screen::kSettings}) {
        for (const bool detail : {false, true}) {
          auto& state = stage.app.state();
          state.screen = screen;
          state.in_call_view = false;
          state.detail_open = detail;
          state.contacts.selected = people::kMaxi;
          state.calls.selected = 2;
          state.dial.number = "2";
          stage.frame();
          stage.frame();
          SCOPED_TRACE(testing::Message()
                       << size.width << " x " << size.height << " screen " << static_cast<int>(screen)
                       << (detail ? " detail" : "") << (in_call ? " in a call" : "")
                       << (size.right_to_left ? " right to left" : "") << " text " << size.text_scale);
          stage.check_layout();
        }
      }
    }
  }
}

}  // namespace
}  // namespace sidetone::shell
