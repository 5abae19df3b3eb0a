#include <gtest/gtest.h>

#include <algorithm>

#include "tests/shell/support/stage.hpp"

/// What can be done with messages: edit, remove, think of them, and find them.
namespace sidetone::shell {
namespace {

constexpr protocol::ConversationId kWithAiko = 7;

class MessageActions : public ::testing::Test {
 protected:
  void SetUp() override {
    stage.sign_in();
    entry = &stage.client.chat.conversations[kWithAiko];
    entry->conversation = kWithAiko;
    entry->with = people::kAiko;
    entry->open = true;
    for (const auto user : {people::kMe, people::kAiko}) entry->members[user] = {user, 0, 0};
    stage.client.chat.by_person[people::kAiko] = kWithAiko;
    put(1, people::kAiko, "Hello");
    put(2, people::kMe, "Half past ten");
    put(3, people::kMe, "And bring the list");
    put(4, people::kAiko, "Good");
  }
  model::Message& put(std::uint64_t number, protocol::UserId sender, std::string_view text) {
    auto& message = entry->messages[number];
    message.number = number;
    message.time = stage.unix_s - 600 + static_cast<std::int64_t>(number);
    message.sender = sender;
    message.text = text;
    entry->last_number = std::max(entry->last_number, number);
    entry->last_time = std::max(entry->last_time, message.time);
    return message;
  }
  void open() {
    stage.app.state().screen = Screen::kChats;
    stage.app.state().chats.with = people::kAiko;
    stage.app.state().detail_open = true;
    stage.frame();
    stage.frame();
  }
  const Node& item(std::string_view text) {
    for (const auto* node : stage.all(Role::kListItem))
      if (node->label.find(text) != std::string::npos) return *node;
    ADD_FAILURE() << "no message '" << text << "'";
    return stage.app.semantics().nodes().front();
  }
  void menu(std::string_view text) {
    const auto node = item(text);
    stage.app.input().focus = node.id;
    stage.key("Shift+F10", node.id);
  }
  NodeId composer() { return stage.find(Role::kTextField, "Write to Aiko Tanaka · 田中 愛子").id; }

