#include "core/client/bridge.hpp"
#include "tests/core/client/bench.hpp"

/// Directory, presence, history and hosts.
namespace sidetone::client::test {
namespace {

class Sync : public testing::Test {
 protected:
  void SetUp() override { bench.sign_in(); }
  Bench bench;
};

using DirectoryState = Sync;
using PresenceState = Sync;
using HistoryState = Sync;
using HostState = Sync;

TEST_F(DirectoryState, AChangeOfTheHeldVersionIsApplied) {
  bench.service(
      protocol::Directory{1, 2, {{2, "Robert", "1002", "bob", false}, {3, "Carol", "1003", std::nullopt, false}}, {}});
  EXPECT_EQ(bench.view().contacts.size(), 2U);
  EXPECT_EQ(bench.view().contacts[0].name, "Robert");
  bench.service(protocol::Directory{2, 3, {}, {2}});
  EXPECT_EQ(bench.view().contacts.size(), 1U);
}

TEST_F(DirectoryState, AChangeOverAHoleAsksForWhatLiesBetween) {
  bench.service(protocol::Directory{4, 5, {{3, "Carol", "1003", std::nullopt, false}}, {}});
  ASSERT_EQ(bench.sent<protocol::DirectorySync>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::DirectorySync>()[0].since, 1U);
  EXPECT_EQ(bench.view().contacts.size(), 1U);
}

TEST_F(DirectoryState, ASnapshotIsFetchedAndReplacesWhatWasHeld) {
  bench.service(protocol::DirectorySnapshot{9, "/directory/9"});
  EXPECT_EQ(bench.the<FetchDirectory>().path, "/directory/9");
  EXPECT_EQ(bench.the<FetchDirectory>().token, "token");
  bench.service(protocol::Directory{9, 10, {{4, "Dave", "1004", std::nullopt, false}}, {}});
  bench.happen(DirectoryFetched{
      200, protocol::encode(protocol::Directory{0, 9, {{3, "Carol", "1003", std::nullopt, false}}, {}})});
  EXPECT_EQ(bench.view().directory_version, 9U);
  ASSERT_EQ(bench.sent<protocol::DirectorySync>().size(), 1U) << "a change came while the snapshot was on its way";
  EXPECT_EQ(bench.sent<protocol::DirectorySync>()[0].since, 9U);
}

TEST_F(DirectoryState, ASnapshotThatCannotBeHadIsTriedAgainLater) {
  bench.service(protocol::DirectorySnapshot{9, "/directory/9"});
  bench.happen(DirectoryFetched{500, "oh no"});
  EXPECT_EQ(bench.the<StartTimer>().timer, "directory");
  bench.happen(TimerFired{"directory"});
  EXPECT_EQ(bench.sent<protocol::DirectorySync>().size(), 1U);
  bench.answer<protocol::DirectorySync>(protocol::DirectorySnapshot{9, "/directory/9"});
  bench.happen(DirectoryFetched{200, "not a directory"});
  EXPECT_EQ(bench.view().contacts.size(), 1U) << "what was held stays";
  EXPECT_EQ(bench.view().counters.malformed_frames, 1U);
}

TEST_F(PresenceState, OnlyTheDifferenceIsSubscribed) {
  bench.happen(Watch{{2, 3}});
  EXPECT_EQ(bench.sent<protocol::PresenceSubscribe>().at(0).add, (std::vector<UserId>{2, 3}));
  bench.happen(Watch{{3, 4}});
  const auto change = bench.sent<protocol::PresenceSubscribe>().at(0);
  EXPECT_EQ(change.add, std::vector<UserId>{4});
  EXPECT_EQ(change.remove, std::vector<UserId>{2});
  bench.happen(Watch{{3, 4}});
  EXPECT_TRUE(bench.sent<protocol::PresenceSubscribe>().empty());
}

TEST_F(PresenceState, WhatIsNotWatchedIsForgotten) {
  bench.happen(Watch{{2}});
  bench.service(protocol::Presence{{{2, protocol::Availability::kOnline, std::nullopt, std::nullopt, std::nullopt},
                                    {9, protocol::Availability::kAway, std::nullopt, std::nullopt, std::nullopt}}});
  ASSERT_EQ(bench.view().presence.size(), 1U);
  EXPECT_EQ(bench.view().presence[0].user, 2U);
  bench.happen(Watch{{}});
  EXPECT_TRUE(bench.view().presence.empty());
}

TEST_F(PresenceState, WhatIsAbsentStaysAsItIs) {
  bench.happen(Watch{{2}});
  const auto change = [&](protocol::PresenceChange one) { bench.service(protocol::Presence{{std::move(one)}}); };
  change({2, protocol::Availability::kAway, protocol::BusyLamp::kIdle, "lunch", 99});
  change({2, std::nullopt, protocol::BusyLamp::kInCall, std::nullopt, std::nullopt});
  auto shown = bench.view().presence.at(0);
  EXPECT_EQ(shown.availability, protocol::Availability::kAway);
  EXPECT_EQ(shown.lamp, protocol::BusyLamp::kInCall);
  EXPECT_EQ(shown.text, "lunch");
  EXPECT_EQ(shown.until, 99);
  change({2, protocol::Availability::kOnline, std::nullopt, "", std::nullopt});
  shown = bench.view().presence.at(0);
  EXPECT_EQ(shown.lamp, protocol::BusyLamp::kInCall);
  EXPECT_FALSE(shown.text);
  EXPECT_FALSE(shown.until);
}

TEST_F(PresenceState, WhatOthersSayOfThemselvesCanWaitWhomOneCanCallCannot) {
  using protocol::Availability;
  using protocol::BusyLamp;
  bench.happen(Watch{{2, 3}});
  const auto change = [&](std::vector<protocol::PresenceChange> changes) {
    bench.service(protocol::Presence{std::move(changes)});
    EXPECT_FALSE(bench.did<ViewStays>() && bench.did<ViewCanWait>());
    return bench.did<ViewStays>() ? "stays" : bench.did<ViewCanWait>() ? "can wait" : "at once";
  };
  const protocol::PresenceChange away{2, Availability::kAway, std::nullopt, std::nullopt, std::nullopt};
  EXPECT_STREQ(change({away}), "at once") << "nothing was known";
  EXPECT_STREQ(change({away}), "stays");
  EXPECT_STREQ(change({{9, Availability::kAway, std::nullopt, std::nullopt, std::nullopt}}), "stays") << "not watched";
  EXPECT_STREQ(change({{2, Availability::kDoNotDisturb, std::nullopt, std::nullopt, std::nullopt}}), "can wait");
  EXPECT_STREQ(change({{2, std::nullopt, std::nullopt, "lunch", 99}}), "can wait");
  EXPECT_STREQ(change({{2, std::nullopt, BusyLamp::kInCall, std::nullopt, std::nullopt}}), "at once");
  EXPECT_STREQ(change({away, {2, std::nullopt, BusyLamp::kIdle, std::nullopt, std::nullopt}}), "at once");
  EXPECT_STREQ(change({away, {3, Availability::kOnline, std::nullopt, std::nullopt, std::nullopt}}), "at once")
      << "one of them was not known";
  EXPECT_STREQ(change({{1, Availability::kAway, std::nullopt, std::nullopt, std::nullopt}}), "at once") << "one's own";
  EXPECT_STREQ(change({{1, Availability::kDoNotDisturb, std::nullopt, std::nullopt, std::nullopt}}), "at once");
}

TEST_F(PresenceState, ANewSessionSubscribesAgainAResumedOneDoesNot) {
  bench.happen(Watch{{2}});
  bench.answer<protocol::PresenceSubscribe>(protocol::Ok{});
  bench.lose_connection();
  bench.come_back(true);
  EXPECT_TRUE(bench.sent<protocol::PresenceSubscribe>().empty());
  bench.lose_connection();
  bench.come_back(false);
  EXPECT_EQ(bench.sent<protocol::PresenceSubscribe>().size(), 1U);
}

TEST_F(PresenceState, ASubscriptionThatWasNotAcknowledgedIsRepeated) {
  bench.happen(Watch{{2}});
  bench.lose_connection();
  bench.come_back(true);
  EXPECT_EQ(bench.sent<protocol::PresenceSubscribe>().size(), 1U);
}

TEST_F(PresenceState, AStatusSetDuringALossIsSetAfterwards) {
  bench.lose_connection();
  bench.happen(SetStatus{protocol::Availability::kAway, "lunch", std::nullopt}, 3);
  bench.come_back(true);
  ASSERT_EQ(bench.sent<protocol::StatusSet>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::StatusSet>()[0].text, "lunch");
  bench.answer<protocol::StatusSet>(protocol::Ok{});
  bench.lose_connection();
  bench.come_back(true);
  EXPECT_TRUE(bench.sent<protocol::StatusSet>().empty());
}

TEST_F(HistoryState, RecordsComeAndFallOut) {
  bench.service(protocol::History{1, 2, {{7, protocol::RecordKind::kMissed, 2, 100, 0, std::nullopt}}, {}});
  bench.service(protocol::History{2, 3, {{8, protocol::RecordKind::kDialled, 2, 200, 9, std::nullopt}}, {7}});
  ASSERT_EQ(bench.view().history.size(), 1U);
  EXPECT_EQ(bench.view().history[0].record, 8U);
  EXPECT_EQ(bench.view().history_version, 3U);
}

TEST_F(HistoryState, AHoleIsSynchronised) {
  bench.service(protocol::History{5, 6, {{7, protocol::RecordKind::kMissed, 2, 100, 0, std::nullopt}}, {}});
  ASSERT_EQ(bench.sent<protocol::HistorySync>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::HistorySync>()[0].since, 1U);
}

TEST_F(HostState, AHostIsPairedByItsCodeOnlyAfterConfirmation) {
  bench.happen(PairHost{"123456"}, 4);
  bench.answer<protocol::HostPair>(protocol::HostPairing{"pairing", "thin client 12", "10.0.0.12"});
  EXPECT_EQ(bench.the<IntentDone>().value, "pairing");
  EXPECT_EQ(bench.view().pairing->name, "thin client 12");
  bench.happen(ConfirmHost{"pairing", true}, 5);
  EXPECT_TRUE(bench.sent<protocol::HostConfirm>().at(0).accept);
  EXPECT_FALSE(bench.view().pairing.has_value());
}

TEST_F(HostState, TheVoiceGoesByTheHostThatIsThereAndSaysWhy) {
  EXPECT_EQ(bench.view().voice.way, model::VoiceWay::kHost);
  EXPECT_EQ(bench.view().voice.reason, model::VoiceReason::kHostReady);
  bench.service(protocol::Hosts{});
  EXPECT_EQ(bench.view().voice.way, model::VoiceWay::kNone);
  EXPECT_EQ(bench.view().voice.reason, model::VoiceReason::kNoHostPaired);
}

TEST(Hosts, TheBrowsersVoiceStandsInWhereAHostFails) {
  Bench bench;
  bench.sign_in(true);
  EXPECT_EQ(bench.view().voice.way, model::VoiceWay::kHost);
  bench.happen(HostLinkChanged{"host", model::HostLink::kFailed, "no answer"});
  EXPECT_EQ(bench.view().voice.way, model::VoiceWay::kBrowser);
  EXPECT_EQ(bench.view().voice.reason, model::VoiceReason::kHostFailed);
  bench.happen(ChooseVoice{VoiceChoice::kHost, std::nullopt});
  EXPECT_EQ(bench.view().voice.way, model::VoiceWay::kHost);
}

TEST_F(HostState, ControlMessagesGoThroughAndTheirRefusalsComeBack) {
  bench.happen(SendControl{"host", "{\"t\":\"ping\"}"});
  EXPECT_EQ(bench.sent<protocol::Control>().at(0).message, "{\"t\":\"ping\"}");
  bench.answer<protocol::Control>(failure(ErrorCode::kUnavailable, "the host is not there"));
  EXPECT_EQ(bench.the<ControlLost>().host, "host");
  bench.service(protocol::Control{"host", "{\"t\":\"ok\"}"});
  EXPECT_EQ(bench.the<ControlMessage>().message, "{\"t\":\"ok\"}");
}

TEST_F(HostState, ControlMessagesLeaveTheViewAsItIs) {
  const auto before = bench.view();
  bench.happen(SendControl{"host", "{\"t\":\"stats\"}"});
  EXPECT_TRUE(bench.did<ViewStays>());
  bench.answer<protocol::Control>(protocol::Ok{});
  EXPECT_TRUE(bench.did<ViewStays>());
  bench.service(protocol::Control{"host", "{\"t\":\"levels\"}"});
  EXPECT_TRUE(bench.did<ViewStays>());
  EXPECT_EQ(protocol::encode_record(bench.view()), protocol::encode_record(before));
  bench.happen(SetFavourite{2, true}, 7);
  bench.answer<protocol::FavouriteSet>(protocol::Ok{});
  EXPECT_FALSE(bench.did<ViewStays>()) << "an answer to something else";
}

TEST_F(HostState, AHostThatLeavesBreaksItsRendezvous) {
  bench.service(protocol::Hosts{{{"host", "Endpoint", false, std::nullopt}}});
  EXPECT_EQ(bench.the<ControlLost>().host, "host");
  bench.lose_connection();
  EXPECT_EQ(bench.the<ControlLost>().host, "");
}

TEST_F(HostState, ATicketIsHandedToThePlatform) {
  bench.happen(RequestTicket{"host"});
  bench.answer<protocol::HostTicket>(protocol::HostTicketGranted{"ticket", 4711, 30});
  EXPECT_EQ(bench.the<HostTicket>().port, 4711U);
  bench.happen(RequestTicket{"host"});
  bench.answer<protocol::HostTicket>(failure(ErrorCode::kForbidden, "not your host"));
  EXPECT_EQ(bench.the<HostTicket>().failure, "not your host");
  EXPECT_TRUE(bench.the<HostTicket>().ticket.empty());
}

TEST(BridgeTest, TakesEventsAndGivesCommandsAsText) {
  Bridge bridge;
  const std::string moment = R"("now_ms":1,"unix_s":2,"random":"AAAAAAAAAAAAAAAAAAAAAA")";
  EXPECT_EQ(bridge.dispatch(R"({"t":"start","url":"wss://x/client","device_name":"d","device_key":"",)" + moment + "}"),
            "[]");
  const auto commands = bridge.dispatch(R"({"t":"sign_in","user":"a","password":"b",)" + moment + "}");
  EXPECT_NE(commands.find(R"("t":"open_socket")"), std::string::npos);
  EXPECT_NE(bridge.view(0).find(R"("connection":"opening")"), std::string::npos);
}

TEST(BridgeTest, ARefusedEventChangesNothingAndIsReported) {
  Bridge bridge;
  for (const char* event :
       {"", "{}", "{\"t\":\"sign_in\"}",
        "{\"t\":\"no_such_event\",\"now_ms\":1,\"unix_s\":1,\"random\":\"AAAAAAAAAAAAAAAAAAAAAA\"}"})
    EXPECT_NE(bridge.dispatch(event).find("report"), std::string::npos) << event;
  EXPECT_EQ(bridge.state().counters.refused_events, 4U);
  EXPECT_EQ(bridge.state().connection.phase, ConnectionPhase::kSignedOut);
}

}  // namespace
}  // namespace sidetone::client::test
