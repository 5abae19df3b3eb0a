#include "tests/core/client/bench.hpp"

namespace sidetone::client::test {
namespace {

using model::CallPhase;
using protocol::ConnectionState;
using protocol::EndReason;
using protocol::SdpKind;

class CallsTest : public testing::Test {
 protected:
  void SetUp() override { bench.sign_in(); }

  /// Alice calls Bob; the invite has been sent.
  std::string dial() {
    bench.happen(PlaceCall{2, std::nullopt}, 4);
    const auto call = bench.the<IntentDone>().value;
    bench.happen(PeerDescription{call, SdpKind::kOffer, "offer"});
    return call;
  }
  std::string connect() {
    const auto call = dial();
    bench.answer<protocol::CallInvite>(protocol::CallRinging{call, 2});
    bench.service(protocol::CallAnswered{call, "answer", "key of bob"});
    bench.happen(PeerState{call, ConnectionState::kConnected});
    return call;
  }
  void ring(const std::string& call = "incoming1") {
    bench.service(protocol::CallIncoming{call, 2, "offer", "key of bob"});
  }
  protocol::CallInfo info(const std::string& call, protocol::CallPhase phase, std::optional<protocol::DeviceId> device,
                          bool incoming = false) {
    protocol::CallInfo out;
    out.call = call;
    out.incoming = incoming;
    out.other = 2;
    out.phase = phase;
    out.since = 1'700'000'000;
    out.device = device;
    out.host = "host";
    out.key_hash = "key of bob";
    return out;
  }
  Bench bench;
};

TEST_F(CallsTest, AnAnswerThatWasGivenWhileTheCallerWasAwayIsHeardInTheNextSession) {
  const auto call = dial();
  bench.answer<protocol::CallInvite>(protocol::CallRinging{call, 2});
  bench.lose_connection();
  bench.come_back(false);
  bench.service(protocol::CallAnswered{call, "answer", "key of bob"});
  EXPECT_EQ(bench.the<PeerRemote>().sdp, "answer");
  EXPECT_EQ(bench.call(call).phase, CallPhase::kConnecting);
  bench.service(protocol::Calls{{info(call, protocol::CallPhase::kAnswered, 11)}});
  EXPECT_EQ(bench.call(call).phase, CallPhase::kConnecting);
  bench.happen(PeerState{call, ConnectionState::kConnected});
  bench.service(protocol::CallAnswered{call, "answer", "key of bob"});
  EXPECT_TRUE(bench.all<PeerRemote>().empty()) << "said again, it changes nothing";
  EXPECT_EQ(bench.call(call).phase, CallPhase::kInCall);
}

TEST_F(CallsTest, ACallIsPlacedRingsIsAnsweredAndConnects) {
  bench.happen(PlaceCall{2, std::nullopt}, 4);
  const auto create = bench.the<PeerCreate>();
  EXPECT_EQ(create.host, "host");
  EXPECT_TRUE(create.caller);
  EXPECT_TRUE(bench.did<PeerOffer>());
  const auto call = create.call;
  bench.happen(PeerDescription{call, SdpKind::kOffer, "offer"});
  const auto invite = bench.sent<protocol::CallInvite>().at(0);
  EXPECT_EQ(invite.call, call);
  EXPECT_EQ(invite.to, 2U);
  EXPECT_EQ(invite.sdp, "offer");
  EXPECT_EQ(invite.host, "host");
  bench.answer<protocol::CallInvite>(protocol::CallRinging{call, 2});
  EXPECT_EQ(bench.the<Ring>().tone, Tone::kRingBack);
  EXPECT_EQ(bench.call(call).phase, CallPhase::kRinging);
  bench.service(protocol::CallAnswered{call, "answer", "key of bob"});
  EXPECT_EQ(bench.the<PeerRemote>().sdp, "answer");
  EXPECT_EQ(bench.the<PeerExpect>().key_hash, "key of bob");
  EXPECT_TRUE(bench.did<StopRing>());
  EXPECT_EQ(bench.call(call).phase, CallPhase::kConnecting);
  bench.happen(PeerState{call, ConnectionState::kConnected});
  EXPECT_EQ(bench.call(call).phase, CallPhase::kInCall);
  bench.happen(PeerIdentity{call, true, ""});
  EXPECT_EQ(bench.call(call).identity, model::Identity::kProven);
  bench.happen(HangUp{call}, 5);
  EXPECT_EQ(bench.sent<protocol::CallHangUp>().at(0).call, call);
  EXPECT_FALSE(bench.the<PeerClose>().leave_running);
  EXPECT_EQ(bench.call(call).reason, EndReason::kHungUp);
  bench.happen(TimerFired{"forget:" + call});
  EXPECT_TRUE(bench.view().calls.empty());
}

TEST_F(CallsTest, CandidatesWaitForTheInviteAndForTheAnswer) {
  bench.happen(PlaceCall{2, std::nullopt}, 4);
  const auto call = bench.the<IntentDone>().value;
  bench.happen(PeerCandidate{call, "candidate:1", "0", 0, "u"});
  EXPECT_TRUE(bench.sent<protocol::CallCandidate>().empty());
  bench.happen(PeerDescription{call, SdpKind::kOffer, "offer"});
  EXPECT_EQ(bench.sent<protocol::CallCandidate>().size(), 1U);
  bench.service(protocol::CallCandidate{call, "candidate:2", "0", 0, "v"});
  EXPECT_FALSE(bench.did<PeerAddCandidate>()) << "there is no remote description yet";
  bench.service(protocol::CallAnswered{call, "answer", ""});
  ASSERT_EQ(bench.all<PeerAddCandidate>().size(), 1U);
  EXPECT_EQ(bench.all<PeerAddCandidate>()[0].candidate, "candidate:2");
}

TEST_F(CallsTest, AnIncomingCallIsAnsweredAndTheServiceSaysWhoWon) {
  bench.service(protocol::CallCandidate{"incoming1", "too early", "0", 0, ""});
  ring();
  EXPECT_EQ(bench.the<Ring>().tone, Tone::kRing);
  bench.service(protocol::CallCandidate{"incoming1", "candidate:1", "0", 0, ""});
  bench.happen(AnswerCall{"incoming1"}, 6);
  EXPECT_FALSE(bench.the<PeerCreate>().caller);
  EXPECT_EQ(bench.the<PeerRemote>().sdp, "offer");
  EXPECT_TRUE(bench.did<PeerAnswer>());
  EXPECT_EQ(bench.the<PeerAddCandidate>().candidate, "candidate:1");
  EXPECT_FALSE(bench.did<IntentDone>());
  bench.happen(PeerDescription{"incoming1", SdpKind::kAnswer, "answer"});
  EXPECT_EQ(bench.sent<protocol::CallAnswer>().at(0).sdp, "answer");
  const auto asked = bench.commands;
  bench.happen(PeerState{"incoming1", ConnectionState::kConnected});
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kAnswering) << "the voice may be faster than the service's word";
  bench.answer_from<protocol::CallAnswer>(asked, protocol::Ok{});
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kInCall);
}

