#include "tests/core/client/bench.hpp"

/// Messages that become other ones, that are looked for, and excerpts around them.
namespace sidetone::client::test {
namespace {

protocol::ConversationInfo talk_with_bob(std::uint64_t last, std::optional<std::uint64_t> changes = std::nullopt) {
  return {5, {{1, 0, 0}, {2, 0, 0}}, last, 100, changes};
}

protocol::ChatMessage a_message(std::uint64_t number, UserId sender = 2, std::string text = "hello") {
  return {5, number, 100, sender, std::nullopt, std::move(text)};
}

protocol::ChatPage a_page(std::uint64_t first, std::uint64_t last,
                          std::optional<std::uint64_t> changes = std::nullopt) {
  protocol::ChatPage out{5, {}, first > 1, changes};
  for (auto number = first; number <= last; ++number) out.messages.push_back(a_message(number));
  return out;
}

class ChatChanges : public testing::Test {
 protected:
  void SetUp() override { bench.sign_in(); }
  void know_bob(std::uint64_t last, std::optional<std::uint64_t> changes = std::nullopt) {
    bench.service(protocol::Conversation{talk_with_bob(last, changes)});
    if (last > 0) bench.answer<protocol::ChatHistory>(a_page(last > 50 ? last - 49 : 1, last, changes));
  }
  model::Message at(std::uint64_t number) {
    const auto& messages = bench.state.chat.conversations.at(5).messages;
    const auto found = messages.find(number);
    return found == messages.end() ? model::Message{} : found->second;
  }
  std::vector<std::uint64_t> excerpt() {
    std::vector<std::uint64_t> out;
    for (const auto& [number, one] : bench.state.chat.conversations.at(5).excerpt) out.push_back(number);
    return out;
  }
  Bench bench;
};

TEST_F(ChatChanges, AnEditIsSentAndShownWhenTheServiceHasIt) {
  know_bob(0);
  bench.happen(SendChat{2, "first"});
  bench.answer<protocol::ChatSend>(protocol::ChatSent{5, 1, 100});
  const auto id = at(1).client_message_id;
  bench.happen(EditMessage{5, 1, "second"}, 9);
  ASSERT_EQ(bench.sent<protocol::ChatEdit>().size(), 1U);
  EXPECT_EQ(at(1).text, "first") << "nobody has stored it yet";
  auto changed = a_message(1, 1, "second");
  changed.edited = 200;
  bench.answer<protocol::ChatEdit>(protocol::ChatChanged{1, changed});
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  EXPECT_EQ(at(1).text, "second");
  EXPECT_EQ(at(1).edited, 200);
  EXPECT_EQ(at(1).client_message_id, id) << "it is still the message that was sent";
}

TEST_F(ChatChanges, AChangeWhoseAnswerIsLostIsSentAgain) {
  know_bob(2);
  bench.happen(ReactToMessage{5, 2, "👍"}, 9);
  bench.lose_connection();
  EXPECT_FALSE(bench.did<IntentDone>());
  bench.come_back(true);
  ASSERT_EQ(bench.sent<protocol::ChatReact>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::ChatReact>()[0].emoji, "👍");
}

TEST_F(ChatChanges, WithoutTheServiceNothingChanges) {
  know_bob(2);
  bench.lose_connection();
  bench.happen(RemoveMessage{5, 2}, 9);
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
  bench.come_back(true);
  EXPECT_TRUE(bench.sent<protocol::ChatRemove>().empty());
  bench.happen(RemoveMessage{5, 99}, 9);
  EXPECT_EQ(bench.the<IntentDone>().code, "not_found");
}

TEST_F(ChatChanges, ARefusedChangeIsToldToWhoeverWantedIt) {
  know_bob(2);
  bench.happen(EditMessage{5, 2, "mine"}, 9);
  bench.answer<protocol::ChatEdit>(protocol::Failure{"forbidden", "somebody else wrote this message", "n", {}});
  EXPECT_EQ(bench.the<IntentDone>().code, "forbidden");
  EXPECT_EQ(at(2).text, "hello");
}

TEST_F(ChatChanges, WhatWasMissedIsAskedForFromTheFirstKnownMessageOn) {
  know_bob(80, 4);
  bench.lose_connection();
  bench.come_back(false);
  const auto asked = bench.commands;
  bench.answer_from<protocol::ConversationList>(asked, protocol::Conversations{{talk_with_bob(80, 9)}, false});
  const auto since = bench.sent<protocol::ChatChangesSince>();
  ASSERT_EQ(since.size(), 1U);
  EXPECT_EQ(since[0].change, 4U);
  EXPECT_EQ(since[0].from, 31U);
  auto removed = a_message(60);
  removed.removed = true;
  removed.text.clear();
  bench.answer<protocol::ChatChangesSince>(protocol::ChatChanges{5, 7, {removed}, true});
  EXPECT_TRUE(at(60).removed);
  ASSERT_EQ(bench.sent<protocol::ChatChangesSince>().size(), 1U) << "there are more";
  EXPECT_EQ(bench.sent<protocol::ChatChangesSince>()[0].change, 7U);
  bench.answer<protocol::ChatChangesSince>(protocol::ChatChanges{5, 9, {a_message(61, 2, "other")}, false});
  EXPECT_EQ(at(61).text, "other");
  EXPECT_TRUE(bench.sent<protocol::ChatChangesSince>().empty());
}

TEST_F(ChatChanges, AnAnswerThatTellsOfAnOldChangeHidesNoneThatWasMissed) {
  know_bob(3, 4);
  bench.service(protocol::ChatChanged{6, a_message(1, 2, "sixth")});
  EXPECT_EQ(at(1).text, "sixth");
  ASSERT_EQ(bench.sent<protocol::ChatChangesSince>().size(), 1U) << "the fifth has not been seen";
  const auto asked = bench.commands;
  bench.service(protocol::ChatChanged{3, a_message(2, 2, "third")});
  bench.answer_from<protocol::ChatChangesSince>(asked, protocol::ChatChanges{5, 6, {a_message(3, 2, "fifth")}, false});
  EXPECT_EQ(at(3).text, "fifth");
  EXPECT_EQ(bench.state.chat.conversations.at(5).changes, 6U);
}

TEST_F(ChatChanges, OnlyTheLastWishIsLookedFor) {
  know_bob(2);
  bench.happen(SearchChats{"mee", 0}, 1);
  const auto first = bench.commands;
  ASSERT_EQ(bench.sent<protocol::ChatSearch>().size(), 1U);
  EXPECT_FALSE(bench.sent<protocol::ChatSearch>()[0].conversation.has_value());
  bench.happen(SearchChats{"meet", 0});
  EXPECT_TRUE(bench.sent<protocol::ChatSearch>().empty()) << "one at a time";
  bench.happen(SearchChats{"meeting", 0});
  bench.answer_from<protocol::ChatSearch>(first, protocol::ChatFound{{a_message(1)}, std::nullopt});
  EXPECT_TRUE(bench.view().found.empty()) << "of other words";
  ASSERT_EQ(bench.sent<protocol::ChatSearch>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::ChatSearch>()[0].text, "meeting");
  bench.answer<protocol::ChatSearch>(protocol::ChatFound{{a_message(2, 1, "a meeting")}, 17});
  EXPECT_TRUE(bench.view().search_answered);
  ASSERT_EQ(bench.view().found.size(), 1U);
  EXPECT_EQ(bench.view().found[0].with, 2U);
  EXPECT_EQ(bench.view().found[0].message.text, "a meeting");
  bench.happen(MoreFound{});
  ASSERT_EQ(bench.sent<protocol::ChatSearch>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::ChatSearch>()[0].below, 17U);
  bench.answer<protocol::ChatSearch>(protocol::ChatFound{{a_message(1, 2, "meeting")}, std::nullopt});
  EXPECT_EQ(bench.view().found.size(), 2U);
  bench.happen(MoreFound{});
  EXPECT_TRUE(bench.sent<protocol::ChatSearch>().empty()) << "there are no more";
  bench.happen(SearchChats{"", 0});
  EXPECT_TRUE(bench.view().found.empty());
}

TEST_F(ChatChanges, WhatWasFoundChangesWithItsMessageAndGoesWithIt) {
  know_bob(2);
  bench.happen(SearchChats{"hello", 5});
  EXPECT_EQ(bench.sent<protocol::ChatSearch>().at(0).conversation, 5U);
  bench.answer<protocol::ChatSearch>(protocol::ChatFound{{a_message(2), a_message(1)}, std::nullopt});
  bench.service(protocol::ChatChanged{1, a_message(2, 2, "hello again")});
  EXPECT_EQ(bench.view().found.at(0).message.text, "hello again");
  auto removed = a_message(1);
  removed.removed = true;
  bench.service(protocol::ChatChanged{2, removed});
  EXPECT_EQ(bench.view().found.size(), 1U);
}

TEST_F(ChatChanges, ALossInASearchIsMadeUpFor) {
  know_bob(2);
  bench.happen(SearchChats{"hello", 0});
  bench.lose_connection();
  bench.come_back(true);
  ASSERT_EQ(bench.sent<protocol::ChatSearch>().size(), 1U);
  bench.answer<protocol::ChatSearch>(protocol::ChatFound{{a_message(2)}, std::nullopt});
  EXPECT_EQ(bench.view().found.size(), 1U);
}

TEST_F(ChatChanges, AMessageFarBackComesAsAnExcerptThatGrowsIntoTheConversation) {
  know_bob(300);
  bench.happen(ShowMessage{5, 280}, 3);
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  EXPECT_TRUE(excerpt().empty()) << "it is there";
  bench.happen(ShowMessage{5, 100}, 4);
  const auto asked = bench.sent<protocol::ChatHistory>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].after, 75U);
  bench.answer<protocol::ChatHistory>(a_page(76, 125));
  EXPECT_EQ(bench.the<IntentDone>().intent, 4U);
  EXPECT_EQ(excerpt().front(), 76U);
  EXPECT_EQ(excerpt().back(), 125U);
  EXPECT_EQ(bench.view().conversations.at(0).messages.size(), 50U) << "the newest stay what they are";

