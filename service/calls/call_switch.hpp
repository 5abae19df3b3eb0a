#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "service/admin/counters.hpp"
#include "service/calls/call.hpp"
#include "service/directory/directory.hpp"
#include "service/history/history.hpp"
#include "service/presence/presence.hpp"
#include "service/session/outbox.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::calls {

struct CallOptions {
  Seconds ring_for{30};        ///< then nobody has answered
  Seconds ringing_grace{10};   ///< a side whose devices are lost while it rings
  Seconds answered_grace{30};  ///< a side that is lost in an answered call, with its voice
  Seconds restored_grace{60};  ///< the same after a restart of the service: everybody has to come back
};

/// What the switch must know of native hosts.
class CallHosts {
 public:
  virtual ~CallHosts() = default;
  [[nodiscard]] virtual bool owns(UserId user, const std::string& host) const = 0;
  /// The host is connected and says that the call's voice runs.
  [[nodiscard]] virtual bool carries(const std::string& host, const std::string& call) const = 0;
  virtual void release(const std::string& host, const std::string& call) = 0;
};

/// Echo and Music, from the switch's side. They answer by CallSwitch::answer_for_robot, later.
class RobotLine {
 public:
  virtual ~RobotLine() = default;
  [[nodiscard]] virtual bool available(UserId robot) const = 0;
  virtual void ring(const LiveCall& call) = 0;
  virtual void candidate(const protocol::CallCandidate& candidate) = 0;
  virtual void update(const protocol::CallUpdate& update) = 0;
  virtual void ended(const std::string& call) = 0;
};

/// The authority on calls: who rings, who wins, when it is over: rows C1 and C2. SDP and candidates pass through
/// unread.
///
///     invite ──► ringing ──► answered ──► ended
///                   └──────────────────────┘
///
/// A live call is kept in the store, so that it outlives the service. It is answered when that is on the disk; the
/// winner is decided before, and once.
/// @thread logic.
class CallSwitch final : public SessionListener {
 public:
  CallSwitch(Outbox& outbox, const Roster& roster, store::Store& store, const directory::Directory& directory,
             presence::PresenceBoard& presence, history::CallHistory& history, CallHosts& hosts, Scheduler& scheduler,
             Counters& counters, const CallOptions& options);

  void set_robots(RobotLine& robots) { robots_ = &robots; }
  /// Calls of the service's life before this one. Their sides have a grace time to come back.
  void restore(const std::vector<store::LiveCallRow>& rows);

  void handle(const Asker& asker, const protocol::CallInvite& message);
  void handle(const Asker& asker, const protocol::CallAnswer& message);
  void handle(const Asker& asker, const protocol::CallDecline& message);
  void handle(const Asker& asker, const protocol::CallForward& message);
  void handle(const Asker& asker, const protocol::CallHangUp& message);
  void handle(const Asker& asker, const protocol::CallCandidate& message);
  void handle(const Asker& asker, const protocol::CallUpdate& message);
  void handle(const Asker& asker, const protocol::CallList& message);
  void handle(const Asker& asker, const protocol::CallTakeUp& message);

  void session_changed(UserId user, DeviceId device, SessionChange change) override;
  /// Whether `host` carries some of the calls has changed.
  void host_changed(const std::string& host);

  void answer_for_robot(const std::string& call, const std::string& sdp, const std::string& host,
                        const std::string& key_hash);
  void candidate_from_robot(const protocol::CallCandidate& candidate);
  void update_from_robot(const protocol::CallUpdate& update);
  void end_for_robot(const std::string& call, protocol::EndReason reason);

  [[nodiscard]] const Call* find(const std::string& call) const;
  [[nodiscard]] std::size_t size() const { return calls_.size(); }
  [[nodiscard]] protocol::Calls calls_of(UserId user) const;

 private:
  // requests (call_switch.cpp)
  /// Whom a request names: either a person or a number.
  Result<UserId> callee_of(const Asker& asker, const std::optional<UserId>& to,
                           const std::optional<std::string>& number) const;
  std::optional<Error> may_place(const Asker& asker, UserId callee) const;
  [[nodiscard]] bool is_robot(UserId user) const;
  /// Why no call can ring at this person now.
  [[nodiscard]] std::optional<protocol::EndReason> cannot_ring(UserId user) const;
  void ring(Call& call);
  void ring_device(Call& call, DeviceId device);
  void answered(const std::string& call, std::function<void(Status)> done);
  void announce_answer(Call& call);
  /// Tell the caller's device, with the candidates of the callee that it could not be told of.
  void tell_answer(Call& call);
  /// A candidate of the callee for the caller's device, kept while that has no session.
  void to_caller(Call& call, const protocol::CallCandidate& candidate);
  void refuse_at_once(const Asker& asker, LiveCall call, protocol::EndReason reason);
  void end(const std::string& call, protocol::EndReason reason);
  /// The asker's live call, or nullptr after refusing with not_found.
  Call* own(const Asker& asker, const std::string& call);
  /// Whether this device speaks for its side of the call.
  static bool speaks(const Call& call, const Asker& asker);
  void keep(const LiveCall& call, std::function<void(Status)> done);

  // letting it ring elsewhere (call_forward.cpp)
  std::optional<Error> may_forward(const Call& call, UserId to) const;

  // sides that come and go (call_sides.cpp)
  void watch(Call& call, Side side, Seconds grace);
  void side_lost(const std::string& call, Side side);
  [[nodiscard]] bool is_there(const Call& call, Side side) const;
  void show_lamp(UserId user);
  [[nodiscard]] bool is_engaged(UserId user) const;
  [[nodiscard]] std::size_t count_of(UserId user) const;
  protocol::CallInfo info(const Call& call, UserId user) const;

  Outbox& outbox_;
  const Roster& roster_;
  store::Store& store_;
  const directory::Directory& directory_;
  presence::PresenceBoard& presence_;
  history::CallHistory& history_;
  CallHosts& hosts_;
  Scheduler& scheduler_;
  Counters& counters_;
  CallOptions options_;
  RobotLine* robots_ = nullptr;
  std::map<std::string, Call> calls_;
};

/// What both sides' histories say of a call that ended for `reason` at `now`. Robots have no history.
std::vector<store::NewRecord> records_of(const LiveCall& call, bool robot, protocol::EndReason reason,
                                         std::int64_t now);

}  // namespace sidetone::service::calls
