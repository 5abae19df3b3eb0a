#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "net/http_server.hpp"
#include "net/stream.hpp"

/// For net/*.cpp alone.
namespace sidetone::net {

class HttpConnection;

/// What the connections of a server share; outlives the server while one of them lives.
struct HttpServerState : std::enable_shared_from_this<HttpServerState> {
  /// One of the connections that this address may have, given back when the place is dropped.
  /// @return nullptr: it has as many as it may.
  std::shared_ptr<void> take_place_of(const std::string& address);

  HttpServerOptions options;
  HttpHandlers handlers;
  SslContext tls;
  bool accepting = true;
  std::size_t open = 0;  ///< connections, WebSockets among them
  std::unordered_map<std::string, std::size_t> open_of_group;
  std::unordered_set<HttpConnection*> connections;  ///< those that still speak HTTP
};

/// One connection until it ends or becomes a WebSocket: read a request, answer it, again.
/// A request must come whole within `request_timeout`; a response must go at 16 KB/s or faster.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<HttpServerState> state, Stream stream, std::shared_ptr<void> place);
  ~HttpConnection();
  void start();
  /// The server takes no more: end unless a request is under way.
  void end_if_idle();
  void close() { stream_.close(); }

 private:
  using ErrorCodeType = boost::system::error_code;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void read_request();
  void read_more();
  void parse();
  void on_request(ErrorCodeType error);
  void answer_bad_request(ErrorCodeType error);
  void upgrade(const HttpRequest& request);
  void respond(HttpResponse response, bool keep_alive, bool head_only);
  void on_written(ErrorCodeType error, bool keep_alive);
  void limit_time(std::chrono::steady_clock::duration time);
  void on_time_over();

  enum class Phase { kHandshake, kReading, kWaiting, kWriting, kDraining };

  std::shared_ptr<HttpServerState> state_;
  Stream stream_;
  std::shared_ptr<void> place_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::string head_;
  std::shared_ptr<const std::string> body_;
  std::size_t header_bytes_ = 0;
  Phase phase_ = Phase::kHandshake;
  bool time_over_ = false;
};

}  // namespace sidetone::net
