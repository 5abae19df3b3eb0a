#include "tests/core/client/bench.hpp"

namespace sidetone::client::test {
namespace {

using model::MessageState;

protocol::ConversationInfo with_bob(std::uint64_t last = 0) { return {5, {{1, 0, 0}, {2, 0, 0}}, last, 100}; }

protocol::ChatMessage from_bob(std::uint64_t number, std::string text = "hello") {
  return {5, number, 100, std::nullopt, std::nullopt, std::move(text)};
}

class Chat : public testing::Test {
 protected:
  void SetUp() override { bench.sign_in(); }
  void know_bob(std::uint64_t last = 0) { bench.service(protocol::Conversation{with_bob(last)}); }
  std::vector<std::uint64_t> numbers() {
    std::vector<std::uint64_t> out;
    const auto conversation = bench.view().conversations.at(0);
    for (const auto& message : conversation.messages) out.push_back(message.number);
    return out;
  }
  Bench bench;
};

TEST_F(Chat, TheFirstMessageOpensTheConversation) {
  bench.happen(SendChat{2, "hello"}, 4);
  ASSERT_EQ(bench.sent<protocol::ConversationOpen>().size(), 1U);
  EXPECT_EQ(bench.view().conversations.at(0).messages.at(0).state, MessageState::kSending) << "shown at once";
  bench.answer<protocol::ConversationOpen>(protocol::Conversation{with_bob()});
  const auto sent = bench.sent<protocol::ChatSend>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].conversation, 5U);
  bench.answer<protocol::ChatSend>(protocol::ChatSent{5, 1, 100});
  EXPECT_EQ(bench.the<IntentDone>().value, "1");
  const auto message = bench.view().conversations.at(0).messages.at(0);
  EXPECT_EQ(message.number, 1U);
  EXPECT_EQ(message.state, MessageState::kSent);
}

TEST_F(Chat, WhatIsNotAcknowledgedIsSentAgainWithTheSameId) {
  know_bob();
  bench.happen(SendChat{2, "hello"}, 4);
  const auto first = bench.sent<protocol::ChatSend>().at(0);
  bench.lose_connection();
  EXPECT_FALSE(bench.did<IntentDone>()) << "it is still going to be sent";
  bench.come_back(true);
  const auto again = bench.sent<protocol::ChatSend>();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].client_message_id, first.client_message_id);
  bench.answer<protocol::ChatSend>(protocol::ChatSent{5, 1, 100});
  EXPECT_EQ(numbers(), std::vector<std::uint64_t>{1});
}

TEST_F(Chat, AMessageThatWasStoredBeforeTheLossIsNotDoubled) {
  know_bob();
  bench.happen(SendChat{2, "hello"}, 4);
  const auto id = bench.sent<protocol::ChatSend>().at(0).client_message_id;
  bench.lose_connection();
  bench.come_back(false);
  // The service has stored it; it comes back with the page before the second sending is answered.
  bench.answer<protocol::ConversationList>(protocol::Conversations{{with_bob(1)}, false});
  bench.answer<protocol::ChatHistory>(protocol::ChatPage{5, {{5, 1, 100, 1, id, "hello"}}, false});
  EXPECT_EQ(numbers(), std::vector<std::uint64_t>{1});
  EXPECT_TRUE(bench.state.chat.outbox.empty());
  EXPECT_EQ(bench.the<IntentDone>().value, "1");
}

TEST_F(Chat, OneMessageOfAConversationIsUnderWayAtATime) {
  know_bob();
  bench.happen(SendChat{2, "one"});
  const auto asked = bench.commands;
  bench.happen(SendChat{2, "two"});
  EXPECT_TRUE(bench.sent<protocol::ChatSend>().empty());
  bench.answer_from<protocol::ChatSend>(asked, protocol::ChatSent{5, 1, 100});
  ASSERT_EQ(bench.sent<protocol::ChatSend>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::ChatSend>()[0].text, "two");
}

