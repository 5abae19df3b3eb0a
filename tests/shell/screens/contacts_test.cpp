#include <gtest/gtest.h>

#include <algorithm>

#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

std::vector<std::string> names_of(const std::vector<const Node*>& nodes) {
  std::vector<std::string> out;
  out.reserve(nodes.size());
  for (const auto* node : nodes) out.push_back(node->label);
  return out;
}

class ContactsScreen : public ::testing::Test {
 protected:
  Stage stage;
  ContactsScreen() {
    stage.sign_in();
    stage.frame();
  }
};

TEST_F(ContactsScreen, ListsEverybodyByNameButOneself) {
  const auto rows = names_of(stage.all(Role::kOption));
  ASSERT_EQ(rows.size(), 10U);
  EXPECT_EQ(rows[0], "Aiko Tanaka · 田中 愛子");
  EXPECT_EQ(rows[1], "Łukasz Wiśniewski");
  EXPECT_EQ(stage.find(Role::kOption, "Дмитрий Соколов").description, "In a call");
  EXPECT_EQ(stage.find(Role::kOption, "नेहा शर्मा").description, "Do not disturb");
}

TEST_F(ContactsScreen, FavouritesStandFirstUnderTheirOwnHeading) {
  EXPECT_TRUE(stage.look(Role::kHeading, "A – Z") != nullptr);
  stage.client.favourites.users = {people::kSean, people::kDmitry, 77};
  stage.frame();
  EXPECT_TRUE(stage.look(Role::kHeading, "Favourites") != nullptr);
  const auto rows = stage.all(Role::kOption);
  ASSERT_EQ(rows.size(), 10U) << "each once";
  EXPECT_EQ(rows[0]->label, "Seán Ó Briain");
  EXPECT_EQ(rows[0]->description, "Away · Favourite");
  EXPECT_EQ(rows[1]->label, "Дмитрий Соколов");
  EXPECT_EQ(rows[2]->label, "Aiko Tanaka · 田中 愛子");
  EXPECT_EQ(rows[2]->position, 3);
  const float row = rows[1]->rect.top - rows[0]->rect.top;
  EXPECT_GE(rows[2]->rect.top - rows[1]->rect.top, row + 28) << "room for the second heading";
  stage.check_layout();
}

TEST_F(ContactsScreen, TheHeadOfWhatIsSeenFirstStays) {
  stage.client.favourites.users = {people::kSean};
  for (protocol::UserId user = 100; user < 300; ++user)
    stage.person(user, "Person " + std::to_string(user), std::to_string(user));
  stage.frame();
  const Node list = stage.find(Role::kListbox, "Contacts");
  stage.app.input().pointer_x = list.rect.center_x();
  stage.app.input().pointer_y = list.rect.center_y();
  const auto scroll = [&](float by) {
    stage.app.input().wheel = by;
    stage.frame();
  };
  EXPECT_TRUE(stage.look(Role::kHeading, "Favourites") != nullptr);
  scroll(5'000);
  EXPECT_TRUE(stage.look(Role::kHeading, "P") != nullptr);
  EXPECT_TRUE(stage.look(Role::kHeading, "Favourites") == nullptr);
  const auto rows = stage.all(Role::kOption);
  ASSERT_GT(rows.size(), 5U);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_EQ(rows[i]->position, rows[i - 1]->position + 1);
  EXPECT_LE(rows[0]->rect.top, list.rect.top);
  EXPECT_GT(rows[0]->rect.bottom, list.rect.top);
  EXPECT_GE(rows.back()->rect.bottom, list.rect.bottom) << "seen to the lower edge";
  scroll(1e9F);
  EXPECT_EQ(stage.all(Role::kOption).back()->position, 210);
  EXPECT_LE(stage.all(Role::kOption).back()->rect.bottom, list.rect.bottom + 1);
  scroll(-1e9F);
  EXPECT_EQ(stage.all(Role::kOption)[0]->position, 1);
  EXPECT_TRUE(stage.look(Role::kHeading, "Favourites") != nullptr);
}

TEST_F(ContactsScreen, TheStarMakesAFavouriteByPointerAndByKey) {
  stage.click("Seán Ó Briain");
  EXPECT_EQ(stage.find(Role::kToggle, "Favourite").flags & kPressed, 0U);
  stage.click(Role::kToggle, "Favourite");
  auto sent = stage.sent<client::SetFavourite>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].user, people::kSean);
  EXPECT_TRUE(sent[0].favourite);
  stage.client.favourites.users = {people::kSean};
  stage.frame();
  EXPECT_NE(stage.find(Role::kToggle, "Favourite").flags & kPressed, 0U);
  stage.key("Ctrl+Shift+F", stage.find(Role::kOption, "Seán Ó Briain").id);
  sent = stage.sent<client::SetFavourite>();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_FALSE(sent[1].favourite);
}

