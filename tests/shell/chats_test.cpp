#include <gtest/gtest.h>

#include <algorithm>

#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

constexpr protocol::ConversationId kConversation = 7;

class Chats : public ::testing::Test {
 protected:
  void SetUp() override { stage.sign_in(); }

  client::ConversationEntry& conversation(protocol::UserId with, protocol::ConversationId number = kConversation) {
    auto& entry = stage.client.chat.conversations[number];
    entry.conversation = number;
    entry.with = with;
    entry.open = true;
    entry.members[people::kMe] = {people::kMe, 0, 0};
    entry.members[with] = {with, 0, 0};
    stage.client.chat.by_person[with] = number;
    return entry;
  }
  void message(client::ConversationEntry& entry, std::uint64_t number, protocol::UserId sender, std::string_view text,
               std::int64_t time) {
    const bool mine = sender == people::kMe;
    entry.messages[number] = {number,
                              time,
                              sender,
                              mine ? "id" + std::to_string(number) : std::string(),
                              std::string(text),
                              mine ? model::MessageState::kSent : model::MessageState::kReceived,
                              {}};
    entry.last_number = std::max(entry.last_number, number);
    entry.last_time = std::max(entry.last_time, time);
  }
  /// Messages first … last of the other, a minute apart, the last one now.
  void many(client::ConversationEntry& entry, std::uint64_t first, std::uint64_t last) {
    for (auto number = first; number <= last; ++number)
      message(entry, number, entry.with, "Message " + std::to_string(number),
              stage.unix_s - static_cast<std::int64_t>(60 * (100'000 - number)));
  }
  void open(protocol::UserId with) {
    stage.app.state().screen = Screen::kChats;
    stage.app.state().chats.with = with;
    stage.app.state().detail_open = true;
    stage.frame();
    stage.frame();
  }
  [[nodiscard]] std::vector<const Node*> items() const { return stage.all(Role::kListItem); }
  const Node* item(std::string_view text) {
    for (const auto* node : items())
      if (node->label.size() >= text.size() && node->label.substr(node->label.size() - text.size()) == text)
        return node;
    ADD_FAILURE() << "no message '" << text << "'";
    return nullptr;
  }
  void scroll_by(float pixels) {
    const auto& log = stage.find(Role::kLog, "Messages with Aiko Tanaka · 田中 愛子");
    stage.app.input().pointer_x = log.rect.center_x();
    stage.app.input().pointer_y = log.rect.center_y();
    stage.app.input().wheel = pixels;
    stage.frame();
  }

  Stage stage;
};

TEST_F(Chats, MessagesStandInTheirOrderWithNameTimeAndMark) {
  auto& entry = conversation(people::kAiko);
  const auto day = stage.unix_s;
  message(entry, 1, people::kAiko, "Hello", day - 400);
  message(entry, 2, people::kMe, "one", day - 300);
  message(entry, 3, people::kMe, "two", day - 200);
  message(entry, 4, people::kMe, "three", day - 100);
  entry.members[people::kAiko] = {people::kAiko, 3, 2};
  stage.client.chat.outbox.push_back({"w1", people::kAiko, kConversation, "four", day, {}});
  stage.client.chat.outbox.push_back({"w2", people::kAiko, kConversation, "five", day, "not allowed"});
  open(people::kAiko);
  const auto seen = items();
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(seen[0]->label, "Aiko Tanaka · 田中 愛子, 09:54: Hello");
  EXPECT_EQ(seen[0]->description, "");
  EXPECT_EQ(seen[1]->label, "You, 09:56: one");
  EXPECT_EQ(seen[1]->description, "Read");
  EXPECT_EQ(seen[2]->description, "Delivered");
  EXPECT_EQ(seen[3]->description, "Sent");
  EXPECT_EQ(seen[4]->description, "Waits to be sent");
  EXPECT_EQ(seen[5]->description, "Not sent. not allowed");
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_GE(seen[i]->rect.top, seen[i - 1]->rect.bottom);
  EXPECT_GT(seen[1]->rect.left, seen[0]->rect.left);
  stage.click("Remove");
  const auto dropped = stage.sent<client::DropMessage>();
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_EQ(dropped[0].id, "w2");
}

TEST_F(Chats, DaysAndWhatIsNewHaveLines) {
  auto& entry = conversation(people::kAiko);
  message(entry, 1, people::kAiko, "old", stage.unix_s - 3 * 86'400);
  message(entry, 2, people::kAiko, "yesterday's", stage.unix_s - 86'400);
  message(entry, 3, people::kAiko, "new", stage.unix_s - 60);
  message(entry, 4, people::kAiko, "newer", stage.unix_s - 30);
  entry.members[people::kMe].read = 2;
  open(people::kAiko);
  EXPECT_TRUE(stage.look(Role::kText, "Wed 25 Nov") != nullptr);
  EXPECT_TRUE(stage.look(Role::kText, "Yesterday") != nullptr);
  EXPECT_TRUE(stage.look(Role::kText, "Today") != nullptr);
  const auto& line = stage.find(Role::kText, "2 new messages");
  EXPECT_GT(line.rect.top, item("yesterday's")->rect.bottom);
  EXPECT_LT(line.rect.bottom, item("new")->rect.top);
  entry.members[people::kMe].read = 4;
  stage.frame();
  EXPECT_TRUE(stage.look(Role::kText, "2 new messages") != nullptr) << "it stays as long as the chat is looked at";
}

TEST_F(Chats, AddressesAreLinks) {
  auto& entry = conversation(people::kAiko);
  message(entry, 1, people::kAiko, "Look at https://wiki.example/lager.", stage.unix_s);
  open(people::kAiko);
  EXPECT_EQ(stage.find(Role::kLink, "https://wiki.example/lager").hint, "https://wiki.example/lager");
  EXPECT_TRUE(stage.all(Role::kListItem).size() == 1);
  stage.click("https://wiki.example/lager");
  EXPECT_TRUE(stage.requested("open_link", "https://wiki.example/lager"));
}

TEST_F(Chats, ALinkInTextFromRightToLeftStandsBelowIt) {
  auto& entry = conversation(people::kFatima);
  message(entry, 1, people::kFatima, "انظر https://wiki.example/x", stage.unix_s);
  open(people::kFatima);
  EXPECT_NE(stage.find(Role::kText, "انظر https://wiki.example/x").flags & kRightToLeft, 0U);
  stage.click("https://wiki.example/x");
  EXPECT_TRUE(stage.requested("open_link", "https://wiki.example/x"));
}

TEST_F(Chats, ADraftIsKeptForItsPerson) {
  conversation(people::kAiko);
  conversation(people::kSean, 8).last_number = 0;
  open(people::kAiko);
  stage.type("Write to Aiko Tanaka · 田中 愛子", "half a thought");
  open(people::kSean);
  EXPECT_EQ(stage.find(Role::kTextField, "Write to Seán Ó Briain").value, "");
  EXPECT_NE(stage.find(Role::kOption, "Aiko Tanaka · 田中 愛子").description.find("Draft: half a thought"),
            std::string::npos);
  stage.click(Role::kOption, "Aiko Tanaka · 田中 愛子");
  stage.frame();
  EXPECT_EQ(stage.find(Role::kTextField, "Write to Aiko Tanaka · 田中 愛子").value, "half a thought");
}

TEST_F(Chats, EnterSendsOnceAndClears) {
  conversation(people::kAiko);
  open(people::kAiko);
  const std::string field = "Write to Aiko Tanaka · 田中 愛子";
  stage.type(field, "  Yes – calling you\n");
  stage.key("Enter", stage.find(Role::kTextField, field).id);
  stage.frame();
  const auto sent = stage.sent<client::SendChat>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].with, people::kAiko);
  EXPECT_EQ(sent[0].text, "Yes – calling you");
  EXPECT_EQ(stage.find(Role::kTextField, field).value, "");
  stage.key("Enter", stage.find(Role::kTextField, field).id);
  EXPECT_EQ(stage.sent<client::SendChat>().size(), 1U) << "nothing is not sent";
}

TEST_F(Chats, EnterElsewhereSendsNothing) {
  conversation(people::kAiko);
  open(people::kAiko);
  stage.type("Write to Aiko Tanaka · 田中 愛子", "text");
  stage.key("Enter", stage.find(Role::kTextField, "Find a chat or a message").id);
  EXPECT_TRUE(stage.sent<client::SendChat>().empty());
}

TEST_F(Chats, WhatIsTooLongIsKept) {
  conversation(people::kAiko);
  open(people::kAiko);
  const std::string field = "Write to Aiko Tanaka · 田中 愛子";
  stage.type(field, std::string(protocol::limits::kChatTextBytes + 1, 'x'));
  stage.click("Send");
  EXPECT_TRUE(stage.sent<client::SendChat>().empty());
  EXPECT_FALSE(stage.find(Role::kTextField, field).value.empty());
  EXPECT_TRUE(stage.shows("too long"));
}

TEST_F(Chats, TypingIsToldEveryThreeSecondsAtMost) {
  conversation(people::kAiko);
  open(people::kAiko);
  const std::string field = "Write to Aiko Tanaka · 田中 愛子";
  stage.type(field, "a");
  stage.type(field, "ab");
  EXPECT_EQ(stage.sent<client::Typing>().size(), 1U);
  stage.wait(3'000);
  stage.type(field, "abc");
  EXPECT_EQ(stage.sent<client::Typing>().size(), 2U);
}

TEST_F(Chats, OfFiftyThousandMessagesOnlyTheVisibleOnesExist) {
  auto& entry = conversation(people::kAiko);
  many(entry, 1, 50'000);
  entry.members[people::kMe].read = 50'000;
  open(people::kAiko);
  const auto seen = items();
  ASSERT_FALSE(seen.empty());
  EXPECT_LT(seen.size(), 40U);
  EXPECT_EQ(seen.back()->position, 50'000);
  EXPECT_EQ(seen.back()->count, 50'000);
  const auto& log = *stage.all(Role::kLog).front();
  for (const auto* node : seen) {
    EXPECT_GE(node->rect.top, log.rect.top);
    EXPECT_LE(node->rect.bottom, log.rect.bottom);
  }
  scroll_by(-1'000'000);
  EXPECT_LT(items().size(), 40U);
  for (std::size_t i = 1; i < items().size(); ++i) EXPECT_EQ(items()[i]->position, items()[i - 1]->position + 1);
}

TEST_F(Chats, OlderMessagesAreAskedForOnceAndMoveNothing) {
  auto& entry = conversation(people::kAiko);
  many(entry, 951, 1'000);
  entry.members[people::kMe].read = 1'000;
  open(people::kAiko);
  EXPECT_TRUE(stage.sent<client::OlderMessages>().empty());
  scroll_by(-100'000);
  stage.frame();
  stage.frame();
  const auto asked = stage.sent<client::OlderMessages>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].conversation, kConversation);
  const auto before = item("Message 953")->rect;
  many(entry, 901, 950);
  entry.messages[920].text = "A long one that takes more than a line. " + std::string(600, 'x');
  stage.frame();
  EXPECT_FLOAT_EQ(item("Message 953")->rect.top, before.top);
  scroll_by(-300);
  EXPECT_FLOAT_EQ(item("Message 953")->rect.top, before.top + 300);
}

TEST_F(Chats, WhatStandsInTheListHasItsNewestMessageFetched) {
  auto& seen = conversation(people::kAiko);
  seen.open = false;
  seen.last_number = 4;
  auto& known = conversation(people::kSean, 8);
  known.open = false;
  message(known, 1, people::kSean, "Already here", stage.unix_s);
  stage.app.state().screen = Screen::kChats;
  stage.client.connection.phase = client::ConnectionPhase::kWaiting;
  stage.frame();
  EXPECT_TRUE(stage.sent<client::OlderMessages>().empty()) << "nobody could answer";
  stage.client.connection.phase = client::ConnectionPhase::kOnline;
  stage.frame();
  const auto asked = stage.sent<client::OlderMessages>();
  ASSERT_FALSE(asked.empty());
  for (const auto& one : asked) EXPECT_EQ(one.conversation, kConversation);
  stage.forget_sent();
  seen.open = seen.filling = true;  // as the core has it from then on
  stage.frame();
  EXPECT_TRUE(stage.sent<client::OlderMessages>().empty());
}

TEST_F(Chats, AnOlderPageComesUpToTheFirstMessageOnly) {
  auto& entry = conversation(people::kAiko);
  many(entry, 1, 50);
  open(people::kAiko);
  scroll_by(-100'000);
  EXPECT_TRUE(stage.sent<client::OlderMessages>().empty());
}

TEST_F(Chats, TheEndIsFollowedUntilSomebodyScrollsUp) {
  auto& entry = conversation(people::kAiko);
  many(entry, 1, 60);
  entry.members[people::kMe].read = 60;
  open(people::kAiko);
  message(entry, 61, people::kAiko, "the newest", stage.unix_s);
  stage.frame();
  EXPECT_NE(item("the newest"), nullptr);
  scroll_by(-500);
  const auto before = items().front()->label;
  const auto top = items()[1]->rect.top;
  message(entry, 62, people::kAiko, "newer still", stage.unix_s);
  stage.frame();
  EXPECT_EQ(items().front()->label, before);
  EXPECT_FLOAT_EQ(items()[1]->rect.top, top);
}

TEST_F(Chats, ReadIsToldAtTheEndOnlyAndOnce) {
  auto& entry = conversation(people::kAiko);
  many(entry, 1, 60);
  entry.members[people::kMe].read = 60;
  open(people::kAiko);
  EXPECT_TRUE(stage.sent<client::ReadChat>().empty()) << "all of it has been read";
  scroll_by(-500);
  message(entry, 61, people::kAiko, "unseen", stage.unix_s);
  stage.frame();
  EXPECT_TRUE(stage.sent<client::ReadChat>().empty());
  scroll_by(10'000);
  stage.frame();
  ASSERT_EQ(stage.sent<client::ReadChat>().size(), 1U);
  EXPECT_EQ(stage.sent<client::ReadChat>()[0].conversation, kConversation);
}

TEST_F(Chats, TheListHasTheNewestFirstAndSaysWhatIsNew) {
  auto& aiko = conversation(people::kAiko, 7);
  message(aiko, 1, people::kAiko, "earlier", stage.unix_s - 500);
  aiko.members[people::kMe].read = 1;
  auto& sean = conversation(people::kSean, 8);
  message(sean, 1, people::kSean, "later", stage.unix_s - 100);
  auto& eleni = conversation(people::kEleni, 9);
  message(eleni, 1, people::kMe, "mine", stage.unix_s - 50);
  eleni.typing[people::kEleni] = 1'000'000;
  stage.app.state().screen = Screen::kChats;
  stage.frame();
  const auto rows = stage.all(Role::kOption);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]->label, "Ελένη Παπαδοπούλου");
  EXPECT_NE(rows[0]->description.find("typing"), std::string::npos);
  EXPECT_EQ(rows[1]->label, "Seán Ó Briain");
  EXPECT_NE(rows[1]->description.find("later"), std::string::npos);
  EXPECT_NE(rows[1]->description.find("1 new message"), std::string::npos);
  EXPECT_EQ(rows[2]->label, "Aiko Tanaka · 田中 愛子");
  EXPECT_EQ(rows[2]->description.find("new message"), std::string::npos);
  stage.type("Find a chat or a message", "sean");
  EXPECT_EQ(stage.all(Role::kOption).size(), 1U);
}

TEST_F(Chats, WhoTypesIsSaid) {
  auto& entry = conversation(people::kAiko);
  message(entry, 1, people::kAiko, "x", stage.unix_s);
  entry.typing[people::kAiko] = 1'000'000;
  open(people::kAiko);
  EXPECT_TRUE(stage.look(Role::kStatus, "Aiko Tanaka · 田中 愛子 is typing") != nullptr);
}

TEST_F(Chats, StandInsideTheScreen) {
  auto& entry = conversation(people::kAiko);
  many(entry, 1, 80);
  message(entry, 81, people::kMe, "https://wiki.example/" + std::string(200, 'x'), stage.unix_s);
  message(entry, 82, people::kFatima, "هل يمكنك الاتصال بي بعد الظهر؟", stage.unix_s);
  stage.client.chat.outbox.push_back({"w2", people::kAiko, kConversation, "five", stage.unix_s, "not allowed here"});
  struct Size {
    int width;
    int height;
    float scale;
  };
  for (const auto& size :
       {Size{360, 740, 1}, Size{720, 1480, 2}, Size{800, 700, 1}, Size{1280, 800, 1}, Size{1920, 1080, 1}}) {
    stage.resize(size.width, size.height, size.scale);
    open(people::kAiko);
    stage.check_layout();
    EXPECT_EQ(stage.all(Role::kLink).size(), 1U) << size.width;
  }
}

}  // namespace
}  // namespace sidetone::shell
