#include <limits>

#include "net/crypto.hpp"
#include "tests/service/support/rig.hpp"

/// What the scenarios do not say: hostile and repeated requests, and that events and lists agree.
namespace sidetone::service::testing {
namespace {

using namespace protocol;

CallInvite invite_to(UserId callee, const std::string& call) {
  CallInvite invite;
  invite.call = call;
  invite.to = callee;
  invite.sdp = "offer";
  return invite;
}

TEST(CallsTest, OnlyTheirOwnPeopleTouchACall) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  auto& mallory = rig["carol"];
  const auto call = place_call(rig, alice, bob.user());
  bob.forget_events();
  const std::vector<FromClient> attempts{CallAnswer{call, "mine now", std::nullopt},
                                         CallDecline{call},
                                         CallForward{call, alice.user(), std::nullopt},
                                         CallHangUp{call},
                                         CallCandidate{call, "x", std::nullopt, std::nullopt, std::nullopt},
                                         CallUpdate{call, SdpKind::kOffer, "x"},
                                         CallTakeUp{call, std::nullopt}};
  for (const auto& attempt : attempts) EXPECT_EQ(mallory.ask_for_error(attempt), "not_found");
  EXPECT_EQ(mallory.ask_for_error(invite_to(bob.user(), call)), "conflict") << "the id is taken";
  EXPECT_TRUE(bob.take().empty());
  EXPECT_EQ(alice.ask_for<Calls>(CallList{}).calls.size(), 1u);
  EXPECT_EQ(alice.ask_for_error(CallAnswer{call, "x", std::nullopt}), "forbidden") << "nor does the caller answer";
}

TEST(CallsTest, WrongInvitesAreRefused) {
  Rig rig;
  auto& alice = rig["alice"];
  auto invite = invite_to(rig.user("bob"), "call-1-of-alice");
  invite.number = "1002";
  EXPECT_EQ(alice.ask_for_error(invite), "malformed") << "either person or number";
  invite.number.reset();
  invite.call = "spaces are no base64url";
  EXPECT_EQ(alice.ask_for_error(invite), "malformed");
  invite.call = "call-2-of-alice";
  invite.to = 4711;
  EXPECT_EQ(alice.ask_for_error(invite), "not_found");
  invite.to = alice.user();
  EXPECT_EQ(alice.ask_for_error(invite), "out_of_range");
  invite.to.reset();
  invite.number = "9999";
  EXPECT_EQ(alice.ask_for_error(invite), "not_found");
  EXPECT_TRUE(alice.ask_for<Calls>(CallList{}).calls.empty());
  EXPECT_TRUE(alice.ask_for<History>(HistorySync{0}).records.empty());
}

TEST(CallsTest, AnInviteOrAnAnswerWhoseAnswerWasLostMayBeRepeated) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  const auto invite = invite_to(bob.user(), "call-of-alice");
  alice.ask_for<CallRinging>(invite);
  alice.ask_for<CallRinging>(invite);
  EXPECT_EQ(bob.events<CallIncoming>().size(), 1u);
  bob.ask_for<Ok>(CallAnswer{invite.call, "answer", std::nullopt});
  bob.ask_for<Ok>(CallAnswer{invite.call, "answer", std::nullopt});
  EXPECT_EQ(alice.events<CallAnswered>().size(), 1u);
  bob.ask_for<Ok>(CallHangUp{invite.call});
  bob.ask_for<Ok>(CallHangUp{invite.call});
  EXPECT_EQ(alice.events<CallEnded>().size(), 1u);
}

TEST(CallsTest, NobodyHearsOfAnAnswerBeforeItIsOnTheDisk) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& desk = rig["bob/desk"];
  auto& phone = rig["bob/phone"];
  const auto call = place_call(rig, alice, desk.user());
  const auto answer = [&](const Client& client, int request) {
    rig.service->clients().received(client.connection, "{\"t\":\"call_answer\",\"r\":" + std::to_string(request) +
                                                           ",\"c\":\"" + call + "\",\"o\":\"x\"}");
  };
  answer(desk, 900);
  answer(phone, 901);
  EXPECT_TRUE(alice.events<CallAnswered>().empty());
  EXPECT_EQ(phone.events<Failure>().at(0).code, "conflict") << "the winner is decided at once";
  EXPECT_TRUE(desk.events<Ok>().empty());
  rig.settle();
  EXPECT_EQ(alice.events<CallAnswered>().size(), 1u);
  EXPECT_EQ(desk.events<Ok>().size(), 1u);
}