TEST_F(CallsTest, TheDeviceThatLosesTheRaceStops) {
  ring();
  bench.happen(AnswerCall{"incoming1"}, 6);
  bench.happen(PeerDescription{"incoming1", SdpKind::kAnswer, "answer"});
  bench.answer<protocol::CallAnswer>(failure(ErrorCode::kConflict, "answered elsewhere"));
  EXPECT_EQ(bench.the<IntentDone>().code, "conflict");
  EXPECT_FALSE(bench.the<PeerClose>().leave_running);
  EXPECT_EQ(bench.call("incoming1").reason, EndReason::kAnsweredElsewhere);
}

TEST_F(CallsTest, AnsweredElsewhereStopsTheRingingWithoutAMissedCall) {
  ring();
  bench.service(protocol::CallEnded{"incoming1", EndReason::kAnsweredElsewhere});
  EXPECT_TRUE(bench.did<StopRing>());
  EXPECT_FALSE(bench.did<Notify>());
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kEnded);
}

TEST_F(CallsTest, ACallThatNobodyTookIsMissed) {
  ring();
  bench.service(protocol::CallEnded{"incoming1", EndReason::kCancelled});
  EXPECT_EQ(bench.the<Notify>().notice, Notice::kMissedCall);
}

TEST_F(CallsTest, DecliningTellsTheService) {
  ring();
  bench.happen(HangUp{"incoming1"}, 6);
  EXPECT_EQ(bench.sent<protocol::CallDecline>().size(), 1U);
  EXPECT_EQ(bench.call("incoming1").reason, EndReason::kDeclined);
}

