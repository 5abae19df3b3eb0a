#include "net/http_connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <ctime>

#include "net/address.hpp"
#include "net/websocket_accept.hpp"

namespace sidetone::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::size_t kSlowestBytesPerSecond = 16 * 1024;
constexpr std::size_t kReadBytes = 4096;
constexpr std::chrono::seconds kDrainTime{2};

std::string text_of(beast::string_view view) { return {view.data(), view.size()}; }

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

/// A header that decides who is spoken to or who asks must not come twice.
bool is_ambiguous(const http::fields& fields) {
  for (const auto field :
       {http::field::host, http::field::origin, http::field::authorization, http::field::sec_websocket_key})
    if (fields.count(field) > 1) return true;
  return false;
}

bool is_line_safe(const std::string& text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

/// The values of a header that may come in several lines (RFC 9110 §5.3).
std::string joined(const http::fields& fields, beast::string_view name) {
  std::string out;
  const auto [begin, end] = fields.equal_range(name);
  for (auto it = begin; it != end; ++it) out += (out.empty() ? "" : ",") + text_of(it->value());
  return out;
}

template <class Message>
HttpRequest request_of(const Message& message, Stream& stream, const HttpServerOptions& options) {
  HttpRequest request;
  request.method = text_of(message.method_string());
  request.target = text_of(message.target());
  request.host = text_of(message[http::field::host]);
  request.origin = text_of(message[http::field::origin]);
  request.authorization = text_of(message[http::field::authorization]);
  request.if_none_match = text_of(message[http::field::if_none_match]);
  request.accept_encoding = text_of(message[http::field::accept_encoding]);
  for (const auto& one : http::token_list(message[http::field::sec_websocket_protocol]))
    request.subprotocols.push_back(text_of(one));
  boost::system::error_code ignored;
  request.peer = stream.socket().remote_endpoint(ignored);
  request.local = stream.socket().local_endpoint(ignored);
  request.client = client_address(request.peer.address(), joined(message, "X-Forwarded-For"), options.trusted_proxies);
  return request;
}

}  // namespace

HttpConnection::HttpConnection(std::shared_ptr<HttpServerState> state, Stream stream, std::shared_ptr<void> place)
    : state_(std::move(state)),
      stream_(std::move(stream)),
      place_(std::move(place)),
      timer_(stream_.get_executor()),
      buffer_(state_->options.max_header_bytes + 4096) {
  state_->connections.insert(this);
}

HttpConnection::~HttpConnection() { state_->connections.erase(this); }

void HttpConnection::start() {
  if (!stream_.secure()) return read_request();
  limit_time(state_->options.request_timeout);
  stream_.async_handshake([self = shared_from_this()](ErrorCodeType error, std::size_t) {
    if (!error) self->read_request();
  });
}

void HttpConnection::end_if_idle() {
  if (phase_ == Phase::kReading && !(parser_ && parser_->got_some())) close();
}

void HttpConnection::limit_time(std::chrono::steady_clock::duration time) {
  timer_.expires_after(time);
  timer_.async_wait([weak = weak_from_this()](ErrorCodeType cancelled) {
    const auto self = weak.lock();
    if (self && !cancelled) self->on_time_over();
  });
}

void HttpConnection::on_time_over() {
  if (phase_ != Phase::kReading || !parser_ || !parser_->got_some()) return close();
  time_over_ = true;  // the read ends with operation_aborted and is answered by 408
  ErrorCodeType ignored;
  stream_.socket().cancel(ignored);
}

void HttpConnection::read_request() {
  phase_ = Phase::kReading;
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(state_->options.max_header_bytes));
  parser_->body_limit(state_->options.max_body_bytes);
  limit_time(state_->options.request_timeout);
  parser_->eager(true);
  header_bytes_ = 0;
  parse();
}

void HttpConnection::read_more() {
  const auto room = std::min(kReadBytes, buffer_.max_size() - buffer_.size());
  stream_.async_read_some(buffer_.prepare(room), [self = shared_from_this()](ErrorCodeType error, std::size_t bytes) {
    self->buffer_.commit(bytes);
    if (error) return self->on_request(error);
    self->parse();
  });
}

// Beast's own reading holds each piece that it parses to the limit, not their sum: many short fields would pass it.
void HttpConnection::parse() {
  while (buffer_.size() > 0) {
    ErrorCodeType error;
    const bool in_header = !parser_->is_header_done();
    const std::size_t used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    if (in_header) header_bytes_ += used;
    const bool more = error == http::error::need_more;
    if (!parser_->is_header_done() && header_bytes_ + buffer_.size() > state_->options.max_header_bytes)
      return on_request(http::error::header_limit);
    if (more) break;
    if (error || parser_->is_done()) return on_request(error);
  }
  read_more();
}

