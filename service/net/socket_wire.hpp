#pragma once

#include "net/websocket.hpp"
#include "service/session/wire.hpp"

namespace sidetone::service {

/// A WebSocket as the service's parts see it.
class SocketWire final : public Wire {
 public:
  explicit SocketWire(std::shared_ptr<net::WebSocket> socket)
      : socket_(std::move(socket)), address_(socket_->peer().address().to_string()) {}
  void send(Body text) override { socket_->send(std::move(text)); }
  void close(std::uint16_t code, std::string_view reason) override { socket_->close(code, reason); }
  [[nodiscard]] std::size_t queued_bytes() const override { return socket_->queued_bytes(); }
  [[nodiscard]] std::string address() const override { return address_; }

 private:
  std::shared_ptr<net::WebSocket> socket_;
  std::string address_;
};

}  // namespace sidetone::service