TEST(CallsTest, RenegotiationPassesBetweenTheTwoDevicesOfTheCall) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob/desk"];
  auto& other = rig["bob/other"];
  const auto call = place_call(rig, alice, bob.user());
  EXPECT_EQ(alice.ask_for_error(CallUpdate{call, SdpKind::kOffer, "restart"}), "conflict") << "not answered yet";
  bob.ask_for<Ok>(CallAnswer{call, "answer", std::nullopt});
  alice.ask_for<Ok>(CallUpdate{call, SdpKind::kOffer, "restart"});
  EXPECT_EQ(bob.events<CallUpdate>().at(0).sdp, "restart");
  EXPECT_EQ(other.ask_for_error(CallUpdate{call, SdpKind::kAnswer, "x"}), "forbidden");
  EXPECT_TRUE(other.events<CallUpdate>().empty());
}

TEST(CallsTest, AnAnswerWhileInAnotherCallIsRefused) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  auto& carol = rig["carol"];
  const auto first = place_call(rig, alice, bob.user());
  const auto second = place_call(rig, carol, bob.user());
  bob.ask_for<Ok>(CallAnswer{first, "answer", std::nullopt});
  EXPECT_EQ(bob.ask_for_error(CallAnswer{second, "answer", std::nullopt}), "conflict");
  bob.ask_for<Ok>(CallHangUp{first});
  bob.ask_for<Ok>(CallAnswer{second, "answer", std::nullopt});
}

TEST(CallsTest, CandidatesAreKeptWithinTheirLimit) {
  Rig rig;
  auto& alice = rig["alice"];
  rig["bob/desk"];
  const auto call = place_call(rig, alice, rig.user("bob"));
  for (int i = 0; i < 100; ++i)
    alice.ask_for<Ok>(CallCandidate{call, std::to_string(i), std::nullopt, std::nullopt, std::nullopt});
  EXPECT_EQ(rig["bob/late"].events<CallCandidate>().size(), limits::kCandidatesPerCall);
}

/// What an event of a call costs with ids as long as they get, without the SDP and the candidates that it carries.
struct TelephonyBytes {
  static constexpr UserId kUser = std::numeric_limits<UserId>::max();
  static constexpr auto kSequence = static_cast<std::uint64_t>(limits::kMaxInteger);

  /// A forwarded call names two people and a key: with ids that no company and no session ever reach.
  static constexpr UserId kLikelyUser = 99'999'999;
  static constexpr std::uint64_t kLikelySequence = 999'999'999'999;

  std::map<std::string_view, std::size_t> most;  ///< by type
  bool forwarded = false;                        ///< an incoming call said by whom

  void operator()(CallRinging event) {
    event.user = kUser;
    add(event);
  }
  void operator()(CallIncoming event) {
    event.sdp.clear();
    event.from = event.forwarded_by ? kLikelyUser : kUser;
    if (!event.forwarded_by) return add(event);
    event.forwarded_by = kLikelyUser;
    forwarded = true;
    add(event, kLikelySequence);
  }
  void operator()(CallAnswered event) {
    event.sdp.clear();
    add(event);
  }
  void operator()(CallCandidate event) {
    event.candidate.clear();
    add(event);
  }
  void operator()(CallUpdate event) {
    event.sdp.clear();
    add(event);
  }
  void operator()(const CallEnded& event) { add(event); }
  template <class M>
  void operator()(const M&) {}

  template <class M>
  void add(const M& event, std::uint64_t sequence = kSequence) {
    auto& bytes = most[M::kType];
    bytes = std::max(bytes, encode(event, {std::nullopt, sequence}).size());
  }
};

