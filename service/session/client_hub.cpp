#include "service/session/client_hub.hpp"

#include <algorithm>

#include "core/protocol/failure.hpp"
#include "net/crypto.hpp"
#include "net/websocket.hpp"

namespace sidetone::service {
namespace {

constexpr net::Rate kFaults{1, 20};            // frames that cannot be read, before the connection is closed
constexpr net::Rate kFramesOfStranger{1, 20};  // whatever is in them

}  // namespace

ClientHub::ClientHub(HubOptions options, Scheduler& scheduler, Random& random, Counters& counters)
    : options_(std::move(options)),
      scheduler_(scheduler),
      random_(random),
      counters_(counters),
      epoch_(net::random_token(random, 9)) {}

ClientHub::~ClientHub() = default;

// --- from the network ---

std::uint64_t ClientHub::opened(std::shared_ptr<Wire> wire) {
  const auto id = next_connection_++;
  auto& connection = connections_[id];
  connection.wire = std::move(wire);
  connection.deadline = scheduler_.after(options_.sign_in_within, [this, id] {
    const auto found = connections_.find(id);
    if (found == connections_.end() || found->second.device != 0) return;
    counters_.add("connections_never_signed_in");
    found->second.wire->close(net::kClosePolicy, "not signed in");
  });
  counters_.add("connections_opened");
  return id;
}

void ClientHub::received(std::uint64_t id, std::string_view text) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  auto& connection = found->second;
  if (session_of(connection.device) == nullptr &&
      connection.strange.take(kFramesOfStranger, scheduler_.clock().now()) > Milliseconds{0}) {
    counters_.add("connections_closed_for_haste");
    return connection.wire->close(net::kClosePolicy, "too many frames before the sign-in");
  }
  auto decoded = protocol::decode<protocol::ClientToService>(text);
  if (const auto* fault = std::get_if<protocol::FrameError>(&decoded))
    return faulty(connection, fault->error, fault->request);
  const auto& frame = std::get<protocol::Frame<protocol::ClientToService>>(decoded);
  Session* session = session_of(connection.device);
  if (session == nullptr) return received_from_stranger(id, connection, frame);
  dispatch_({session->user(), session->device(), session->serial(), frame.envelope.request}, *session, frame.message);
}

void ClientHub::received_from_stranger(std::uint64_t id, Connection& connection,
                                       const protocol::Frame<protocol::ClientToService>& frame) {
  const Visitor visitor{id, connection.wire->address(), frame.envelope.request};
  if (std::holds_alternative<protocol::Ping>(frame.message))
    return send_unnumbered(*connection.wire, protocol::Ok{}, visitor.request);
  const auto* sign_in = std::get_if<protocol::SignIn>(&frame.message);
  const auto* resume = std::get_if<protocol::Resume>(&frame.message);
  if (sign_in == nullptr && resume == nullptr)
    return refuse_stranger(connection, visitor, {ErrorCode::kUnauthenticated, "sign in first", ""});
  if (connection.deciding)
    return refuse_stranger(connection, visitor,
                           {ErrorCode::kConflict, "a sign-in is under way on this connection", ""});
  connection.deciding = true;
  if (sign_in)
    doorkeeper_->sign_in(visitor, *sign_in);
  else
    doorkeeper_->resume(visitor, *resume);
}

void ClientHub::refuse_stranger(Connection& connection, const Visitor& visitor, const Error& error) {
  send_unnumbered(*connection.wire, failure(error, std::nullopt), visitor.request);
}

void ClientHub::faulty(Connection& connection, const Error& error, std::optional<std::uint32_t> request) {
  counters_.add("frames_refused");
  const auto answer = failure(error, std::nullopt);
  if (Session* session = session_of(connection.device))
    send(*session, Lane::kMessages, encode(answer, request));
  else
    send_unnumbered(*connection.wire, answer, request);
  if (connection.faults.take(kFaults, scheduler_.clock().now()) > Milliseconds{0}) {
    counters_.add("connections_closed_for_faults");
    connection.wire->close(net::kClosePolicy, "too many frames that cannot be read");
  }
}

void ClientHub::closed(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const DeviceId device = found->second.device;
  const auto wire = found->second.wire;
  connections_.erase(found);
  Session* session = session_of(device);
  if (session != nullptr && session->connection() == wire.get()) lose(*session);
}

UserId ClientHub::user_with_token(const std::string& token_hash) const {
  const auto found = tokens_.find(token_hash);
  return found == tokens_.end() ? 0 : user_of(found->second);
}

// --- from the doorkeeper ---

