#include "service/calls/call_switch.hpp"

#include <algorithm>
#include <utility>

#include "core/protocol/codec.hpp"

namespace sidetone::service::calls {
namespace {

using protocol::CallEnded;
using protocol::EndReason;

Error no_call() { return {ErrorCode::kNotFound, "you have no such call", "c"}; }
Error no_host() { return {ErrorCode::kNotFound, "you have no such native host", "h"}; }

bool is_call_id(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

CallSwitch::CallSwitch(Outbox& outbox, const Roster& roster, store::Store& store, const directory::Directory& directory,
                       presence::PresenceBoard& presence, history::CallHistory& history, CallHosts& hosts,
                       Scheduler& scheduler, Counters& counters, const CallOptions& options)
    : outbox_(outbox),
      roster_(roster),
      store_(store),
      directory_(directory),
      presence_(presence),
      history_(history),
      hosts_(hosts),
      scheduler_(scheduler),
      counters_(counters),
      options_(options) {}

const Call* CallSwitch::find(const std::string& call) const {
  const auto found = calls_.find(call);
  return found == calls_.end() ? nullptr : &found->second;
}

Call* CallSwitch::own(const Asker& asker, const std::string& call) {
  const auto found = calls_.find(call);
  if (found != calls_.end() && found->second.has(asker.user)) return &found->second;
  outbox_.refuse(asker, no_call());
  return nullptr;
}

bool CallSwitch::speaks(const Call& call, const Asker& asker) {
  return call.leg(call.side_of(asker.user)).device == asker.device;
}

void CallSwitch::keep(const LiveCall& call, std::function<void(Status)> done) {
  store_.run<bool>(
      [id = call.call, body = protocol::encode_record(call)](store::Transaction& t) -> Result<bool> {
        t.put_live_call(id, body);
        return true;
      },
      [done = std::move(done)](Result<bool> kept) { done(kept.ok() ? Status() : Status(kept.take_error())); });
}

// --- placing a call ---

Result<UserId> CallSwitch::callee_of(const Asker& asker, const std::optional<UserId>& to,
                                     const std::optional<std::string>& number) const {
  if (to.has_value() == number.has_value())
    return Error{ErrorCode::kMalformed, "either a person or a number is called", "u"};
  const auto* contact = to ? directory_.find(*to) : directory_.find_number(*number);
  if (contact == nullptr)
    return Error{ErrorCode::kNotFound, to ? "there is no such person" : "nobody has this number", to ? "u" : "e"};
  if (contact->user == asker.user) return Error{ErrorCode::kOutOfRange, "that is your own number", to ? "u" : "e"};
  return contact->user;
}

std::optional<Error> CallSwitch::may_place(const Asker& asker, UserId callee) const {
  for (const auto& [id, call] : calls_) {
    if (call.live.caller.user == callee && call.live.callee.user == asker.user && !call.answered())
      return Error{ErrorCode::kConflict, "that person is calling you now: answer that call", id};
    if (call.live.caller.user == asker.user)
      return Error{ErrorCode::kConflict, call.answered() ? "you are in another call" : "you are placing another call",
                   id};
    if (call.live.callee.user == asker.user && call.answered())
      return Error{ErrorCode::kConflict, "you are in another call", id};
  }
  if (count_of(asker.user) >= protocol::limits::kCallsPerUser)
    return Error{ErrorCode::kTooLarge, "too many calls at once", "c"};
  return std::nullopt;
}

void CallSwitch::handle(const Asker& asker, const protocol::CallInvite& message) {
  counters_.add("calls_placed");
  if (!is_call_id(message.call)) return outbox_.refuse(asker, {ErrorCode::kMalformed, "must be base64url", "c"});
  if (const auto found = calls_.find(message.call); found != calls_.end()) {
    const auto& live = found->second.live;
    if (live.caller.user != asker.user || live.caller.device != asker.device)
      return outbox_.refuse(asker, {ErrorCode::kConflict, "this call id is taken", "c"});
    return outbox_.answer(asker, protocol::CallRinging{message.call, live.callee.user});  // the first answer was lost
  }
  const auto callee = callee_of(asker, message.to, message.number);
  if (!callee.ok()) return outbox_.refuse(asker, callee.error());
  if (message.host && !hosts_.owns(asker.user, *message.host)) return outbox_.refuse(asker, no_host());
  if (const auto reason = may_place(asker, *callee)) return outbox_.refuse(asker, *reason);

  LiveCall live;
  live.call = message.call;
  live.caller = {asker.user, asker.device, message.host.value_or(""), roster_.key_hash_of(asker.device)};
  live.callee.user = *callee;
  live.began = scheduler_.clock().wall().unix_seconds;
  live.offer = message.sdp;
  if (const auto reason = cannot_ring(*callee)) return refuse_at_once(asker, std::move(live), *reason);

  auto& call = calls_[message.call];
  call.live = std::move(live);
  keep(call.live, [](const Status&) {});
  outbox_.answer(asker, protocol::CallRinging{message.call, *callee});
  ring(call);
}

bool CallSwitch::is_robot(UserId user) const {
  const auto* contact = directory_.find(user);
  return contact != nullptr && contact->robot;
}

std::optional<EndReason> CallSwitch::cannot_ring(UserId user) const {
  if (is_robot(user))
    return robots_ != nullptr && robots_->available(user) ? std::nullopt : std::optional(EndReason::kUnreachable);
  if (!presence_.is_there(user)) return EndReason::kUnreachable;
  if (is_engaged(user) || count_of(user) >= protocol::limits::kCallsPerUser) return EndReason::kBusy;
  return std::nullopt;
}

void CallSwitch::refuse_at_once(const Asker& asker, LiveCall live, EndReason reason) {
  counters_.add("calls_ended_" + std::string(protocol::EnumNames<EndReason>::kNames[static_cast<std::size_t>(reason)]));
  outbox_.answer(asker, CallEnded{live.call, reason});
  history_.finish(live.call, records_of(live, is_robot(live.callee.user), reason, live.began));
}

void CallSwitch::ring(Call& call) {
  call.robot = is_robot(call.live.callee.user);
  const auto waited = Seconds{scheduler_.clock().wall().unix_seconds - call.live.rings_since()};
  call.no_answer = scheduler_.after(std::clamp<Seconds>(options_.ring_for - waited, Seconds{5}, options_.ring_for),
                                    [this, id = call.live.call] { end(id, EndReason::kNoAnswer); });
  show_lamp(call.live.caller.user);
  show_lamp(call.live.callee.user);
  if (call.robot) {
    robots_->ring(call.live);
    for (const auto& candidate : std::exchange(call.caller_candidates, {})) robots_->candidate(candidate);
    return;
  }
  for (const auto device : roster_.devices_of(call.live.callee.user)) ring_device(call, device);
  watch(call, Side::kCallee, options_.ringing_grace);
}

void CallSwitch::ring_device(Call& call, DeviceId device) {
  call.ringing.insert(device);
  outbox_.to_device(device, protocol::CallIncoming{call.live.call, call.live.caller.user, call.live.offer,
                                                   call.live.caller.key_hash, call.live.forwarded_by()});
  for (const auto& candidate : call.caller_candidates) outbox_.to_device(device, candidate);
}

// --- answering ---

void CallSwitch::handle(const Asker& asker, const protocol::CallAnswer& message) {
  Call* call = own(asker, message.call);
  if (call == nullptr) return;
  if (call->side_of(asker.user) != Side::kCallee)
    return outbox_.refuse(asker, {ErrorCode::kForbidden, "the caller cannot answer", "c"});
  if (call->answered()) {
    if (call->live.callee.device == asker.device && call->live.answer == message.sdp && !call->committing)
      return outbox_.ok(asker);
    return outbox_.refuse(asker, {ErrorCode::kConflict, "answered elsewhere", "c"});
  }
  if (message.host && !hosts_.owns(asker.user, *message.host)) return outbox_.refuse(asker, no_host());
  if (is_engaged(asker.user)) return outbox_.refuse(asker, {ErrorCode::kConflict, "end your other call first", "c"});
  call->live.callee = {asker.user, asker.device, message.host.value_or(""), roster_.key_hash_of(asker.device)};
  call->live.answer = message.sdp;
  answered(message.call, [this, asker](Status status) {
    if (status.ok())
      outbox_.ok(asker);
    else
      outbox_.refuse(asker, status.error());
  });
}

void CallSwitch::answer_for_robot(const std::string& id, const std::string& sdp, const std::string& host,
                                  const std::string& key_hash) {
  const auto found = calls_.find(id);
  if (found == calls_.end() || found->second.answered()) return;
  auto& call = found->second;
  call.live.callee = {call.live.callee.user, 0, host, key_hash};
  call.live.answer = sdp;
  answered(id, [](const Status&) {});
}

void CallSwitch::answered(const std::string& id, std::function<void(Status)> done) {
  auto& call = calls_.at(id);
  call.live.phase = protocol::CallPhase::kAnswered;
  call.live.answered = scheduler_.clock().wall().unix_seconds;
  call.committing = true;
  call.no_answer.cancel();
  keep(call.live, [this, id, done = std::move(done)](Status status) {
    const auto found = calls_.find(id);
    if (found == calls_.end()) return done(Error{ErrorCode::kConflict, "the call has ended", "c"});
    found->second.committing = false;
    done(status);
    if (!status.ok()) return end(id, EndReason::kFailed);
    announce_answer(found->second);
  });
}

void CallSwitch::announce_answer(Call& call) {
  counters_.add("calls_answered");
  const auto& live = call.live;
  call.callee_candidates = std::move(call.early_candidates[live.callee.device]);
  tell_answer(call);
  for (const auto device : call.ringing)
    if (device != live.callee.device) outbox_.to_device(device, CallEnded{live.call, EndReason::kAnsweredElsewhere});
  call.ringing.clear();
  call.early_candidates.clear();
  show_lamp(live.caller.user);
  show_lamp(live.callee.user);
  watch(call, Side::kCaller, options_.answered_grace);
  watch(call, Side::kCallee, options_.answered_grace);
}

void CallSwitch::tell_answer(Call& call) {
  const auto& live = call.live;
  if (roster_.user_of(live.caller.device) == 0) return;  // told when it comes back
  outbox_.to_device(live.caller.device, protocol::CallAnswered{live.call, live.answer, live.callee.key_hash});
  for (const auto& candidate : std::exchange(call.callee_candidates, {}))
    outbox_.to_device(live.caller.device, candidate);
}

void CallSwitch::to_caller(Call& call, const protocol::CallCandidate& candidate) {
  if (roster_.user_of(call.live.caller.device) != 0) return outbox_.to_device(call.live.caller.device, candidate);
  if (call.callee_candidates.size() < protocol::limits::kCandidatesPerCall) call.callee_candidates.push_back(candidate);
}

// --- ending ---

void CallSwitch::handle(const Asker& asker, const protocol::CallDecline& message) {
  Call* call = own(asker, message.call);
  if (call == nullptr) return;
  if (call->side_of(asker.user) != Side::kCallee || call->answered())
    return outbox_.refuse(asker, {ErrorCode::kConflict, "this call does not ring here", "c"});
  outbox_.ok(asker);
  end(message.call, EndReason::kDeclined);
}

void CallSwitch::handle(const Asker& asker, const protocol::CallHangUp& message) {
  const auto found = calls_.find(message.call);
  if (found == calls_.end()) return outbox_.ok(asker);  // it has ended already
  Call* call = own(asker, message.call);
  if (call == nullptr) return;
  outbox_.ok(asker);
  if (call->answered()) return end(message.call, EndReason::kHungUp);
  end(message.call, call->side_of(asker.user) == Side::kCaller ? EndReason::kCancelled : EndReason::kDeclined);
}

void CallSwitch::end_for_robot(const std::string& call, EndReason reason) { end(call, reason); }

void CallSwitch::end(const std::string& id, EndReason reason) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;
  const Call call = std::move(found->second);
  calls_.erase(found);
  counters_.add("calls_ended_" + std::string(protocol::EnumNames<EndReason>::kNames[static_cast<std::size_t>(reason)]));
  const auto& live = call.live;
  auto told = call.ringing;
  told.insert(live.caller.device);
  if (live.callee.device != 0) told.insert(live.callee.device);
  for (const auto device : told) outbox_.to_device(device, CallEnded{id, reason});
  for (const auto side : {Side::kCaller, Side::kCallee}) {
    const auto& leg = call.leg(side);
    if (!leg.host.empty() && leg.device != 0 && !roster_.connected(leg.device)) hosts_.release(leg.host, id);
    show_lamp(leg.user);
  }
  if (call.robot && robots_ != nullptr) robots_->ended(id);
  history_.finish(id, records_of(live, call.robot, reason, scheduler_.clock().wall().unix_seconds));
}

// --- between the sides ---

void CallSwitch::handle(const Asker& asker, const protocol::CallCandidate& message) {
  Call* call = own(asker, message.call);
  if (call == nullptr) return;
  const Side side = call->side_of(asker.user);
  const bool announced = call->answered() && !call->committing;
  if (side == Side::kCaller ? !speaks(*call, asker) : announced && !speaks(*call, asker))
    return outbox_.refuse(asker, {ErrorCode::kForbidden, "another device has this call", "c"});
  outbox_.ok(asker);
  if (side == Side::kCaller) {
    if (call->robot) return robots_->candidate(message);
    if (announced) return outbox_.to_device(call->live.callee.device, message);
    if (call->caller_candidates.size() < protocol::limits::kCandidatesPerCall)
      call->caller_candidates.push_back(message);
    for (const auto device : call->ringing) outbox_.to_device(device, message);
    return;
  }
  if (announced) return to_caller(*call, message);
  auto& early = call->early_candidates[asker.device];
  if (early.size() < protocol::limits::kCandidatesPerCall) early.push_back(message);
}

void CallSwitch::candidate_from_robot(const protocol::CallCandidate& candidate) {
  const auto found = calls_.find(candidate.call);
  if (found == calls_.end()) return;
  auto& call = found->second;
  if (call.answered() && !call.committing) return to_caller(call, candidate);
  auto& early = call.early_candidates[0];
  if (early.size() < protocol::limits::kCandidatesPerCall) early.push_back(candidate);
}

void CallSwitch::handle(const Asker& asker, const protocol::CallUpdate& message) {
  Call* call = own(asker, message.call);
  if (call == nullptr) return;
  if (!call->answered() || call->committing)
    return outbox_.refuse(asker, {ErrorCode::kConflict, "the call has not been answered", "c"});
  if (!speaks(*call, asker)) return outbox_.refuse(asker, {ErrorCode::kForbidden, "another device has this call", "c"});
  const Side far = other(call->side_of(asker.user));
  if (call->robot) {
    outbox_.ok(asker);
    return robots_->update(message);
  }
  if (roster_.user_of(call->leg(far).device) == 0)
    return outbox_.refuse(asker, {ErrorCode::kUnavailable, "the other side's device is not there now", "c"});
  outbox_.ok(asker);
  outbox_.to_device(call->leg(far).device, message);
}

void CallSwitch::update_from_robot(const protocol::CallUpdate& update) {
  if (const Call* call = find(update.call)) outbox_.to_device(call->live.caller.device, update);
}

// --- what there is ---

void CallSwitch::handle(const Asker& asker, const protocol::CallList&) { outbox_.answer(asker, calls_of(asker.user)); }

void CallSwitch::handle(const Asker& asker, const protocol::CallTakeUp& message) {
  Call* call = own(asker, message.call);
  if (call == nullptr) return;
  const Side side = call->side_of(asker.user);
  auto& leg = call->leg(side);
  if (!call->answered() || call->committing)
    return outbox_.refuse(asker, {ErrorCode::kConflict, "the call has not been answered", "c"});
  if (leg.device != asker.device && roster_.connected(leg.device))
    return outbox_.refuse(asker,
                          {ErrorCode::kConflict, "the call is on another device of yours, which is connected", "c"});
  if (message.host && !hosts_.owns(asker.user, *message.host)) return outbox_.refuse(asker, no_host());
  const DeviceId before = leg.device;
  leg.device = asker.device;
  leg.key_hash = roster_.key_hash_of(asker.device);
  if (message.host) leg.host = *message.host;
  call->lost(side).cancel();
  keep(call->live, [this, asker, id = message.call, before, side](Status status) {
    if (!status.ok()) return outbox_.refuse(asker, status.error());
    const auto found = calls_.find(id);
    if (found == calls_.end()) return outbox_.refuse(asker, no_call());
    counters_.add("calls_taken_up");
    const auto& taken = found->second;
    outbox_.answer(asker, protocol::Calls{{info(taken, asker.user)}});
    if (before != asker.device) outbox_.to_device(before, CallEnded{id, EndReason::kAnsweredElsewhere});
    // The far end has another device's key to expect from now on.
    const auto& far = taken.leg(other(side));
    outbox_.to_device(far.device, calls_of(far.user));
  });
}

}  // namespace sidetone::service::calls
