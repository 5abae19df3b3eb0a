#include <gtest/gtest.h>

#include <cmath>

#include "shell/screens/call_words.hpp"
#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

class CallScreen : public ::testing::Test {
 protected:
  void SetUp() override { stage.sign_in(); }

  client::CallEntry& in_call(std::string_view id = "c1") {
    auto& entry = stage.call(id, model::CallPhase::kInCall, people::kDmitry);
    entry.call.answered = stage.unix_s - 767;
    entry.call.connection = protocol::ConnectionState::kConnected;
    return entry;
  }
  void facts(Path path, const Quality& last) {
    CallFacts one;
    one.call = "c1";
    one.path = path;
    one.seconds.assign(120, last);
    one.sent = 0.3;
    one.received = 0.6;
    stage.facts.calls = {one};
  }

  Stage stage;
};

TEST_F(CallScreen, KeysDoWhatTheySay) {
  auto& entry = in_call();
  stage.frame();
  stage.click("Mute");
  ASSERT_EQ(stage.sent<client::MuteCall>().size(), 1U);
  EXPECT_TRUE(stage.sent<client::MuteCall>()[0].muted);
  EXPECT_EQ(stage.sent<client::MuteCall>()[0].call, "c1");
  entry.call.muted = true;
  stage.frame();
  EXPECT_TRUE(stage.look(Role::kButton, "Mute") == nullptr);
  EXPECT_EQ(stage.find(Role::kButton, "Unmute").flags & kPressed, 0U) << "its name is what is seen, and says the state";
  stage.key("Ctrl+Shift+M");
  ASSERT_EQ(stage.sent<client::MuteCall>().size(), 2U);
  EXPECT_FALSE(stage.sent<client::MuteCall>()[1].muted);
  stage.click("End");
  ASSERT_EQ(stage.sent<client::HangUp>().size(), 1U);
  EXPECT_EQ(stage.sent<client::HangUp>()[0].call, "c1");
}

