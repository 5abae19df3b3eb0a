#include "net/websocket.hpp"
#include "tests/service/support/rig.hpp"

/// Sign-in, sessions, resumption, slow clients and hostile frames.
namespace sidetone::service::testing {
namespace {

using namespace protocol;

TEST(SignInTest, AWrongPasswordAndAnUnknownNameGetTheSameAnswerForTheSameWork) {
  Rig rig;
  std::vector<std::string> answers;
  std::vector<int> work;
  for (const char* login : {"alice", "nobody"}) {
    auto& client = rig.stranger(login);
    client.connect();
    const int before = rig.passwords.checks;
    const auto commits = rig.store->commits();
    answers.push_back(Client::describe(client.ask(SignIn{login, "wrong", "desk", ""})));
    work.push_back(rig.passwords.checks - before);
    work.push_back(static_cast<int>(rig.store->commits() - commits));
  }
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(work, (std::vector{1, 1, 1, 1}));
}

TEST(SignInTest, NamesAreComparedWithoutCase) {
  Rig rig;
  auto& client = rig.stranger("alice");
  client.connect();
  EXPECT_EQ(client.ask_for<SignedIn>(SignIn{" Alice ", "sidetone", "desk", ""}).user, rig.user("alice"));
}

TEST(SignInTest, GuessingIsSlowedDownAndNeverLockedOut) {
  Rig rig;
  auto& guesser = rig.stranger("alice/guesser");
  guesser.connect("203.0.113.5");
  const SignIn wrong{"alice", "wrong", "x", ""};
  const SignIn right{"alice", "sidetone", "x", ""};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(guesser.ask_for_error(wrong), "unauthenticated");
  const int checks = rig.passwords.checks;
  const auto refused = guesser.ask_for<Failure>(right);
  EXPECT_EQ(refused.code, "rate_limited") << "the right password is not looked at either";
  EXPECT_GT(refused.retry_after_ms.value_or(0), 0u);
  EXPECT_EQ(rig.passwords.checks, checks);
  rig["alice/elsewhere"];  // another address is not locked out
  rig.advance(Seconds{1});
  EXPECT_EQ(guesser.ask_for_error(wrong), "unauthenticated");
  EXPECT_GT(guesser.ask_for<Failure>(right).retry_after_ms.value_or(0), 1000u) << "each wait is twice as long";
  rig.advance(Seconds{60});
  guesser.connect("203.0.113.5");
  guesser.ask_for<SignedIn>(right);
}

TEST(SignInTest, AnOverloadedPasswordPoolAsksToTryAgain) {
  Rig rig;
  rig.passwords.full = true;
  auto& client = rig.stranger("alice");
  client.connect();
  const auto refused = client.ask_for<Failure>(SignIn{"alice", "sidetone", "x", ""});
  EXPECT_EQ(refused.code, "unavailable");
  EXPECT_GT(refused.retry_after_ms.value_or(0), 0u);
}

TEST(SignInTest, NothingIsDoneForSomebodyWhoHasNotSignedIn) {
  Rig rig;
  auto& client = rig.stranger("alice");
  client.connect();
  EXPECT_EQ(client.ask_for_error(ConversationOpen{rig.user("bob")}), "unauthenticated");
  EXPECT_EQ(client.ask_for_error(Resume{"made up", std::nullopt, std::nullopt}), "unauthenticated");
  client.ask_for<Ok>(Ping{});
  rig.advance(Seconds{31});
  EXPECT_TRUE(client.closed_with(net::kClosePolicy)) << "nobody may sit there for ever";
}

TEST(SignInTest, AConnectionIsAdmittedOnce) {
  Rig rig;
  auto& client = rig.stranger("alice");
  client.connect();
  rig.passwords.slow = true;
  const SignIn right{"alice", "sidetone", "x", ""};
  client.send(right);
  // What the hub answers while the doorkeeper is at work does not open the door a second time.
  EXPECT_EQ(client.ask_for_error(right), "conflict");
  EXPECT_EQ(client.ask_for_error(ConversationOpen{rig.user("bob")}), "unauthenticated");
  EXPECT_EQ(client.ask_for_error(right), "conflict");
  EXPECT_EQ(rig.passwords.waiting.size(), 1u);
  rig.passwords.finish();
  rig.settle();
  EXPECT_EQ(client.events<SignedIn>().size(), 1u);
  EXPECT_EQ(rig.service->clients().sessions(), 1u);
  client.lose();
  rig.advance(Seconds{601});
  EXPECT_EQ(rig.service->clients().sessions(), 0u) << "no ghost stays";
}

TEST(SignInTest, AResumptionThatIsUnderWayIsTheOnlyOne) {
  Rig rig;
  auto& alice = rig["alice"];
  alice.lose();
  alice.connect();
  const Resume resume{alice.signed_in.token, alice.signed_in.session, alice.last_sequence};
  auto& hub = rig.service->clients();
  // All before the store has answered the first.
  hub.received(alice.connection, encode(resume, Envelope{1, std::nullopt}));
  hub.received(alice.connection, encode(CallList{}, Envelope{2, std::nullopt}));
  hub.received(alice.connection, encode(resume, Envelope{3, std::nullopt}));
  rig.settle();
  const auto failures = alice.events<Failure>();
  ASSERT_EQ(failures.size(), 2u);
  EXPECT_EQ(failures[0].code, "unauthenticated");
  EXPECT_EQ(failures[1].code, "conflict");
  EXPECT_EQ(alice.events<SignedIn>().size(), 1u);
  EXPECT_EQ(rig.service->counters().get("resumptions"), 1u);
}

TEST(SignInTest, ManyAttemptsAtOnceAreNoMoreThanOneAfterAnother) {
  Rig rig;
  rig.passwords.slow = true;
  int refused = 0;
  for (int i = 0; i < 30; ++i) {
    auto& guesser = rig.stranger("alice/" + std::to_string(i));
    guesser.connect("203.0.113.5");
    guesser.send(SignIn{"alice", "wrong", "x", ""});
    refused += guesser.events<Failure>().empty() ? 0 : 1;
  }
  EXPECT_EQ(rig.passwords.checks, 5);
  EXPECT_EQ(refused, 25);
}

TEST(SignInTest, APasswordOfAnotherCostIsHashedAnewOnce) {
  Rig rig;
  rig.passwords.outdated = "plain:";
  rig["alice/one"];
  EXPECT_EQ(rig.passwords.hashes, 1);
  EXPECT_EQ(rig.service->counters().get("passwords_renewed"), 1u);
  rig.passwords.outdated = "old:";
  rig["alice/two"];
  EXPECT_EQ(rig.passwords.hashes, 1);
}

TEST(SignInTest, AStrangerIsHeldShort) {
  Rig rig;
  auto& client = rig.stranger("alice");
  client.connect();
  EXPECT_EQ(client.wire->allowed, kStrangerQueueBytes);
  for (int i = 0; i < 20; ++i) client.ask_for<Ok>(Ping{});
  EXPECT_FALSE(client.wire->closed);
  client.send(Ping{});
  EXPECT_TRUE(client.closed_with(net::kClosePolicy)) << "frames that can be read are counted too";
  auto& known = rig["bob"];
  EXPECT_GE(known.wire->allowed, std::size_t{rig.settings.ring_kib} * 1024 + limits::kFrameBytes)
      << "a full ring can be sent again";
}

TEST(SessionTest, AResumedSessionGetsExactlyWhatItMissed) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  const auto conversation = alice.ask_for<Conversation>(ConversationOpen{bob.user()}).info.conversation;
  alice.ask_for<ChatSent>(ChatSend{conversation, "1", "before"});
  bob.take();
  bob.lose();
  alice.ask_for<ChatSent>(ChatSend{conversation, "2", "while away"});
  EXPECT_TRUE(bob.resume());
  const auto missed = bob.events<ChatMessage>();
  ASSERT_EQ(missed.size(), 1u);
  EXPECT_EQ(missed[0].text, "while away");
}

TEST(SessionTest, FramesThatWereSentButNeverArrivedAreSentAgain) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  const auto conversation = alice.ask_for<Conversation>(ConversationOpen{bob.user()}).info.conversation;
  bob.take();
  alice.ask_for<ChatSent>(ChatSend{conversation, "1", "lost on the way"});
  bob.wire->frames.clear();  // written to a connection that was dead already
  bob.lose();
  EXPECT_TRUE(bob.resume());
  EXPECT_EQ(bob.events<ChatMessage>().size(), 1u);
}

