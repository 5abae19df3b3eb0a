#include "tests/service/support/rig.hpp"

namespace sidetone::service::testing {
namespace {

using namespace protocol;

TEST(PresenceTest, OneFrameCarriesManyAndTheLastStateWins) {
  Rig rig;
  auto& watcher = rig["alice"];
  watcher.ask_for<Ok>(PresenceSubscribe{{rig.user("bob"), rig.user("carol")}, {}});
  watcher.forget_events();
  auto& bob = rig["bob"];
  rig["carol"];
  bob.ask_for<Ok>(StatusSet{Availability::kAway, std::nullopt, std::nullopt});
  bob.ask_for<Ok>(StatusSet{Availability::kDoNotDisturb, std::nullopt, std::nullopt});
  EXPECT_TRUE(watcher.events<Presence>().empty()) << "not yet";
  rig.advance(Milliseconds{150});
  const auto frames = watcher.events<Presence>();
  ASSERT_EQ(frames.size(), 1u);
  ASSERT_EQ(frames[0].changes.size(), 2u);
  EXPECT_EQ(frames[0].changes[0].availability, Availability::kDoNotDisturb);
}

TEST(PresenceTest, AChangeCostsAWatcherAtMostSixtyBytes) {
  Rig rig;
  auto& watcher = rig["alice"];
  auto& bob = rig["bob"];
  watcher.ask_for<Ok>(PresenceSubscribe{{bob.user()}, {}});
  watcher.forget_events();
  place_call(rig, rig["carol"], bob.user());
  rig.advance(Milliseconds{150});
  const auto frames = watcher.take();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<Presence>(frames[0].message));
  EXPECT_LE(frames[0].bytes, 60u);
}

TEST(PresenceTest, NorMoreOfSomebodyWithAStatusTextALargeIdAndALongSession) {
  Rig rig;
  auto& watcher = rig["alice"];
  auto& bob = rig["bob"];
  auto& carol = rig["carol"];
  const auto now = rig.time.clock().wall().unix_seconds;
  bob.ask_for<Ok>(StatusSet{Availability::kAway, std::string(200, 'x'), now + 7200});
  watcher.ask_for<Ok>(PresenceSubscribe{{bob.user()}, {}});
  watcher.forget_events();
  const auto next = [&] {
    rig.advance(Milliseconds{150});
    const auto frames = watcher.events<Presence>();
    EXPECT_EQ(frames.size(), 1u);
    auto change = frames.at(0).changes.at(0);
    change.user = 4'294'967'295;
    EXPECT_LE(encode(Presence{{change}}, Envelope{std::nullopt, 9'999'999}).size() + 2, 60u);
    return change;
  };
  const auto call = place_call(rig, carol, bob.user());
  EXPECT_EQ(next().lamp, BusyLamp::kRinging);
  carol.ask_for<Ok>(CallHangUp{call});
  EXPECT_EQ(next().lamp, BusyLamp::kIdle);
  bob.ask_for<Ok>(StatusSet{Availability::kDoNotDisturb, std::string(200, 'x'), now + 7200});
  const auto change = next();
  EXPECT_EQ(change.availability, Availability::kDoNotDisturb);
  EXPECT_FALSE(change.text) << "it is as it was";
  bob.ask_for<Ok>(StatusSet{Availability::kDoNotDisturb, std::nullopt, std::nullopt});
  EXPECT_EQ(next().text, "") << "and now it is gone";
}

TEST(PresenceTest, WhoeverIsWatchedAgainIsToldWhole) {
  Rig rig;
  auto& watcher = rig["alice"];
  auto& bob = rig["bob"];
  bob.ask_for<Ok>(StatusSet{Availability::kAway, "lunch", std::nullopt});
  watcher.ask_for<Ok>(PresenceSubscribe{{bob.user()}, {}});
  watcher.ask_for<Ok>(PresenceSubscribe{{}, {bob.user()}});
  watcher.forget_events();
  watcher.ask_for<Ok>(PresenceSubscribe{{bob.user()}, {}});
  const auto frames = watcher.events<Presence>();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].changes.at(0),
            (PresenceChange{bob.user(), Availability::kAway, BusyLamp::kIdle, "lunch", std::nullopt}));
}

TEST(PresenceTest, OneselfIsToldAfterSigningInWithoutAsking) {
  Rig rig;
  auto& alice = rig["alice"];
  EXPECT_TRUE(alice.events<Presence>().empty()) << "not yet";
  rig.advance(Milliseconds{150});
  const auto frames = alice.events<Presence>();
  ASSERT_EQ(frames.size(), 1u);
  ASSERT_EQ(frames[0].changes.size(), 1u);
  EXPECT_EQ(frames[0].changes[0],
            (PresenceChange{alice.user(), Availability::kOnline, BusyLamp::kIdle, "", std::nullopt}));
  alice.lose();
  alice.forget_events();
  EXPECT_TRUE(alice.resume());
  rig.advance(Milliseconds{150});
  EXPECT_TRUE(alice.events<Presence>().empty()) << "it is known already";
}

TEST(PresenceTest, OnlyWhatIsWatchedIsTold) {
  Rig rig;
  auto& watcher = rig["alice"];
  watcher.ask_for<Ok>(PresenceSubscribe{{rig.user("bob")}, {}});
  watcher.ask_for<Ok>(PresenceSubscribe{{rig.user("carol")}, {rig.user("bob")}});
  rig.advance(Milliseconds{150});
  watcher.forget_events();
  rig["bob"];
  rig["dave"];
  rig.advance(Seconds{1});
  EXPECT_TRUE(watcher.events<Presence>().empty());
  rig["carol"];
  rig.advance(Milliseconds{150});
  EXPECT_EQ(watcher.events<Presence>().size(), 1u);
}

