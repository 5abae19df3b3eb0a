#include "service/hosts/host_registry.hpp"

#include <utility>

#include "core/protocol/failure.hpp"
#include "net/address.hpp"
#include "net/crypto.hpp"
#include "net/websocket.hpp"
#include "service/accounts/accounts.hpp"

/// What comes from hosts; what comes from clients is in host_clients.cpp.
namespace sidetone::service::hosts {
namespace {

constexpr net::Rate kFramesOfHost{500, 2000};
constexpr net::Rate kFramesOfStrangeHost{1, 20};
constexpr std::size_t kQueueBytes = 1024 * 1024;

}  // namespace

HostRegistry::HostRegistry(Outbox& outbox, const Roster& roster, store::Store& store,
                           const directory::Directory& directory, Scheduler& scheduler, Random& random,
                           Counters& counters, const net::Logger& log, HostOptions options)
    : outbox_(outbox),
      roster_(roster),
      store_(store),
      directory_(directory),
      scheduler_(scheduler),
      random_(random),
      counters_(counters),
      log_(log),
      options_(std::move(options)),
      desk_(random, options_.code_valid_for) {}

void HostRegistry::load(const std::vector<store::Host>& hosts) {
  for (const auto& host : hosts) {
    hosts_[host.host].record = host;
    by_user_[host.user].insert(host.host);
  }
}

void HostRegistry::set_calls(std::function<bool(const std::string&)> lives,
                             std::function<void(const std::string&)> changed) {
  call_lives_ = std::move(lives);
  calls_changed_ = std::move(changed);
}

std::uint64_t HostRegistry::opened(std::shared_ptr<Wire> wire) {
  const auto id = next_connection_++;
  connections_[id].wire = std::move(wire);
  counters_.add("host_connections_opened");
  limit_time(id, options_.sign_in_within);
  return id;
}

void HostRegistry::limit_time(std::uint64_t id, Seconds time) {
  connections_.at(id).deadline = scheduler_.after(time, [this, id] {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    counters_.add("host_connections_never_signed_in");
    desk_.drop(id);
    found->second.code_ends.cancel();
    found->second.wire->close(net::kClosePolicy, "not signed in");
  });
}

void HostRegistry::received(std::uint64_t id, std::string_view text) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  auto& connection = found->second;
  const bool robot_host = !connection.host.empty() && hosts_.at(connection.host).record.user == 0;
  const auto& rate = connection.host.empty() ? kFramesOfStrangeHost : kFramesOfHost;
  if (!robot_host && connection.frames.take(rate, scheduler_.clock().now()) > Milliseconds{0}) {
    counters_.add("host_frames_over_rate");
    return connection.wire->close(net::kClosePolicy, "too many frames");
  }
  auto decoded = protocol::decode<protocol::HostToService>(text);
  if (const auto* fault = std::get_if<protocol::FrameError>(&decoded)) {
    counters_.add("host_frames_refused");
    return refuse({id, connection, fault->request}, fault->error);
  }
  const auto& frame = std::get<protocol::Frame<protocol::HostToService>>(decoded);
  std::visit([&](const auto& message) { handle({id, connection, frame.envelope.request}, message); }, frame.message);
}

void HostRegistry::closed(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const auto host = found->second.host;
  connections_.erase(found);
  desk_.drop(id);
  const auto* known = find(host);
  if (known != nullptr && known->connection == id) went(host);
}

void HostRegistry::close_all(std::uint16_t code, std::string_view reason) {
  for (const auto& [id, connection] : connections_) connection.wire->close(code, reason);
}

void HostRegistry::went(const std::string& host) {
  auto& known = hosts_.at(host);
  known.connection = 0;
  known.live_calls.clear();
  known.clients.clear();
  log_.info("host gone", {{"host", host}});
  tell_user(known.record.user);
  if (calls_changed_) calls_changed_(host);
  if (known.record.user == 0 && robots_ != nullptr) robots_->robot_host_went();
}

// --- requests of hosts ---

void HostRegistry::handle(const Context& from, const protocol::HostEnrol& message) {
  if (!from.connection.host.empty())
    return refuse(from, {ErrorCode::kConflict, "this host is paired and signed in", ""});
  if (strangers_.take(net::address_group(from.connection.wire->address()), scheduler_.clock().now()) > Milliseconds{0})
    return refuse(from, {ErrorCode::kRateLimited, "too many enrolments, try again later", ""});
  // Once: fresh codes do not prolong the time.
  if (!std::exchange(from.connection.enrolling, true)) limit_time(from.id, options_.enrol_within);
  show_code(from.id, message.name, from.request);
}

void HostRegistry::show_code(std::uint64_t id, const std::string& name, std::optional<std::uint32_t> request) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const auto code = desk_.issue(id, name, found->second.wire->address(), scheduler_.clock().now());
  if (!code.ok()) return refuse({id, found->second, request}, code.error());
  send(id, protocol::HostCode{*code, static_cast<std::uint32_t>(desk_.valid_for().count())}, request);
  // An endpoint that waits on shows a fresh code when this one is worth nothing any more.
  found->second.code_ends =
      scheduler_.after(desk_.valid_for(), [this, id, name] { show_code(id, name, std::nullopt); });
}

