#include "net/websocket.hpp"

#include <algorithm>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "core/base/utf8.hpp"
#include "net/websocket_accept.hpp"
#include "net/websocket_session.hpp"

namespace sidetone::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

// How long the far end may take to answer a close frame, or to take what was queued before it.
constexpr std::chrono::seconds kCloseTime{5};
constexpr std::size_t kReadAtOnce = 16 * 1024;
// A buffer that a large message left behind is given back.
constexpr std::size_t kKeptBufferBytes = 4096;

}  // namespace

WebSocketSession::WebSocketSession(Stream stream, const WebSocketOptions& options, std::shared_ptr<void> held)
    : socket_(std::move(stream)), options_(options), held_(std::move(held)), incoming_(options.max_message_bytes + 1) {
  ErrorCodeType ignored;
  peer_ = socket_.next_layer().socket().remote_endpoint(ignored);
  local_ = socket_.next_layer().socket().local_endpoint(ignored);
  socket_.set_option(websocket::stream_base::timeout{std::chrono::seconds(10), options.ping_after * 2, true});
  socket_.read_message_max(0);  // the limit is held here, so that the far end hears of it in words
  socket_.auto_fragment(false);
  socket_.text(true);
}

void WebSocketSession::start() { read_next(); }

void WebSocketSession::read_next() {
  // One byte over the limit is enough to know; no more is ever held.
  const std::size_t room = options_.max_message_bytes + 1 - incoming_.size();
  socket_.async_read_some(incoming_, std::min(room, kReadAtOnce),
                          [self = shared_from_this()](ErrorCodeType error, std::size_t) { self->on_read(error); });
}

void WebSocketSession::on_read(ErrorCodeType error) {
  if (finished_) return;
  if (error) return finish_after_error(error);
  if (closing_) return;  // what still comes is dropped by the closing handshake
  if (incoming_.size() > options_.max_message_bytes)
    return close(kCloseTooLarge, "a message has at most " + std::to_string(options_.max_message_bytes) + " bytes");
  if (!socket_.is_message_done()) return read_next();
  if (socket_.got_binary()) return close(websocket::close_code::unknown_data, "text frames only");
  const auto data = incoming_.data();
  if (const auto handlers = handlers_; handlers && handlers->message)
    handlers->message({static_cast<const char*>(data.data()), data.size()});
  incoming_.consume(incoming_.size());
  if (incoming_.capacity() > kKeptBufferBytes) incoming_.shrink_to_fit();
  if (!closing_ && !finished_) read_next();
}

void WebSocketSession::send(std::shared_ptr<const std::string> text) {
  if (closing_ || finished_) return;
  if (queued_bytes_ + text->size() > options_.max_queue_bytes) {
    // What waits is dropped: who resumes later gets it again. The frame in flight cannot be taken back.
    if (!outgoing_.empty()) outgoing_.resize(1);
    return close(kCloseResumeLater, "reads too slowly");
  }
  queued_bytes_ += text->size();
  outgoing_.push_back(std::move(text));
  if (!writing_) write_next();
}

void WebSocketSession::write_next() {
  writing_ = true;
  socket_.async_write(asio::buffer(*outgoing_.front()),
                      [self = shared_from_this()](ErrorCodeType error, std::size_t) { self->on_write(error); });
}

void WebSocketSession::on_write(ErrorCodeType error) {
  writing_ = false;
  if (finished_) return;
  if (error) return finish_after_error(error);
  queued_bytes_ -= outgoing_.front()->size();
  outgoing_.pop_front();
  if (!outgoing_.empty()) return write_next();
  if (closing_) begin_close();
}

void WebSocketSession::close(std::uint16_t code, std::string_view reason) {
  if (closing_ || finished_) return;
  closing_ = true;
  const auto text = utf8_prefix(reason, 120);  // RFC 6455 §5.5: at most 123 bytes, and UTF-8
  close_reason_ = websocket::close_reason(websocket::close_code(code), beast::string_view(text.data(), text.size()));
  limit_close_time();
  if (!writing_) begin_close();
}

void WebSocketSession::begin_close() {
  socket_.async_close(close_reason_, [self = shared_from_this()](ErrorCodeType) {
    self->finish(self->close_reason_.code, {self->close_reason_.reason.data(), self->close_reason_.reason.size()});
  });
}

void WebSocketSession::limit_close_time() {
  if (close_timer_) return;
  close_timer_ = std::make_unique<asio::steady_timer>(socket_.get_executor(), kCloseTime);
  close_timer_->async_wait([self = shared_from_this()](ErrorCodeType cancelled) {
    if (!cancelled) self->socket_.next_layer().close();
  });
}

void WebSocketSession::finish_after_error(ErrorCodeType error) {
  if (closing_) return finish(close_reason_.code, {close_reason_.reason.data(), close_reason_.reason.size()});
  if (error == websocket::error::closed) {
    const auto& reason = socket_.reason();
    return finish(reason.code, {reason.reason.data(), reason.reason.size()});
  }
  if (error == websocket::error::bad_frame_payload) return finish(websocket::close_code::bad_payload, "not UTF-8");
  if (error == websocket::condition::protocol_violation)
    return finish(websocket::close_code::protocol_error, error.message());
  finish(websocket::close_code::abnormal,
         error == beast::error::timeout ? std::string("no answer to a ping") : error.message());
}

void WebSocketSession::finish(std::uint16_t code, std::string_view reason) {
  if (finished_) return;
  finished_ = true;
  if (close_timer_) close_timer_->cancel();
  socket_.next_layer().close();
  outgoing_.clear();
  queued_bytes_ = 0;
  held_.reset();
  // The handlers may own what owns this.
  const auto last = std::exchange(handlers_, nullptr);
  if (last && last->closed) last->closed(code, reason);
}

void accept_websocket(Stream stream, const beast::http::request<beast::http::empty_body>& request,
                      const std::string& subprotocol, const WebSocketOptions& options,
                      std::function<void(std::shared_ptr<WebSocket>)> opened, std::shared_ptr<void> held) {
  auto session = std::make_shared<WebSocketSession>(std::move(stream), options, std::move(held));
  if (!subprotocol.empty()) {
    session->socket().set_option(websocket::stream_base::decorator([subprotocol](websocket::response_type& response) {
      response.set(beast::http::field::sec_websocket_protocol, subprotocol);
    }));
  }
  session->socket().async_accept(request, [session, opened = std::move(opened)](boost::system::error_code error) {
    if (error) return;
    // The decorator is not needed any more; its memory is, for many sockets.
    session->socket().set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
    if (opened) opened(session);
    session->start();
  });
}

}  // namespace sidetone::net
