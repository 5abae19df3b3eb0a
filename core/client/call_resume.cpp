#include <algorithm>

#include "core/client/turn.hpp"

/// Calls across the loss of the connection, of the client, or of the service.
namespace sidetone::client::detail {
namespace {

using model::CallPhase;
using protocol::EndReason;

/// A live call that this client knows, as the service has it.
void reconcile(Turn& turn, CallEntry& entry, const protocol::CallInfo& info) {
  const auto me = turn.state.account.device;
  entry.unconfirmed = false;
  if (!live(entry)) {
    // It ended here while the connection was away. A call that another device has is not ours to end.
    if (entry.hang_up_unsent || info.device == me || !info.device) {
      entry.hang_up_unsent = false;
      turn.request(protocol::CallHangUp{info.call}, {Purpose::kHangUp, std::nullopt, info.call, 0, {}}, true);
    }
    return;
  }
  entry.call.other = info.other;
  entry.call.forwarded_by = info.forwarded_by;
  if (!info.key_hash.empty() && info.key_hash != entry.key_hash) {
    entry.key_hash = info.key_hash;
    if (entry.peer && entry.won) {
      // Another device of the far end's person has taken the call up: it has to prove itself anew.
      entry.call.identity = model::Identity::kUnknown;
      expect_identity(turn, entry);
    }
  }
  if (info.phase == protocol::CallPhase::kRinging) {
    entry.invited = entry.invited || !info.incoming;
    if (entry.call.phase == CallPhase::kAnswering) send_description(turn, entry);
    return;
  }
  if (info.device && *info.device != me) {
    if (entry.call.phase != CallPhase::kElsewhere) end_call(turn, entry, EndReason::kAnsweredElsewhere, {}, entry.won);
    return;
  }
  if (entry.call.phase == CallPhase::kAnswering || entry.call.phase == CallPhase::kConnecting ||
      entry.call.phase == CallPhase::kInCall) {
    if (entry.call.phase == CallPhase::kAnswering)
      call_answered(turn, {Purpose::kAnswer, std::nullopt, info.call, 0, {}}, nullptr);
    // The service has lost sight of this device: claim the call, the voice is untouched.
    if (!info.device)
      turn.request(protocol::CallTakeUp{info.call, entry.call.host},
                   {Purpose::kTakeUp, std::nullopt, info.call, 0, {}});
    return;
  }
  const bool orphan = entry.call.phase == CallPhase::kElsewhere && !info.device;
  if (orphan || entry.call.phase == CallPhase::kTakingUp) take_up(turn, entry, std::nullopt);
}

/// A live call that this client hears of for the first time.
void discover(Turn& turn, const protocol::CallInfo& info) {
  const auto me = turn.state.account.device;
  if (info.phase == protocol::CallPhase::kRinging) {
    if (info.incoming && info.sdp)
      return on(turn, protocol::CallIncoming{info.call, info.other, *info.sdp, info.key_hash, info.forwarded_by});
    // Placed by this very device before it was restarted: nobody can carry it on.
    if (!info.incoming && info.device == me)
      turn.request(protocol::CallHangUp{info.call}, {Purpose::kHangUp, std::nullopt, info.call, 0, {}}, true);
    return;
  }
  auto& entry = turn.state.calls[info.call];
  entry.call.call = info.call;
  entry.call.other = info.other;
  entry.call.forwarded_by = info.forwarded_by;
  entry.call.incoming = info.incoming;
  entry.call.phase = CallPhase::kElsewhere;
  entry.call.host = info.host;
  entry.call.began = entry.call.answered.emplace(info.since);
  entry.key_hash = info.key_hash;
  // Its device is gone, or was this one before a restart: the voice goes on at its host, take it up.
  if (!info.device || *info.device == me) take_up(turn, entry, std::nullopt);
}

void attach(Turn& turn, CallEntry& entry) {
  entry.peer = entry.won = entry.described = true;
  turn.command(PeerAttach{entry.call.call, *entry.call.host, !entry.call.incoming});
  expect_identity(turn, entry);
}

}  // namespace

void calls_lost(Turn& turn) {
  for (auto& [id, entry] : turn.state.calls)
    if (live(entry) && entry.call.phase != CallPhase::kPreparing) entry.unconfirmed = true;
}

void calls_signed_in(Turn& turn) {
  turn.request(protocol::CallList{}, {Purpose::kCalls, std::nullopt, {}, 0, {}});
  for (auto& [id, entry] : turn.state.calls)
    if (live(entry) && entry.call.phase == CallPhase::kPreparing) send_description(turn, entry);
}

void refresh_calls_elsewhere(Turn& turn) {
  bool any = false;
  for (auto& [id, entry] : turn.state.calls)
    if (entry.call.phase == CallPhase::kElsewhere) any = entry.unconfirmed = true;
  if (any && turn.online()) turn.request(protocol::CallList{}, {Purpose::kCalls, std::nullopt, {}, 0, {}});
}

void on(Turn& turn, const protocol::Calls& calls, const std::optional<Pending>& pending) {
  if (pending && pending->purpose == Purpose::kTakeUp) {
    turn.done(pending->intent, pending->subject);
    for (const auto& info : calls.calls) {
      auto* entry = find_call(turn, info.call);
      if (entry == nullptr || entry->call.phase != CallPhase::kTakingUp) continue;
      if (!info.key_hash.empty()) entry->key_hash = info.key_hash;
      attach(turn, *entry);
    }
    return;
  }
  for (const auto& info : calls.calls) {
    const auto known = turn.state.calls.find(info.call);
    if (known == turn.state.calls.end())
      discover(turn, info);
    else
      reconcile(turn, known->second, info);
  }
  if (!pending) return;  // sent unasked, it may be older than what has been asked since
  for (auto& [id, entry] : turn.state.calls) {
    if (!live(entry)) entry.hang_up_unsent = false;
    if (!live(entry) || !entry.unconfirmed) continue;
    entry.unconfirmed = false;
    if (entry.call.phase == CallPhase::kDialling && !entry.invited)
      send_description(turn, entry);  // the invite itself was lost
    else if (entry.call.phase == CallPhase::kElsewhere)
      end_call(turn, entry, EndReason::kHungUp);
    else
      end_call(turn, entry, EndReason::kLost, "the call ended while the connection was away");
  }
}

void take_up(Turn& turn, CallEntry& entry, std::optional<std::uint32_t> intent) {
  if (!entry.call.host) {
    entry.call.detail = "its voice ran in a browser that is gone";
    return turn.refuse(intent, ErrorCode::kUnavailable, entry.call.detail);
  }
  entry.call.phase = CallPhase::kTakingUp;
  entry.taken_over = true;
  turn.request(protocol::CallTakeUp{entry.call.call, std::nullopt}, {Purpose::kTakeUp, intent, entry.call.call, 0, {}});
}

void on(Turn& turn, const TakeUpCall& intent) {
  if (!turn.need_online()) return;
  auto* entry = find_call(turn, intent.call);
  if (entry == nullptr || entry->call.phase != CallPhase::kElsewhere)
    return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no live call of another device has this id");
  take_up(turn, *entry, turn.moment.intent);
}

void on(Turn& turn, const PeerAttached& attached) {
  auto* entry = find_call(turn, attached.call);
  if (entry == nullptr || entry->call.phase != CallPhase::kTakingUp) return;
  if (!attached.found) {
    entry->peer = false;
    return hang_up(turn, *entry, EndReason::kLost, "the native host does not carry this call any more");
  }
  entry->call.connection = attached.state;
  entry->call.muted = attached.muted;
  if (attached.state == protocol::ConnectionState::kConnected) return voice_connected(turn, *entry);
  entry->call.phase = CallPhase::kConnecting;
  turn.command(StartTimer{"connect:" + attached.call, 30'000});
}

}  // namespace sidetone::client::detail