TEST_F(ContactsScreen, AFavouriteThatWasRefusedIsSaid) {
  stage.click("Seán Ó Briain");
  stage.forget_sent();
  stage.click(Role::kToggle, "Favourite");
  const auto intents = stage.app.state().failed_intents;
  ASSERT_EQ(intents.size(), 1U);
  stage.done(intents.begin()->first, "not_found", "there is no such person");
  EXPECT_TRUE(stage.look(Role::kStatus, "Seán Ó Briain could not be made a favourite") != nullptr);
  EXPECT_TRUE(stage.app.state().failed_intents.empty());
}

TEST_F(ContactsScreen, TooManyFavouritesAreSaidBeforeTheyAreAskedFor) {
  for (protocol::UserId user = 1000; stage.client.favourites.users.size() < protocol::limits::kFavourites; ++user)
    stage.client.favourites.users.insert(user);
  stage.click("Seán Ó Briain");
  stage.click(Role::kToggle, "Favourite");
  EXPECT_TRUE(stage.sent<client::SetFavourite>().empty());
  EXPECT_TRUE(stage.look(Role::kStatus, "There may be 200 favourites. Take one away first.") != nullptr);
}

TEST_F(ContactsScreen, FindsWhileOneTypes) {
  stage.type("Find a person or dial", "briain");
  EXPECT_EQ(names_of(stage.all(Role::kOption)), std::vector<std::string>{"Seán Ó Briain"});
  stage.type("Find a person or dial", "nobody at all");
  EXPECT_TRUE(stage.all(Role::kOption).empty());
  stage.find(Role::kHeading, "Nobody is called “nobody at all”");
  stage.key("Escape");
  EXPECT_EQ(stage.all(Role::kOption).size(), 10U);
}

TEST_F(ContactsScreen, CallsAndWritesToTheOneThatIsChosen) {
  stage.click("Seán Ó Briain");
  stage.find(Role::kHeading, "Seán Ó Briain");
  stage.click("Call 2207");
  auto calls = stage.sent<client::PlaceCall>();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].user, people::kSean);
  stage.click("Chat");
  const auto opened = stage.sent<client::OpenConversation>();
  ASSERT_FALSE(opened.empty());
  EXPECT_EQ(opened[0].with, people::kSean);
  EXPECT_EQ(stage.app.state().screen, Screen::kChats);
}

TEST_F(ContactsScreen, CallsFromTheRowToo) {
  stage.click("Seán Ó Briain");
  stage.click("Call Seán Ó Briain");
  ASSERT_EQ(stage.sent<client::PlaceCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::PlaceCall>()[0].user, people::kSean);
}

TEST_F(ContactsScreen, DoesNotCallWithoutTheService) {
  stage.client.connection.phase = client::ConnectionPhase::kWaiting;
  stage.click("Seán Ó Briain");
  EXPECT_NE(stage.find(Role::kButton, "Call 2207").flags & kDisabled, 0U);
}