TEST_F(CallsTest, AForwardedCallEndsHereOnceItRingsThere) {
  ring();
  bench.happen(ForwardCall{"incoming1", 3, std::nullopt}, 6);
  EXPECT_EQ(bench.sent<protocol::CallForward>().at(0), (protocol::CallForward{"incoming1", 3, std::nullopt}));
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kIncoming) << "until the service has said so";
  bench.answer<protocol::CallForward>(protocol::Ok{});
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  EXPECT_TRUE(bench.did<StopRing>());
  EXPECT_FALSE(bench.did<Notify>()) << "it was not missed";
  EXPECT_EQ(bench.call("incoming1").reason, EndReason::kForwarded);
  ring("incoming2");
  bench.service(protocol::CallEnded{"incoming2", EndReason::kForwarded});
  EXPECT_FALSE(bench.did<Notify>()) << "nor on the other devices";
  EXPECT_EQ(bench.call("incoming2").reason, EndReason::kForwarded);
}

TEST_F(CallsTest, ACallThatCannotBeForwardedRingsOn) {
  ring();
  bench.happen(ForwardCall{"incoming1", std::nullopt, "1003"}, 6);
  bench.answer<protocol::CallForward>(failure(ErrorCode::kUnavailable, "that person is not signed in"));
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
  EXPECT_FALSE(bench.did<StopRing>());
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kIncoming);
  bench.happen(ForwardCall{"incoming1", std::nullopt, std::nullopt}, 7);
  EXPECT_EQ(bench.the<IntentDone>().code, "malformed");
  bench.happen(ForwardCall{"another1", 3, std::nullopt}, 8);
  EXPECT_EQ(bench.the<IntentDone>().code, "not_found");
  bench.happen(AnswerCall{"incoming1"}, 9);
  bench.happen(ForwardCall{"incoming1", 3, std::nullopt}, 10);
  EXPECT_EQ(bench.the<IntentDone>().code, "conflict");
}

TEST_F(CallsTest, AForwardWhoseAnswerWasLostIsSentAgain) {
  ring();
  bench.happen(ForwardCall{"incoming1", 3, std::nullopt}, 6);
  bench.lose_connection();
  bench.come_back(false);
  const auto asked = bench.commands;
  bench.answer_from<protocol::CallForward>(asked, protocol::Ok{});
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  bench.answer_from<protocol::CallList>(asked, protocol::Calls{});
  EXPECT_EQ(bench.call("incoming1").reason, EndReason::kForwarded);
}

TEST_F(CallsTest, TheCallerHearsWhoIsCalledNow) {
  const auto call = dial();
  bench.answer<protocol::CallInvite>(protocol::CallRinging{call, 2});
  EXPECT_EQ(bench.call(call).forwarded_by, std::nullopt);
  bench.service(protocol::CallRinging{call, 3});
  EXPECT_FALSE(bench.did<Ring>()) << "it rings already";
  EXPECT_EQ(bench.call(call).phase, CallPhase::kRinging);
  EXPECT_EQ(bench.call(call).other, 3U);
  EXPECT_EQ(bench.call(call).forwarded_by, 2U);
  bench.service(protocol::CallAnswered{call, "answer", "key of carol"});
  EXPECT_EQ(bench.the<PeerExpect>().key_hash, "key of carol");
}

TEST_F(CallsTest, TheCallerHearsOfAForwardThatCameWhileTheConnectionWasAway) {
  const auto call = dial();
  bench.answer<protocol::CallInvite>(protocol::CallRinging{call, 2});
  bench.lose_connection();
  bench.come_back(false);
  auto now = info(call, protocol::CallPhase::kRinging, 11);
  now.other = 3;
  now.forwarded_by = 2;
  bench.answer<protocol::CallList>(protocol::Calls{{now}});
  EXPECT_EQ(bench.call(call).other, 3U);
  EXPECT_EQ(bench.call(call).forwarded_by, 2U);
}

TEST_F(CallsTest, AnIncomingCallSaysWhoForwardedIt) {
  bench.service(protocol::CallIncoming{"incoming1", 2, "offer", "key of bob", 3});
  EXPECT_EQ(bench.call("incoming1").forwarded_by, 3U);
}

