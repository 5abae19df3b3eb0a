#include <gtest/gtest.h>

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