TEST(SessionTest, ResumingNeverChecksAPassword) {
  Rig rig;
  auto& alice = rig["alice"];
  alice.lose();
  const int checks = rig.passwords.checks;
  EXPECT_TRUE(alice.resume());
  EXPECT_EQ(rig.passwords.checks, checks);
}

TEST(SessionTest, TheAnswerWithTheFreshTokenMayBeLost) {
  Rig rig;
  auto& alice = rig["alice"];
  const auto token = alice.signed_in.token;
  alice.lose();
  EXPECT_TRUE(alice.resume());
  EXPECT_NE(alice.signed_in.token, token);
  alice.lose();
  alice.signed_in.token = token;
  EXPECT_TRUE(alice.resume());
}

TEST(SessionTest, ASessionIsForgottenAfterItsTimeAndTheDeviceIsNot) {
  Rig rig;
  auto& alice = rig["alice"];
  const auto device = alice.device();
  alice.lose();
  rig.advance(Seconds{601});
  EXPECT_FALSE(alice.resume());
  EXPECT_EQ(alice.device(), device);
}

TEST(SessionTest, MoreThanTheRingHoldsIsNotResumed) {
  config::Settings settings;
  settings.ring_frames = 16;
  Rig rig(settings);
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  const auto conversation = alice.ask_for<Conversation>(ConversationOpen{bob.user()}).info.conversation;
  bob.take();
  bob.lose();
  for (int i = 0; i < 40; ++i) alice.ask_for<ChatSent>(ChatSend{conversation, std::to_string(i), "x"});
  rig.advance(Milliseconds{100});
  EXPECT_FALSE(bob.resume());
  EXPECT_EQ(bob.ask_for<ChatPage>(ChatHistory{conversation, std::nullopt, std::nullopt, 100}).messages.size(), 40u)
      << "nothing is lost by that";
}