TEST_F(CallsTest, BusyUnreachableAndRefusedAreToldApart) {
  auto call = dial();
  bench.answer<protocol::CallInvite>(protocol::CallEnded{call, EndReason::kBusy});
  EXPECT_EQ(bench.call(call).reason, EndReason::kBusy);
  EXPECT_TRUE(bench.state.connection.pending.empty());
  call = dial();
  bench.answer<protocol::CallInvite>(failure(ErrorCode::kNotFound, "nobody has this number"));
  EXPECT_EQ(bench.call(call).reason, EndReason::kUnreachable);
  call = dial();
  bench.answer<protocol::CallInvite>(failure(ErrorCode::kConflict, "you are in another call"));
  EXPECT_EQ(bench.call(call).reason, EndReason::kFailed);
  EXPECT_EQ(bench.call(call).detail, "you are in another call");
}

TEST_F(CallsTest, WithoutAWayForTheVoiceNoCallIsPlacedAndTheReasonIsSaid) {
  bench.service(protocol::Hosts{{{"host", "Endpoint", false, std::nullopt}}});
  bench.now_ms += 60'000;
  bench.happen(PlaceCall{2, std::nullopt}, 4);
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
  EXPECT_EQ(bench.view().voice.reason, model::VoiceReason::kHostOffline);
  EXPECT_TRUE(bench.view().calls.empty());
}

TEST_F(CallsTest, AMicrophoneThatIsNotThereLetsTheCallRingOn) {
  ring();
  bench.happen(AnswerCall{"incoming1"}, 6);
  bench.happen(PeerFailed{"incoming1", "there is no microphone"});
  EXPECT_EQ(bench.the<IntentDone>().text, "there is no microphone");
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kIncoming);
  bench.happen(AnswerCall{"incoming1"}, 7);
  EXPECT_TRUE(bench.did<PeerCreate>()) << "another attempt must be possible";
}

TEST_F(CallsTest, AutoAnswerMayRingFirst) {
  bench.happen(SetAutoAnswer{true, 4000});
  ring();
  EXPECT_TRUE(bench.did<Ring>());
  EXPECT_EQ(bench.the<StartTimer>().after_ms, 4000U);
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kIncoming);
  bench.happen(TimerFired{"answer:incoming1"});
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kAnswering);
  EXPECT_TRUE(bench.did<StopRing>());
  ring("incoming2");
  bench.happen(TimerFired{"answer:incoming2"});
  EXPECT_EQ(bench.call("incoming2").phase, CallPhase::kIncoming) << "somebody talks";
  bench.happen(HangUp{"incoming1"}, 5);
  bench.happen(SetAutoAnswer{false, std::nullopt});
  bench.happen(TimerFired{"answer:incoming2"});
  EXPECT_EQ(bench.call("incoming2").phase, CallPhase::kIncoming) << "nobody wants it any more";
}

TEST_F(CallsTest, AutoAnswerHoldsForACallThatRingsAlready) {
  ring();
  bench.happen(SetAutoAnswer{true, 4000});
  EXPECT_EQ(bench.the<StartTimer>().after_ms, 4000U);
  bench.happen(TimerFired{"answer:incoming1"});
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kAnswering);
}

TEST_F(CallsTest, AutoAnswerAnswersAtOnce) {
  bench.happen(SetAutoAnswer{true});
  ring();
  EXPECT_TRUE(bench.did<PeerCreate>());
  EXPECT_FALSE(bench.did<Ring>());
}

TEST_F(CallsTest, NoWayForTheVoiceEndsTheCall) {
  const auto call = dial();
  bench.service(protocol::CallAnswered{call, "answer", ""});
  bench.happen(TimerFired{"connect:" + call});
  EXPECT_EQ(bench.call(call).reason, EndReason::kFailed);
  EXPECT_EQ(bench.sent<protocol::CallHangUp>().size(), 1U);
}

TEST_F(CallsTest, AVoiceThatStopsIsLookedForByAnIceRestartOfTheCaller) {
  const auto call = connect();
  bench.happen(PeerState{call, ConnectionState::kDisconnected});
  EXPECT_EQ(bench.the<StartTimer>().timer, "restart:" + call);
  bench.happen(TimerFired{"restart:" + call});
  EXPECT_TRUE(bench.the<PeerOffer>().ice_restart);
  bench.happen(PeerDescription{call, SdpKind::kOffer, "offer 2"});
  EXPECT_EQ(bench.sent<protocol::CallUpdate>().at(0).sdp, "offer 2");
  bench.service(protocol::CallUpdate{call, SdpKind::kAnswer, "answer 2"});
  EXPECT_EQ(bench.the<PeerRemote>().sdp, "answer 2");
  bench.happen(PeerState{call, ConnectionState::kConnected});
  bench.happen(TimerFired{"connect:" + call});
  EXPECT_EQ(bench.call(call).phase, CallPhase::kInCall);
}

