#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

/// One WebSocket (RFC 6455), either side, with bounded queues and keep-alive.
namespace sidetone::net {

/// Close codes of this project beside RFC 6455 §7.4.
inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kClosePolicy = 1008;
inline constexpr std::uint16_t kCloseTooLarge = 1009;
inline constexpr std::uint16_t kCloseRestart = 1012;
inline constexpr std::uint16_t kCloseResumeLater = 4008;  ///< the client reads too slowly: come back and resume
inline constexpr std::uint16_t kCloseSignedOut = 4001;    ///< the device was revoked: do not come back

struct WebSocketOptions {
  std::size_t max_message_bytes = 64 * 1024;  ///< a longer message closes with kCloseTooLarge and says the limit
  std::size_t max_queue_bytes = 1024 * 1024;  ///< unsent bytes beyond this close with kCloseResumeLater
  std::chrono::seconds ping_after{20};        ///< idle time before a ping; closed after the same time again
};

struct WebSocketHandlers {
  std::function<void(std::string_view text)> message;  ///< text frames; a binary frame closes with 1003
  std::function<void(std::uint16_t code, std::string_view reason)>
      closed;  ///< once, whoever closed; 1006 when the connection was lost
};

/// @thread all methods: the executor that it was made on. Callbacks never come from inside a method.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual void set_handlers(WebSocketHandlers handlers) = 0;
  /// Queue one text message; shared, so that one encoding serves many receivers.
  virtual void send(std::shared_ptr<const std::string> text) = 0;
  void send(std::string text) { send(std::make_shared<const std::string>(std::move(text))); }
  /// Send what is queued, then close. `closed` follows.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
  /// Another limit than WebSocketOptions::max_queue_bytes from now on: a stranger gets less.
  virtual void set_max_queue_bytes(std::size_t bytes) = 0;
  [[nodiscard]] virtual boost::asio::ip::tcp::endpoint peer() const = 0;
  [[nodiscard]] virtual boost::asio::ip::tcp::endpoint local() const = 0;
};

struct WebSocketAddress {
  std::string url;  ///< ws://host:port/path or wss://…
  std::vector<std::string> subprotocols;
  std::string origin;                      ///< Origin header; empty: none
  std::string certificate_authority_file;  ///< PEM, for wss; empty: the system's
  int dscp = 0;  ///< mark of what is sent, from the first segment after the TCP handshake on (RFC 2474)
  std::chrono::seconds timeout{10};
};

/// @param opened  the open socket, or why not: kIo, kTimeout, kForbidden (the server answered other than 101; `text`
/// says what).
void connect_websocket(boost::asio::any_io_executor executor, const WebSocketAddress& address,
                       const WebSocketOptions& options, std::function<void(Result<std::shared_ptr<WebSocket>>)> opened);

}  // namespace sidetone::net
