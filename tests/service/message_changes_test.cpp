#include "tests/service/support/rig.hpp"

/// Messages that are edited, removed, thought of and looked for.
namespace sidetone::service::testing {
namespace {

using namespace protocol;

class MessageChangesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    conversation_ = alice_.ask_for<Conversation>(ConversationOpen{bob_.user()}).info.conversation;
    alice_.ask_for<ChatSent>(ChatSend{conversation_, "id-1", "The meeting is at ten"});
    bob_.ask_for<ChatSent>(ChatSend{conversation_, "id-2", "Good"});
    for (auto* one : {&alice_, &bob_, &laptop_}) one->forget_events();
  }
  ChatPage page(Client& who) {
    return who.ask_for<ChatPage>(ChatHistory{conversation_, std::nullopt, std::nullopt, 50});
  }
  std::vector<std::string> found(Client& who, const std::string& words,
                                 std::optional<ConversationId> conversation = std::nullopt) {
    std::vector<std::string> out;
    for (const auto& message : who.ask_for<ChatFound>(ChatSearch{words, conversation, std::nullopt, 50}).messages)
      out.push_back(message.text);
    return out;
  }
  ConversationId say(Client& from, Client& to, const std::string& text) {
    const auto conversation = from.ask_for<Conversation>(ConversationOpen{to.user()}).info.conversation;
    from.ask_for<ChatSent>(ChatSend{conversation, "said-" + std::to_string(++said_), text});
    return conversation;
  }

  Rig rig_;
  Client& alice_ = rig_["alice/desk"];
  Client& laptop_ = rig_["alice/laptop"];
  Client& bob_ = rig_["bob"];
  ConversationId conversation_ = 0;
  int said_ = 0;
};

TEST_F(MessageChangesTest, AnEditReachesEveryDeviceAndIsInPages) {
  rig_.advance(Seconds{60});
  const auto answer = alice_.ask_for<ChatChanged>(ChatEdit{conversation_, 1, "The meeting is at eleven"});
  EXPECT_EQ(answer.change, 1u);
  EXPECT_EQ(answer.message.text, "The meeting is at eleven");
  EXPECT_TRUE(answer.message.edited.has_value());
  EXPECT_TRUE(alice_.events<ChatChanged>().empty()) << "it has its answer";
  for (auto* other : {&laptop_, &bob_}) {
    const auto events = other->events<ChatChanged>();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0], answer);
  }
  const auto now = page(bob_);
  EXPECT_EQ(now.messages.at(0).text, "The meeting is at eleven");
  EXPECT_EQ(now.messages.at(0).edited, answer.message.edited);
  EXPECT_FALSE(now.messages.at(1).edited.has_value());
  EXPECT_EQ(now.changes, 1u);
}

TEST_F(MessageChangesTest, TheSameEditAgainChangesNothingAndTellsNobody) {
  const auto first = alice_.ask_for<ChatChanged>(ChatEdit{conversation_, 1, "eleven"});
  bob_.ask_for<ChatChanged>(ChatReact{conversation_, 1, "👍"});
  bob_.ask_for<ChatChanged>(ChatEdit{conversation_, 2, "Very good"});
  laptop_.forget_events();
  const auto again = alice_.ask_for<ChatChanged>(ChatEdit{conversation_, 1, "eleven"});
  EXPECT_EQ(again.change, 2u) << "the last change of this message, not of the conversation";
  EXPECT_EQ(again.message.edited, first.message.edited);
  EXPECT_TRUE(laptop_.events<ChatChanged>().empty());
}

TEST_F(MessageChangesTest, OnlyTheSenderEditsAndRemoves) {
  EXPECT_EQ(bob_.ask_for_error(ChatEdit{conversation_, 1, "mine"}), "forbidden");
  EXPECT_EQ(bob_.ask_for_error(ChatRemove{conversation_, 1}), "forbidden");
  EXPECT_EQ(alice_.ask_for_error(ChatEdit{conversation_, 3, "nobody's"}), "not_found");
  EXPECT_EQ(alice_.ask_for_error(ChatEdit{conversation_, 1, std::string("a\x01") + "b"}), "malformed");
  EXPECT_EQ(page(alice_).messages.at(0).text, "The meeting is at ten");
  EXPECT_TRUE(bob_.take().empty());
}