TEST_F(CallsTest, TheCalleeAnswersARestartAndNeverOffersOne) {
  ring();
  bench.happen(AnswerCall{"incoming1"}, 6);
  bench.happen(PeerDescription{"incoming1", SdpKind::kAnswer, "answer"});
  bench.answer<protocol::CallAnswer>(protocol::Ok{});
  bench.happen(PeerState{"incoming1", ConnectionState::kConnected});
  bench.happen(PeerState{"incoming1", ConnectionState::kFailed});
  EXPECT_FALSE(bench.did<PeerOffer>());
  bench.service(protocol::CallUpdate{"incoming1", SdpKind::kOffer, "offer 2"});
  EXPECT_TRUE(bench.did<PeerAnswer>());
}

TEST_F(CallsTest, ALostConnectionDoesNotTouchTheVoice) {
  const auto call = connect();
  bench.lose_connection();
  EXPECT_FALSE(bench.did<PeerClose>());
  EXPECT_EQ(bench.call(call).phase, CallPhase::kInCall);
  bench.come_back(false);
  bench.answer<protocol::CallList>(protocol::Calls{{info(call, protocol::CallPhase::kAnswered, 11)}});
  EXPECT_EQ(bench.call(call).phase, CallPhase::kInCall);
  EXPECT_FALSE(bench.did<PeerClose>());
}

TEST_F(CallsTest, ACallThatEndedMeanwhileEndsHereToo) {
  const auto call = connect();
  bench.lose_connection();
  bench.come_back(false);
  bench.answer<protocol::CallList>(protocol::Calls{});
  EXPECT_EQ(bench.call(call).reason, EndReason::kLost);
  EXPECT_TRUE(bench.did<PeerClose>());
}

TEST_F(CallsTest, AHangUpDuringALossIsSaidAfterwards) {
  const auto call = connect();
  bench.lose_connection();
  bench.happen(HangUp{call}, 8);
  EXPECT_TRUE(bench.did<PeerClose>());
  bench.come_back(true);
  bench.answer<protocol::CallList>(protocol::Calls{{info(call, protocol::CallPhase::kAnswered, 11)}});
  EXPECT_EQ(bench.sent<protocol::CallHangUp>().size(), 1U);
}

TEST_F(CallsTest, AnInviteThatWasLostIsSentAgain) {
  const auto call = dial();
  bench.lose_connection();
  bench.come_back(true);
  bench.answer<protocol::CallList>(protocol::Calls{});
  ASSERT_EQ(bench.sent<protocol::CallInvite>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::CallInvite>()[0].call, call);
}

TEST_F(CallsTest, AnAnswerWhoseFateIsUnknownIsSettledByTheList) {
  ring();
  bench.happen(AnswerCall{"incoming1"}, 6);
  bench.happen(PeerDescription{"incoming1", SdpKind::kAnswer, "answer"});
  bench.lose_connection();
  bench.come_back(true);
  const auto asked = bench.commands;
  auto mine = info("incoming1", protocol::CallPhase::kAnswered, 11, true);
  bench.answer_from<protocol::CallList>(asked, protocol::Calls{{mine}});
  EXPECT_EQ(bench.call("incoming1").phase, CallPhase::kConnecting);
  EXPECT_TRUE(bench.the<IntentDone>().ok);
}

TEST_F(CallsTest, ACallOfADeviceThatIsGoneIsTakenUp) {
  bench.lose_connection();
  bench.come_back(false);
  bench.answer<protocol::CallList>(protocol::Calls{{info("live1234", protocol::CallPhase::kAnswered, std::nullopt)}});
  EXPECT_EQ(bench.sent<protocol::CallTakeUp>().at(0).call, "live1234");
  EXPECT_EQ(bench.call("live1234").phase, CallPhase::kTakingUp);
  bench.answer<protocol::CallTakeUp>(protocol::Calls{{info("live1234", protocol::CallPhase::kAnswered, 11)}});
  const auto attach = bench.the<PeerAttach>();
  EXPECT_EQ(attach.host, "host");
  EXPECT_EQ(bench.the<PeerExpect>().key_hash, "key of bob");
  bench.happen(PeerAttached{"live1234", true, ConnectionState::kConnected, false});
  EXPECT_EQ(bench.call("live1234").phase, CallPhase::kInCall);
}

