#include "tests/core/client/bench.hpp"

/// A native host that is away for a moment while a call is placed or answered.
namespace sidetone::client::test {
namespace {

using model::CallPhase;
using protocol::EndReason;
using protocol::SdpKind;

class HostWait : public testing::Test {
 protected:
  void SetUp() override { bench.sign_in(); }

  void host(bool online) { bench.service(protocol::Hosts{{{"host", "Endpoint", online, std::nullopt}}}); }
  std::string dial() {
    bench.happen(PlaceCall{2, std::nullopt}, 4);
    return bench.the<IntentDone>().value;
  }
  void lose_host(const std::string& call) { bench.happen(PeerFailed{call, "the host cannot be reached", true}); }
  /// The time of the last timer is over.
  void wait() {
    const auto timer = bench.the<StartTimer>();
    bench.now_ms += timer.after_ms;
    bench.happen(TimerFired{timer.timer});
  }
  /// Waits for as long as the call does. @return milliseconds.
  std::int64_t wait_until_it_ends(const std::string& call) {
    const auto began = bench.now_ms;
    while (bench.call(call).host_away && bench.call(call).phase != CallPhase::kEnded && bench.now_ms < began + 60'000)
      wait();
    return bench.now_ms - began;
  }
  Bench bench;
};

TEST_F(HostWait, ACallThatMeetsALossIsMadeOnceMoreWhenTheHostIsBack) {
  const auto call = dial();
  host(false);
  EXPECT_TRUE(bench.did<ControlLost>());
  lose_host(call);
  EXPECT_FALSE(bench.the<PeerClose>().leave_running) << "whatever came of it in the host";
  EXPECT_EQ(bench.call(call).phase, CallPhase::kPreparing);
  EXPECT_TRUE(bench.call(call).host_away);
  wait();
  EXPECT_FALSE(bench.did<PeerCreate>());
  host(true);
  EXPECT_EQ(bench.the<PeerCreate>().host, "host");
  EXPECT_TRUE(bench.did<PeerOffer>());
  EXPECT_FALSE(bench.call(call).host_away);
  EXPECT_EQ(bench.call(call).detail, "");
  bench.happen(PeerDescription{call, SdpKind::kOffer, "offer"});
  EXPECT_EQ(bench.sent<protocol::CallInvite>().at(0).host, "host");
}

TEST_F(HostWait, AHostThatIsBackBeforeTheLossIsHeardOfIsAskedAgainSoon) {
  const auto call = dial();
  host(false);
  host(true);
  lose_host(call);
  EXPECT_FALSE(bench.did<PeerCreate>());
  wait();
  EXPECT_EQ(bench.the<PeerCreate>().host, "host");
  EXPECT_EQ(bench.call(call).phase, CallPhase::kPreparing);
}

TEST_F(HostWait, ALossThatIsHeardOfBeforeItsNewsIsWaitedFor) {
  const auto call = dial();
  lose_host(call);
  EXPECT_TRUE(bench.call(call).host_away);
  host(false);
  wait();
  EXPECT_EQ(bench.call(call).phase, CallPhase::kPreparing);
  host(true);
  EXPECT_TRUE(bench.did<PeerCreate>());
}

TEST_F(HostWait, AHostThatDoesNotComeBackEndsTheCallAfterSeconds) {
  const auto call = dial();
  host(false);
  lose_host(call);
  EXPECT_EQ(wait_until_it_ends(call), 8'000);
  EXPECT_EQ(bench.call(call).reason, EndReason::kFailed);
  EXPECT_EQ(bench.call(call).detail, "the host cannot be reached");
  EXPECT_TRUE(bench.call(call).host_away) << "that is why";
  EXPECT_TRUE(bench.sent<protocol::CallHangUp>().empty()) << "the service has not heard of the call";
}

TEST_F(HostWait, AHostThatIsThereAndCannotBeReachedIsAskedOnceMore) {
  const auto call = dial();
  lose_host(call);
  wait();
  EXPECT_TRUE(bench.did<PeerCreate>());
  lose_host(call);
  EXPECT_EQ(bench.call(call).reason, EndReason::kFailed);
}

TEST_F(HostWait, AHostThatLeavesAgainAndAgainHasTheSameSecondsInAll) {
  const auto call = dial();
  for (int turn = 0; turn < 4; ++turn) {
    host(false);
    lose_host(call);
    ASSERT_TRUE(bench.call(call).host_away);
    bench.now_ms += 2'000;
    host(true);
    ASSERT_TRUE(bench.did<PeerCreate>());
  }
  host(false);
  lose_host(call);
  EXPECT_EQ(bench.call(call).reason, EndReason::kFailed);
}

TEST_F(HostWait, ACallThatIsPlacedWhileTheHostIsAwayWaitsToo) {
  host(false);
  bench.now_ms += 7'999;
  const auto call = dial();
  EXPECT_FALSE(bench.did<PeerCreate>());
  EXPECT_TRUE(bench.call(call).host_away);
  host(true);
  EXPECT_EQ(bench.the<PeerCreate>().host, "host");
}

TEST_F(HostWait, AHostThatLeftLongAgoIsNotWaitedFor) {
  host(false);
  bench.now_ms += 8'000;
  bench.happen(PlaceCall{2, std::nullopt}, 4);
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
  EXPECT_TRUE(bench.view().calls.empty());
}

TEST_F(HostWait, ACallIsHungUpWhileItWaits) {
  host(false);
  const auto call = dial();
  bench.happen(HangUp{call}, 5);
  EXPECT_EQ(bench.call(call).reason, EndReason::kCancelled);
  EXPECT_FALSE(bench.did<PeerClose>());
  host(true);
  EXPECT_FALSE(bench.did<PeerCreate>());
  bench.happen(TimerFired{"host:" + call});
  EXPECT_FALSE(bench.did<PeerCreate>());
}

TEST_F(HostWait, AnAnswerWaitsWithAllThatTheCallerHasSaid) {
  bench.service(protocol::CallIncoming{"incoming1", 2, "offer", "key of bob"});
  bench.service(protocol::CallCandidate{"incoming1", "candidate:1", "0", 0, ""});
  bench.happen(AnswerCall{"incoming1"}, 6);
  EXPECT_EQ(bench.all<PeerAddCandidate>().size(), 1U);
  bench.service(protocol::CallCandidate{"incoming1", "candidate:2", "0", 0, ""});
  EXPECT_EQ(bench.the<PeerAddCandidate>().candidate, "candidate:2");
  host(false);
  lose_host("incoming1");
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kAnswering);
  EXPECT_FALSE(bench.did<IntentDone>());
  EXPECT_FALSE(bench.did<Ring>());
  bench.service(protocol::CallCandidate{"incoming1", "candidate:3", "0", 0, ""});
  EXPECT_FALSE(bench.did<PeerAddCandidate>());
  host(true);
  EXPECT_EQ(bench.the<PeerExpect>().key_hash, "key of bob");
  EXPECT_EQ(bench.the<PeerRemote>().sdp, "offer");
  EXPECT_TRUE(bench.did<PeerAnswer>());
  EXPECT_EQ(bench.all<PeerAddCandidate>().size(), 3U);
  bench.happen(PeerDescription{"incoming1", SdpKind::kAnswer, "answer"});
  bench.answer<protocol::CallAnswer>(protocol::Ok{});
  EXPECT_TRUE(bench.the<IntentDone>().ok);
}

TEST_F(HostWait, AnAnswerThatWaitedInVainRingsAgainAndMayBeGivenOnceMore) {
  bench.service(protocol::CallIncoming{"incoming1", 2, "offer", "key of bob"});
  bench.happen(AnswerCall{"incoming1"}, 6);
  host(false);
  lose_host("incoming1");
  EXPECT_EQ(wait_until_it_ends("incoming1"), 8'000);
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kIncoming);
  EXPECT_TRUE(bench.did<Ring>());
  EXPECT_FALSE(bench.call("incoming1").host_away);
  host(true);
  host(false);
  bench.happen(AnswerCall{"incoming1"}, 7);
  EXPECT_TRUE(bench.call("incoming1").host_away);
  host(true);
  EXPECT_TRUE(bench.did<PeerAnswer>());
}

TEST_F(HostWait, AConnectionToTheServiceThatIsAwayIsWaitedForAsWell) {
  const auto call = dial();
  bench.lose_connection();
  lose_host(call);
  EXPECT_TRUE(bench.call(call).host_away);
  wait();
  EXPECT_FALSE(bench.did<PeerCreate>()) << "the host is not known to be away, but there is no way to it";
  bench.come_back(false);
  bench.answer<protocol::HostList>(protocol::Hosts{{{"host", "Endpoint", true, std::nullopt}}});
  EXPECT_TRUE(bench.did<PeerCreate>());
}

TEST_F(HostWait, ALossInARunningCallIsNoReasonToMakeItAnew) {
  const auto call = dial();
  bench.happen(PeerDescription{call, SdpKind::kOffer, "offer"});
  bench.answer<protocol::CallInvite>(protocol::CallRinging{call, 2});
  bench.service(protocol::CallAnswered{call, "answer", "key of bob"});
  bench.happen(PeerState{call, protocol::ConnectionState::kConnected});
  host(false);
  lose_host(call);
  EXPECT_EQ(bench.call(call).phase, CallPhase::kInCall);
  EXPECT_FALSE(bench.call(call).host_away);
  EXPECT_FALSE(bench.did<PeerClose>());
}

TEST(HostWaitInABrowser, TheHostIsPreferredForSecondsThenTheBrowserSpeaks) {
  Bench bench;
  bench.sign_in(true);
  bench.service(protocol::Hosts{{{"host", "Endpoint", false, std::nullopt}}});
  bench.happen(PlaceCall{2, std::nullopt}, 4);
  const auto call = bench.the<IntentDone>().value;
  int turns = 0;
  while (!bench.did<PeerCreate>() && ++turns < 100) {
    const auto timer = bench.the<StartTimer>();
    bench.now_ms += timer.after_ms;
    bench.happen(TimerFired{timer.timer});
  }
  EXPECT_EQ(bench.now_ms, 9'000);
  EXPECT_FALSE(bench.the<PeerCreate>().host.has_value());
  EXPECT_FALSE(bench.call(call).host_away);
}

TEST(HostWaitInABrowser, WhereOnlyTheWayToTheHostFailsTheBrowserSpeaksSoon) {
  Bench bench;
  bench.sign_in(true);
  bench.happen(PlaceCall{2, std::nullopt}, 4);
  const auto call = bench.the<IntentDone>().value;
  bench.happen(HostLinkChanged{"host", model::HostLink::kFailed, "refused"});
  bench.happen(PeerFailed{call, "the host cannot be reached", true});
  bench.now_ms += 500;
  bench.happen(TimerFired{"host:" + call});
  EXPECT_FALSE(bench.the<PeerCreate>().host.has_value());
}

}  // namespace
}  // namespace sidetone::client::test
