#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/random.hpp"
#include "net/rate_limit.hpp"
#include "service/admin/counters.hpp"
#include "service/session/session.hpp"

namespace sidetone::service {

using FromClient = protocol::AnyMessage<protocol::ClientToService>;

/// A connection that has not signed in yet, as the part that checks passwords and tokens sees it.
struct Visitor {
  std::uint64_t connection = 0;
  std::string address;
  std::optional<std::uint32_t> request;
};

/// What checks who somebody is. Answers by ClientHub's `admit` or `turn_away`, later.
class Doorkeeper {
 public:
  virtual ~Doorkeeper() = default;
  virtual void sign_in(const Visitor& visitor, const protocol::SignIn& message) = 0;
  virtual void resume(const Visitor& visitor, const protocol::Resume& message) = 0;
};

struct HubOptions {
  SessionLimits session;
  Seconds sign_in_within{30};  ///< a connection that has not signed in by then is closed
  std::function<std::vector<protocol::IceServer>(UserId)> ice_servers;
};

/// All connections and sessions of clients: frames in, frames out.
/// @thread logic.
class ClientHub final : public Outbox, public Roster {
 public:
  using Dispatch = std::function<void(const Asker&, Session&, const FromClient&)>;

  ClientHub(HubOptions options, Scheduler& scheduler, Random& random, Counters& counters);
  ~ClientHub() override;

  void set_doorkeeper(Doorkeeper& doorkeeper) { doorkeeper_ = &doorkeeper; }
  /// Where the requests of signed-in clients go.
  void set_dispatch(Dispatch dispatch) { dispatch_ = std::move(dispatch); }
  /// Called in the order in which they were added.
  void add_listener(SessionListener& listener) { listeners_.push_back(&listener); }

  // --- from the network ---
  std::uint64_t opened(std::shared_ptr<Wire> connection);
  void received(std::uint64_t connection, std::string_view text);
  void closed(std::uint64_t connection);
  /// The user whose session holds this bearer token; 0: none.
  [[nodiscard]] UserId user_with_token(const std::string& token_hash) const;

  // --- from the doorkeeper ---
  /// Make a session, or go on with the one that `resume` names, and answer signed_in.
  void admit(const Visitor& visitor, const SessionOwner& owner, const protocol::Resume* resume);
  void turn_away(const Visitor& visitor, const Error& error, std::optional<std::uint32_t> retry_after_ms);
  /// The user's device is no more, whether it has a session or not: say why, close, forget.
  void expel(UserId user, DeviceId device, const std::string& reason);

  /// Tell every client to come back soon, for a stop of the service.
  void close_all(std::uint16_t code, std::string_view reason);

  // --- Outbox, Roster ---
  void answer(const Asker& asker, const ToClient& message) override;
  void refuse(const Asker& asker, const Error& error,
              std::optional<std::uint32_t> retry_after_ms = std::nullopt) override;
  void to_device(DeviceId device, const ToClient& message) override;
  void to_user(UserId user, const ToClient& message, DeviceId except = 0) override;
  void to_all(const ToClient& message) override;
  [[nodiscard]] bool accepts(DeviceId device, Lane lane) const override;
  [[nodiscard]] std::vector<DeviceId> devices_of(UserId user) const override;
  [[nodiscard]] bool connected(DeviceId device) const override;
  [[nodiscard]] UserId user_of(DeviceId device) const override;
  [[nodiscard]] std::string key_hash_of(DeviceId device) const override;

  /// Where the device is connected from; empty where it is not.
  [[nodiscard]] std::string address_of(DeviceId device) const;
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  [[nodiscard]] const std::string& epoch() const { return epoch_; }

 private:
  struct Connection {
    std::shared_ptr<Wire> wire;
    DeviceId device = 0;    ///< 0: not signed in
    bool deciding = false;  ///< the doorkeeper is at work, until it admits or turns away
    Timer deadline;
    net::TokenBucket strange;  ///< frames before the sign-in
    net::TokenBucket faults;
  };

  void received_from_stranger(std::uint64_t id, Connection& connection,
                              const protocol::Frame<protocol::ClientToService>& frame);
  /// An answer of the hub's own; the doorkeeper may still be at work.
  void refuse_stranger(Connection& connection, const Visitor& visitor, const Error& error);
  void faulty(Connection& connection, const Error& error, std::optional<std::uint32_t> request);
  void send_unnumbered(Wire& wire, const ToClient& message, std::optional<std::uint32_t> request);
  void send(Session& session, Lane lane, Body body);
  Body encode(const ToClient& message, std::optional<std::uint32_t> request = std::nullopt);
  protocol::Failure failure(const Error& error, std::optional<std::uint32_t> retry_after_ms);
  Session* session_of(DeviceId device) const;
  void start(std::uint64_t id, Connection& connection, const Visitor& visitor, const SessionOwner& owner);
  void go_on(std::uint64_t id, Connection& connection, const Visitor& visitor, const SessionOwner& owner,
             Session& session, std::uint64_t last);
  void greet(Connection& connection, const Visitor& visitor, const SessionOwner& owner, const Session& session,
             bool resumed);
  void lose(Session& session);
  void end(DeviceId device, SessionChange change);
  void forget_connection(Session& session, std::uint16_t code, std::string_view reason);
  void remember_tokens(const SessionOwner& owner);
  void forget_tokens(const SessionOwner& owner);
  void tell(UserId user, DeviceId device, SessionChange change);

  HubOptions options_;
  Scheduler& scheduler_;
  Random& random_;
  Counters& counters_;
  std::string epoch_;
  Doorkeeper* doorkeeper_ = nullptr;
  Dispatch dispatch_;
  std::vector<SessionListener*> listeners_;
  std::uint64_t next_connection_ = 1;
  std::uint64_t next_serial_ = 1;
  std::unordered_map<std::uint64_t, Connection> connections_;
  std::unordered_map<DeviceId, std::unique_ptr<Session>> sessions_;
  std::unordered_map<UserId, std::vector<DeviceId>> devices_;
  std::unordered_map<std::string, DeviceId> tokens_;
};

}  // namespace sidetone::service
