#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/random.hpp"
#include "net/log.hpp"
#include "net/rate_limit.hpp"
#include "service/admin/counters.hpp"
#include "service/calls/call_switch.hpp"
#include "service/hosts/pairing.hpp"
#include "service/schedule/scheduler.hpp"
#include "service/session/outbox.hpp"
#include "service/session/wire.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::hosts {

struct HostOptions {
  Seconds code_valid_for{300};
  Seconds sign_in_within{30};  ///< a connection that has neither signed in nor asked for a code by then is closed
  Seconds enrol_within{3600};  ///< and one that shows codes, and nobody has typed one
  Seconds ticket_valid_for{30};
  std::vector<std::string> allowed_origins;  ///< pages that may come in by loopback
};

/// The service's own host, which carries Echo and Music.
class RobotHostListener {
 public:
  virtual ~RobotHostListener() = default;
  virtual void robot_host_came(const std::string& host) = 0;
  virtual void robot_host_went() = 0;
  virtual void robot_host_says(const std::string& message) = 0;
};

/// Native hosts: pairing, sign-in, the tunnel between a user's clients and hosts, tickets: rows V1, V2, V6.
/// A client reaches its own user's hosts and no others; a host reaches its own user's clients.
/// @thread logic.
class HostRegistry final : public calls::CallHosts, public SessionListener {
 public:
  HostRegistry(Outbox& outbox, const Roster& roster, store::Store& store, const directory::Directory& directory,
               Scheduler& scheduler, Random& random, Counters& counters, const net::Logger& log, HostOptions options);

  void load(const std::vector<store::Host>& hosts);
  void set_robots(RobotHostListener& robots) { robots_ = &robots; }
  /// @param lives    whether a call is live; a host that still carries another is told to let go.
  /// @param changed  which calls a host carries has changed.
  void set_calls(std::function<bool(const std::string& call)> lives,
                 std::function<void(const std::string& host)> changed);
  void set_allowed_origins(std::vector<std::string> origins) { options_.allowed_origins = std::move(origins); }

  // --- from the network, path /host ---
  std::uint64_t opened(std::shared_ptr<Wire> wire);
  void received(std::uint64_t connection, std::string_view text);
  void closed(std::uint64_t connection);
  void close_all(std::uint16_t code, std::string_view reason);

  // --- from clients ---
  void handle(const Asker& asker, const protocol::HostPair& message);
  void handle(const Asker& asker, const protocol::HostConfirm& message);
  void handle(const Asker& asker, const protocol::HostList& message);
  void handle(const Asker& asker, const protocol::HostUnpair& message);
  void handle(const Asker& asker, const protocol::HostTicket& message);
  void handle(const Asker& asker, const protocol::Control& message);
  void session_changed(UserId user, DeviceId device, SessionChange change) override;

  // --- CallHosts ---
  [[nodiscard]] bool owns(UserId user, const std::string& host) const override;
  [[nodiscard]] bool carries(const std::string& host, const std::string& call) const override;
  void release(const std::string& host, const std::string& call) override;

  /// A control message of the service itself. False: the robot host is not there.
  bool send_to_robot_host(const std::string& message);
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  [[nodiscard]] std::size_t hosts() const { return hosts_.size(); }

 private:
  using ToHost = protocol::AnyMessage<protocol::ServiceToHost>;
  struct Connection {
    std::shared_ptr<Wire> wire;
    std::string host;  ///< empty: not signed in
    Timer code_ends;
    Timer deadline;
    bool enrolling = false;  ///< has shown a code; the deadline is the longer one
    net::TokenBucket frames;
  };
  struct Known {
    store::Host record;
    std::uint64_t connection = 0;  ///< 0: offline
    std::optional<std::uint32_t> loopback_port;
    std::set<std::string> live_calls;
    std::set<DeviceId> clients;  ///< that have spoken to it by the tunnel
  };
  struct Context {
    std::uint64_t id = 0;
    Connection& connection;
    std::optional<std::uint32_t> request;
  };

  void handle(const Context& from, const protocol::HostEnrol& message);
  void handle(const Context& from, const protocol::HostSignIn& message);
  void handle(const Context& from, const protocol::HostLiveCalls& message);
  void handle(const Context& from, const protocol::HostControl& message);
  void handle(const Context& from, const protocol::Ping& message);
  Known* signed_in(const Context& from);
  /// Close the connection if it is not paired and signed in by then.
  void limit_time(std::uint64_t connection, Seconds time);
  void show_code(std::uint64_t connection, const std::string& name, std::optional<std::uint32_t> request);
  void refuse(const Context& from, const Error& error);
  void send(std::uint64_t connection, const ToHost& message, std::optional<std::uint32_t> request = std::nullopt);
  void went(const std::string& host);
  void set_live_calls(Known& host, const std::vector<std::string>& calls);
  /// Tell a host which of the clients that it has by loopback are not the user's devices any more.
  void end_signed_out(std::uint64_t connection, UserId user, const std::vector<DeviceId>& clients);
  /// One of the user's own hosts; refuses with not_found.
  Known* own(const Asker& asker, const std::string& host);
  Known* find(const std::string& host);
  void tell_user(UserId user);
  [[nodiscard]] protocol::Hosts hosts_of(UserId user) const;
  void paired(const Asker& asker, const PairingDesk::Paired& paired);

  Outbox& outbox_;
  const Roster& roster_;
  store::Store& store_;
  const directory::Directory& directory_;
  Scheduler& scheduler_;
  Random& random_;
  Counters& counters_;
  const net::Logger& log_;
  HostOptions options_;
  PairingDesk desk_;
  RobotHostListener* robots_ = nullptr;
  std::function<bool(const std::string&)> call_lives_;
  std::function<void(const std::string&)> calls_changed_;
  std::uint64_t next_connection_ = 1;
  std::unordered_map<std::uint64_t, Connection> connections_;
  std::map<std::string, Known> hosts_;
  std::unordered_map<UserId, std::set<std::string>> by_user_;
  net::RateLimiter strangers_{net::Rate{0.5, 20}};  ///< enrolments and failed sign-ins, by address
};

}  // namespace sidetone::service::hosts
