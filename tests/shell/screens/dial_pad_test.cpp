#include <gtest/gtest.h>

#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

class DialPadScreen : public ::testing::Test {
 protected:
  Stage stage;
  DialPadScreen() {
    stage.sign_in();
    stage.frame();
    stage.click("Dial pad");
  }
};

TEST_F(DialPadScreen, DialsWhatWasPressed) {
  EXPECT_NE(stage.find(Role::kButton, "Call").flags & kDisabled, 0U) << "there is nothing to call yet";
  stage.click("4 GHI");
  stage.click("1");
  EXPECT_EQ(stage.find(Role::kTextField, "Number").value, "41");
  stage.click("Call");
  ASSERT_EQ(stage.sent<client::PlaceCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::PlaceCall>()[0].number, "41");
  EXPECT_TRUE(stage.app.outbox().requests().empty()) << "no tones without a call";
}

TEST_F(DialPadScreen, ShowsWhoFitsWhileOneTypes) {
  stage.type("Number", "22");
  stage.find(Role::kOption, "Seán Ó Briain");
  stage.find(Role::kOption, "Maximiliane von Hohenstein-Wittelsbach");
  EXPECT_EQ(stage.all(Role::kOption).size(), 2U);
  stage.click("Seán Ó Briain");
  EXPECT_EQ(stage.app.state().dial.number, "2207");
  stage.click("Call Seán Ó Briain");
  ASSERT_EQ(stage.sent<client::PlaceCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::PlaceCall>()[0].user, people::kSean);
}

TEST_F(DialPadScreen, SoundsInACall) {
  stage.call("c1", model::CallPhase::kInCall, people::kDmitry);
  stage.frame();
  stage.key("Alt+4");
  stage.click("5 JKL");
  EXPECT_TRUE(stage.requested("dtmf", "c1:5"));
  stage.type("Number", "5#");
  EXPECT_TRUE(stage.requested("dtmf", "c1:#"));
  EXPECT_EQ(stage.app.outbox().requests().size(), 2U);
}

TEST_F(DialPadScreen, ClearsByEscape) {
  stage.type("Number", "123");
  stage.key("Escape");
  EXPECT_TRUE(stage.app.state().dial.number.empty());
}

TEST_F(DialPadScreen, ListsWhomOneDialledLast) {
  stage.record(1, protocol::RecordKind::kDialled, people::kEleni, stage.unix_s - 300);
  stage.record(2, protocol::RecordKind::kDialled, people::kSean, stage.unix_s - 200);
  stage.record(3, protocol::RecordKind::kDialled, people::kEleni, stage.unix_s - 100);
  stage.record(4, protocol::RecordKind::kMissed, people::kAiko, stage.unix_s - 50);
  stage.frame();
  const auto rows = stage.all(Role::kOption);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]->label, "Ελένη Παπαδοπούλου");
  EXPECT_EQ(rows[1]->label, "Seán Ó Briain");
}

}  // namespace
}  // namespace sidetone::shell