  Stage stage;
  client::ConversationEntry* entry = nullptr;
};

TEST_F(MessageActions, AMessageSaysWhatBecameOfIt) {
  auto& edited = put(2, people::kMe, "Half past ten");
  edited.edited = stage.unix_s;
  edited.reactions = {{people::kAiko, "👍"}};
  put(3, people::kMe, "").removed = true;
  open();
  EXPECT_EQ(item("Half past ten").description, "Sent, Edited, 👍 from Aiko Tanaka · 田中 愛子");
  EXPECT_NE(item("This message was removed").label.find("You"), std::string::npos);
  EXPECT_NE(stage.look(Role::kToggle, "👍 from Aiko Tanaka · 田中 愛子"), nullptr);
  stage.check_layout();
}

TEST_F(MessageActions, TheMenuIsOpenedWhereThePointerOrTheFocusIs) {
  open();
  EXPECT_EQ(stage.look(Role::kButton, "What to do with the message"), nullptr);
  const auto rect = item("Good").rect;
  stage.app.input().pointer_x = rect.center_x();
  stage.app.input().pointer_y = rect.center_y();
  stage.frame();
  stage.click("What to do with the message");
  EXPECT_NE(stage.look(Role::kDialog, "What to do with the message"), nullptr);
  EXPECT_NE(stage.look(Role::kButton, "Copy text"), nullptr);
  EXPECT_EQ(stage.look(Role::kButton, "Edit"), nullptr) << "somebody else wrote it";
  EXPECT_EQ(stage.look(Role::kButton, "Remove"), nullptr);
  stage.key("Escape");
  EXPECT_EQ(stage.look(Role::kDialog, "What to do with the message"), nullptr);
  EXPECT_EQ(stage.app.state().screen, Screen::kChats);
}

TEST_F(MessageActions, ARemovedMessageHasNoMenu) {
  put(2, people::kMe, "").removed = true;
  open();
  menu("This message was removed");
  EXPECT_EQ(stage.look(Role::kDialog, "What to do with the message"), nullptr);
}

TEST_F(MessageActions, AnEmojiIsChosenAndTakenBack) {
  put(4, people::kAiko, "Good").reactions = {{people::kMe, "🎉"}};
  open();
  menu("Good");
  EXPECT_NE(stage.find(Role::kToggle, "🎉").flags & kPressed, 0U);
  stage.click(Role::kToggle, "👍");
  const auto thought = stage.sent<client::ReactToMessage>();
  ASSERT_EQ(thought.size(), 1U);
  EXPECT_EQ(thought[0].conversation, kWithAiko);
  EXPECT_EQ(thought[0].number, 4U);
  EXPECT_EQ(thought[0].emoji, "👍");
  EXPECT_EQ(stage.look(Role::kDialog, "What to do with the message"), nullptr) << "it closes";
  stage.click(Role::kToggle, "🎉 from You");
  EXPECT_EQ(stage.sent<client::ReactToMessage>().at(1).emoji, "") << "one's own is taken back";
}

TEST_F(MessageActions, SomebodyElsesEmojiIsJoined) {
  put(2, people::kMe, "Half past ten").reactions = {{people::kAiko, "❤️"}};
  open();
  stage.click(Role::kToggle, "❤️ from Aiko Tanaka · 田中 愛子");
  EXPECT_EQ(stage.sent<client::ReactToMessage>().at(0).emoji, "❤️");
}

TEST_F(MessageActions, AMessageIsRewrittenInTheComposer) {
  open();
  stage.type("Write to Aiko Tanaka · 田中 愛子", "a draft");
  menu("Half past ten");
  stage.click("Edit");
  EXPECT_EQ(stage.find(Role::kTextField, "Edit the message").value, "Half past ten");
  stage.type("Edit the message", "  Eleven ");
  stage.click("Save");
  const auto edits = stage.sent<client::EditMessage>();
  ASSERT_EQ(edits.size(), 1U);
  EXPECT_EQ(edits[0].number, 2U);
  EXPECT_EQ(edits[0].text, "Eleven");
  EXPECT_TRUE(stage.sent<client::SendChat>().empty());
  EXPECT_EQ(stage.find(Role::kTextField, "Write to Aiko Tanaka · 田中 愛子").value, "a draft") << "it waits there";
}

TEST_F(MessageActions, ArrowUpInAnEmptyFieldRewritesTheLastOfMyMessages) {
  open();
  stage.key("ArrowUp", composer());
  const auto& field = stage.find(Role::kTextField, "Edit the message");
  EXPECT_EQ(field.value, "And bring the list");
  stage.key("Enter", field.id);
  EXPECT_TRUE(stage.sent<client::EditMessage>().empty()) << "nothing was changed";
  EXPECT_EQ(stage.look(Role::kTextField, "Edit the message"), nullptr);
  stage.type("Write to Aiko Tanaka · 田中 愛子", "text");
  stage.key("ArrowUp", composer());
  EXPECT_EQ(stage.look(Role::kTextField, "Edit the message"), nullptr) << "the caret moves in the text";
}

TEST_F(MessageActions, EscapeLeavesTheMessageAsItIs) {
  open();
  stage.key("ArrowUp", composer());
  stage.type("Edit the message", "something else");
  stage.key("Escape", stage.find(Role::kTextField, "Edit the message").id);
  EXPECT_EQ(stage.look(Role::kTextField, "Edit the message"), nullptr);
  EXPECT_TRUE(stage.sent<client::EditMessage>().empty());
}

TEST_F(MessageActions, WithoutTheServiceNothingIsLost) {
  open();
  stage.key("ArrowUp", composer());
  stage.type("Edit the message", "while the train is in the tunnel");
  stage.client.connection.phase = client::ConnectionPhase::kWaiting;
  stage.frame();
  stage.key("Enter", stage.find(Role::kTextField, "Edit the message").id);
  EXPECT_TRUE(stage.sent<client::EditMessage>().empty());
  EXPECT_EQ(stage.find(Role::kTextField, "Edit the message").value, "while the train is in the tunnel");
}

TEST_F(MessageActions, RemovingIsAskedFirstAndKeepingIsTheSafeAnswer) {
  open();
  menu("And bring the list");
  stage.click("Remove");
  EXPECT_TRUE(stage.sent<client::RemoveMessage>().empty());
  EXPECT_NE(stage.look(Role::kDialog, "Remove this message?"), nullptr);
  stage.click("Keep");
  EXPECT_EQ(stage.look(Role::kDialog, "Remove this message?"), nullptr);
  EXPECT_TRUE(stage.sent<client::RemoveMessage>().empty());
  menu("And bring the list");
  stage.click("Remove");
  stage.click("Remove");
  ASSERT_EQ(stage.sent<client::RemoveMessage>().size(), 1U);
  EXPECT_EQ(stage.sent<client::RemoveMessage>()[0].number, 3U);
}

TEST_F(MessageActions, AMessageThatGoesMeanwhileTakesItsMenuAlong) {
  open();
  menu("And bring the list");
  put(3, people::kMe, "").removed = true;
  ++entry->changes_there;
  stage.frame();
  EXPECT_EQ(stage.look(Role::kDialog, "What to do with the message"), nullptr);
}

TEST_F(MessageActions, TheTextIsCopied) {
  open();
  menu("Hello");
  stage.click("Copy text");
  EXPECT_TRUE(stage.requested("copy", "Hello"));
}

TEST_F(MessageActions, WhatIsTypedIsLookedForOnceNobodyTypesForAMoment) {
  open();
  stage.type("Find a chat or a message", "l");
  stage.wait(300);
  EXPECT_TRUE(stage.sent<client::SearchChats>().empty()) << "one letter would find half of all";
  stage.type("Find a chat or a message", "li");
  stage.type("Find a chat or a message", "list ");
  EXPECT_TRUE(stage.sent<client::SearchChats>().empty());
  stage.wait(300);
  ASSERT_EQ(stage.sent<client::SearchChats>().size(), 1U);
  EXPECT_EQ(stage.sent<client::SearchChats>()[0].text, "list");
  EXPECT_TRUE(stage.shows("Looking in the messages …"));

  auto& search = stage.client.chat.search;
  search.text = "list";
  search.answered = true;
  stage.frame();
  EXPECT_TRUE(stage.shows("No message with these words"));
  search.found.push_back({kWithAiko, people::kAiko, entry->messages[3]});
  stage.frame();
  const auto& found = stage.find(Role::kOption, "Aiko Tanaka · 田中 愛子");
  EXPECT_NE(found.description.find("You: And bring the list"), std::string::npos) << found.description;
  stage.type("Find a chat or a message", "");
  EXPECT_EQ(stage.sent<client::SearchChats>().back().text, "") << "at once";
}

TEST_F(MessageActions, WhatWasFoundIsBroughtIntoSight) {
  for (std::uint64_t number = 5; number <= 120; ++number)
    put(number, people::kAiko, "Message " + std::to_string(number));
  open();
  stage.type("Find a chat or a message", "hello");
  stage.wait(300);
  auto& search = stage.client.chat.search;
  search.text = "hello";
  search.answered = true;
  search.found.push_back({kWithAiko, people::kAiko, entry->messages[1]});
  stage.frame();
  stage.click(Role::kOption, "Aiko Tanaka · 田中 愛子");
  ASSERT_EQ(stage.sent<client::ShowMessage>().size(), 1U);
  EXPECT_EQ(stage.sent<client::ShowMessage>()[0].number, 1U);
  stage.frame();
  EXPECT_EQ(stage.app.take_focus_request(), item("Hello").id) << "and has the focus";
  stage.wait(5'000);
  EXPECT_FALSE(stage.app.state().chats.target.has_value());
}

TEST_F(MessageActions, AnExcerptIsShownUntilTheNewestAreWanted) {
  for (std::uint64_t number = 400; number <= 420; ++number) put(number, people::kAiko, "New " + std::to_string(number));
  entry->messages.erase(entry->messages.begin(), entry->messages.find(400));
  stage.client.chat.outbox.push_back({"w1", people::kAiko, kWithAiko, "waits", stage.unix_s, {}});
  open();
  for (std::uint64_t number = 76; number <= 225; ++number) {
    auto& message = entry->excerpt[number];
    message.number = number;
    message.sender = people::kAiko;
    message.time = stage.unix_s - 86'400;
    message.text = "Old " + std::to_string(number);
  }
  stage.app.state().chats.target = MessageTarget{people::kAiko, 100, std::nullopt, false};
  stage.frame();
  stage.frame();
  EXPECT_NE(item("Old 100").label, "");
  EXPECT_EQ(item("Old 100").position, 100);
  EXPECT_FALSE(stage.shows("waits")) << "that stands below the newest";
  stage.forget_sent();
  const auto& log = stage.find(Role::kLog, "Messages with Aiko Tanaka · 田中 愛子");
  stage.app.input().pointer_x = log.rect.center_x();
  stage.app.input().pointer_y = log.rect.center_y();
  stage.app.input().wheel = 100'000;
  stage.frame();
  ASSERT_EQ(stage.sent<client::NewerMessages>().size(), 1U);
  EXPECT_TRUE(stage.sent<client::ReadChat>().empty()) << "the end of an excerpt is not the end";
  stage.click("To the newest messages");
  EXPECT_EQ(stage.sent<client::LeaveExcerpt>().size(), 1U);
  entry->excerpt.clear();
  stage.frame();
  stage.frame();
  EXPECT_NE(item("New 420").label, "");
  EXPECT_TRUE(stage.shows("waits"));
}

}  // namespace
}  // namespace sidetone::shell
