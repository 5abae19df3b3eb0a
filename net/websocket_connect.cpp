#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/field.hpp>

#include "net/url.hpp"
#include "net/websocket_session.hpp"

namespace sidetone::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

/// One attempt: resolve, connect, TLS, upgrade; one time limit over all of it.
class Connector final : public std::enable_shared_from_this<Connector> {
 public:
  using Opened = std::function<void(Result<std::shared_ptr<WebSocket>>)>;

  Connector(asio::any_io_executor executor, WebSocketAddress address, const WebSocketOptions& options, Opened opened)
      : address_(std::move(address)),
        options_(options),
        opened_(std::move(opened)),
        resolver_(executor),
        socket_(executor),
        timer_(executor) {}

  void start() {
    timer_.expires_after(address_.timeout);
    timer_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled)
        self->fail(ErrorCode::kTimeout,
                   "no answer within " + std::to_string(self->address_.timeout.count()) + " s " + self->doing_);
    });
    auto url = parse_url(address_.url);
    if (!url) return fail_later(url.take_error());
    url_ = std::move(url).value();
    if (url_.scheme != "ws" && url_.scheme != "wss")
      return fail_later({ErrorCode::kMalformed, "must be a ws:// or wss:// address", address_.url});
    if (url_.secure()) {
      auto tls = make_client_tls(address_.certificate_authority_file);
      if (!tls) return fail_later(tls.take_error());
      tls_ = std::move(tls).value();
    }
    doing_ = "while looking up " + url_.host;
    resolver_.async_resolve(url_.host, std::to_string(url_.port), tcp::resolver::numeric_service,
                            [self = shared_from_this()](error_code error, const tcp::resolver::results_type& found) {
                              self->on_resolved(error, found);
                            });
  }

 private:
  void on_resolved(error_code error, const tcp::resolver::results_type& found) {
    if (!opened_) return;
    if (error) return fail(ErrorCode::kIo, "the name " + url_.host + " cannot be looked up: " + error.message());
    doing_ = "while connecting";
    asio::async_connect(socket_, found, [self = shared_from_this()](error_code failed, const tcp::endpoint&) {
      self->on_connected(failed);
    });
  }

  void on_connected(error_code error) {
    if (!opened_) return;
    if (error) return fail(ErrorCode::kIo, "cannot connect: " + error.message());
    if (address_.dscp != 0) mark();
    stream_.emplace(std::move(socket_));
    if (!tls_) return upgrade();
    auto started = stream_->start_tls_client(tls_.get(), url_.host);
    if (!started) return fail_with(started.take_error());
    doing_ = "in the TLS handshake";
    stream_->async_handshake([self = shared_from_this()](error_code failed, std::size_t) {
      if (!self->opened_) return;
      if (!failed) return self->upgrade();
      const auto& reason = self->stream_->tls_failure();
      self->fail(ErrorCode::kIo, "TLS failed: " + (reason.empty() ? failed.message() : reason));
    });
  }

  void mark() {
    // IPv4 within IPv6 takes IPv4's option, too.
    const int traffic_class = address_.dscp << 2;
    const int fd = socket_.native_handle();
    (void)::setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &traffic_class, sizeof traffic_class);
    (void)::setsockopt(fd, IPPROTO_IP, IP_TOS, &traffic_class, sizeof traffic_class);
  }

  void upgrade() {
    doing_ = "to the upgrade";
    session_ = std::make_shared<WebSocketSession>(std::move(*stream_), options_, nullptr);
    session_->socket().set_option(
        websocket::stream_base::decorator([address = address_](websocket::request_type& request) {
          std::string offered;
          for (const auto& one : address.subprotocols) offered += (offered.empty() ? "" : ", ") + one;
          if (!offered.empty()) request.set(beast::http::field::sec_websocket_protocol, offered);
          if (!address.origin.empty()) request.set(beast::http::field::origin, address.origin);
          request.set(beast::http::field::user_agent, "sidetone/" SIDETONE_VERSION);
        }));
    session_->socket().async_handshake(response_, url_.authority(), url_.target,
                                       [self = shared_from_this()](error_code error) { self->on_upgraded(error); });
  }

  void on_upgraded(error_code error) {
    if (!opened_) return;
    if (error == websocket::error::upgrade_declined) {
      return fail(ErrorCode::kForbidden, "the server answered " + std::to_string(response_.result_int()) + " " +
                                             std::string(response_.reason().data(), response_.reason().size()));
    }
    if (error) return fail(ErrorCode::kIo, "the upgrade failed: " + error.message());
    const auto chosen = response_[beast::http::field::sec_websocket_protocol];
    if (!chosen.empty() && std::find(address_.subprotocols.begin(), address_.subprotocols.end(),
                                     std::string_view(chosen.data(), chosen.size())) == address_.subprotocols.end())
      return fail(ErrorCode::kIo, "the server chose a subprotocol that was not offered");
    timer_.cancel();
    session_->socket().set_option(websocket::stream_base::decorator([](websocket::request_type&) {}));
    const auto session = std::exchange(session_, nullptr);
    std::exchange(opened_, nullptr)(std::shared_ptr<WebSocket>(session));
    session->start();
  }

  void fail(ErrorCode code, std::string text) { fail_with({code, std::move(text), address_.url}); }

  void fail_later(Error error) {
    asio::post(timer_.get_executor(),
               [self = shared_from_this(), error = std::move(error)]() mutable { self->fail_with(std::move(error)); });
  }

  void fail_with(Error error) {
    if (!opened_) return;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
    if (session_)
      session_->socket().next_layer().close();
    else if (stream_)
      stream_->close();
    std::exchange(opened_, nullptr)(std::move(error));
  }

  WebSocketAddress address_;
  WebSocketOptions options_;
  Opened opened_;
  Url url_;
  SslContext tls_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::optional<Stream> stream_;
  std::shared_ptr<WebSocketSession> session_;
  websocket::response_type response_;
  std::string doing_;
};

}  // namespace

void connect_websocket(asio::any_io_executor executor, const WebSocketAddress& address, const WebSocketOptions& options,
                       std::function<void(Result<std::shared_ptr<WebSocket>>)> opened) {
  std::make_shared<Connector>(std::move(executor), address, options, std::move(opened))->start();
}

}  // namespace sidetone::net