TEST(SessionTest, ANumberFromAnotherLifeIsNotResumed) {
  Rig rig;
  auto& alice = rig["alice"];
  alice.take();
  alice.lose();
  alice.last_sequence = 1000;
  EXPECT_FALSE(alice.resume());
  alice.lose();
  alice.signed_in.session = "another";
  EXPECT_FALSE(alice.resume());
}

TEST(SessionTest, ANewConnectionOfTheSameDeviceTakesOver) {
  Rig rig;
  auto& alice = rig["alice"];
  const auto old_wire = alice.wire;
  const auto old_connection = alice.connection;
  EXPECT_TRUE(alice.resume());
  EXPECT_EQ(old_wire->closed, net::kCloseNormal);
  rig.service->clients().closed(old_connection);  // the end of the old connection is not the end of the new one
  alice.ask_for<Ok>(Ping{});
  EXPECT_EQ(rig.service->clients().sessions(), 1u);
}

TEST(DevicesTest, ARevokedDeviceIsToldCutOffAndCannotComeBack) {
  Rig rig;
  auto& desk = rig["alice/desk"];
  auto& laptop = rig["alice/laptop"];
  const auto devices = desk.ask_for<SignedInDevices>(DeviceList{}).devices;
  ASSERT_EQ(devices.size(), 2u);
  for (const auto& device : devices) {
    EXPECT_TRUE(device.online);
    EXPECT_EQ(device.current, device.device == desk.device());
  }
  desk.ask_for<Ok>(DeviceRevoke{laptop.device()});
  EXPECT_EQ(laptop.events<SignedOut>().size(), 1u);
  EXPECT_TRUE(laptop.closed_with(net::kCloseSignedOut));
  laptop.lose();
  laptop.connect();
  EXPECT_EQ(laptop.ask_for_error(Resume{laptop.signed_in.token, laptop.signed_in.session, 0}), "unauthenticated");
  EXPECT_EQ(desk.ask_for<SignedInDevices>(DeviceList{}).devices.size(), 1u);
}

