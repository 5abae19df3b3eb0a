#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.hpp"
#include "net/websocket.hpp"

/// HTTP/1.1 and WebSocket server side. Boost.Beast is instantiated in net/*.cpp only.
namespace sidetone::net {

struct HttpRequest {
  std::string method;
  std::string target;         ///< as sent, path and query
  std::string host;           ///< Host header
  std::string origin;         ///< Origin header; empty when absent
  std::string authorization;  ///< Authorization header
  std::string if_none_match;
  std::string accept_encoding;
  std::vector<std::string> subprotocols;  ///< Sec-WebSocket-Protocol, in order
  boost::asio::ip::tcp::endpoint peer;
  std::string client;  ///< address of whoever asks: the peer's, or what a trusted proxy says (net/address.hpp)
  boost::asio::ip::tcp::endpoint local;
  std::string body;  ///< at most HttpServerOptions::max_body_bytes
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<const std::string> body;  ///< shared, so that a snapshot is held once
};

/// One sentence of text.
HttpResponse plain_response(unsigned status, std::string text);

/// An answer that comes later, on the server's executor. The handler calls `respond` once.
using HttpLater = std::function<void(std::function<void(HttpResponse)> respond)>;
using HttpAnswer = std::variant<HttpResponse, HttpLater>;

/// How an upgrade request is met: refused with a response, or accepted.
struct AcceptWebSocket {
  std::string subprotocol;  ///< chosen among the offered; empty: none
  WebSocketOptions options;
  std::function<void(std::shared_ptr<WebSocket>)> opened;  ///< set handlers here, before returning
};
using UpgradeDecision = std::variant<HttpResponse, AcceptWebSocket>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;        ///< 0: any
  std::string certificate_file;  ///< PEM chain; empty: plain HTTP
  std::string key_file;
  std::size_t max_connections = 20'000;
  std::size_t max_connections_per_client = 0;  ///< by net::address_group; 0: no such limit
  std::vector<std::string> trusted_proxies;    ///< addresses whose X-Forwarded-For is believed
  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_body_bytes = 64 * 1024;
  std::chrono::seconds request_timeout{10};
};

struct HttpHandlers {
  /// Asked for each connection before it counts and before a byte is read; false: it is closed. Absent: all come in.
  std::function<bool(const boost::asio::ip::tcp::endpoint& peer, const boost::asio::ip::tcp::endpoint& local)> admit;
  std::function<HttpAnswer(const HttpRequest&)> request;
  std::function<UpgradeDecision(const HttpRequest&)> upgrade;
};

/// When the last owner lets go: no new connections, no further call of a handler, open HTTP connections end. WebSockets
/// stay until closed.
/// @thread handlers and WebSocket callbacks run on the server's executor; give it a strand or a single-threaded
/// context.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// No new connections; those that are open stay until closed.
  virtual void stop_accepting() = 0;
  /// Open connections, WebSockets among them.
  [[nodiscard]] virtual std::size_t connections() const = 0;
};

/// @error kIo: the address cannot be bound; kMalformed: certificate or key cannot be used. `where` names the file or
/// address.
Result<std::shared_ptr<HttpServer>> serve_http(boost::asio::any_io_executor executor, const HttpServerOptions& options,
                                               HttpHandlers handlers);

}  // namespace sidetone::net