TEST_F(MessageChangesTest, ARemovedMessageHasNoTextAnywhere) {
  bob_.ask_for<ChatChanged>(ChatReact{conversation_, 1, "🎉"});
  const auto gone = alice_.ask_for<ChatChanged>(ChatRemove{conversation_, 1});
  EXPECT_TRUE(gone.message.removed);
  EXPECT_EQ(gone.message.text, "");
  EXPECT_TRUE(gone.message.reactions.empty());
  const auto now = page(bob_);
  ASSERT_EQ(now.messages.size(), 2u) << "its number stays";
  EXPECT_TRUE(now.messages[0].removed);
  EXPECT_EQ(now.messages[0].text, "");
  EXPECT_TRUE(now.messages[0].reactions.empty());
  EXPECT_TRUE(found(bob_, "meeting").empty());
  EXPECT_EQ(alice_.ask_for_error(ChatEdit{conversation_, 1, "again"}), "conflict");
  EXPECT_EQ(bob_.ask_for_error(ChatReact{conversation_, 1, "👍"}), "conflict");
  bob_.forget_events();
  EXPECT_EQ(alice_.ask_for<ChatChanged>(ChatRemove{conversation_, 1}).change, gone.change) << "twice is once";
  EXPECT_TRUE(bob_.events<ChatChanged>().empty());
}

TEST_F(MessageChangesTest, EverybodyThinksOneThingOfAMessage) {
  bob_.ask_for<ChatChanged>(ChatReact{conversation_, 1, "👍"});
  alice_.ask_for<ChatChanged>(ChatReact{conversation_, 1, "👍🏽"});
  const auto both = bob_.ask_for<ChatChanged>(ChatReact{conversation_, 1, "❤️"});
  EXPECT_EQ(both.message.reactions, (std::vector<Reaction>{{alice_.user(), "👍🏽"}, {bob_.user(), "❤️"}}));
  EXPECT_EQ(both.change, 3u);
  EXPECT_FALSE(both.message.edited.has_value());
  EXPECT_EQ(page(alice_).messages.at(0).reactions, both.message.reactions);
  EXPECT_EQ(bob_.ask_for<ChatChanged>(ChatReact{conversation_, 1, "❤️"}).change, 3u) << "the same again";
  const auto taken_back = bob_.ask_for<ChatChanged>(ChatReact{conversation_, 1, std::nullopt});
  EXPECT_EQ(taken_back.message.reactions, (std::vector<Reaction>{{alice_.user(), "👍🏽"}}));
  EXPECT_EQ(bob_.ask_for<ChatChanged>(ChatReact{conversation_, 1, std::nullopt}).change, 4u);
}