void ClientHub::turn_away(const Visitor& visitor, const Error& error, std::optional<std::uint32_t> retry_after_ms) {
  const auto answer = failure(error, retry_after_ms);
  const auto found = connections_.find(visitor.connection);
  if (found == connections_.end()) return;
  found->second.deciding = false;
  send_unnumbered(*found->second.wire, answer, visitor.request);
}

void ClientHub::admit(const Visitor& visitor, const SessionOwner& owner, const protocol::Resume* resume) {
  const auto found = connections_.find(visitor.connection);
  if (found == connections_.end())
    return;  // gone while the password was checked; the device stays and can be resumed or revoked
  auto& connection = found->second;
  if (connection.device != 0)
    return refuse_stranger(connection, visitor, {ErrorCode::kConflict, "this connection is signed in already", ""});
  connection.deciding = false;
  connection.deadline.cancel();
  connection.device = owner.device;
  connection.wire->allow_queue(options_.session.queue_bytes());
  Session* session = session_of(owner.device);
  if (session && resume && resume->session == session->id() && session->can_resume(resume->last_sequence.value_or(0)))
    return go_on(visitor.connection, connection, visitor, owner, *session, resume->last_sequence.value_or(0));
  if (session) {
    forget_connection(*session, net::kCloseNormal, "taken over by a new connection");
    end(owner.device, SessionChange::kEnded);
  }
  start(visitor.connection, connections_.at(visitor.connection), visitor, owner);
}

void ClientHub::start(std::uint64_t id, Connection& connection, const Visitor& visitor, const SessionOwner& owner) {
  auto made =
      std::make_unique<Session>(next_serial_++, net::random_token(random_, 16), owner, options_.session, scheduler_);
  Session& session = *made;
  sessions_[owner.device] = std::move(made);
  devices_[owner.user].push_back(owner.device);
  remember_tokens(owner);
  session.attach(id, connection.wire);
  greet(connection, visitor, owner, session, false);
  counters_.add("sessions_started");
  tell(owner.user, owner.device, SessionChange::kStarted);
}

void ClientHub::go_on(std::uint64_t id, Connection& connection, const Visitor& visitor, const SessionOwner& owner,
                      Session& session, std::uint64_t last) {
  if (session.connection() != nullptr && session.connection() != connection.wire.get())
    forget_connection(session, net::kCloseNormal, "taken over by a new connection");
  forget_tokens(session.owner());
  remember_tokens(owner);
  session.renew(owner);
  session.attach(id, connection.wire);
  greet(connection, visitor, owner, session, true);
  session.replay(last);
  counters_.add("sessions_resumed");
  tell(owner.user, owner.device, SessionChange::kResumed);
}

void ClientHub::greet(Connection& connection, const Visitor& visitor, const SessionOwner& owner, const Session& session,
                      bool resumed) {
  protocol::SignedIn answer;
  answer.user = owner.user;
  answer.name = owner.user_name;
  answer.device = owner.device;
  answer.token = owner.token;
  answer.session = session.id();
  answer.resumed = resumed;
  answer.epoch = epoch_;
  answer.time = scheduler_.clock().wall().unix_seconds;
  if (options_.ice_servers) answer.ice_servers = options_.ice_servers(owner.user);
  send_unnumbered(*connection.wire, answer, visitor.request);
}

void ClientHub::expel(UserId user, DeviceId device, const std::string& reason) {
  Session* session = session_of(device);
  if (session == nullptr) return tell(user, device, SessionChange::kSignedOut);
  send(*session, Lane::kSignalling, encode(protocol::SignedOut{reason}));
  forget_connection(*session, net::kCloseSignedOut, reason);
  end(device, SessionChange::kSignedOut);
}

void ClientHub::close_all(std::uint16_t code, std::string_view reason) {
  for (const auto& [id, connection] : connections_) connection.wire->close(code, reason);
}

// --- sessions ---

void ClientHub::lose(Session& session) {
  session.detach();
  session.expiry = scheduler_.after(options_.session.resume_for,
                                    [this, device = session.device()] { end(device, SessionChange::kEnded); });
  tell(session.user(), session.device(), SessionChange::kDisconnected);
}

void ClientHub::forget_connection(Session& session, std::uint16_t code, std::string_view reason) {
  const auto wire = session.detach();
  if (!wire) return;
  if (const auto found = connections_.find(session.connection_id()); found != connections_.end())
    found->second.device = 0;
  wire->close(code, reason);
}

void ClientHub::remember_tokens(const SessionOwner& owner) {
  tokens_[owner.token_hash] = owner.device;
  if (!owner.token_before.empty()) tokens_[owner.token_before] = owner.device;
}

void ClientHub::forget_tokens(const SessionOwner& owner) {
  tokens_.erase(owner.token_hash);
  tokens_.erase(owner.token_before);
}

