#include "tests/service/support/rig.hpp"

/// Conversations, messages and markers between devices of two people.
namespace sidetone::service::testing {
namespace {

using namespace protocol;

class MessagingTest : public ::testing::Test {
 protected:
  ConversationId open(Client& from, Client& to) {
    return from.ask_for<Conversation>(ConversationOpen{to.user()}).info.conversation;
  }
  Rig rig_;
};

TEST_F(MessagingTest, AMessageReachesEveryDeviceOfBothButTheOneThatSentIt) {
  auto& desk = rig_["alice/desk"];
  auto& laptop = rig_["alice/laptop"];
  auto& bob = rig_["bob"];
  const auto conversation = open(desk, bob);
  desk.take();
  const auto sent = desk.ask_for<ChatSent>(ChatSend{conversation, "id-1", "hello"});
  EXPECT_EQ(sent.number, 1u);
  EXPECT_EQ(desk.events<ChatMessage>().size(), 0u);
  const auto own = laptop.events<ChatMessage>();
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own[0].sender, desk.user());
  EXPECT_EQ(own[0].client_message_id, "id-1");
  EXPECT_EQ(bob.events<Conversation>().size(), 1u) << "before its first message";
  const auto arrived = bob.events<ChatMessage>();
  ASSERT_EQ(arrived.size(), 1u);
  EXPECT_EQ(arrived[0].text, "hello");
  EXPECT_FALSE(arrived[0].client_message_id) << "only to the sender's own devices";
  desk.ask_for<ChatSent>(ChatSend{conversation, "id-2", "again"});
  EXPECT_EQ(bob.events<Conversation>().size(), 0u);
}

TEST_F(MessagingTest, AMessageCostsLittleBeyondItsText) {
  auto& alice = rig_["alice"];
  auto& bob = rig_["bob"];
  const auto conversation = open(alice, bob);
  alice.ask_for<ChatSent>(ChatSend{conversation, "id-1", "x"});
  bob.take();
  const std::string text = "Shall we meet at ten?";
  alice.ask_for<ChatSent>(ChatSend{conversation, "id-2", text});
  const auto received = bob.take();
  ASSERT_EQ(received.size(), 1u);
  EXPECT_LE(received[0].bytes, text.size() + 60);
}

TEST_F(MessagingTest, SendingTheSameAgainGivesTheSameAnswerAndNoSecondMessage) {
  auto& alice = rig_["alice"];
  auto& bob = rig_["bob"];
  const auto conversation = open(alice, bob);
  const auto first = alice.ask_for<ChatSent>(ChatSend{conversation, "id", "hello"});
  rig_.advance(Seconds{5});
  EXPECT_EQ(alice.ask_for<ChatSent>(ChatSend{conversation, "id", "hello"}), first);
  EXPECT_EQ(bob.events<ChatMessage>().size(), 1u);
}

TEST_F(MessagingTest, NothingIsAcknowledgedBeforeItIsCommitted) {
  auto& alice = rig_["alice"];
  auto& bob = rig_["bob"];
  const auto conversation = open(alice, bob);
  alice.take();
  bob.take();
  rig_.service->clients().received(alice.connection, "{\"t\":\"chat_send\",\"r\":99,\"c\":" +
                                                         std::to_string(conversation) + ",\"i\":\"a\",\"x\":\"hi\"}");
  EXPECT_TRUE(alice.take().empty());
  EXPECT_TRUE(bob.take().empty());
  rig_.settle();
  EXPECT_EQ(alice.events<ChatSent>().size(), 1u);
  EXPECT_EQ(bob.events<ChatMessage>().size(), 1u);
}

TEST_F(MessagingTest, SomebodyElsesConversationIsAsIfItWereNotThere) {
  auto& alice = rig_["alice"];
  auto& bob = rig_["bob"];
  auto& mallory = rig_["carol"];
  const auto conversation = open(alice, bob);
  alice.ask_for<ChatSent>(ChatSend{conversation, "id", "secret"});
  bob.take();
  const std::vector<FromClient> attempts{ChatSend{conversation, "m", "let me in"},
                                         ChatHistory{conversation, std::nullopt, std::nullopt, 10},
                                         ChatMark{conversation, 1, 1}, ChatTyping{conversation}};
  for (const auto& attempt : attempts) {
    const auto answer = mallory.ask(attempt);
    ASSERT_TRUE(std::holds_alternative<Failure>(answer));
    EXPECT_EQ(std::get<Failure>(answer).code, "not_found");
  }
  EXPECT_EQ(Client::describe(mallory.ask(ChatSend{conversation, "m", "x"})),
            Client::describe(mallory.ask(ChatSend{999, "m", "x"})));
  EXPECT_TRUE(bob.take().empty());
  EXPECT_EQ(alice.ask_for<ChatPage>(ChatHistory{conversation, std::nullopt, std::nullopt, 10}).messages.size(), 1u);
}

TEST_F(MessagingTest, MarkersRiseAndAreSeenByAllDevices) {
  auto& alice = rig_["alice"];
  auto& desk = rig_["bob/desk"];
  auto& phone = rig_["bob/phone"];
  const auto conversation = open(alice, desk);
  for (int i = 1; i <= 3; ++i) alice.ask_for<ChatSent>(ChatSend{conversation, std::to_string(i), "x"});
  desk.ask_for<Ok>(ChatMark{conversation, 3, 2});
  const auto seen = alice.events<ChatMarked>();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].marker, (ReadMarker{desk.user(), 3, 2}));
  EXPECT_EQ(phone.events<ChatMarked>().size(), 1u);
  EXPECT_EQ(desk.events<ChatMarked>().size(), 0u);
  desk.ask_for<Ok>(ChatMark{conversation, 1, 1});
  EXPECT_EQ(alice.events<ChatMarked>().size(), 0u) << "they never fall";
}

