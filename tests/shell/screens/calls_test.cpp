#include <gtest/gtest.h>

#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

class CallsScreen : public ::testing::Test {
 protected:
  Stage stage;
  CallsScreen() {
    stage.sign_in();
    stage.record(1, protocol::RecordKind::kMissed, people::kFatima, stage.unix_s - 600);
    stage.record(2, protocol::RecordKind::kReceived, people::kLukasz, stage.unix_s - 3600, 1860);
    stage.record(3, protocol::RecordKind::kDialled, people::kEleni, stage.unix_s - 86'400);
    stage.client.history.records[3].reason = protocol::EndReason::kNoAnswer;
    stage.frame();
    stage.click("Calls");
  }
};

TEST_F(CallsScreen, ListsTheNewestFirst) {
  const auto rows = stage.all(Role::kOption);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]->label, "فاطمة الزهراء بنعلي");
  EXPECT_EQ(rows[1]->label, "Łukasz Wiśniewski");
  EXPECT_EQ(rows[0]->description, "Missed call, Today 09:51 ");
  EXPECT_EQ(rows[1]->description, "Received call, Today 09:01 31:00");
  EXPECT_EQ(rows[2]->description, "Dialled call, Yesterday 10:01 no answer");
  EXPECT_EQ(rows[2]->position, 3);
  EXPECT_EQ(rows[2]->count, 3);
}

TEST_F(CallsScreen, ShowsOnlyMissedOnes) {
  stage.click(Role::kTab, "Missed");
  ASSERT_EQ(stage.all(Role::kOption).size(), 1U);
  EXPECT_EQ(stage.all(Role::kOption)[0]->label, "فاطمة الزهراء بنعلي");
  EXPECT_NE(stage.find(Role::kTab, "Missed").flags & kSelected, 0U);
  stage.click(Role::kTab, "All");
  EXPECT_EQ(stage.all(Role::kOption).size(), 3U);
}

TEST_F(CallsScreen, CallsBack) {
  stage.click("Łukasz Wiśniewski");
  stage.find(Role::kText, "31:00");
  stage.click("Call back");
  ASSERT_EQ(stage.sent<client::PlaceCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::PlaceCall>()[0].user, people::kLukasz);
}

TEST_F(CallsScreen, SaysWhenThereIsNothing) {
  stage.client.history.records.clear();
  stage.frame();
  stage.find(Role::kHeading, "No calls yet");
}

}  // namespace
}  // namespace sidetone::shell