TEST(CallsTest, AnEventOfACallCostsLittle) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& desk = rig["bob/desk"];
  auto& phone = rig["bob/phone"];
  ASSERT_EQ(alice.device_key.size(), 122u) << "a key of P-256, as browsers have them";
  const auto call = net::random_token(rig.random, 16);
  alice.send(invite_to(desk.user(), call));
  alice.send(CallCandidate{call, "candidate:1", "0", 0, "8chars.."});
  desk.send(CallAnswer{call, "answer", std::nullopt});
  desk.send(CallUpdate{call, SdpKind::kOffer, "restart"});
  alice.send(CallHangUp{call});
  const auto declined = net::random_token(rig.random, 16);
  alice.send(invite_to(desk.user(), declined));
  phone.send(CallDecline{declined});
  auto& carol = rig["carol"];
  const auto forwarded = net::random_token(rig.random, 16);
  alice.send(invite_to(desk.user(), forwarded));
  desk.send(CallForward{forwarded, carol.user(), std::nullopt});
  TelephonyBytes costs;
  for (auto* client : {&alice, &desk, &phone, &carol})
    for (const auto& one : client->take()) std::visit([&](const auto& event) { costs(event); }, one.message);
  EXPECT_EQ(costs.most.size(), 6u) << "every kind was seen";
  EXPECT_TRUE(costs.forwarded);
  for (const auto& [type, bytes] : costs.most) EXPECT_LE(bytes, 150u) << type;
}

TEST(CallsTest, ADevicesKeyIsNamedByItsHash) {
  Rig rig({}, true);
  const auto hash_of = [](const Client& client) { return net::base64url(net::sha256(client.device_key)); };
  auto& alice = rig["alice"];
  auto& desk = rig["bob/desk"];
  auto& phone = rig["bob/phone"];
  const auto call = place_call(rig, alice, desk.user());
  EXPECT_EQ(desk.events<CallIncoming>().at(0).key_hash, hash_of(alice));
  EXPECT_EQ(alice.ask_for<Calls>(CallList{}).calls.at(0).key_hash, "") << "nobody has answered yet";
  desk.ask_for<Ok>(CallAnswer{call, "answer", std::nullopt});
  EXPECT_EQ(alice.events<CallAnswered>().at(0).key_hash, hash_of(desk));
  rig.kill_and_restart();
  EXPECT_FALSE(alice.resume());
  phone.resume();
  EXPECT_EQ(alice.ask_for<Calls>(CallList{}).calls.at(0).key_hash, hash_of(desk)) << "the call remembers it";
  EXPECT_EQ(phone.ask_for<Calls>(CallTakeUp{call, std::nullopt}).calls.at(0).key_hash, hash_of(alice));
  EXPECT_EQ(alice.ask_for<Calls>(CallList{}).calls.at(0).key_hash, hash_of(phone)) << "a resumed session knows it";
}

TEST(CallsTest, ADeviceWithoutAKeyIsNamedByNothing) {
  Rig rig;
  auto& alice = rig.stranger("alice");
  alice.device_key.clear();
  alice.sign_in();
  place_call(rig, alice, rig["bob"].user());
  EXPECT_EQ(rig["bob"].events<CallIncoming>().at(0).key_hash, "");
}

struct KnownCall {
  bool incoming = false;
  UserId other = 0;
  CallPhase phase = CallPhase::kRinging;
  bool operator==(const KnownCall&) const = default;
};

/// One device's picture of its calls and of its history, from events alone.
struct KnownHistory {
  std::map<std::string, KnownCall> calls;
  std::map<std::uint64_t, CallRecord> records;
  std::uint64_t version = 0;

  void apply(const Received& event) {
    if (const auto* ringing = std::get_if<CallRinging>(&event.message))
      calls[ringing->call] = {false, ringing->user, CallPhase::kRinging};
    if (const auto* incoming = std::get_if<CallIncoming>(&event.message))
      calls[incoming->call] = {true, incoming->from, CallPhase::kRinging};
    if (const auto* answered = std::get_if<CallAnswered>(&event.message))
      calls[answered->call].phase = CallPhase::kAnswered;
    if (const auto* ended = std::get_if<CallEnded>(&event.message)) calls.erase(ended->call);
    if (const auto* history = std::get_if<History>(&event.message)) apply(*history);
  }
  void apply(const History& history) {
    if (history.since == 0) records.clear();
    EXPECT_EQ(history.since, history.since == 0 ? 0 : version);
    for (const auto& record : history.records) records[record.record] = record;
    for (const auto record : history.removed) records.erase(record);
    version = history.version;
  }
};