TEST(PresenceTest, MoreThanTwoHundredAreRefusedAndNothingChanges) {
  Rig rig;
  auto& watcher = rig["alice"];
  PresenceSubscribe first;
  for (UserId user = 1000; user < 1150; ++user) first.add.push_back(user);
  watcher.ask_for<Ok>(first);
  PresenceSubscribe second;
  for (UserId user = 1150; user < 1250; ++user) second.add.push_back(user);
  second.add[0] = rig.user("bob");
  EXPECT_EQ(watcher.ask_for_error(second), "too_large");
  watcher.forget_events();
  rig["bob"];
  rig.advance(Milliseconds{150});
  EXPECT_TRUE(watcher.events<Presence>().empty());
}

TEST(PresenceTest, DevicesAreMerged) {
  Rig rig;
  auto& watcher = rig["alice"];
  watcher.ask_for<Ok>(PresenceSubscribe{{rig.user("bob")}, {}});
  auto& desk = rig["bob/desk"];
  rig["bob/phone"];
  rig.advance(Milliseconds{150});
  watcher.forget_events();
  desk.lose();
  rig.advance(Seconds{60});
  EXPECT_TRUE(watcher.events<Presence>().empty()) << "the phone is still there";
}

TEST(PresenceTest, AStatusEndsAtItsTimeAndSurvivesARestart) {
  Rig rig({}, true);
  auto& alice = rig["alice"];
  const auto now = rig.time.clock().wall().unix_seconds;
  EXPECT_EQ(alice.ask_for_error(StatusSet{Availability::kAway, "too late", now - 1}), "out_of_range");
  alice.ask_for<Ok>(StatusSet{Availability::kAway, "in a meeting until 14:00", now + 7200});
  rig.advance(Milliseconds{150});
  const auto own = alice.events<Presence>();
  ASSERT_FALSE(own.empty()) << "own devices hear of it";
  EXPECT_EQ(own.back().changes[0].text, "in a meeting until 14:00");
  rig.kill_and_restart();
  alice.resume();
  auto state = rig.service->presence().state_of(alice.user());
  EXPECT_EQ(state.availability, Availability::kAway);
  EXPECT_EQ(state.until, now + 7200);
  rig.advance(Seconds{7201});
  state = rig.service->presence().state_of(alice.user());
  EXPECT_EQ(state.availability, Availability::kOnline);
  EXPECT_FALSE(state.text);
}

TEST(PresenceTest, ASlowWatcherIsToldTheLastStateOnceWhenItReadsAgain) {
  Rig rig;
  auto& watcher = rig["alice"];
  auto& bob = rig["bob"];
  watcher.ask_for<Ok>(PresenceSubscribe{{bob.user()}, {}});
  const auto conversation = bob.ask_for<Conversation>(ConversationOpen{watcher.user()}).info.conversation;
  rig.advance(Seconds{1});
  watcher.forget_events();
  watcher.wire->stalled = true;
  for (int i = 0; i < 6; ++i)
    bob.ask_for<ChatSent>(ChatSend{conversation, std::to_string(i), std::string(16'000, 'x')});
  for (int i = 0; i < 10; ++i) {
    bob.ask_for<Ok>(
        StatusSet{i % 2 == 0 ? Availability::kAway : Availability::kOnline, std::to_string(i), std::nullopt});
    rig.advance(Seconds{1});
  }
  watcher.lose();
  EXPECT_TRUE(watcher.resume());
  rig.advance(Milliseconds{150});
  const auto frames = watcher.events<Presence>();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].changes[0].text, "9");
}

TEST(PresenceTest, AnOldSnapshotPlusTheEventsSinceIsAFreshSnapshot) {
  Rig rig;
  auto& watcher = rig["alice"];
  const std::vector<std::string> logins{"bob", "carol", "dave", "erin"};
  std::vector<UserId> users;
  for (const auto& login : logins) users.push_back(rig.user(login));
  watcher.ask_for<Ok>(PresenceSubscribe{users, {}});
  std::map<UserId, PresenceState> known;
  std::mt19937 dice(11);
  for (int round = 0; round < 120; ++round) {
    auto& one = rig[logins[dice() % logins.size()] + (dice() % 2 == 0 ? "/desk" : "/phone")];
    switch (dice() % 4) {
      case 0:
        if (one.wire) one.lose();
        break;
      case 1:
        if (!one.wire) one.resume();
        break;
      case 2:
        if (one.wire) one.ask(StatusSet{static_cast<Availability>(dice() % 4), std::to_string(round), std::nullopt});
        break;
      default: {
        if (!one.wire) break;
        CallInvite invite;
        invite.call = "call-" + std::to_string(round);
        invite.to = users[dice() % users.size()];
        one.ask(invite);
      }
    }
    rig.advance(Seconds{dice() % 8});
    for (const auto& frame : watcher.events<Presence>())
      for (const auto& change : frame.changes) known[change.user] = applied(known[change.user], change);
  }
  rig.advance(Seconds{1});
  for (const auto& frame : watcher.events<Presence>())
    for (const auto& change : frame.changes) known[change.user] = applied(known[change.user], change);
  for (const auto user : users) EXPECT_EQ(known[user], rig.service->presence().state_of(user)) << user;
}

}  // namespace
}  // namespace sidetone::service::testing