void HttpConnection::on_request(ErrorCodeType error) {
  timer_.cancel();
  if (error) return answer_bad_request(error);
  const auto& message = parser_->get();
  HttpRequest request = request_of(message, stream_, state_->options);
  if (is_ambiguous(message) || (message.version() >= 11 && message.count(http::field::host) == 0))
    return respond(plain_response(400, "exactly one Host header is needed"), false, false);
  if (beast::websocket::is_upgrade(message)) return upgrade(request);
  const bool keep_alive = message.keep_alive() && state_->accepting;
  request.body = std::move(parser_->get().body());
  if (!state_->handlers.request) return close();
  const bool head_only = request.method == "HEAD";
  auto answer = state_->handlers.request(request);
  if (auto* ready = std::get_if<HttpResponse>(&answer)) return respond(std::move(*ready), keep_alive, head_only);
  phase_ = Phase::kWaiting;
  limit_time(state_->options.request_timeout);
  std::get<HttpLater>(answer)([self = shared_from_this(), keep_alive, head_only](HttpResponse response) {
    if (self->phase_ == Phase::kWaiting) self->respond(std::move(response), keep_alive, head_only);
  });
}

void HttpConnection::answer_bad_request(ErrorCodeType error) {
  if (time_over_) return respond(plain_response(408, "the request took too long"), false, false);
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return respond(plain_response(431, "the header is too long"), false, false);
  if (error == http::error::body_limit) return respond(plain_response(413, "the body is too long"), false, false);
  if (error.category() == make_error_code(http::error::bad_method).category())
    return respond(plain_response(400, "not HTTP: " + error.message()), false, false);
  stream_.shutdown_tls();
  close();
}

void HttpConnection::upgrade(const HttpRequest& request) {
  if (!state_->handlers.upgrade) return respond(plain_response(404, "no WebSocket here"), false, false);
  if (buffer_.size() > 0) return respond(plain_response(400, "data before the upgrade was answered"), false, false);
  auto place = place_;
  if (is_one_of(request.peer.address(), state_->options.trusted_proxies)) {
    const auto of_client = state_->take_place_of(request.client);
    if (!of_client) return respond(plain_response(429, "too many connections from this address"), false, false);
    place = std::shared_ptr<void>(nullptr, [whole = place_, of_client](void*) {});
  }
  auto decision = state_->handlers.upgrade(request);
  if (auto* refused = std::get_if<HttpResponse>(&decision)) return respond(std::move(*refused), false, false);
  auto& accepted = std::get<AcceptWebSocket>(decision);
  http::request<http::empty_body> head(parser_->get().base());
  accept_websocket(std::move(stream_), head, accepted.subprotocol, accepted.options, std::move(accepted.opened),
                   std::move(place));
}

void HttpConnection::respond(HttpResponse response, bool keep_alive, bool head_only) {
  phase_ = Phase::kWriting;
  body_ = response.body;
  const std::size_t size = body_ ? body_->size() : 0;
  const bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
  head_ = "HTTP/1.1 " + std::to_string(response.status) + " " +
          text_of(http::obsolete_reason(http::status(response.status))) + "\r\nDate: " + http_date() + "\r\n";
  if (size > 0 && is_line_safe(response.content_type)) head_ += "Content-Type: " + response.content_type + "\r\n";
  if (!bodiless) head_ += "Content-Length: " + std::to_string(size) + "\r\n";
  for (const auto& [name, value] : response.headers)
    if (is_line_safe(name) && is_line_safe(value)) head_ += name + ": " + value + "\r\n";
  head_ += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (head_only || bodiless) body_.reset();

  limit_time(state_->options.request_timeout + std::chrono::seconds(size / kSlowestBytesPerSecond));
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_),
                                                  body_ ? asio::buffer(*body_) : asio::const_buffer()};
  asio::async_write(stream_, buffers, [self = shared_from_this(), keep_alive](ErrorCodeType error, std::size_t) {
    self->on_written(error, keep_alive);
  });
}

void HttpConnection::on_written(ErrorCodeType error, bool keep_alive) {
  timer_.cancel();
  body_.reset();
  if (error) return close();
  if (keep_alive && state_->accepting) return read_request();
  phase_ = Phase::kDraining;
  stream_.shutdown_tls();
  limit_time(kDrainTime);
  stream_.async_drain([self = shared_from_this()](ErrorCodeType) {});
}

}  // namespace sidetone::net