void HostRegistry::handle(const Context& from, const protocol::HostSignIn& message) {
  auto* known = find(message.host);
  const auto hash = accounts::secret_hash(message.credential);
  if (known == nullptr || !net::constant_time_equal(hash, known->record.credential_hash)) {
    counters_.add("host_sign_ins_refused");
    const bool patient = strangers_.take(net::address_group(from.connection.wire->address()),
                                         scheduler_.clock().now()) == Milliseconds{0};
    refuse(from, patient ? Error{ErrorCode::kUnauthenticated, "this host is not paired, or not any more", ""}
                         : Error{ErrorCode::kRateLimited, "too many wrong credentials, try again later", ""});
    return from.connection.wire->close(net::kClosePolicy, "not paired");
  }
  desk_.drop(from.id);
  from.connection.code_ends.cancel();
  from.connection.deadline.cancel();
  from.connection.frames = {};
  from.connection.wire->allow_queue(kQueueBytes);
  if (known->connection != 0 && known->connection != from.id) {
    if (const auto old = connections_.find(known->connection); old != connections_.end()) {
      old->second.host.clear();
      old->second.wire->close(net::kCloseNormal, "taken over by a new connection");
    }
    went(message.host);
  }
  from.connection.host = message.host;
  known->connection = from.id;
  known->loopback_port = message.loopback_port;
  known->record.name = message.name;
  counters_.add("host_sign_ins");
  log_.info("host signed in", {{"host", message.host}, {"user", known->record.user}, {"version", message.version}});
  send(from.id, protocol::HostWelcome{known->record.user, options_.allowed_origins}, from.request);
  for (const auto& call : message.live_calls)
    if (call_lives_ && !call_lives_(call))
      send(from.id, protocol::HostRelease{call});  // it ended while the host was away
  end_signed_out(from.id, known->record.user, message.loopback_clients);
  tell_user(known->record.user);
  if (known->record.user == 0 && robots_ != nullptr) robots_->robot_host_came(message.host);
  set_live_calls(*known, message.live_calls);
}

HostRegistry::Known* HostRegistry::signed_in(const Context& from) {
  if (auto* known = find(from.connection.host)) return known;
  refuse(from, {ErrorCode::kUnauthenticated, "sign in first", ""});
  return nullptr;
}

void HostRegistry::handle(const Context& from, const protocol::HostLiveCalls& message) {
  auto* known = signed_in(from);
  if (known == nullptr) return;
  if (from.request) send(from.id, protocol::Ok{}, from.request);
  set_live_calls(*known, message.calls);
}

void HostRegistry::set_live_calls(Known& host, const std::vector<std::string>& calls) {
  host.live_calls = {calls.begin(), calls.end()};
  if (calls_changed_) calls_changed_(host.record.host);
}

void HostRegistry::handle(const Context& from, const protocol::HostControl& message) {
  auto* known = signed_in(from);
  if (known == nullptr) return;
  if (message.client == 0) {
    if (known->record.user == 0 && robots_ != nullptr) return robots_->robot_host_says(message.message);
    return refuse(from, {ErrorCode::kForbidden, "this host does not work for the service", "d"});
  }
  if (known->record.user == 0 || roster_.user_of(message.client) != known->record.user) {
    counters_.add("host_controls_to_nobody");
    return refuse(from, {ErrorCode::kNotFound, "the user of this host has no such client now", "d"});
  }
  outbox_.to_device(message.client, protocol::Control{known->record.host, message.message});
}

void HostRegistry::handle(const Context& from, const protocol::Ping&) { send(from.id, protocol::Ok{}, from.request); }

void HostRegistry::refuse(const Context& from, const Error& error) {
  counters_.add("host_errors_" + std::string(error_code_name(error.code)));
  send(from.id, protocol::failure_from(error), from.request);
}

void HostRegistry::send(std::uint64_t id, const ToHost& message, std::optional<std::uint32_t> request) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  auto text = std::visit([&](const auto& one) { return protocol::encode(one, {request, std::nullopt}); }, message);
  if (text.size() > protocol::limits::kFrameBytes) return counters_.add("frames_too_large_to_send");
  found->second.wire->send(std::make_shared<const std::string>(std::move(text)));
}

HostRegistry::Known* HostRegistry::find(const std::string& host) {
  const auto found = hosts_.find(host);
  return found == hosts_.end() ? nullptr : &found->second;
}

// --- for calls and robots ---

bool HostRegistry::owns(UserId user, const std::string& host) const {
  const auto found = hosts_.find(host);
  return found != hosts_.end() && user != 0 && found->second.record.user == user;
}

bool HostRegistry::carries(const std::string& host, const std::string& call) const {
  const auto found = hosts_.find(host);
  return found != hosts_.end() && found->second.connection != 0 && found->second.live_calls.count(call) != 0;
}

void HostRegistry::release(const std::string& host, const std::string& call) {
  if (const auto* known = find(host)) send(known->connection, protocol::HostRelease{call});
}

bool HostRegistry::send_to_robot_host(const std::string& message) {
  const auto own = by_user_.find(0);
  if (own == by_user_.end()) return false;
  for (const auto& host : own->second) {
    const auto& known = hosts_.at(host);
    if (known.connection == 0) continue;
    send(known.connection, protocol::HostControl{0, message});
    return true;
  }
  return false;
}

}  // namespace sidetone::service::hosts
