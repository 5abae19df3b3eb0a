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

TEST_F(DialPadScreen, RedialsWhileThereIsNoNumber) {
  stage.record(1, protocol::RecordKind::kDialled, people::kEleni, stage.unix_s - 300);
  stage.record(2, protocol::RecordKind::kDialled, people::kSean, stage.unix_s - 200);
  stage.frame();
  stage.submit("Dial pad");
  EXPECT_TRUE(stage.sent<client::PlaceCall>().empty()) << "Enter in an empty field";
  stage.click("Redial Seán Ó Briain");
  ASSERT_EQ(stage.sent<client::PlaceCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::PlaceCall>()[0].user, people::kSean);
  stage.type("Number", "4");
  EXPECT_EQ(stage.look(Role::kButton, "Redial Seán Ó Briain"), nullptr);
}

TEST_F(DialPadScreen, KeepsANumberUnderAName) {
  EXPECT_EQ(stage.look(Role::kButton, "Save this number"), nullptr) << "there is none";
  stage.type("Number", " 0815 ");
  stage.click("Save this number");
  stage.find(Role::kForm, "Save this number");
  EXPECT_EQ(stage.look(Role::kTextField, "Number"), nullptr) << "one thing at a time";
  stage.check_layout();
  stage.type("Name", " Switchboard ");
  stage.submit("Save this number");
  auto sent = stage.sent<client::SaveNumber>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].number, "0815");
  EXPECT_EQ(sent[0].name, "Switchboard");
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kTextField, "Number").id);
}

TEST_F(DialPadScreen, ChangesAndRemovesASavedNumber) {
  stage.client.saved_numbers.names = {{"0815", "Switchboard"}, {"*21", ""}};
  stage.type("Number", "0815");
  stage.click(Role::kButton, "Switchboard");
  EXPECT_EQ(stage.find(Role::kTextField, "Name").value, "Switchboard");
  stage.key("Escape");
  EXPECT_EQ(stage.find(Role::kTextField, "Number").value, "0815") << "Escape leaves the name, not the number";
  stage.click("Change *21");
  EXPECT_EQ(stage.find(Role::kTextField, "Name").value, "");
  stage.click("Cancel");
  EXPECT_TRUE(stage.sent<client::SaveNumber>().empty());
  stage.click("Saved");
  stage.click("Remove");
  auto sent = stage.sent<client::SaveNumber>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].number, "*21");
  EXPECT_FALSE(sent[0].name.has_value());
}

TEST_F(DialPadScreen, SaysThatANumberWasNotKept) {
  stage.type("Number", "0815");
  stage.click("Save this number");
  stage.click("Save");
  stage.done(stage.app.state().failed_intents.begin()->first, "too_large");
  EXPECT_TRUE(stage.shows("0815 could not be saved or removed"));
}

TEST_F(DialPadScreen, KeepsNoMoreThanThereMayBe) {
  for (std::size_t i = 0; i < protocol::limits::kSavedNumbers; ++i)
    stage.client.saved_numbers.names[std::to_string(1000 + i)] = "";
  stage.type("Number", "0815");
  stage.click("Save this number");
  EXPECT_TRUE(stage.shows("100 numbers may be saved. Remove one first."));
  EXPECT_EQ(stage.look(Role::kTextField, "Name"), nullptr);
}

TEST_F(DialPadScreen, ListsSavedNumbersByNameAndDialsThem) {
  stage.client.saved_numbers.names = {{"+81 3 5550 4400", "Tokyo"}, {"0815", "cölogne"}, {"*21", ""}};
  stage.frame();
  const auto rows = stage.all(Role::kOption);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]->label, "*21");
  EXPECT_EQ(rows[1]->label, "cölogne") << "as contacts are sorted";
  EXPECT_EQ(rows[2]->label, "Tokyo");
  EXPECT_EQ(rows[2]->description, "+81 3 5550 4400");
  stage.click(Role::kOption, "Tokyo");
  EXPECT_EQ(stage.find(Role::kTextField, "Number").value, "+81 3 5550 4400");
  stage.click("Call cölogne");
  ASSERT_EQ(stage.sent<client::PlaceCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::PlaceCall>()[0].number, "0815");
}

TEST_F(DialPadScreen, ShowsSavedNumbersThatBeginWithWhatOneTypes) {
  stage.client.saved_numbers.names = {{"+81 3 5550 4400", "Tokyo"}, {"0815", "Cologne"}};
  stage.frame();
  const auto listed = [&] {
    std::vector<std::string> names;
    for (const auto* row : stage.all(Role::kOption)) names.push_back(row->label);
    return names;
  };
  stage.type("Number", "+813");
  EXPECT_EQ(listed(), (std::vector<std::string>{"Cologne", "Tokyo", "Tokyo"})) << "signs between digits do not count";
  EXPECT_FALSE(stage.shows("Nobody"));
  stage.type("Number", "+49");
  EXPECT_EQ(listed(), (std::vector<std::string>{"Cologne", "Tokyo"}));
  EXPECT_TRUE(stage.shows("Nobody"));
}

TEST_F(DialPadScreen, LeadsToTheListsOnAPhone) {
  stage.client.saved_numbers.names = {{"0815", "Cologne"}};
  stage.resize(360, 720);
  stage.frame();
  EXPECT_TRUE(stage.all(Role::kOption).empty());
  stage.click("Saved and last dialled");
  EXPECT_EQ(stage.look(Role::kTextField, "Number"), nullptr);
  stage.check_layout();
  stage.key("Escape");
  stage.click("Saved and last dialled");
  stage.click("Back to Dial pad");
  stage.click("Saved and last dialled");
  stage.click(Role::kOption, "Cologne");
  EXPECT_EQ(stage.find(Role::kTextField, "Number").value, "0815");
  stage.check_layout();
  stage.click(Role::kButton, "Cologne");
  stage.check_layout();
}

}  // namespace
}  // namespace sidetone::shell