TEST(CallsTest, AnOldSnapshotPlusTheEventsSinceIsAFreshSnapshot) {
  config::Settings settings;
  settings.history_missed = settings.history_received = settings.history_dialled = 5;
  Rig rig(settings);
  auto& watcher = rig["alice/watcher"];
  const std::vector<std::string> devices{"alice/watcher", "alice/other", "bob/desk", "bob/phone", "carol/desk"};
  for (const auto& device : devices) rig[device];
  watcher.forget_events();
  KnownHistory known;
  std::vector<std::string> calls;
  std::mt19937 dice(5);
  KnownHistory old;
  for (int round = 0; round < 1500; ++round) {
    auto& one = rig[devices[dice() % devices.size()]];
    const auto call = calls.empty() ? std::string("none-yet")
                                    : calls[calls.size() - 1 - dice() % std::min<std::size_t>(calls.size(), 4)];
    const auto action = dice() % 5;
    if (dice() % 4 == 0 && !calls.empty()) {
      const auto to = rig.user(std::vector<std::string>{"alice", "bob", "carol"}[dice() % 3]);
      one.send(CallForward{calls.back(), to, std::nullopt});
    } else if (action == 0) {
      calls.push_back("call-number-" + std::to_string(round));
      one.send(
          invite_to(rig.user(std::vector<std::string>{"alice", "bob", "carol", "dave"}[dice() % 4]), calls.back()));
      if (rig.service->calls().find(calls.back()) == nullptr) calls.pop_back();  // only what can be ended
    } else if (action <= 2) {
      const auto answer = one.ask(CallAnswer{call, "answer", std::nullopt});
      if (&one == &watcher && std::holds_alternative<Ok>(answer)) known.calls[call].phase = CallPhase::kAnswered;
    } else if (action == 3) {
      one.send(CallHangUp{call});
    } else {
      one.send(CallDecline{call});
    }
    rig.advance(Seconds{dice() % 6});
    for (const auto& event : watcher.take()) known.apply(event);
    if (round == 750) old = known;

    std::map<std::string, KnownCall> listed;
    for (const auto& info : watcher.ask_for<Calls>(CallList{}).calls) {
      const bool elsewhere = (info.phase == CallPhase::kAnswered || !info.incoming) && info.device != watcher.device();
      if (!elsewhere) listed[info.call] = {info.incoming, info.other, info.phase};
    }
    ASSERT_EQ(known.calls, listed) << "round " << round;
    KnownHistory fresh;
    fresh.apply(watcher.ask_for<History>(HistorySync{0}));
    ASSERT_EQ(known.records, fresh.records) << "round " << round;
    ASSERT_EQ(known.version, fresh.version);
    rig.advance(Seconds{1});
    for (const auto& event : watcher.take()) known.apply(event);
  }
  EXPECT_GT(known.version, 30u) << "calls did end";
  EXPECT_GT(rig.service->counters().get("calls_forwarded"), 5u);
  old.apply(watcher.ask_for<History>(HistorySync{old.version}));
  EXPECT_EQ(old.records, known.records) << "and for a client that was away";
}

TEST(CallsRestoreTest, ACallThatCannotBeReadIsForgotten) {
  Rig rig({}, true);
  rig.store->submit([](store::Transaction& t) -> Status { return t.put_live_call("broken", "{"), Status(); },
                    [](const Status&) {});
  rig.settle();
  rig.kill_and_restart();
  EXPECT_EQ(rig.service->counters().get("live_calls_unreadable"), 1u);
  rig.kill_and_restart();
  EXPECT_EQ(rig.service->counters().get("live_calls_unreadable"), 0u);
}

}  // namespace
}  // namespace sidetone::service::testing
