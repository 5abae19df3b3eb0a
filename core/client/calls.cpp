#include "core/client/turn.hpp"

/// Signalling: what people and the service do with calls. The service is the authority; the voice follows in
/// call_voice.cpp.
namespace sidetone::client::detail {
namespace {

using model::CallPhase;
using protocol::EndReason;

constexpr std::uint32_t kForgetAfterMs = 60'000;  ///< an ended call stays in the list for so long
constexpr std::uint32_t kConnectWithinMs = 30'000;

EndReason reason_of(const protocol::Failure& failure) {
  switch (error_code_from_name(failure.code)) {
    case ErrorCode::kNotFound:
    case ErrorCode::kUnavailable:
      return EndReason::kUnreachable;
    default:
      return EndReason::kFailed;
  }
}

constexpr const char* kHostNotConnected = "the native host is not connected to the service";

bool has_voice(const Turn& turn) {
  return choose_voice(turn.state).way != model::VoiceWay::kNone || host_may_return(turn);
}

/// A ringing that ended so was seen by nobody.
bool missed(EndReason reason) {
  return reason != EndReason::kAnsweredElsewhere && reason != EndReason::kDeclined && reason != EndReason::kForwarded;
}

/// The call that still rings on this device; nullptr after refusing the intent.
CallEntry* ringing_call(Turn& turn, const std::string& call) {
  if (!turn.need_online()) return nullptr;
  auto* entry = find_call(turn, call);
  if (entry != nullptr && entry->call.phase == CallPhase::kIncoming) return entry;
  if (entry == nullptr)
    turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no such call");
  else
    turn.refuse(turn.moment.intent, ErrorCode::kConflict, "the call does not ring here any more");
  return nullptr;
}

/// @return the next call has a voice; else the intent is refused.
bool need_voice(Turn& turn) {
  if (has_voice(turn)) return true;
  turn.refuse(turn.moment.intent, ErrorCode::kUnavailable,
              choose_voice(turn.state).reason == model::VoiceReason::kNoHostPaired
                  ? "no native host is paired and this client has no voice of its own"
                  : kHostNotConnected);
  return false;
}

void begin_voice(Turn& turn, CallEntry& entry) {
  if (!host_may_return(turn) || !wait_for_host(turn, entry, kHostNotConnected)) make_voice(turn, entry);
}

/// The service has answered an answer_call, or the list of calls says so.
void won(Turn& turn, CallEntry& entry) {
  entry.won = true;
  turn.done(entry.answer_intent);
  entry.answer_intent.reset();
  if (entry.call.phase != CallPhase::kAnswering) return;
  entry.call.phase = CallPhase::kConnecting;
  turn.command(StartTimer{"connect:" + entry.call.call, kConnectWithinMs});
  if (entry.call.connection == protocol::ConnectionState::kConnected) voice_connected(turn, entry);
}

}  // namespace

CallEntry* find_call(Turn& turn, const std::string& call) {
  const auto found = turn.state.calls.find(call);
  if (found != turn.state.calls.end()) return &found->second;
  ++turn.state.counters.stale_events;
  return nullptr;
}

bool live(const CallEntry& entry) { return entry.call.phase != CallPhase::kEnded; }

void end_call(Turn& turn, CallEntry& entry, EndReason reason, std::string detail, bool leave_running) {
  if (!live(entry)) return;
  const auto& call = entry.call.call;
  const bool rang = entry.call.phase == CallPhase::kIncoming;
  entry.call.phase = CallPhase::kEnded;
  entry.call.reason = reason;
  if (!detail.empty()) entry.call.detail = std::move(detail);
  entry.call.sent = entry.call.received = 0;
  turn.command(StopRing{call});
  if (entry.peer) turn.command(PeerClose{call, leave_running});
  entry.peer = false;
  if (entry.answer_intent) {
    turn.refuse(entry.answer_intent,
                reason == EndReason::kAnsweredElsewhere ? ErrorCode::kConflict : ErrorCode::kUnavailable,
                reason == EndReason::kAnsweredElsewhere ? "answered on another device" : "the call is over");
    entry.answer_intent.reset();
  }
  for (const char* timer : {"answer:", "connect:", "restart:", "host:"}) turn.command(StopTimer{timer + call});
  turn.command(StartTimer{"forget:" + call, kForgetAfterMs});
  if (rang && entry.call.incoming && missed(reason)) turn.command(Notify{Notice::kMissedCall, entry.call.other, {}});
}

void hang_up(Turn& turn, CallEntry& entry, EndReason reason, std::string detail) {
  const bool known_to_service = entry.call.phase != CallPhase::kPreparing;
  entry.hang_up_unsent = known_to_service && !turn.online();
  if (known_to_service && turn.online())
    turn.request(protocol::CallHangUp{entry.call.call}, {Purpose::kHangUp, std::nullopt, entry.call.call, 0, {}}, true);
  end_call(turn, entry, reason, std::move(detail));
}

void on(Turn& turn, const PlaceCall& place) {
  if (!place.user && !place.number)
    return turn.refuse(turn.moment.intent, ErrorCode::kMalformed, "neither a person nor a number");
  if (!turn.need_online() || !need_voice(turn)) return;
  auto& entry = turn.state.calls[turn.moment.random];
  entry.call.call = turn.moment.random;
  entry.call.other = place.user.value_or(0);
  entry.call.number = place.number.value_or("");
  entry.call.began = turn.moment.unix_s + turn.state.connection.clock_offset_s;
  begin_voice(turn, entry);
  turn.done(turn.moment.intent, entry.call.call);
}

void on(Turn& turn, const protocol::CallRinging& ringing) {
  auto* entry = find_call(turn, ringing.call);
  if (entry == nullptr) return;
  if (entry->invited && entry->call.other != ringing.user) entry->call.forwarded_by = entry->call.other;
  entry->invited = true;
  entry->call.other = ringing.user;
  if (entry->call.phase != CallPhase::kDialling) return;
  entry->call.phase = CallPhase::kRinging;
  turn.command(Ring{ringing.call, Tone::kRingBack});
}

void on(Turn& turn, const protocol::CallAnswered& answered) {
  auto* entry = find_call(turn, answered.call);
  if (entry == nullptr || (entry->call.phase != CallPhase::kDialling && entry->call.phase != CallPhase::kRinging))
    return;
  entry->invited = entry->won = true;
  entry->key_hash = answered.key_hash;
  entry->call.phase = CallPhase::kConnecting;
  entry->call.answered = turn.moment.unix_s + turn.state.connection.clock_offset_s;
  turn.command(StopRing{answered.call});
  turn.command(PeerRemote{answered.call, protocol::SdpKind::kAnswer, answered.sdp});
  add_remote_candidates(turn, *entry);
  expect_identity(turn, *entry);
  turn.command(StartTimer{"connect:" + answered.call, kConnectWithinMs});
}

void on(Turn& turn, const protocol::CallIncoming& incoming) {
  auto& entry = turn.state.calls[incoming.call];
  if (!entry.call.call.empty()) return;
  entry.call.call = incoming.call;
  entry.call.other = incoming.from;
  entry.call.incoming = true;
  entry.call.phase = CallPhase::kIncoming;
  entry.call.began = turn.moment.unix_s + turn.state.connection.clock_offset_s;
  entry.remote_sdp = incoming.sdp;
  entry.key_hash = incoming.key_hash;
  entry.call.forwarded_by = incoming.forwarded_by;
  const auto after_ms = turn.state.settings.auto_answer_after_ms;
  if (after_ms == 0U && has_voice(turn)) return answer(turn, entry);
  if (after_ms > 0U) turn.command(StartTimer{"answer:" + incoming.call, *after_ms});
  turn.command(Ring{incoming.call, Tone::kRing});
  turn.command(Notify{Notice::kIncomingCall, incoming.from, {}});
}

void answer(Turn& turn, CallEntry& entry) {
  if (!need_voice(turn)) return;
  entry.call.phase = CallPhase::kAnswering;
  entry.call.answered = turn.moment.unix_s + turn.state.connection.clock_offset_s;
  entry.answer_intent = turn.moment.intent;
  turn.command(StopRing{entry.call.call});
  begin_voice(turn, entry);
}

void make_voice(Turn& turn, CallEntry& entry) {
  const auto& call = entry.call.call;
  entry.call.host = choose_voice(turn.state).host;
  entry.call.host_away = false;
  entry.call.detail.clear();
  entry.peer = true;
  turn.command(PeerCreate{call, entry.call.host, !entry.call.incoming, turn.state.settings.relay_only,
                          turn.state.account.ice_servers});
  if (!entry.call.incoming) return turn.command(PeerOffer{call, false});
  expect_identity(turn, entry);
  turn.command(PeerRemote{call, protocol::SdpKind::kOffer, entry.remote_sdp});
  turn.command(PeerAnswer{call});
  add_remote_candidates(turn, entry);
}

void on(Turn& turn, const AnswerCall& intent) {
  if (auto* entry = ringing_call(turn, intent.call)) answer(turn, *entry);
}

void on(Turn& turn, const ForwardCall& intent) {
  if (intent.user.has_value() == intent.number.has_value())
    return turn.refuse(turn.moment.intent, ErrorCode::kMalformed, "either a person or a number");
  if (ringing_call(turn, intent.call) == nullptr) return;
  turn.request(protocol::CallForward{intent.call, intent.user, intent.number},
               {Purpose::kForward, turn.moment.intent, intent.call, 0, {}}, true);
}

void on(Turn& turn, const DeclineCall& intent) {
  auto* entry = ringing_call(turn, intent.call);
  if (entry == nullptr) return;
  turn.request(protocol::CallDecline{intent.call}, {Purpose::kDecline, turn.moment.intent, intent.call, 0, {}}, true);
  end_call(turn, *entry, EndReason::kDeclined);
}

void on(Turn& turn, const HangUp& intent) {
  auto* entry = find_call(turn, intent.call);
  if (entry == nullptr) return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no such call");
  if (entry->call.phase == CallPhase::kIncoming) return on(turn, DeclineCall{intent.call});
  if (live(*entry)) hang_up(turn, *entry, entry->call.answered ? EndReason::kHungUp : EndReason::kCancelled);
  turn.done(turn.moment.intent);
}

void on(Turn& turn, const MuteCall& mute) {
  auto* entry = find_call(turn, mute.call);
  if (entry == nullptr || !live(*entry) || !entry->peer)
    return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no such call on this device");
  entry->call.muted = mute.muted;
  turn.command(PeerMute{mute.call, mute.muted});
  turn.done(turn.moment.intent);
}

void on(Turn& turn, const SetAutoAnswer& setting) {
  turn.state.settings.auto_answer_after_ms = setting.on ? std::optional(setting.after_ms.value_or(0)) : std::nullopt;
  // After a start with a call that rings already the setting may come behind it.
  for (const auto& [id, entry] : turn.state.calls)
    if (setting.on && entry.call.phase == CallPhase::kIncoming)
      turn.command(StartTimer{"answer:" + id, setting.after_ms.value_or(0)});
  turn.done(turn.moment.intent);
}

void on(Turn& turn, const protocol::CallEnded& ended) {
  auto* entry = find_call(turn, ended.call);
  if (entry == nullptr) return;
  // Another device has taken an answered call over: the host's peer connection goes on under that device's control.
  const bool handed_over = ended.reason == EndReason::kAnsweredElsewhere && entry->won;
  end_call(turn, *entry, ended.reason, {}, handed_over);
}

void call_answered(Turn& turn, const Pending& pending, const protocol::Failure* failure) {
  auto* entry = find_call(turn, pending.subject);
  switch (pending.purpose) {
    case Purpose::kInvite:
      if (entry != nullptr && failure != nullptr) end_call(turn, *entry, reason_of(*failure), failure->text);
      return;
    case Purpose::kAnswer:
      if (entry == nullptr) return;
      if (failure == nullptr) return won(turn, *entry);
      return end_call(turn, *entry,
                      error_code_from_name(failure->code) == ErrorCode::kConflict ? EndReason::kAnsweredElsewhere
                                                                                  : EndReason::kFailed,
                      failure->text);
    case Purpose::kForward:
      if (failure != nullptr) return turn.refuse(pending.intent, *failure);
      if (entry != nullptr) end_call(turn, *entry, EndReason::kForwarded);
      return turn.done(pending.intent);
    case Purpose::kTakeUp:
      if (failure == nullptr) return;
      turn.refuse(pending.intent, *failure);
      if (entry != nullptr && entry->call.phase == CallPhase::kTakingUp) entry->call.phase = CallPhase::kElsewhere;
      return;
    default:
      if (failure != nullptr)
        turn.refuse(pending.intent, *failure);
      else
        turn.done(pending.intent);
  }
}

void expect_identity(Turn& turn, const CallEntry& entry) {
  turn.command(PeerExpect{entry.call.call, entry.key_hash, !entry.call.incoming});
}

void voice_connected(Turn& turn, CallEntry& entry) {
  entry.call.phase = CallPhase::kInCall;
  turn.command(StopTimer{"connect:" + entry.call.call});
  turn.command(StopTimer{"restart:" + entry.call.call});
}

}  // namespace sidetone::client::detail