void ClientHub::end(DeviceId device, SessionChange change) {
  const auto found = sessions_.find(device);
  if (found == sessions_.end()) return;
  const auto session = std::move(found->second);
  sessions_.erase(found);
  auto& siblings = devices_[session->user()];
  std::erase(siblings, device);
  if (siblings.empty()) devices_.erase(session->user());
  forget_tokens(session->owner());
  tell(session->user(), device, change);
}

void ClientHub::tell(UserId user, DeviceId device, SessionChange change) {
  for (auto* listener : listeners_) listener->session_changed(user, device, change);
}

// --- frames out ---

Body ClientHub::encode(const ToClient& message, std::optional<std::uint32_t> request) {
  auto text = std::visit([&](const auto& one) { return protocol::encode(one, {request, std::nullopt}); }, message);
  if (text.size() + 24 > protocol::limits::kFrameBytes) {
    // Parts keep their messages below the limit; a tunnelled one may grow by its escapes.
    counters_.add("frames_too_large_to_send");
    text = protocol::encode(failure({ErrorCode::kTooLarge, "the message does not fit a frame", ""}, std::nullopt),
                            {request, std::nullopt});
  }
  return std::make_shared<const std::string>(std::move(text));
}

protocol::Failure ClientHub::failure(const Error& error, std::optional<std::uint32_t> retry_after_ms) {
  counters_.add("errors_" + std::string(error_code_name(error.code)));
  auto answer = protocol::failure_from(error);
  answer.retry_after_ms = retry_after_ms;
  return answer;
}

void ClientHub::send_unnumbered(Wire& wire, const ToClient& message, std::optional<std::uint32_t> request) {
  wire.send(encode(message, request));
}

void ClientHub::send(Session& session, Lane lane, Body body) {
  const auto backlog = session.send(lane, std::move(body));
  if (backlog == Backlog::kFits) return;
  if (auto* wire = session.connection()) {
    counters_.add("connections_too_slow");
    wire->close(net::kCloseResumeLater, "too slow, resume later");
  }
  if (backlog == Backlog::kTooSlow) return;
  // Not from here: the caller may be walking over sessions.
  session.expiry = scheduler_.after(Microseconds{0}, [this, device = session.device()] {
    counters_.add("sessions_overflowed");
    if (auto* over = session_of(device)) forget_connection(*over, net::kCloseResumeLater, "too slow, synchronise");
    end(device, SessionChange::kEnded);
  });
}

void ClientHub::answer(const Asker& asker, const ToClient& message) {
  Session* session = session_of(asker.device);
  if (session == nullptr || session->serial() != asker.session) return;
  send(*session, lane_of(message), encode(message, asker.request));
}

void ClientHub::refuse(const Asker& asker, const Error& error, std::optional<std::uint32_t> retry_after_ms) {
  answer(asker, failure(error, retry_after_ms));
}

void ClientHub::to_device(DeviceId device, const ToClient& message) {
  if (Session* session = session_of(device)) send(*session, lane_of(message), encode(message));
}

void ClientHub::to_user(UserId user, const ToClient& message, DeviceId except) {
  const auto found = devices_.find(user);
  if (found == devices_.end()) return;
  const auto body = encode(message);
  for (const auto device : found->second)
    if (device != except) send(*sessions_.at(device), lane_of(message), body);
}

void ClientHub::to_all(const ToClient& message) {
  const auto body = encode(message);
  for (const auto& [device, session] : sessions_) send(*session, lane_of(message), body);
}

bool ClientHub::accepts(DeviceId device, Lane lane) const {
  const Session* session = session_of(device);
  return session != nullptr && session->accepts(lane);
}

// --- who is there ---

Session* ClientHub::session_of(DeviceId device) const {
  const auto found = sessions_.find(device);
  return found == sessions_.end() ? nullptr : found->second.get();
}

std::vector<DeviceId> ClientHub::devices_of(UserId user) const {
  const auto found = devices_.find(user);
  return found == devices_.end() ? std::vector<DeviceId>{} : found->second;
}

bool ClientHub::connected(DeviceId device) const {
  const Session* session = session_of(device);
  return session != nullptr && session->connection() != nullptr;
}

std::string ClientHub::address_of(DeviceId device) const {
  return connected(device) ? session_of(device)->connection()->address() : std::string();
}

UserId ClientHub::user_of(DeviceId device) const {
  const Session* session = session_of(device);
  return session == nullptr ? 0 : session->user();
}

std::string ClientHub::key_hash_of(DeviceId device) const {
  const Session* session = session_of(device);
  return session == nullptr ? std::string() : session->owner().key_hash;
}

}  // namespace sidetone::service