TEST_F(ContactsScreen, WalksByArrowsAndDialsByEnter) {
  const NodeId field = stage.find(Role::kTextField, "Find a person or dial").id;
  stage.app.input().focus = field;
  stage.key("ArrowDown", field);
  EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kOption, "Aiko Tanaka · 田中 愛子").id);
  EXPECT_EQ(stage.app.state().contacts.selected, people::kAiko);
  stage.app.input().focus = stage.find(Role::kOption, "Aiko Tanaka · 田中 愛子").id;
  stage.key("End", stage.app.input().focus);
  const NodeId last = stage.app.take_focus_request().value_or(0);
  ASSERT_NE(last, 0U);
  EXPECT_EQ(last, stage.all(Role::kOption).back()->id);
  stage.app.input().focus = field;
  stage.type("Find a person or dial", "0 69 1234");
  stage.key("Enter", field);
  const auto calls = stage.sent<client::PlaceCall>();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].number, "0 69 1234");
}

TEST_F(ContactsScreen, MakesOnlyTheRowsThatAreSeen) {
  for (protocol::UserId user = 100; user < 20'100; ++user)
    stage.person(user, "Person " + std::to_string(user), std::to_string(user));
  stage.frame();
  const auto rows = stage.all(Role::kOption);
  ASSERT_GT(rows.size(), 5U);
  EXPECT_LT(rows.size(), 30U);
  EXPECT_EQ(rows[0]->position, 1);
  EXPECT_EQ(rows[0]->count, 20'010);
  const Node list = stage.find(Role::kListbox, "Contacts");
  stage.app.input().pointer_x = list.rect.center_x();
  stage.app.input().pointer_y = list.rect.center_y();
  stage.app.input().wheel = 52'000;
  stage.frame();
  EXPECT_GT(stage.all(Role::kOption)[0]->position, 900);
}

TEST_F(ContactsScreen, WatchesThoseWhoAreSeen) {
  for (protocol::UserId user = 100; user < 400; ++user)
    stage.person(user, "Person " + std::to_string(user), std::to_string(user));
  stage.forget_sent();
  stage.wait(1000);
  auto sent = stage.sent<client::Watch>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_LT(sent[0].users.size(), 30U);
  EXPECT_EQ(std::count(sent[0].users.begin(), sent[0].users.end(), people::kAiko), 1);
  EXPECT_EQ(std::count(sent[0].users.begin(), sent[0].users.end(), people::kMe), 0);
  stage.wait(1000);
  EXPECT_EQ(stage.sent<client::Watch>().size(), 1U) << "nothing has changed";
  // Scrolling on and on is told a few times a second, and its end is never forgotten.
  const Node list = stage.find(Role::kListbox, "Contacts");
  stage.app.input().pointer_x = list.rect.center_x();
  stage.app.input().pointer_y = list.rect.center_y();
  for (int i = 0; i < 10; ++i) {
    stage.app.input().wheel = 500;
    stage.frame();
  }
  EXPECT_EQ(stage.sent<client::Watch>().size(), 2U);
  const auto wake = stage.app.next_wake_ms();
  ASSERT_TRUE(wake.has_value());
  stage.wait(*wake - stage.now_ms);
  EXPECT_EQ(stage.sent<client::Watch>().size(), 3U);
}

TEST_F(ContactsScreen, ShowsCallsAndMessagesWithSomebody) {
  stage.record(1, protocol::RecordKind::kMissed, people::kAiko, stage.unix_s - 3600);
  stage.record(2, protocol::RecordKind::kReceived, people::kAiko, stage.unix_s - 600, 185);
  stage.record(3, protocol::RecordKind::kReceived, people::kSean, stage.unix_s - 500, 61);
  auto& conversation = stage.client.chat.conversations[9];
  conversation.conversation = 9;
  conversation.with = people::kAiko;
  conversation.messages[1] = {1, stage.unix_s - 60, people::kAiko, {}, "The numbers look right.\nAiko", {}, {}};
  stage.client.chat.by_person[people::kAiko] = 9;
  stage.click("Aiko Tanaka · 田中 愛子");
  stage.find(Role::kText, "Missed call");
  stage.find(Role::kText, "Received call · 3:05");
  stage.find(Role::kText, "“The numbers look right.”");
  EXPECT_FALSE(stage.shows("1:01"));
}

}  // namespace
}  // namespace sidetone::shell