TEST_F(Chat, ARefusedMessageIsShownAsFailedAndHoldsNothingUp) {
  know_bob();
  bench.happen(SendChat{2, "bad"}, 4);
  const auto asked = bench.commands;
  bench.happen(SendChat{2, "good"});
  bench.answer_from<protocol::ChatSend>(asked, failure(ErrorCode::kForbidden, "not yours"));
  EXPECT_EQ(bench.the<IntentDone>().code, "forbidden");
  EXPECT_EQ(bench.sent<protocol::ChatSend>().at(0).text, "good");
  EXPECT_EQ(bench.view().conversations.at(0).messages.at(0).state, MessageState::kFailed);
  EXPECT_EQ(bench.view().conversations.at(0).messages.at(0).failure, "not yours");
}

// A text within its limit may take six times as many bytes in a frame, and nobody would say so who gets it.
TEST_F(Chat, ATextThatFitsNoFrameIsRefusedHere) {
  know_bob();
  const std::string controls(protocol::limits::kChatTextBytes, '\x01');
  bench.happen(SendChat{2, controls}, 4);
  const auto done = bench.the<IntentDone>();
  EXPECT_FALSE(done.ok);
  EXPECT_EQ(done.code, "too_large");
  EXPECT_NE(done.text.find("65536"), std::string::npos) << done.text;
  EXPECT_TRUE(bench.sent<protocol::ChatSend>().empty());
  EXPECT_TRUE(bench.view().conversations.empty() || bench.view().conversations[0].messages.empty()) << "it waits";
  bench.happen(SendChat{2, std::string(protocol::limits::kChatTextBytes, '"')}, 5);
  EXPECT_EQ(bench.sent<protocol::ChatSend>().size(), 1U);
}

