#include "core/client/turn.hpp"

/// The voice of a call: what its peer connection says, and what of it must reach the far end.
namespace sidetone::client::detail {
namespace {

using model::CallPhase;
using protocol::ConnectionState;
using protocol::EndReason;
using protocol::SdpKind;

constexpr std::uint32_t kRestartAfterMs = 1'000;  ///< disconnected for so long: look for another way
constexpr std::uint32_t kRestartWithinMs = 30'000;

/// The platform speaks of a call whose peer connection is still wanted.
CallEntry* with_peer(Turn& turn, const std::string& call) {
  auto* entry = find_call(turn, call);
  return entry != nullptr && live(*entry) && entry->peer ? entry : nullptr;
}

void restart(Turn& turn, CallEntry& entry) {
  // Only the caller offers, so that two offers never meet.
  if (!entry.call.incoming) turn.command(PeerOffer{entry.call.call, true});
  turn.command(StartTimer{"connect:" + entry.call.call, kRestartWithinMs});
}

void send_invite(Turn& turn, CallEntry& entry) {
  protocol::CallInvite invite;
  invite.call = entry.call.call;
  if (entry.call.other != 0)
    invite.to = entry.call.other;
  else
    invite.number = entry.call.number;
  invite.sdp = entry.local_sdp;
  invite.host = entry.call.host;
  entry.call.phase = CallPhase::kDialling;
  turn.request(invite, {Purpose::kInvite, std::nullopt, entry.call.call, 0, {}});
}

}  // namespace

void send_description(Turn& turn, CallEntry& entry) {
  if (!turn.online() || entry.local_sdp.empty()) return;
  if (entry.call.phase == CallPhase::kPreparing || entry.call.phase == CallPhase::kDialling)
    send_invite(turn, entry);
  else if (entry.call.phase == CallPhase::kAnswering)
    turn.request(protocol::CallAnswer{entry.call.call, entry.local_sdp, entry.call.host},
                 {Purpose::kAnswer, std::nullopt, entry.call.call, 0, {}});
  entry.described = true;
  flush_local_candidates(turn, entry);
}

void on(Turn& turn, const PeerDescription& description) {
  auto* entry = with_peer(turn, description.call);
  if (entry == nullptr) return;
  if (entry->call.phase == CallPhase::kPreparing || entry->call.phase == CallPhase::kAnswering) {
    entry->local_sdp = description.sdp;
    entry->host_awaited_until_ms.reset();
    return send_description(turn, *entry);
  }
  if (turn.online())
    turn.request(protocol::CallUpdate{description.call, description.kind, description.sdp},
                 {Purpose::kUpdate, std::nullopt, description.call, 0, {}});
}

void on(Turn& turn, const PeerCandidate& candidate) {
  auto* entry = with_peer(turn, candidate.call);
  if (entry == nullptr) return;
  if (entry->local_candidates.size() < limits::kCandidatesPerCall) entry->local_candidates.push_back(candidate);
  flush_local_candidates(turn, *entry);
}

void flush_local_candidates(Turn& turn, CallEntry& entry) {
  if (!turn.online() || !entry.described) return;
  for (auto& one : entry.local_candidates)
    turn.send(protocol::CallCandidate{one.call, one.candidate, one.mid, one.line, one.ufrag});
  entry.local_candidates.clear();
}

void add_remote_candidates(Turn& turn, const CallEntry& entry) {
  for (const auto& one : entry.remote_candidates)
    turn.command(PeerAddCandidate{one.call, one.candidate, one.mid, one.line, one.ufrag});
}

void on(Turn& turn, const protocol::CallCandidate& candidate) {
  auto* entry = find_call(turn, candidate.call);
  if (entry == nullptr || !live(*entry)) return;
  // Before the far end's description is set there is nothing to add a candidate to.
  const bool described = entry->peer && (entry->call.incoming || entry->won);
  if (described)
    turn.command(PeerAddCandidate{candidate.call, candidate.candidate, candidate.mid, candidate.line, candidate.ufrag});
  if (entry->remote_candidates.size() < limits::kCandidatesPerCall) entry->remote_candidates.push_back(candidate);
}

void on(Turn& turn, const protocol::CallUpdate& update) {
  auto* entry = with_peer(turn, update.call);
  if (entry == nullptr) return;
  turn.command(PeerRemote{update.call, update.kind, update.sdp});
  if (update.kind == SdpKind::kOffer) turn.command(PeerAnswer{update.call});
}

void on(Turn& turn, const PeerState& changed) {
  auto* entry = with_peer(turn, changed.call);
  if (entry == nullptr) return;
  entry->call.connection = changed.state;
  const auto phase = entry->call.phase;
  switch (changed.state) {
    case ConnectionState::kConnected:
      if (phase == CallPhase::kConnecting || phase == CallPhase::kInCall) voice_connected(turn, *entry);
      return;
    case ConnectionState::kDisconnected:
      if (phase == CallPhase::kInCall) turn.command(StartTimer{"restart:" + changed.call, kRestartAfterMs});
      return;
    case ConnectionState::kFailed:
      if (phase == CallPhase::kInCall) return restart(turn, *entry);
      if (phase == CallPhase::kConnecting) hang_up(turn, *entry, EndReason::kFailed, "no way was found for the voice");
      return;
    case ConnectionState::kClosed:
      // The host has closed it by itself: it was stopped, or the service released the call.
      if (phase == CallPhase::kInCall || phase == CallPhase::kConnecting)
        hang_up(turn, *entry, EndReason::kLost, "the voice was closed");
      return;
    case ConnectionState::kNew:
    case ConnectionState::kConnecting:
      return;
  }
}

void on(Turn& turn, const PeerFailed& failed) {
  auto* entry = with_peer(turn, failed.call);
  if (entry == nullptr) return;
  entry->call.detail = failed.reason;
  if (entry->call.phase == CallPhase::kInCall) return turn.command(Report{"the voice of a call: " + failed.reason});
  if (failed.host_lost && wait_for_host(turn, *entry, failed.reason)) return;
  entry->call.host_away = failed.host_lost;
  voice_failed(turn, *entry, failed.reason);
}

void drop_voice(Turn& turn, CallEntry& entry) {
  if (entry.peer) turn.command(PeerClose{entry.call.call, false});
  entry.peer = entry.described = false;
  entry.local_sdp.clear();
  entry.local_candidates.clear();
}

void voice_failed(Turn& turn, CallEntry& entry, std::string reason) {
  entry.host_awaited_until_ms.reset();
  if (entry.call.phase != CallPhase::kAnswering || entry.won)
    return hang_up(turn, entry, EndReason::kFailed, std::move(reason));
  // The call still rings on other devices, and may be answered here another way.
  drop_voice(turn, entry);
  entry.call.host_away = false;
  entry.call.answered.reset();
  entry.call.phase = CallPhase::kIncoming;
  turn.refuse(entry.answer_intent, ErrorCode::kUnavailable, std::move(reason));
  entry.answer_intent.reset();
  turn.command(Ring{entry.call.call, Tone::kRing});
}

void on(Turn& turn, const PeerIdentity& identity) {
  auto* entry = with_peer(turn, identity.call);
  if (entry == nullptr) return;
  entry->call.identity = identity.proven ? model::Identity::kProven : model::Identity::kFailed;
  if (!identity.proven) entry->call.detail = identity.reason;
}

void on(Turn& turn, const PeerLevels& levels) {
  auto* entry = with_peer(turn, levels.call);
  if (entry == nullptr) return;
  entry->call.sent = levels.sent;
  entry->call.received = levels.received;
}

void on(Turn& turn, const PeerMicrophone& microphone) {
  auto* entry = with_peer(turn, microphone.call);
  if (entry == nullptr) return;
  entry->call.microphone_lost = microphone.lost;
  entry->call.detail = microphone.reason;
}

void call_timer(Turn& turn, std::string_view purpose, const std::string& call) {
  auto* entry = find_call(turn, call);
  if (entry == nullptr) return;
  if (purpose == "forget") {
    if (!live(*entry) && !entry->hang_up_unsent) turn.state.calls.erase(call);
  } else if (purpose == "answer") {
    const auto& calls = turn.state.calls;
    const bool talks = std::any_of(calls.begin(), calls.end(), [](const auto& one) {
      return live(one.second) && one.second.call.phase != CallPhase::kIncoming;
    });
    const bool wanted = turn.state.settings.auto_answer_after_ms.has_value();
    if (wanted && entry->call.phase == CallPhase::kIncoming && !talks) answer(turn, *entry);
  } else if (purpose == "connect") {
    const bool waiting =
        entry->call.phase == CallPhase::kConnecting ||
        (entry->call.phase == CallPhase::kInCall && entry->call.connection != ConnectionState::kConnected);
    if (waiting) hang_up(turn, *entry, EndReason::kFailed, "no way was found for the voice");
  } else if (purpose == "host") {
    look_for_host(turn, *entry);
  } else if (purpose == "restart") {
    if (entry->call.phase == CallPhase::kInCall && entry->call.connection != ConnectionState::kConnected)
      restart(turn, *entry);
  }
}

}  // namespace sidetone::client::detail
