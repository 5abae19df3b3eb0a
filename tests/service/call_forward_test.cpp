#include "net/crypto.hpp"
#include "tests/service/support/rig.hpp"

/// Calls that are forwarded: what the scenarios do not say.
namespace sidetone::service::testing {
namespace {

using namespace protocol;

CallForward forward_to(const std::string& call, UserId to) { return {call, to, std::nullopt}; }

TEST(CallForwardTest, OnlyTheCalleeForwardsAndNamesOnePlace) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  auto& carol = rig["carol"];
  const auto call = place_call(rig, alice, bob.user());
  EXPECT_EQ(carol.ask_for_error(forward_to(call, carol.user())), "not_found");
  EXPECT_EQ(bob.ask_for_error(CallForward{call, std::nullopt, std::nullopt}), "malformed");
  EXPECT_EQ(bob.ask_for_error(CallForward{call, carol.user(), "1003"}), "malformed");
  EXPECT_EQ(bob.ask_for_error(forward_to(call, 4711)), "not_found");
  EXPECT_EQ(bob.ask_for_error(forward_to("another-call", carol.user())), "not_found");
  EXPECT_TRUE(carol.events<CallIncoming>().empty());
  EXPECT_TRUE(bob.events<CallEnded>().empty());
}

TEST(CallForwardTest, AnAnswerHereAndAForwardThereHaveOneWinner) {
  for (const bool answer_first : {true, false}) {
    Rig rig;
    auto& alice = rig["alice"];
    auto& desk = rig["bob/desk"];
    auto& phone = rig["bob/phone"];
    auto& carol = rig["carol"];
    const auto call = place_call(rig, alice, desk.user());
    for (auto* one : {&desk, &phone, &carol}) one->forget_events();
    const auto say = [&](const Client& client, const auto& message) {
      rig.service->clients().received(client.connection, encode(message, {900, std::nullopt}));
    };
    const auto answer = [&] { say(desk, CallAnswer{call, "answer", std::nullopt}); };
    if (answer_first) answer();
    say(phone, forward_to(call, carol.user()));
    if (!answer_first) answer();
    rig.settle();
    EXPECT_EQ(desk.events<Ok>().size(), answer_first ? 1u : 0u);
    EXPECT_EQ(phone.events<Ok>().size(), answer_first ? 0u : 1u);
    EXPECT_EQ(carol.events<CallIncoming>().size(), answer_first ? 0u : 1u);
    EXPECT_EQ(alice.events<CallAnswered>().size(), answer_first ? 1u : 0u);
    const auto reason = answer_first ? EndReason::kAnsweredElsewhere : EndReason::kForwarded;
    EXPECT_EQ(phone.events<CallEnded>().at(0).reason, reason);
    EXPECT_EQ(desk.events<CallEnded>().size(), answer_first ? 0u : 1u);
    EXPECT_EQ(alice.ask_for<Calls>(CallList{}).calls.at(0).other, answer_first ? desk.user() : carol.user());
  }
}

TEST(CallForwardTest, AForwardWhoseAnswerWasLostMayBeRepeated) {
  Rig rig;
  auto& bob = rig["bob"];
  auto& carol = rig["carol"];
  const auto call = place_call(rig, rig["alice"], bob.user());
  bob.ask_for<Ok>(forward_to(call, carol.user()));
  bob.ask_for<Ok>(CallForward{call, std::nullopt, "1003"});
  EXPECT_EQ(carol.events<CallIncoming>().size(), 1u);
  EXPECT_EQ(bob.ask_for_error(forward_to(call, rig["dave"].user())), "not_found") << "it is not his any more";
  EXPECT_EQ(bob.ask_for<History>(HistorySync{0}).records.size(), 1u);
}

TEST(CallForwardTest, AChainOfForwardsHasAnEnd) {
  Rig rig;
  const std::vector<std::string> people{"bob", "carol", "dave", "erin", "frank", "grace", "heidi"};
  for (const auto& one : people) rig[one];
  const auto call = place_call(rig, rig["alice"], rig.user("bob"));
  for (std::size_t i = 0; i < limits::kForwardsPerCall; ++i)
    rig[people[i]].ask_for<Ok>(forward_to(call, rig.user(people[i + 1])));
  auto& last = rig[people[limits::kForwardsPerCall]];
  EXPECT_EQ(last.ask_for_error(forward_to(call, rig.user(people.back()))), "too_large");
  EXPECT_EQ(last.ask_for<Calls>(CallList{}).calls.size(), 1u);
  last.ask_for<Ok>(CallAnswer{call, "answer", std::nullopt});
}

TEST(CallForwardTest, ListsSayWhatTheEventsSaid) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  auto& carol = rig["carol"];
  const auto call = place_call(rig, alice, bob.user());
  rig.advance(Seconds{7});
  bob.ask_for<Ok>(forward_to(call, carol.user()));
  EXPECT_EQ(carol.events<CallIncoming>().at(0).forwarded_by, bob.user());
  for (auto* one : {&alice, &carol}) {
    const auto info = one->ask_for<Calls>(CallList{}).calls.at(0);
    EXPECT_EQ(info.forwarded_by, bob.user());
    EXPECT_EQ(info.other, one == &alice ? carol.user() : alice.user());
    EXPECT_EQ(info.since, rig.time.clock().wall().unix_seconds);
  }
  EXPECT_TRUE(bob.ask_for<Calls>(CallList{}).calls.empty());
  rig.advance(Seconds{1});
  carol.ask_for<Ok>(CallDecline{call});
  const auto time = [](Client& one) { return one.ask_for<History>(HistorySync{0}).records.at(0).time; };
  EXPECT_EQ(time(carol) - time(bob), 7) << "each when it began to ring there";
  EXPECT_EQ(time(alice), time(bob));
}

TEST(CallForwardTest, WhoHasTheCallIsWaitedForAndNotWhoHadIt) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  auto& carol = rig["carol"];
  const auto call = place_call(rig, alice, bob.user());
  bob.ask_for<Ok>(forward_to(call, carol.user()));
  bob.lose();
  rig.advance(Seconds{15});
  EXPECT_TRUE(alice.events<CallEnded>().empty());
  carol.lose();
  rig.advance(Seconds{11});
  EXPECT_EQ(alice.events<CallEnded>().at(0).reason, EndReason::kUnreachable);
}

TEST(CallForwardTest, ACallOfAnEarlierVersionIsRestored) {
  Rig rig({}, true);
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  auto& carol = rig["carol"];
  const auto body = R"({"c":"call-of-alice","a":{"u":)" + std::to_string(alice.user()) + R"(,"d":)" +
                    std::to_string(alice.device()) + R"(,"h":"","k":""},"b":{"u":)" + std::to_string(bob.user()) +
                    R"(,"d":0,"h":"","k":""},"y":"ringing","d":)" +
                    std::to_string(rig.time.clock().wall().unix_seconds) + R"(,"e":0,"o":"offer","p":""})";
  rig.store->submit(
      [body](store::Transaction& t) -> Status { return t.put_live_call("call-of-alice", body), Status(); },
      [](const Status&) {});
  rig.settle();
  rig.kill_and_restart();
  for (auto* one : {&alice, &bob, &carol}) one->resume();
  EXPECT_EQ(bob.events<CallIncoming>().at(0).forwarded_by, std::nullopt);
  bob.ask_for<Ok>(forward_to("call-of-alice", carol.user()));
  EXPECT_EQ(carol.events<CallIncoming>().size(), 1u);
}

}  // namespace
}  // namespace sidetone::service::testing
