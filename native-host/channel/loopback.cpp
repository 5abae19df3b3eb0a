#include "native-host/channel/loopback.hpp"

#include <algorithm>

#include "core/protocol/limits.hpp"

namespace sidetone::host::channel {
namespace {

constexpr std::string_view kPath = "/control";
constexpr std::string_view kSubprotocol = "sidetone.1";
constexpr std::size_t kMaxConnections = 32;
// A page tries once, and again after a reload; who tries more often guesses.
constexpr net::Rate kAttempts{2, 20};
// Lines of the log for connections of other users, who may make as many as they like.
constexpr net::Rate kStrangersSaid{0.1, 5};
// A call takes some twenty frames to set up; levels and candidates come the other way.
constexpr net::Rate kFrames{200, 1000};

/// The only Host that a client which means this address can send: a page behind a rebound DNS name sends that name.
std::string expected_host(const net::HttpRequest& request) {
  const auto& address = request.local.address();
  const std::string port = ":" + std::to_string(request.local.port());
  return (address.is_v6() ? "[" + address.to_string() + "]" : address.to_string()) + port;
}

}  // namespace

Result<std::unique_ptr<Loopback>> Loopback::open(boost::asio::any_io_executor executor, const LoopbackOptions& options,
                                                 const Clock& clock, const net::Logger& logger, ControlPort& control) {
  std::unique_ptr<Loopback> made(new Loopback(options, clock, logger, control));
  SIDETONE_CHECK(made->listen(std::move(executor)));
  return made;
}

Loopback::Loopback(const LoopbackOptions& options, const Clock& clock, const net::Logger& logger, ControlPort& control)
    : options_(options), clock_(clock), logger_(logger), control_(control) {}

Loopback::~Loopback() { stop(); }

Status Loopback::listen(boost::asio::any_io_executor executor) {
  net::HttpServerOptions options;
  options.port = options_.port;
  options.max_connections = kMaxConnections;
  options.max_body_bytes = 1024;
  net::HttpHandlers handlers;
  handlers.request = [](const net::HttpRequest&) {
    net::HttpResponse response;
    response.status = 404;
    return response;
  };
  handlers.admit = [this](const auto& far, const auto& near) { return admit(far, near); };
  handlers.upgrade = [this](const net::HttpRequest& request) { return decide(request); };

  SIDETONE_TRY(auto server, net::serve_http(executor, options, handlers));
  port_ = server->port();
  servers_.push_back(std::move(server));
  options.address = "::1";
  options.port = port_;
  auto second = net::serve_http(executor, options, handlers);
  if (second)
    servers_.push_back(*second);
  else
    logger_.info("loopback without IPv6", {{"reason", second.error().text}});
  return {};
}

net::HttpResponse Loopback::refuse(unsigned status, const char* reason, const net::HttpRequest& request) {
  ++refused_[reason];
  logger_.warning(
      "loopback refused",
      {{"reason", reason}, {"origin", request.origin.substr(0, 128)}, {"host", request.host.substr(0, 128)}});
  net::HttpResponse response;
  response.status = status;
  return response;
}

bool Loopback::admit(const boost::asio::ip::tcp::endpoint& far, const boost::asio::ip::tcp::endpoint& near) {
  const auto uid = options_.uid_of(far, near);
  if (uid == options_.own_uid) return true;
  ++refused_["another user"];
  if (strangers_said_.take(kStrangersSaid, clock_.now()).count() == 0)
    logger_.warning("loopback refused",
                    {{"reason", "another user"}, {"uid", uid ? std::to_string(*uid) : std::string("unknown")}});
  return false;
}

net::UpgradeDecision Loopback::decide(const net::HttpRequest& request) {
  if (attempts_.take(kAttempts, clock_.now()).count() > 0) return refuse(429, "too many attempts", request);
  if (request.target != kPath) return refuse(404, "no such path", request);
  if (request.host != expected_host(request)) return refuse(403, "wrong host", request);
  // Browsers always send an origin; a program of this user that sends none has the ticket to show.
  if (!request.origin.empty() &&
      std::find(allowed_origins_.begin(), allowed_origins_.end(), request.origin) == allowed_origins_.end())
    return refuse(403, "origin not allowed", request);
  if (request.subprotocols.size() != 2 || request.subprotocols[0] != kSubprotocol)
    return refuse(403, "no ticket", request);
  const auto device = tickets_.redeem(request.subprotocols[1], clock_.now());
  if (!device) return refuse(403, "ticket unknown, used or expired", request);

  net::AcceptWebSocket accepted;
  accepted.subprotocol = kSubprotocol;
  accepted.options.max_message_bytes = 2 * protocol::limits::kControlBytes;  // what is over the limit is answered
  accepted.opened = [this, device = *device, drops = drops_,
                     alive = std::weak_ptr<int>(alive_)](std::shared_ptr<net::WebSocket> socket) {
    if (alive.expired()) return socket->close(net::kCloseGoingAway, "the host ends");
    if (drops != drops_) return socket->close(net::kCloseGoingAway, "the ticket is good no more");
    opened(std::move(socket), device);
  };
  return accepted;
}

void Loopback::opened(std::shared_ptr<net::WebSocket> socket, std::uint32_t device) {
  const auto key = ++next_key_;
  socket->set_handlers({[this, key](std::string_view frame) { on_frame(key, frame); },
                        [this, key, alive = std::weak_ptr<int>(alive_)](std::uint16_t, std::string_view) {
                          if (!alive.expired()) on_closed(key);
                        }});
  clients_[key] = {std::move(socket), device, {}};
  logger_.info("loopback client", {{"device", device}});
}

void Loopback::on_frame(control::ClientKey key, std::string_view frame) {
  const auto found = clients_.find(key);
  if (found == clients_.end()) return;
  if (found->second.frames.take(kFrames, clock_.now()).count() > 0)
    return found->second.socket->close(net::kClosePolicy, "too many frames");
  control_.receive(key, std::string(frame));
}

void Loopback::on_closed(control::ClientKey key) {
  if (clients_.erase(key) > 0) control_.client_gone(key);
}

void Loopback::issue_ticket(std::string hash, std::uint32_t client, Seconds valid) {
  tickets_.issue(std::move(hash), client, clock_.now() + valid);
}

void Loopback::send(control::ClientKey client, std::string frame) {
  const auto found = clients_.find(client);
  if (found != clients_.end()) found->second.socket->send(std::move(frame));
}

std::uint32_t Loopback::device_of(control::ClientKey client) const {
  const auto found = clients_.find(client);
  return found == clients_.end() ? 0 : found->second.device;
}

void Loopback::drop_clients(std::string_view reason) {
  ++drops_;
  tickets_.clear();
  for (auto& [key, client] : std::exchange(clients_, {})) end(key, client, reason);
}

void Loopback::drop_device(std::uint32_t device, std::string_view reason) {
  ++drops_;
  tickets_.drop(device);
  for (auto one = clients_.begin(); one != clients_.end();) {
    const auto client = one++;
    if (client->second.device != device) continue;
    end(client->first, client->second, reason);
    clients_.erase(client);
  }
}

void Loopback::end(control::ClientKey key, Client& client, std::string_view reason) {
  client.socket->set_handlers({});
  client.socket->close(net::kCloseGoingAway, reason);
  control_.client_gone(key);
}

std::vector<std::uint32_t> Loopback::devices() {
  auto out = tickets_.clients(clock_.now());
  for (const auto& [key, client] : clients_) out.push_back(client.device);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void Loopback::stop() {
  servers_.clear();
  alive_.reset();
  drop_clients("the host ends");
}

}  // namespace sidetone::host::channel