  bench.happen(OlderMessages{5});
  EXPECT_EQ(bench.sent<protocol::ChatHistory>().at(0).before, 76U);
  bench.answer<protocol::ChatHistory>(a_page(26, 75));
  EXPECT_EQ(excerpt().front(), 26U);
  for (std::uint64_t last = 125; last < 250; last = std::min<std::uint64_t>(last + 50, 250)) {
    bench.happen(NewerMessages{5});
    ASSERT_EQ(bench.sent<protocol::ChatHistory>().at(0).after, last);
    bench.answer<protocol::ChatHistory>(a_page(last + 1, std::min<std::uint64_t>(last + 50, 250)));
  }
  EXPECT_TRUE(excerpt().empty());
  EXPECT_EQ(bench.view().conversations.at(0).messages.size(), 275U) << "without a hole";
}

TEST_F(ChatChanges, APageOfAnExcerptThatWasLeftBeginsAnotherOneOnlyWhereItFits) {
  know_bob(1'000);
  bench.happen(ShowMessage{5, 100});
  const auto first = bench.commands;
  bench.happen(ShowMessage{5, 500});
  const auto second = bench.commands;
  bench.answer_from<protocol::ChatHistory>(second, a_page(476, 525));
  bench.answer_from<protocol::ChatHistory>(first, a_page(76, 125));
  EXPECT_EQ(excerpt().front(), 476U);
  bench.happen(LeaveExcerpt{5});
  EXPECT_TRUE(excerpt().empty());
}

TEST_F(ChatChanges, AnExcerptOfAnEarlierSessionIsOfNoUse) {
  know_bob(300);
  bench.happen(ShowMessage{5, 100});
  bench.answer<protocol::ChatHistory>(a_page(76, 125));
  bench.service(protocol::ChatChanged{1, a_message(100, 2, "changed")});
  EXPECT_EQ(bench.state.chat.conversations.at(5).excerpt.at(100).text, "changed");
  bench.lose_connection();
  bench.come_back(true);
  EXPECT_FALSE(excerpt().empty()) << "the session went on: nothing was missed";
  bench.lose_connection();
  bench.come_back(false);
  EXPECT_TRUE(excerpt().empty());
}

}  // namespace
}  // namespace sidetone::client::test
