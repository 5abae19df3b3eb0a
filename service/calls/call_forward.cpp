#include <utility>

#include "core/protocol/codec.hpp"
#include "service/calls/call_switch.hpp"

/// A call that rings and is let ring at somebody else: docs/adr/0014.
namespace sidetone::service::calls {

using protocol::EndReason;

std::optional<Error> CallSwitch::may_forward(const Call& call, UserId to) const {
  if (to == call.live.caller.user) return Error{ErrorCode::kForbidden, "that person is the caller", "u"};
  if (call.forwarded_before(to))
    return Error{ErrorCode::kForbidden, "that person has forwarded this call already", "u"};
  if (call.live.forwards.size() >= protocol::limits::kForwardsPerCall)
    return Error{ErrorCode::kTooLarge, "the call has been forwarded too often", "c"};
  const auto reason = cannot_ring(to);
  if (!reason) return std::nullopt;
  if (*reason == EndReason::kBusy) return Error{ErrorCode::kConflict, "that person is in another call", "u"};
  return Error{ErrorCode::kUnavailable, "that person is not signed in", "u"};
}

void CallSwitch::handle(const Asker& asker, const protocol::CallForward& message) {
  const auto to = callee_of(asker, message.to, message.number);
  const auto found = calls_.find(message.call);
  if (found != calls_.end() && to.ok() && found->second.forwarded_to(asker.user, *to))
    return outbox_.ok(asker);  // the first answer was lost
  Call* const call = own(asker, message.call);
  if (call == nullptr) return;
  if (call->side_of(asker.user) != Side::kCallee || call->answered())
    return outbox_.refuse(asker, {ErrorCode::kConflict, "this call does not ring here", "c"});
  if (!to.ok()) return outbox_.refuse(asker, to.error());
  if (const auto reason = may_forward(*call, *to)) return outbox_.refuse(asker, *reason);

  auto& live = call->live;
  protocol::CallRecord record;
  record.kind = protocol::RecordKind::kReceived;  // who forwards has seen the call: it was not missed
  record.other = live.caller.user;
  record.time = live.rings_since();
  record.reason = EndReason::kForwarded;
  live.forwards.push_back({asker.user, scheduler_.clock().wall().unix_seconds});
  live.callee = {};
  live.callee.user = *to;
  call->callee_lost.cancel();
  call->early_candidates.clear();
  counters_.add("calls_forwarded");
  history_.leave({live.call, protocol::encode_record(live)}, {asker.user, record});
  outbox_.ok(asker);
  for (const auto device : std::exchange(call->ringing, {}))
    outbox_.to_device(device, protocol::CallEnded{live.call, EndReason::kForwarded});
  show_lamp(asker.user);
  outbox_.to_device(live.caller.device, protocol::CallRinging{live.call, *to});
  ring(*call);
}

}  // namespace sidetone::service::calls