TEST_F(MessageChangesTest, AReactionIsAnEmojiAndNothingElse) {
  for (const auto* emoji :
       {"👍", "❤️", "👩‍👩‍👧‍👦", "🇨🇭", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☺"})
    EXPECT_EQ(bob_.ask_for_error(ChatReact{conversation_, 1, emoji}), "") << emoji;
  for (const auto* text : {"ok", "1", "12", "👍x", "\u202E👍", " ", "\u200D", "<b>", "1️", "\u20E3"})
    EXPECT_EQ(bob_.ask_for_error(ChatReact{conversation_, 1, text}), "malformed") << text;
}

TEST_F(MessageChangesTest, WhoWasAwayGetsWhatHasChangedSince) {
  for (int i = 3; i <= 230; ++i) {
    rig_.advance(Seconds{1});
    alice_.ask_for<ChatSent>(ChatSend{conversation_, "id-" + std::to_string(i), "text " + std::to_string(i)});
  }
  for (std::uint64_t n = 3; n <= 150; ++n) {
    rig_.advance(Seconds{1});
    alice_.ask_for<ChatChanged>(ChatEdit{conversation_, n, "edited"});
  }
  alice_.ask_for<ChatChanged>(ChatEdit{conversation_, 3, "edited once more"});
  bob_.forget_events();
  std::vector<std::uint64_t> numbers;
  std::uint64_t known = 2;
  for (bool more = true; more;) {
    const auto changes = bob_.ask_for<ChatChanges>(ChatChangesSince{conversation_, known, 3});
    for (const auto& message : changes.messages) numbers.push_back(message.number);
    EXPECT_GT(changes.change, known);
    known = changes.change;
    more = changes.more;
  }
  EXPECT_EQ(known, 149u);
  ASSERT_EQ(numbers.size(), 147u) << "the first two changes are known but for number 3, which changed again";
  EXPECT_EQ(numbers.front(), 5u);
  EXPECT_EQ(numbers.back(), 3u);
  const auto tail = bob_.ask_for<ChatChanges>(ChatChangesSince{conversation_, 0, 140});
  EXPECT_EQ(tail.messages.size(), 11u) << "only of messages that are known";
  EXPECT_EQ(tail.change, 149u);
  EXPECT_EQ(bob_.ask_for<Conversations>(ConversationList{0}).conversations.at(0).changes, 149u);
}

TEST_F(MessageChangesTest, SomebodyElsesMessagesAreAsIfTheyWereNotThere) {
  auto& mallory = rig_["carol"];
  bob_.ask_for<ChatChanged>(ChatReact{conversation_, 1, "👍"});
  for (const FromClient& attempt :
       {FromClient(ChatEdit{conversation_, 1, "x"}), FromClient(ChatRemove{conversation_, 1}),
        FromClient(ChatReact{conversation_, 1, "👍"}), FromClient(ChatChangesSince{conversation_, 0, 0}),
        FromClient(ChatSearch{"meeting", conversation_, std::nullopt, 10})})
    EXPECT_EQ(mallory.ask_for_error(attempt), "not_found");
  EXPECT_TRUE(found(mallory, "meeting").empty());
  EXPECT_EQ(page(alice_).messages.at(0).text, "The meeting is at ten");
}

TEST_F(MessageChangesTest, WordsAreFoundWhateverTheirCaseAndAccents) {
  say(alice_, bob_, "Das Café in Zürich, um Größe zu zeigen");
  EXPECT_EQ(found(bob_, "cafe").size(), 1u);
  EXPECT_EQ(found(bob_, "CAFÉ zuri").size(), 1u) << "the last word may be the beginning of one";
  EXPECT_EQ(found(bob_, "zuri cafe").size(), 0u) << "the others are whole";
  EXPECT_EQ(found(bob_, "cafe meeting").size(), 0u) << "all of them";
  EXPECT_EQ(found(bob_, "meeting ten").size(), 1u) << "wherever they stand";
  EXPECT_EQ(found(bob_, "the").size(), 1u);
  EXPECT_EQ(found(bob_, "eeting").size(), 0u);
}

TEST_F(MessageChangesTest, ScriptsWithoutBlanksAreFoundInTheMiddle) {
  say(alice_, bob_, "東京で会議を開きます");
  say(alice_, bob_, "สวัสดีตอนเช้า");
  say(alice_, bob_, "안녕하세요");
  say(alice_, bob_, "نلتقي في المكتب غدا");
  say(alice_, bob_, "हम दिल्ली में मिलते हैं");
  for (const auto* words : {"会議", "京で", "で会議を", "ตอน", "녕하", "المكتب", "दिल्ली", "दिल"})
    EXPECT_EQ(found(bob_, words).size(), 1u) << words;
  EXPECT_EQ(found(bob_, "議会").size(), 0u) << "in this order";
}

TEST_F(MessageChangesTest, WhatIsTypedIsNeverAnExpression) {
  say(alice_, bob_, R"(say "hi" AND (go) NOT col:umn*)");
  for (const auto* words : {R"("hi")", "AND", "NOT", "(go)", "col:umn", "umn*", R"(")", "u1", "NEAR(go hi)", "*", "- -",
                            "who:u1", "\xF0\x9F\x98\x80"})
    EXPECT_EQ(bob_.ask_for_error(ChatSearch{words, std::nullopt, std::nullopt, 10}), "") << words;
  EXPECT_EQ(found(bob_, R"("hi")").size(), 1u);
  EXPECT_EQ(found(bob_, "and not").size(), 1u);
  EXPECT_EQ(found(bob_, "col:umn").size(), 1u);
  EXPECT_TRUE(found(bob_, "u" + std::to_string(alice_.user())).empty()) << "members are no words of a message";
  EXPECT_TRUE(found(bob_, "…").empty());
}

TEST_F(MessageChangesTest, NobodyPutsMessagesIntoWhatOthersFind) {
  auto& carol = rig_["carol"];
  auto& dave = rig_["dave"];
  const auto bobs = 'u' + std::to_string(bob_.user()) + 'x';
  say(carol, dave, bobs + "planted \u00D7" + bobs + "planted \u00F7 " + bobs + " planted");
  for (const auto& words : std::vector<std::string>{"planted", bobs + "planted", "\u00D7planted", "\u00D7"})
    for (const auto& text : found(bob_, words)) EXPECT_EQ(text.find("planted"), std::string::npos) << words;
  EXPECT_EQ(found(dave, "planted").size(), 1u);
}

TEST_F(MessageChangesTest, AnEditIsFoundByItsNewWordsOnly) {
  alice_.ask_for<ChatChanged>(ChatEdit{conversation_, 1, "The lunch is at noon"});
  EXPECT_TRUE(found(bob_, "meeting").empty());
  EXPECT_EQ(found(bob_, "lunch"), std::vector<std::string>{"The lunch is at noon"});
}

TEST_F(MessageChangesTest, TheNewestIsFoundFirstInPagesAndInAllOfMyConversations) {
  auto& carol = rig_["carol"];
  say(carol, bob_, "nobody else sees this report");
  const auto with_carol = say(alice_, carol, "report 0");
  for (int i = 1; i <= 7; ++i)
    say(i % 2 == 0 ? alice_ : carol, i % 2 == 0 ? bob_ : alice_, "report " + std::to_string(i));
  std::vector<std::string> texts;
  std::optional<std::uint64_t> below;
  do {
    const auto page = alice_.ask_for<ChatFound>(ChatSearch{"report", std::nullopt, below, 3});
    EXPECT_LE(page.messages.size(), 3u);
    for (const auto& message : page.messages) texts.push_back(message.text);
    below = page.below;
  } while (below);
  EXPECT_EQ(texts, (std::vector<std::string>{"report 7", "report 6", "report 5", "report 4", "report 3", "report 2",
                                             "report 1", "report 0"}));
  EXPECT_EQ(found(alice_, "report", with_carol).size(), 5u);
  EXPECT_EQ(found(bob_, "report").size(), 4u);
}

TEST_F(MessageChangesTest, LongMessagesThatAreFoundFitAFrame) {
  for (int i = 0; i < 9; ++i) say(alice_, bob_, "long " + std::string(16'000, 'x'));
  const auto page = bob_.ask_for<ChatFound>(ChatSearch{"long", std::nullopt, std::nullopt, 50});
  EXPECT_LT(page.messages.size(), 9u);
  ASSERT_TRUE(page.below.has_value());
  std::size_t all = page.messages.size();
  for (auto below = page.below; below;) {
    const auto next = bob_.ask_for<ChatFound>(ChatSearch{"long", std::nullopt, below, 50});
    all += next.messages.size();
    below = next.below;
  }
  EXPECT_EQ(all, 9u);
}

}  // namespace
}  // namespace sidetone::service::testing
