#include "net/http_server.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/address.hpp"
#include "net/http_connection.hpp"

namespace sidetone::net {

HttpResponse plain_response(unsigned status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.body = std::make_shared<const std::string>(std::move(text) + "\n");
  return response;
}

std::shared_ptr<void> HttpServerState::take_place_of(const std::string& address) {
  auto group = address_group(address);
  auto& count = open_of_group[group];
  if (options.max_connections_per_client != 0 && count >= options.max_connections_per_client) return nullptr;
  ++count;
  // Not a null pointer with a deleter: the caller asks whether there is a place.
  return {this, [state = shared_from_this(), group = std::move(group)](void*) {
            const auto found = state->open_of_group.find(group);
            if (--found->second == 0) state->open_of_group.erase(found);
          }};
}

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// After an accept that failed for want of descriptors or memory: others may be given back meanwhile.
constexpr std::chrono::milliseconds kAcceptPause{100};

/// The accepting socket; kept by its own pending accept until it is closed.
class Acceptor final : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(asio::any_io_executor executor, std::shared_ptr<HttpServerState> state)
      : acceptor_(executor), pause_(executor), state_(std::move(state)) {}

  Status listen() {
    const auto& options = state_->options;
    const std::string where = options.address + " port " + std::to_string(options.port);
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) return Error{ErrorCode::kMalformed, "is not an IP address", options.address};
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.is_v6() && !address.is_unspecified()) acceptor_.set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) return Error{ErrorCode::kIo, "cannot listen: " + error.message(), where};
    return {};
  }

  void accept_next() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (!self->acceptor_.is_open()) return;
      if (error == asio::error::no_descriptors || error == asio::error::no_memory ||
          error == asio::error::no_buffer_space)
        return self->accept_after_pause();
      if (!error) self->take(std::move(socket));
      self->accept_next();
    });
  }

  void stop() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void accept_after_pause() {
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->accept_next();
    });
  }

  void take(tcp::socket socket) {
    error_code gone;
    const auto far = socket.remote_endpoint(gone);
    if (gone) return;  // closed by its destructor
    const auto& admit = state_->handlers.admit;
    if (admit && !admit(far, socket.local_endpoint(gone))) return;
    if (state_->open >= state_->options.max_connections) return;
    const auto peer = far.address();
    // Behind a proxy each client has a limit of its own, counted when it is known who asks.
    std::shared_ptr<void> of_client;
    if (!is_one_of(peer, state_->options.trusted_proxies)) {
      of_client = state_->take_place_of(peer.to_string());
      if (!of_client) return;
    }
    ++state_->open;
    std::shared_ptr<void> place(nullptr, [state = state_, of_client](void*) { --state->open; });
    Stream stream(std::move(socket));
    if (state_->tls && !stream.start_tls_server(state_->tls.get())) return;
    std::make_shared<HttpConnection>(state_, std::move(stream), std::move(place))->start();
  }

  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::shared_ptr<HttpServerState> state_;
  std::uint16_t port_ = 0;
};

class BeastHttpServer final : public HttpServer {
 public:
  BeastHttpServer(std::shared_ptr<Acceptor> acceptor, std::shared_ptr<HttpServerState> state)
      : acceptor_(std::move(acceptor)), state_(std::move(state)) {}

  ~BeastHttpServer() override {
    stop_accepting();
    state_->handlers = {};
    for (auto* connection : state_->connections) connection->close();
  }

  [[nodiscard]] std::uint16_t port() const override { return acceptor_->port(); }

  void stop_accepting() override {
    state_->accepting = false;
    acceptor_->stop();
    for (auto* connection : state_->connections) connection->end_if_idle();
  }

  [[nodiscard]] std::size_t connections() const override { return state_->open; }

 private:
  std::shared_ptr<Acceptor> acceptor_;
  std::shared_ptr<HttpServerState> state_;
};

}  // namespace

Result<std::shared_ptr<HttpServer>> serve_http(asio::any_io_executor executor, const HttpServerOptions& options,
                                               HttpHandlers handlers) {
  auto state = std::make_shared<HttpServerState>();
  state->options = options;
  state->handlers = std::move(handlers);
  if (!options.certificate_file.empty()) {
    SIDETONE_TRY(state->tls, make_server_tls(options.certificate_file, options.key_file));
  }
  auto acceptor = std::make_shared<Acceptor>(executor, state);
  SIDETONE_CHECK(acceptor->listen());
  acceptor->accept_next();
  return std::shared_ptr<HttpServer>(std::make_shared<BeastHttpServer>(std::move(acceptor), std::move(state)));
}

}  // namespace sidetone::net
