#include <algorithm>

#include "core/protocol/codec.hpp"
#include "service/calls/call_switch.hpp"

/// Sides of calls that come and go: devices, native hosts, and the service itself.
namespace sidetone::service::calls {

using protocol::EndReason;

void CallSwitch::restore(const std::vector<store::LiveCallRow>& rows) {
  for (const auto& row : rows) {
    auto live = protocol::decode_record<LiveCall>(row.body);
    if (!live.ok()) {
      counters_.add("live_calls_unreadable");
      history_.finish(row.call, {});  // nobody can read it later either
      continue;
    }
    const auto id = live->call;
    auto& call = calls_[id];
    call.live = std::move(*live);
    call.robot = is_robot(call.live.callee.user);
    counters_.add("calls_restored");
    if (call.robot && !call.answered()) {
      end(id, EndReason::kFailed);  // the robot was about to answer; what it had made is gone
      continue;
    }
    show_lamp(call.live.caller.user);
    show_lamp(call.live.callee.user);
    if (!call.answered()) {
      const auto waited = Seconds{scheduler_.clock().wall().unix_seconds - call.live.rings_since()};
      call.no_answer = scheduler_.after(std::max<Seconds>(options_.ring_for - waited, options_.ringing_grace),
                                        [this, id] { end(id, EndReason::kNoAnswer); });
    }
    watch(call, Side::kCaller, options_.restored_grace);
    watch(call, Side::kCallee, options_.restored_grace);
  }
}

void CallSwitch::session_changed(UserId user, DeviceId device, SessionChange change) {
  std::vector<std::string> over;
  for (auto& [id, call] : calls_) {
    if (!call.has(user)) continue;
    const Side side = call.side_of(user);
    if (change == SessionChange::kEnded || change == SessionChange::kSignedOut) call.ringing.erase(device);
    if (change == SessionChange::kStarted && side == Side::kCallee && !call.answered()) ring_device(call, device);
    // The answer may have gone to a session that is no more: a caller that rings on has to hear it, others ignore it.
    if (change == SessionChange::kStarted && side == Side::kCaller && call.answered() && !call.committing &&
        call.live.caller.device == device)
      tell_answer(call);
    if (change == SessionChange::kSignedOut && call.leg(side).device == device) {
      over.push_back(id);
      continue;
    }
    watch(call, side, call.answered() ? options_.answered_grace : options_.ringing_grace);
  }
  for (const auto& id : over) {
    const auto& call = calls_.at(id);
    end(id, call.answered() ? EndReason::kHungUp : EndReason::kCancelled);
  }
}

void CallSwitch::host_changed(const std::string& host) {
  for (auto& [id, call] : calls_) {
    for (const auto side : {Side::kCaller, Side::kCallee})
      if (call.leg(side).host == host) watch(call, side, options_.answered_grace);
  }
}

bool CallSwitch::is_there(const Call& call, Side side) const {
  const auto& leg = call.leg(side);
  if (!call.answered() && side == Side::kCallee) {
    if (call.robot) return true;
    const auto devices = roster_.devices_of(leg.user);
    return std::any_of(devices.begin(), devices.end(), [&](DeviceId device) { return roster_.connected(device); });
  }
  if (leg.device != 0 && roster_.connected(leg.device)) return true;
  return call.answered() && !leg.host.empty() && hosts_.carries(leg.host, call.live.call);
}

/// A side that is not there has `grace` to come back; one that is has no deadline.
void CallSwitch::watch(Call& call, Side side, Seconds grace) {
  auto& timer = call.lost(side);
  if (is_there(call, side)) return timer.cancel();
  if (timer.pending()) return;
  timer = scheduler_.after(grace, [this, id = call.live.call, side] { side_lost(id, side); });
}

void CallSwitch::side_lost(const std::string& id, Side side) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;
  found->second.lost(side).cancel();
  if (is_there(found->second, side)) return;
  const bool nobody_to_ring = !found->second.answered() && side == Side::kCallee;
  end(id, nobody_to_ring ? EndReason::kUnreachable : EndReason::kLost);
}

// --- what others see of it ---

bool CallSwitch::is_engaged(UserId user) const {
  return std::any_of(calls_.begin(), calls_.end(), [&](const auto& one) {
    const auto& call = one.second;
    return call.live.caller.user == user || (call.live.callee.user == user && call.answered());
  });
}

std::size_t CallSwitch::count_of(UserId user) const {
  return static_cast<std::size_t>(
      std::count_if(calls_.begin(), calls_.end(), [&](const auto& one) { return one.second.has(user); }));
}

void CallSwitch::show_lamp(UserId user) {
  if (is_robot(user)) return;  // takes any number of calls
  auto lamp = protocol::BusyLamp::kIdle;
  for (const auto& [id, call] : calls_)
    if (call.has(user) && lamp == protocol::BusyLamp::kIdle) lamp = protocol::BusyLamp::kRinging;
  if (is_engaged(user)) lamp = protocol::BusyLamp::kInCall;
  presence_.set_lamp(user, lamp);
}

protocol::CallInfo CallSwitch::info(const Call& call, UserId user) const {
  const Side side = call.side_of(user);
  const auto& leg = call.leg(side);
  const auto& far = call.leg(other(side));
  protocol::CallInfo out;
  out.call = call.live.call;
  out.incoming = side == Side::kCallee;
  out.other = far.user;
  out.phase = call.committing ? protocol::CallPhase::kRinging : call.live.phase;
  out.since = call.answered() ? call.live.answered : call.live.rings_since();
  if (leg.device != 0 && roster_.connected(leg.device)) out.device = leg.device;
  if (!leg.host.empty()) out.host = leg.host;
  out.key_hash = far.key_hash;
  if (!call.answered() && out.incoming) out.sdp = call.live.offer;
  out.forwarded_by = call.live.forwarded_by();
  return out;
}

protocol::Calls CallSwitch::calls_of(UserId user) const {
  protocol::Calls out;
  std::size_t sdp_bytes = 0;
  for (const auto& [id, call] : calls_) {
    if (!call.has(user) || out.calls.size() >= protocol::limits::kCallsPerUser) continue;
    auto one = info(call, user);
    // Line ends take two bytes in JSON; past the half of a frame a ringing call is listed without its offer, which
    // call_incoming brought.
    if (one.sdp) sdp_bytes += one.sdp->size();
    if (sdp_bytes > protocol::limits::kFrameBytes / 2) one.sdp.reset();
    out.calls.push_back(std::move(one));
  }
  return out;
}

std::vector<store::NewRecord> records_of(const LiveCall& call, bool robot, EndReason reason, std::int64_t now) {
  const bool answered = call.phase == protocol::CallPhase::kAnswered;
  protocol::CallRecord record;
  record.time = call.began;
  record.duration_s = answered ? static_cast<std::uint32_t>(std::max<std::int64_t>(now - call.answered, 0)) : 0;
  record.reason = reason;
  std::vector<store::NewRecord> records;
  record.kind = protocol::RecordKind::kDialled;
  record.other = call.callee.user;
  records.push_back({call.caller.user, record});
  if (robot) return records;
  record.time = call.rings_since();
  // Who declines has seen the call: it was received, not missed.
  record.kind =
      answered || reason == EndReason::kDeclined ? protocol::RecordKind::kReceived : protocol::RecordKind::kMissed;
  record.other = call.caller.user;
  records.push_back({call.callee.user, record});
  return records;
}

}  // namespace sidetone::service::calls