TEST_F(CallsTest, ACallThatTheHostDoesNotCarryAnyMoreIsHungUp) {
  bench.lose_connection();
  bench.come_back(false);
  bench.answer<protocol::CallList>(protocol::Calls{{info("live1234", protocol::CallPhase::kAnswered, 11)}});
  bench.answer<protocol::CallTakeUp>(protocol::Calls{{info("live1234", protocol::CallPhase::kAnswered, 11)}});
  bench.happen(PeerAttached{"live1234", false, ConnectionState::kClosed, false});
  EXPECT_EQ(bench.sent<protocol::CallHangUp>().size(), 1U);
  EXPECT_EQ(bench.call("live1234").reason, EndReason::kLost);
}

TEST_F(CallsTest, ACallOfAnotherDeviceIsShownAndLeftAlone) {
  bench.lose_connection();
  bench.come_back(false);
  bench.answer<protocol::CallList>(protocol::Calls{{info("live1234", protocol::CallPhase::kAnswered, 99)}});
  EXPECT_EQ(bench.call("live1234").phase, CallPhase::kElsewhere);
  EXPECT_TRUE(bench.sent<protocol::CallTakeUp>().empty());
}

TEST_F(CallsTest, ACallOfAnotherDeviceEndsWithItsRecord) {
  bench.lose_connection();
  bench.come_back(true);
  bench.answer<protocol::CallList>(protocol::Calls{{info("live1234", protocol::CallPhase::kAnswered, 99)}});
  bench.service(protocol::History{1, 2, {{7, protocol::RecordKind::kDialled, 2, 100, 9, EndReason::kHungUp}}, {}});
  bench.answer<protocol::CallList>(protocol::Calls{});
  EXPECT_EQ(bench.call("live1234").phase, CallPhase::kEnded);
}

TEST_F(CallsTest, ACallThatAnotherDeviceTookOverGoesOnAtTheHost) {
  const auto call = connect();
  bench.service(protocol::CallEnded{call, EndReason::kAnsweredElsewhere});
  EXPECT_TRUE(bench.the<PeerClose>().leave_running);
}

TEST_F(CallsTest, AFarEndThatWasTakenUpHasToProveItselfAnew) {
  const auto call = connect();
  bench.happen(PeerIdentity{call, true, ""});
  auto changed = info(call, protocol::CallPhase::kAnswered, 11);
  changed.key_hash = "key of bob's other device";
  bench.service(protocol::Calls{{changed}});
  EXPECT_EQ(bench.the<PeerExpect>().key_hash, "key of bob's other device");
  EXPECT_EQ(bench.call(call).identity, model::Identity::kUnknown);
}

TEST_F(CallsTest, AListThatCameUnaskedEndsNothing) {
  const auto call = connect();
  bench.lose_connection();
  bench.come_back(true);
  bench.service(protocol::Calls{});
  EXPECT_EQ(bench.call(call).phase, CallPhase::kInCall);
}

TEST_F(CallsTest, ACallThatRingsWhenTheClientComesIsShown) {
  bench.lose_connection();
  bench.come_back(false);
  auto ringing = info("ringing1", protocol::CallPhase::kRinging, std::nullopt, true);
  ringing.sdp = "offer";
  bench.answer<protocol::CallList>(protocol::Calls{{ringing}});
  EXPECT_EQ(bench.call("ringing1").phase, CallPhase::kIncoming);
  bench.service(protocol::CallIncoming{"ringing1", 2, "offer", ""});
  EXPECT_FALSE(bench.did<Ring>()) << "it rings already";
}

TEST_F(CallsTest, MutingIsTold) {
  const auto call = connect();
  bench.happen(MuteCall{call, true}, 3);
  EXPECT_TRUE(bench.the<PeerMute>().muted);
  EXPECT_TRUE(bench.call(call).muted);
}

TEST_F(CallsTest, EventsOfUnknownCallsAreCountedAndIgnored) {
  const auto before = bench.view().counters.stale_events;
  bench.happen(PeerState{"nobody", ConnectionState::kConnected});
  bench.service(protocol::CallEnded{"nobody", EndReason::kHungUp});
  bench.service(protocol::CallAnswered{"nobody", "answer", ""});
  EXPECT_EQ(bench.view().counters.stale_events, before + 3);
  EXPECT_TRUE(bench.view().calls.empty());
}

}  // namespace
}  // namespace sidetone::client::test