TEST_F(Chat, ARateLimitIsWaitedOut) {
  know_bob();
  bench.happen(SendChat{2, "hello"}, 4);
  auto limited = failure(ErrorCode::kRateLimited);
  limited.retry_after_ms = 1'234;
  bench.answer<protocol::ChatSend>(limited);
  EXPECT_EQ(bench.the<StartTimer>().after_ms, 1'234U);
  EXPECT_FALSE(bench.did<IntentDone>());
  bench.happen(TimerFired{"outbox"});
  EXPECT_EQ(bench.sent<protocol::ChatSend>().size(), 1U);
}

TEST_F(Chat, TheOutboxOutlivesTheClient) {
  bench.lose_connection();
  bench.happen(SendChat{2, "later"});
  const auto kept = bench.all<Persist>().back().persisted;
  ASSERT_EQ(kept.outbox.size(), 1U);
  Bench next;
  Start start;
  start.persisted = kept;
  next.happen(start);
  next.come_online();
  next.answer<protocol::ConversationList>(protocol::Conversations{{with_bob()}, false});
  ASSERT_EQ(next.sent<protocol::ChatSend>().size(), 1U);
  EXPECT_EQ(next.sent<protocol::ChatSend>()[0].client_message_id, kept.outbox[0].id);
}

TEST_F(Chat, AHoleIsFilledByNumber) {
  know_bob();
  bench.service(from_bob(1));
  bench.service(from_bob(4));
  const auto asked = bench.sent<protocol::ChatHistory>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].after, 1U);
  bench.answer<protocol::ChatHistory>(
      protocol::ChatPage{5, {{5, 2, 100, 2, std::nullopt, "b"}, {5, 3, 100, 2, std::nullopt, "c"}}, false});
  EXPECT_EQ(numbers(), (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST_F(Chat, NothingIsMarkedAsReceivedOverAHole) {
  know_bob();
  bench.service(from_bob(1));
  bench.answer<protocol::ChatMark>(protocol::Ok{});
  bench.service(from_bob(3));
  EXPECT_TRUE(bench.sent<protocol::ChatMark>().empty());
  bench.answer<protocol::ChatHistory>(protocol::ChatPage{5, {{5, 2, 100, 2, std::nullopt, "b"}}, false});
  ASSERT_EQ(bench.sent<protocol::ChatMark>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::ChatMark>()[0].delivered, 3U);
}

TEST_F(Chat, AWideHoleIsLeftOutInsteadOfFilled) {
  know_bob();
  bench.service(from_bob(1));
  bench.service(from_bob(5'000));
  EXPECT_EQ(numbers(), std::vector<std::uint64_t>{5'000});
}

TEST_F(Chat, MarkersRiseAndAreSentAgainUntilTheyAreAcknowledged) {
  know_bob();
  bench.service(from_bob(1));
  EXPECT_EQ(bench.sent<protocol::ChatMark>().at(0).delivered, 1U);
  EXPECT_EQ(bench.view().conversations.at(0).unread, 1U);
  bench.happen(ReadChat{5}, 2);
  EXPECT_EQ(bench.view().conversations.at(0).unread, 0U);
  bench.lose_connection();
  bench.come_back(true);
  const auto marks = bench.sent<protocol::ChatMark>();
  ASSERT_EQ(marks.size(), 1U);
  EXPECT_EQ(marks[0].delivered, 1U);
  EXPECT_EQ(marks[0].read, 1U);
  bench.answer<protocol::ChatMark>(protocol::Ok{});
  EXPECT_TRUE(bench.sent<protocol::ChatMark>().empty());
}

TEST_F(Chat, TheOthersMarkersShowHowFarAMessageHasCome) {
  know_bob();
  bench.happen(SendChat{2, "hello"});
  bench.answer<protocol::ChatSend>(protocol::ChatSent{5, 1, 100});
  const auto state = [&] { return bench.view().conversations.at(0).messages.at(0).state; };
  bench.service(protocol::ChatMarked{5, {2, 1, 0}});
  EXPECT_EQ(state(), MessageState::kDelivered);
  bench.service(protocol::ChatMarked{5, {2, 1, 1}});
  EXPECT_EQ(state(), MessageState::kRead);
  bench.service(protocol::ChatMarked{5, {2, 0, 0}});
  EXPECT_EQ(state(), MessageState::kRead) << "markers only rise";
}

TEST_F(Chat, AMessageOfMyOtherDeviceIsMine) {
  know_bob();
  bench.service(protocol::ChatMessage{5, 1, 100, 1, "elsewhere", "from the phone"});
  EXPECT_EQ(bench.view().conversations.at(0).messages.at(0).state, MessageState::kSent);
  EXPECT_FALSE(bench.did<Notify>());
}

TEST_F(Chat, TypingFades) {
  know_bob();
  bench.service(protocol::ChatTypingBy{5, 2});
  EXPECT_EQ(bench.view().conversations.at(0).typing, std::vector<UserId>{2});
  bench.now_ms += 5'000;
  bench.happen(TimerFired{"typing"});
  EXPECT_TRUE(bench.view().conversations.at(0).typing.empty());
}

TEST_F(Chat, KeystrokesAreToldEveryThreeSeconds) {
  know_bob();
  bench.happen(Typing{5});
  EXPECT_EQ(bench.sent<protocol::ChatTyping>().size(), 1U);
  bench.now_ms += 1'000;
  bench.happen(Typing{5});
  EXPECT_TRUE(bench.sent<protocol::ChatTyping>().empty());
  bench.now_ms += 2'000;
  bench.happen(Typing{5});
  EXPECT_EQ(bench.sent<protocol::ChatTyping>().size(), 1U);
}

TEST_F(Chat, OlderMessagesComeByPages) {
  know_bob(120);
  bench.answer<protocol::ChatHistory>([] {
    protocol::ChatPage page{5, {}, true};
    for (std::uint64_t number = 71; number <= 120; ++number)
      page.messages.push_back({5, number, 100, 2, std::nullopt, "x"});
    return page;
  }());
  EXPECT_FALSE(bench.view().conversations.at(0).complete);
  bench.happen(OlderMessages{5}, 6);
  const auto asked = bench.sent<protocol::ChatHistory>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].before, 71U);
}

}  // namespace
}  // namespace sidetone::client::test