TEST(DevicesTest, TheOneUsedLeastMakesRoom) {
  config::Settings settings;
  settings.devices_per_user = 3;
  Rig rig(settings);
  rig["alice/one"];
  rig.advance(Seconds{5});
  rig["alice/two"].lose();
  rig.advance(Seconds{5});
  auto& three = rig["alice/three"];
  rig.advance(Seconds{5});
  rig["alice/four"];
  auto& two = rig.stranger("alice/two");
  EXPECT_FALSE(rig["alice/one"].wire->closed) << "is connected, so it is in use";
  EXPECT_EQ(three.ask_for<SignedInDevices>(DeviceList{}).devices.size(), 3u);
  EXPECT_EQ(rig.service->clients().sessions(), 3u);
  two.connect();
  EXPECT_EQ(two.ask_for_error(Resume{two.signed_in.token, two.signed_in.session, 0}), "unauthenticated");
  rig["alice/five"];
  EXPECT_EQ(rig.service->clients().sessions(), 3u) << "all are connected: still no more than three";
}

TEST(DevicesTest, SomebodyElsesDeviceIsOutOfReach) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  EXPECT_EQ(alice.ask_for_error(DeviceRevoke{bob.device()}), "not_found");
  bob.ask_for<Ok>(Ping{});
}

TEST(HostileTest, FramesThatCannotBeReadAreAnsweredCountedAndChangeNothing) {
  Rig rig;
  auto& alice = rig["alice"];
  alice.take();
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{", "malformed"},
      {"[]", "malformed"},
      {"{\"t\":5}", "malformed"},
      {"{\"t\":\"ping\",\"r\":-1}", "malformed"},
      {"{\"t\":\"chat_send\",\"r\":1}", "malformed"},
      {"{\"t\":\"make_me_rich\",\"r\":2}", "unknown_type"},
      {"{\"t\":\"signed_in\",\"r\":3}", "unknown_type"},
      {"{\"t\":\"chat_history\",\"c\":1,\"l\":1000,\"r\":4}", "out_of_range"},
      {"{\"t\":\"ping\",\"x\":\"" + std::string(limits::kFrameBytes, 'x') + "\"}", "too_large"},
  };
  for (const auto& [text, code] : cases) {
    const auto before = rig.service->counters().get("frames_refused");
    alice.send_text(text);
    const auto failures = alice.events<Failure>();
    ASSERT_EQ(failures.size(), 1u) << text.substr(0, 80);
    EXPECT_EQ(failures[0].code, code) << text.substr(0, 80);
    EXPECT_FALSE(failures[0].text.empty());
    EXPECT_EQ(rig.service->counters().get("frames_refused"), before + 1);
  }
  alice.ask_for<Ok>(Ping{});
  for (int i = 0; i < 30; ++i) alice.send_text("{");
  EXPECT_TRUE(alice.closed_with(net::kClosePolicy)) << "patience ends";
}