TEST_F(CallScreen, TheTimerCountsFromTheAnswer) {
  in_call();
  stage.wait(0);
  EXPECT_TRUE(stage.look(Role::kTimer, "12:48") != nullptr);
  stage.wait(3'000);
  EXPECT_TRUE(stage.look(Role::kTimer, "12:51") != nullptr);
  stage.wait(250);
  ASSERT_TRUE(stage.app.next_wake_ms().has_value());
  EXPECT_NEAR(*stage.app.next_wake_ms(), std::ceil(stage.now_ms / 1'000) * 1'000, 0.01) << "when the second is over";
}

TEST_F(CallScreen, PhasesAreWords) {
  auto& entry = stage.call("c1", model::CallPhase::kDialling, people::kDmitry);
  stage.frame();
  EXPECT_TRUE(stage.look(Role::kStatus, "Dialling …") != nullptr);
  entry.call.phase = model::CallPhase::kRinging;
  stage.frame();
  EXPECT_TRUE(stage.look(Role::kStatus, "Ringing …") != nullptr);
  entry.call.host_away = true;
  for (const auto phase : {model::CallPhase::kPreparing, model::CallPhase::kAnswering}) {
    entry.call.phase = phase;
    stage.frame();
    EXPECT_TRUE(stage.look(Role::kStatus, "Waiting for your endpoint …") != nullptr);
  }
  entry.call.phase = model::CallPhase::kEnded;
  entry.call.reason = protocol::EndReason::kFailed;
  stage.frame();
  EXPECT_TRUE(stage.look(Role::kStatus, "Your endpoint cannot be reached") != nullptr);
  entry.call.reason = protocol::EndReason::kBusy;
  stage.frame();
  EXPECT_TRUE(stage.look(Role::kStatus, "Дмитрий Соколов is in another call") != nullptr);
  EXPECT_EQ(stage.look(Role::kRegion, "Path and sound"), nullptr) << "nothing of it is known any more";
  stage.click("Call again");
  ASSERT_EQ(stage.sent<client::PlaceCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::PlaceCall>()[0].user, people::kDmitry);
}

TEST_F(CallScreen, ThePathIsOneWordAndAPicture) {
  in_call();
  const Quality good{0.2, 4, 23, 4.4};
  for (const auto& [path, word] : {std::pair{Path::kDirect, "Direct"}, std::pair{Path::kRelayed, "Relayed"},
                                   std::pair{Path::kBrowser, "By browser"}}) {
    facts(path, good);
    stage.frame();
    EXPECT_TRUE(stage.look(Role::kText, word) != nullptr) << word;
    EXPECT_TRUE(stage.look(Role::kText, std::string(word) + " · Very good") != nullptr) << word;
    EXPECT_TRUE(stage.look(Role::kImage, "Path from you to Дмитрий Соколов: " + std::string(word)) != nullptr);
  }
  stage.facts.calls.clear();
  stage.frame();
  EXPECT_TRUE(stage.look(Role::kImage, "Path from you to Дмитрий Соколов: Not known yet") != nullptr);
}

TEST_F(CallScreen, QualityHasItsNumbersAndWords) {
  in_call();
  facts(Path::kDirect, {3.1, 31, 301, 3.2});
  stage.frame();
  stage.frame();
  EXPECT_TRUE(stage.shows("Score (MOS): 3.2 of 5."));
  EXPECT_TRUE(stage.shows("Lost packets: 3.1 %. It can be heard"));
  EXPECT_TRUE(stage.shows("Jitter: 31 ms. It can be heard"));
  EXPECT_TRUE(stage.shows("Round trip: 301 ms. You notice the delay"));
  facts(Path::kDirect, {3, 30, 300, 4.4});
  stage.frame();
  EXPECT_TRUE(stage.shows("Lost packets: 3.0 %. None that can be heard"));
  EXPECT_TRUE(stage.shows("Jitter: 30 ms. Steady"));
  EXPECT_TRUE(stage.shows("Round trip: 300 ms. No delay"));
}

TEST(SoundWords, ChangeAtTheirLimits) {
  EXPECT_EQ(sound_of(0), Sound::kUnknown);
  EXPECT_EQ(sound_of(4.5), Sound::kVeryGood);
  EXPECT_EQ(sound_of(4.2), Sound::kVeryGood);
  EXPECT_EQ(sound_of(4.19), Sound::kGood);
  EXPECT_EQ(sound_of(3.8), Sound::kGood);
  EXPECT_EQ(sound_of(3.79), Sound::kFair);
  EXPECT_EQ(sound_of(3.3), Sound::kFair);
  EXPECT_EQ(sound_of(3.29), Sound::kPoor);
  EXPECT_EQ(sound_of(2.8), Sound::kPoor);
  EXPECT_EQ(sound_of(2.79), Sound::kVeryPoor);
}

TEST_F(CallScreen, WhoItIsIsProvenOrNot) {
  auto& entry = in_call();
  entry.call.identity = model::Identity::kProven;
  stage.frame();
  EXPECT_TRUE(stage.look(Role::kText, "Verified") != nullptr);
  entry.call.identity = model::Identity::kFailed;
  stage.frame();
  EXPECT_FALSE(stage.all(Role::kAlert).empty());
  EXPECT_TRUE(stage.shows("This may not be Дмитрий Соколов."));
}

TEST_F(CallScreen, ALostMicrophoneIsSaidAndAnotherCanBeChosen) {
  auto& entry = in_call();
  entry.call.microphone_lost = true;
  stage.frame();
  EXPECT_TRUE(stage.shows("Дмитрий Соколов cannot hear you."));
  stage.click("Choose another");
  stage.frame();
  stage.click(Role::kRadio, "Default of the system");
  EXPECT_TRUE(stage.requested("choose_microphone", ""));
}

TEST_F(CallScreen, DevicesAreChosen) {
  in_call();
  stage.facts.devices.push_back({"m2", "Built-in microphone", true});
  stage.frame();
  stage.click("Devices");
  stage.frame();
  EXPECT_NE(stage.find(Role::kRadio, "Headset H65").flags & kChecked, 0U);
  stage.click(Role::kRadio, "Built-in microphone");
  EXPECT_TRUE(stage.requested("choose_microphone", "m2"));
}

TEST_F(CallScreen, DigitsGoIntoTheCall) {
  in_call();
  stage.frame();
  stage.key("Ctrl+Shift+D");
  stage.frame();
  const Node* five = nullptr;
  for (const auto* node : stage.all(Role::kButton))
    if (!node->label.empty() && node->label[0] == '5') five = node;
  ASSERT_NE(five, nullptr);
  stage.app.input().clicks.push_back({five->id});
  stage.frame();
  EXPECT_TRUE(stage.requested("dtmf", "c1:5"));
  stage.frame();
  EXPECT_EQ(stage.app.state().call.digits, "5");
  EXPECT_TRUE(stage.look(Role::kText, "5") != nullptr);
}

TEST_F(CallScreen, ACallOfAnotherDeviceCanBeTakenUp) {
  stage.call("c2", model::CallPhase::kElsewhere, people::kDmitry);
  stage.app.state().call.call = "c2";
  stage.app.state().in_call_view = true;
  stage.frame();
  stage.click("Take up here");
  ASSERT_EQ(stage.sent<client::TakeUpCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::TakeUpCall>()[0].call, "c2");
}

TEST_F(CallScreen, LevelsOfBothSidesAreShown) {
  in_call();
  facts(Path::kDirect, {0, 0, 20, 4.4});
  stage.frame();
  EXPECT_FLOAT_EQ(stage.find(Role::kMeter, "Level of You").now, 0.3F);
  EXPECT_FLOAT_EQ(stage.find(Role::kMeter, "Level of Дмитрий Соколов").now, 0.6F);
}

TEST_F(CallScreen, StandsInsideTheScreen) {
  auto& entry = in_call();
  entry.call.other = people::kMaxi;
  entry.call.microphone_lost = true;
  facts(Path::kRelayed, {0.2, 4, 23, 4.4});
  struct Size {
    int width;
    int height;
    float scale;
  };
  for (const auto& size :
       {Size{360, 740, 1}, Size{720, 1480, 2}, Size{800, 700, 1}, Size{1280, 800, 1}, Size{1920, 1080, 1}}) {
    SCOPED_TRACE(size.width);
    stage.resize(size.width, size.height, size.scale);
    for (const bool pad : {false, true}) {
      stage.frame();
      stage.app.state().call.dial_pad = pad;
      stage.app.state().call.devices = false;
      stage.frame();
      stage.frame();
      stage.check_layout();
    }
    stage.app.state().call.dial_pad = false;
    stage.app.state().call.panel_over = true;
    stage.frame();
    stage.frame();
    stage.check_layout();
    stage.app.state().call.panel_over = false;
  }
}

class Incoming : public CallScreen {
 protected:
  void SetUp() override {
    CallScreen::SetUp();
    stage.call("c1", model::CallPhase::kIncoming, people::kDmitry);
    stage.frame();
  }
};

TEST_F(Incoming, IsAnnouncedAndTakesNoFocus) {
  EXPECT_TRUE(stage.look(Role::kDialog, "Call from Дмитрий Соколов") != nullptr);
  EXPECT_EQ(stage.find(Role::kAlert, "").label, "Дмитрий Соколов is calling. F8 answers, F9 declines.");
  EXPECT_FALSE(stage.app.take_focus_request().has_value());
  EXPECT_EQ(stage.find(Role::kDialog, "Call from Дмитрий Соколов").flags & kModal, 0U);
}

TEST_F(Incoming, IsAnsweredAndDeclinedByItsButtons) {
  stage.click("Answer");
  ASSERT_EQ(stage.sent<client::AnswerCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::AnswerCall>()[0].call, "c1");
  stage.click("Decline");
  ASSERT_EQ(stage.sent<client::DeclineCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::DeclineCall>()[0].call, "c1");
}

TEST_F(Incoming, IsAnsweredAndDeclinedByKeys) {
  stage.key("F8");
  EXPECT_EQ(stage.sent<client::AnswerCall>().size(), 1U);
  stage.key("F9");
  EXPECT_EQ(stage.sent<client::DeclineCall>().size(), 1U);
}

TEST_F(Incoming, CannotBeAnsweredWithoutAWayForTheVoice) {
  stage.client.settings.browser_voice = false;
  stage.client.hosts.hosts.clear();
  stage.frame();
  EXPECT_NE(stage.find(Role::kButton, "Answer").flags & kDisabled, 0U);
  stage.key("F8");
  EXPECT_TRUE(stage.sent<client::AnswerCall>().empty());
  stage.key("F9");
  EXPECT_EQ(stage.sent<client::DeclineCall>().size(), 1U);
}

TEST_F(Incoming, ASecondCallHasACardBelow) {
  auto& second = stage.call("c0", model::CallPhase::kIncoming, people::kAiko);
  second.call.began += 5;
  stage.frame();
  const auto& first = stage.find(Role::kDialog, "Call from Дмитрий Соколов");
  const auto& below = stage.find(Role::kDialog, "Call from Aiko Tanaka · 田中 愛子");
  EXPECT_GT(below.rect.top, first.rect.bottom);
  stage.click("Decline Aiko Tanaka · 田中 愛子");
  ASSERT_EQ(stage.sent<client::DeclineCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::DeclineCall>()[0].call, "c0");
}

TEST_F(Incoming, BlinksUnlessLessMotionIsWanted) {
  ASSERT_TRUE(stage.app.next_wake_ms().has_value());
  EXPECT_LE(*stage.app.next_wake_ms(), stage.now_ms + 500);
}

TEST_F(Incoming, StandsInsideTheScreen) {
  auto& second = stage.call("c0", model::CallPhase::kIncoming, people::kMaxi);
  second.call.began += 5;
  for (const int width : {360, 1280, 1920}) {
    SCOPED_TRACE(width);
    stage.resize(width, 800);
    stage.frame();
    for (const auto* card : stage.all(Role::kDialog)) {
      EXPECT_GE(card->rect.left, 0);
      EXPECT_LE(card->rect.right, static_cast<float>(width));
    }
    EXPECT_EQ(stage.all(Role::kDialog).size(), 2U);
  }
}

}  // namespace
}  // namespace sidetone::shell