TEST_F(MessagingTest, TypingIsShownToTheOther) {
  auto& alice = rig_["alice"];
  auto& bob = rig_["bob"];
  const auto conversation = open(alice, bob);
  alice.take();
  alice.send_without_id(ChatTyping{conversation});
  EXPECT_TRUE(alice.take().empty()) << "not answered without a request id";
  const auto typing = bob.events<ChatTypingBy>();
  ASSERT_EQ(typing.size(), 1u);
  EXPECT_EQ(typing[0].user, alice.user());
}

TEST_F(MessagingTest, ControlCharactersAndOneselfAreRefused) {
  auto& alice = rig_["alice"];
  auto& bob = rig_["bob"];
  const auto conversation = open(alice, bob);
  EXPECT_EQ(alice.ask_for_error(ChatSend{conversation, "id", std::string("a\x01") + "b"}), "malformed");
  EXPECT_EQ(alice.ask_for_error(ConversationOpen{alice.user()}), "out_of_range");
  EXPECT_EQ(alice.ask_for_error(ConversationOpen{9999}), "not_found");
  alice.ask_for<ChatSent>(ChatSend{conversation, "id", "line\nline\ttab"});
}

/// What a client knows of its conversations: from lists and pages, or from events.
struct KnownChats {
  std::map<ConversationId, ConversationInfo> conversations;
  std::map<std::pair<ConversationId, std::uint64_t>, std::string> messages;
  bool operator==(const KnownChats&) const = default;
};

KnownChats fresh(Client& client) {
  KnownChats known;
  for (const auto& info : client.ask_for<Conversations>(ConversationList{0}).conversations) {
    known.conversations[info.conversation] = info;
    std::optional<std::uint64_t> after = 0;
    for (;;) {
      const auto page = client.ask_for<ChatPage>(ChatHistory{info.conversation, std::nullopt, after, 7});
      for (const auto& message : page.messages) known.messages[{info.conversation, message.number}] = message.text;
      if (!page.more) break;
      after = page.messages.back().number;
    }
  }
  return known;
}

void apply(KnownChats& known, const Received& event) {
  if (const auto* conversation = std::get_if<Conversation>(&event.message))
    known.conversations[conversation->info.conversation] = conversation->info;
  if (const auto* message = std::get_if<ChatMessage>(&event.message)) {
    known.messages[{message->conversation, message->number}] = message->text;
    auto& info = known.conversations[message->conversation];
    info.last_number = message->number;
    info.last_time = message->time;
  }
  if (const auto* marked = std::get_if<ChatMarked>(&event.message))
    for (auto& member : known.conversations[marked->conversation].members)
      if (member.user == marked->marker.user) member = marked->marker;
}

TEST_F(MessagingTest, AnOldSnapshotPlusTheEventsSinceIsAFreshSnapshot) {
  auto& watcher = rig_["bob/watcher"];
  std::vector<Client*> people{&rig_["alice"], &rig_["carol"], &rig_["bob/other"]};
  std::mt19937 dice(7);
  KnownChats known;
  for (int round = 0; round < 200; ++round) {
    auto& from = *people[dice() % people.size()];
    auto& to = from.user() == watcher.user() ? *people[dice() % 2] : watcher;
    const auto conversation = open(from, to);
    const auto what = dice() % 3;
    if (what == 0) {
      const auto page = from.ask_for<ChatPage>(ChatHistory{conversation, std::nullopt, std::nullopt, 1});
      if (!page.messages.empty())
        from.ask(ChatMark{conversation, page.messages[0].number, dice() % (page.messages[0].number + 1)});
    } else {
      from.ask_for<ChatSent>(ChatSend{conversation, std::to_string(round), "text " + std::to_string(round)});
    }
    rig_.advance(Seconds{1});
    for (const auto& event : watcher.take()) apply(known, event);
  }
  auto now = fresh(watcher);
  // A conversation without a message is in lists only.
  std::erase_if(now.conversations, [](const auto& one) { return one.second.last_number == 0; });
  EXPECT_EQ(known, now);
}

TEST_F(MessagingTest, EchoAndMusicAnswerChat) {
  auto& alice = rig_["alice"];
  for (const auto& [robot, answer] :
       {std::pair{"echo", "hello echo"}, {"music", "I only know how to play music. Call me and listen."}}) {
    const auto conversation = alice.ask_for<Conversation>(ConversationOpen{rig_.user(robot)}).info.conversation;
    alice.ask_for<ChatSent>(ChatSend{conversation, robot, "hello echo"});
    alice.forget_events();
    rig_.advance(Milliseconds{900});
    EXPECT_TRUE(alice.events<ChatMessage>().empty());
    rig_.advance(Milliseconds{200});
    const auto answers = alice.events<ChatMessage>();
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].text, answer);
  }
}

}  // namespace
}  // namespace sidetone::service::testing
