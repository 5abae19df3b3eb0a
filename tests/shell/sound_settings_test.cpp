#include <gtest/gtest.h>
#include <imgui.h>

#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

class SoundSettings : public ::testing::Test {
 protected:
  void SetUp() override {
    stage.sign_in();
    stage.facts.devices.push_back({"s2", "Built-in speaker", false});
    stage.app.state().screen = Screen::kSettings;
    stage.frame();
    stage.click(Role::kOption, "Sound");
  }
  /// Choose in one of the lists.
  void choose(std::string_view list, std::string_view device) {
    const Semantics& seen = stage.app.semantics();
    for (const Node& node : seen.nodes()) {
      const Node* group = seen.find(node.parent);
      if (node.role != Role::kRadio || node.label != device || group == nullptr || group->label != list) continue;
      stage.app.input().clicks.push_back({node.id});
      return stage.frame();
    }
    ADD_FAILURE() << "no " << device << " to choose for " << list;
  }

  /// Of what is drawn, those in the last corner of the window.
  int corners() {
    const ImDrawData* drawn =
        stage.app.frame(stage.client, stage.now_ms, static_cast<double>(stage.unix_s) + stage.now_ms / 1000);
    int count = 0;
    for (const ImDrawList* list : drawn->CmdLists)
      for (const ImDrawVert& corner : list->VtxBuffer) count += corner.pos.x > 1260 && corner.pos.y > 780 ? 1 : 0;
    return count;
  }

  Stage stage;
};

TEST_F(SoundSettings, DevicesAreChosenForEachUse) {
  choose("Speaker", "Built-in speaker");
  EXPECT_TRUE(stage.requested("choose_speaker", "s2"));
  EXPECT_FALSE(stage.requested("choose_ring_device", "s2"));
  choose("Ringing", "Built-in speaker");
  EXPECT_TRUE(stage.requested("choose_ring_device", "s2"));
  stage.facts.ring_device = "s2";
  stage.frame();
  choose("Ringing", "Default of the system");
  EXPECT_TRUE(stage.requested("choose_ring_device", ""));
  choose("Microphone", "Default of the system");
  EXPECT_TRUE(stage.requested("choose_microphone", ""));
  stage.check_layout();
}

TEST_F(SoundSettings, LoudspeakersAreTriedOut) {
  stage.click("Play a tone");
  EXPECT_TRUE(stage.requested("test_speaker", ""));
  EXPECT_FALSE(stage.requested("test_ring", ""));
  stage.click("Ring for a second");
  EXPECT_TRUE(stage.requested("test_ring", ""));
}

TEST_F(SoundSettings, TheMicrophoneHasAMeterAndIsSaidToBeOpen) {
  EXPECT_FALSE(stage.shows("The microphone is open"));
  stage.click("Test the microphone");
  EXPECT_TRUE(stage.requested("test_microphone", "on"));
  stage.facts.testing_microphone = true;
  stage.facts.microphone_level = 0.5;
  stage.frame();
  EXPECT_FLOAT_EQ(stage.find(Role::kMeter, "Level of your microphone").now, 0.5F);
  EXPECT_TRUE(stage.shows("Good level"));
  EXPECT_TRUE(stage.shows("The microphone is open"));
  stage.check_layout();
  EXPECT_FALSE(stage.requested("test_microphone", "off"));
  stage.click("Stop the test");
  EXPECT_TRUE(stage.requested("test_microphone", "off"));
}

TEST_F(SoundSettings, TheMicrophoneIsClosedWhenItsMeterIsNotSeen) {
  stage.facts.testing_microphone = true;
  stage.frame();
  ASSERT_FALSE(stage.requested("test_microphone", "off"));
  stage.click(Role::kOption, "Appearance");
  EXPECT_TRUE(stage.requested("test_microphone", "off"));
}

TEST_F(SoundSettings, VoicesAndRingingHaveTheirVolumesAndItsPitch) {
  stage.facts.speaker_volume = 70;
  stage.frame();
  const auto slide = [&](std::string_view label, float to) {
    const Node& slider = stage.find(Role::kSlider, label);
    stage.app.input().values.push_back({slider.id, to});
    stage.frame();
  };
  EXPECT_EQ(stage.find(Role::kSlider, "Volume of voices").now, 70);
  slide("Volume of voices", 45);
  EXPECT_TRUE(stage.requested("set_speaker_volume", "45"));
  EXPECT_EQ(stage.find(Role::kSlider, "Volume of ringing").now, 100);
  slide("Volume of ringing", 0);
  EXPECT_TRUE(stage.requested("set_ring_volume", "0"));
  EXPECT_NE(stage.find(Role::kTab, "Usual").flags & kSelected, 0U);
  stage.click(Role::kTab, "Higher");
  EXPECT_TRUE(stage.requested("set_ring_pitch", "140"));
  stage.check_layout();
}

TEST_F(SoundSettings, WhoDoesNotHearItSeesItRing) {
  stage.click(Role::kSwitch, "Flash when it rings");
  EXPECT_TRUE(stage.requested("set_ring_flash", "on"));
  stage.call("c", model::CallPhase::kIncoming, people::kDmitry);
  stage.app.set_less_motion(true);
  stage.frame();
  const int calm = corners();
  stage.facts.ring_flash = true;
  stage.frame();
  const int lit = corners();
  EXPECT_GT(lit, calm);
  stage.app.set_less_motion(false);
  int changes = 0;
  for (int before = lit, i = 0; i < 30; ++i) {
    stage.wait(100);
    const int now = corners();
    EXPECT_TRUE(now == lit || now == calm);
    changes += now != before ? 1 : 0;
    before = now;
  }
  EXPECT_GE(changes, 5) << "it blinks once a second";
  EXPECT_LE(changes, 7);
}

TEST_F(SoundSettings, CallsAreAnsweredWithoutAskingOnlyForWhoWantsIt) {
  EXPECT_EQ(stage.find(Role::kSwitch, "Answer calls without asking").flags & kChecked, 0U);
  EXPECT_TRUE(stage.shows("A call that has rung twice is answered, and your microphone is open."));
  stage.click(Role::kSwitch, "Answer calls without asking");
  EXPECT_TRUE(stage.requested("set_auto_answer", "on"));
  stage.facts.auto_answer = true;
  stage.frame();
  stage.click(Role::kSwitch, "Answer calls without asking");
  EXPECT_TRUE(stage.requested("set_auto_answer", "off"));
}

TEST_F(SoundSettings, SayWhoseDevicesTheseAreAndWhatDoesNotWork) {
  EXPECT_TRUE(stage.shows("Microphones and speakers of TC-0417"));
  stage.client.hosts.hosts.clear();
  stage.facts.sound_fault = "there is no such loudspeaker now";
  stage.frame();
  EXPECT_TRUE(stage.shows("Microphones and speakers of this browser"));
  EXPECT_TRUE(stage.shows("That did not work: there is no such loudspeaker now"));
  stage.check_layout();
}

}  // namespace
}  // namespace sidetone::shell
