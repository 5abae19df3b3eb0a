#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "net/stream.hpp"
#include "net/websocket.hpp"

/// For net/websocket*.cpp alone.
namespace sidetone::net {

/// An open WebSocket of either side. It holds itself until it is closed.
class WebSocketSession final : public WebSocket, public std::enable_shared_from_this<WebSocketSession> {
 public:
  using Socket = boost::beast::websocket::stream<Stream, /*deflateSupported=*/false>;

  WebSocketSession(Stream stream, const WebSocketOptions& options, std::shared_ptr<void> held);

  Socket& socket() { return socket_; }
  /// After the handshake, once the owner has set its handlers.
  void start();

  void set_handlers(WebSocketHandlers handlers) override {
    handlers_ = std::make_shared<const WebSocketHandlers>(std::move(handlers));
  }
  using WebSocket::send;
  void send(std::shared_ptr<const std::string> text) override;
  void close(std::uint16_t code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued_bytes() const override { return queued_bytes_; }
  void set_max_queue_bytes(std::size_t bytes) override { options_.max_queue_bytes = bytes; }
  [[nodiscard]] boost::asio::ip::tcp::endpoint peer() const override { return peer_; }
  [[nodiscard]] boost::asio::ip::tcp::endpoint local() const override { return local_; }

 private:
  using ErrorCodeType = boost::system::error_code;

  void read_next();
  void on_read(ErrorCodeType error);
  void write_next();
  void on_write(ErrorCodeType error);
  void begin_close();
  void limit_close_time();
  void finish(std::uint16_t code, std::string_view reason);
  void finish_after_error(ErrorCodeType error);

  Socket socket_;
  WebSocketOptions options_;
  std::shared_ptr<const WebSocketHandlers> handlers_;  ///< shared, so that one that runs may be replaced
  std::shared_ptr<void> held_;
  boost::asio::ip::tcp::endpoint peer_;
  boost::asio::ip::tcp::endpoint local_;
  boost::beast::flat_buffer incoming_;
  std::deque<std::shared_ptr<const std::string>> outgoing_;  ///< the front one is being written
  std::size_t queued_bytes_ = 0;
  std::unique_ptr<boost::asio::steady_timer> close_timer_;
  boost::beast::websocket::close_reason close_reason_;
  bool writing_ = false;
  bool closing_ = false;   ///< close() was called, or the queue ran over
  bool finished_ = false;  ///< `closed` was called
};

}  // namespace sidetone::net
