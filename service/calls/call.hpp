#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/protocol/calls.hpp"
#include "service/schedule/scheduler.hpp"
#include "service/store/rows.hpp"

namespace sidetone::service::calls {

/// One side of a call.
struct Leg {
  UserId user = 0;
  DeviceId device = 0;   ///< 0: nobody has answered yet, or a robot
  std::string host;      ///< native host that carries the voice; empty: the device itself
  std::string key_hash;  ///< of the device's key: see device_key_hash
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(
        field("u", &Leg::user, "user"), field("d", &Leg::device, "device"),
        field("h", &Leg::host, "native host", protocol::up_to(protocol::limits::kTokenBytes)),
        field("k", &Leg::key_hash, "hash of the device's key", protocol::up_to(protocol::limits::kKeyHashBytes)));
  }
};

/// A callee who let the call ring at somebody else.
struct Forward {
  UserId by = 0;
  std::int64_t time = 0;  ///< wall clock, seconds since 1970
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(field("u", &Forward::by, "who"), field("d", &Forward::time, "when"));
  }
};

/// What of a call outlives the service.
struct LiveCall {
  std::string call;
  Leg caller;
  Leg callee;
  protocol::CallPhase phase = protocol::CallPhase::kRinging;
  std::int64_t began = 0;     ///< wall clock, seconds since 1970
  std::int64_t answered = 0;  ///< 0: not yet
  std::string offer;
  std::string answer;
  std::vector<Forward> forwards;  ///< the last one is whom the present callee has it from
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(
        field("c", &LiveCall::call, "call"), field("a", &LiveCall::caller, "caller"),
        field("b", &LiveCall::callee, "callee"), field("y", &LiveCall::phase, "phase"),
        field("d", &LiveCall::began, "began to ring"), field("e", &LiveCall::answered, "answered"),
        field("o", &LiveCall::offer, "offer", protocol::up_to(protocol::limits::kSdpBytes)),
        field("p", &LiveCall::answer, "answer", protocol::up_to(protocol::limits::kSdpBytes)),
        field("f", &LiveCall::forwards, "forwarded", std::nullopt, protocol::limits::kForwardsPerCall));
  }
  /// When it began to ring at the present callee.
  [[nodiscard]] std::int64_t rings_since() const { return forwards.empty() ? began : forwards.back().time; }
  [[nodiscard]] std::optional<UserId> forwarded_by() const {
    return forwards.empty() ? std::nullopt : std::optional(forwards.back().by);
  }
};

enum class Side { kCaller, kCallee };

struct Call {
  LiveCall live;
  bool robot = false;                                                         ///< the callee is Echo or Music
  bool committing = false;                                                    ///< answered, and not yet on the disk
  std::set<DeviceId> ringing;                                                 ///< the callee's devices that were told
  std::vector<protocol::CallCandidate> caller_candidates;                     ///< for devices that ring later
  std::map<DeviceId, std::vector<protocol::CallCandidate>> early_candidates;  ///< of devices that may yet answer
  std::vector<protocol::CallCandidate> callee_candidates;                     ///< for a caller that is away
  Timer no_answer;
  Timer caller_lost;
  Timer callee_lost;

  Leg& leg(Side side) { return side == Side::kCaller ? live.caller : live.callee; }
  const Leg& leg(Side side) const { return side == Side::kCaller ? live.caller : live.callee; }
  Timer& lost(Side side) { return side == Side::kCaller ? caller_lost : callee_lost; }
  [[nodiscard]] bool answered() const { return live.phase == protocol::CallPhase::kAnswered; }
  [[nodiscard]] bool forwarded_before(UserId user) const {
    return std::any_of(live.forwards.begin(), live.forwards.end(), [&](const Forward& one) { return one.by == user; });
  }
  /// It was this person who let it ring at the present callee.
  [[nodiscard]] bool forwarded_to(UserId by, UserId callee) const {
    return live.forwarded_by() == by && live.callee.user == callee;
  }
  [[nodiscard]] bool has(UserId user) const { return live.caller.user == user || live.callee.user == user; }
  [[nodiscard]] Side side_of(UserId user) const { return live.caller.user == user ? Side::kCaller : Side::kCallee; }
};

inline Side other(Side side) { return side == Side::kCaller ? Side::kCallee : Side::kCaller; }

}  // namespace sidetone::service::calls