TEST(HostileTest, TooManyRequestsOfAKindAreRefusedAndOthersAreNot) {
  Rig rig;
  auto& alice = rig["alice"];
  int refused = 0;
  for (int i = 0; i < 30; ++i)
    refused +=
        alice.ask_for_error(StatusSet{Availability::kAway, std::nullopt, std::nullopt}) == "rate_limited" ? 1 : 0;
  EXPECT_EQ(refused, 10);
  alice.ask_for<Calls>(CallList{});
  rig.advance(Seconds{1});
  EXPECT_EQ(alice.ask_for_error(StatusSet{Availability::kOnline, std::nullopt, std::nullopt}), "");
}

struct SlowTalk {
  Client& alice;
  Client& bob;
  ConversationId conversation = 0;
};

/// Two who talk, one of whom reads no more.
SlowTalk stall_bob(Rig& rig) {
  SlowTalk talk{rig["alice"], rig["bob"]};
  talk.conversation = talk.alice.ask_for<Conversation>(ConversationOpen{talk.bob.user()}).info.conversation;
  talk.bob.take();
  talk.bob.wire->stalled = true;
  return talk;
}

TEST(SlowClientTest, SignallingGoesFirstTypingIsDroppedAndTheRestWaits) {
  Rig rig;
  const auto [alice, bob, conversation] = stall_bob(rig);
  for (int i = 0; i < 8; ++i)
    alice.ask_for<ChatSent>(ChatSend{conversation, std::to_string(i), std::string(16'000, 'x')});
  alice.ask_for<Ok>(ChatTyping{conversation});
  const auto call = place_call(rig, alice, bob.user());
  // What a stalled socket holds is gone with it; what comes after shows the order of the rest.
  bob.lose();
  EXPECT_TRUE(bob.resume());
  EXPECT_EQ(bob.events<ChatTypingBy>().size(), 0u);
  EXPECT_EQ(bob.events<CallIncoming>().size(), 1u);
  EXPECT_EQ(bob.events<ChatMessage>().size(), 8u);
}

TEST(SlowClientTest, WhoReadsTooSlowlyIsSentAwayToResumeLater) {
  Rig rig;
  const auto [alice, bob, conversation] = stall_bob(rig);
  std::size_t sent = 0;
  const auto send = [&, &alice = alice, conversation = conversation] {
    rig.advance(Milliseconds{100});
    alice.ask_for<ChatSent>(ChatSend{conversation, std::to_string(sent++), std::string(10'000, 'x')});
  };
  while (!bob.wire->closed && sent < 200) send();
  EXPECT_TRUE(bob.closed_with(net::kCloseResumeLater));
  EXPECT_FALSE(alice.wire->closed) << "nobody else notices";
  bob.wire->drain();  // what waits is not for the connection that closes
  for (int i = 0; i < 5; ++i) send();
  bob.lose();
  for (int i = 0; i < 5; ++i) send();
  ASSERT_TRUE(bob.resume());
  for (int i = 0; i < 5; ++i) send();
  EXPECT_FALSE(bob.wire->closed) << "it reads now, and is not sent away for what had waited";
  EXPECT_EQ(bob.events<ChatMessage>().size(), sent);
}

TEST(SlowClientTest, WhatNobodyReadsIsGivenUpAndTheClientSynchronises) {
  config::Settings settings;
  settings.backlog_kib = 64;
  Rig rig(settings);
  const auto [alice, bob, conversation] = stall_bob(rig);
  for (int i = 0; i < 20; ++i) {
    rig.advance(Milliseconds{100});
    alice.ask_for<ChatSent>(ChatSend{conversation, std::to_string(i), std::string(10'000, 'x')});
  }
  EXPECT_TRUE(bob.closed_with(net::kCloseResumeLater));
  EXPECT_FALSE(alice.wire->closed) << "nobody else notices";
  rig.advance(Milliseconds{100});
  EXPECT_FALSE(rig.service->clients().connected(bob.device()));
  bob.lose();
  EXPECT_FALSE(bob.resume());
  EXPECT_FALSE(bob.wire->closed);
}

}  // namespace
}  // namespace sidetone::service::testing
