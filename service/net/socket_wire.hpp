#pragma once

#include "net/websocket.hpp"
#include "service/session/wire.hpp"

namespace sidetone::service {

/// A WebSocket as the service's parts see it.
class SocketWire final : public Wire {
 public:
  /// @param address  of whoever is at the far end, behind proxies too.
  SocketWire(std::shared_ptr<net::WebSocket> socket, std::string address)
      : socket_(std::move(socket)), address_(std::move(address)) {}
  void send(Body text) override { socket_->send(std::move(text)); }
  void close(std::uint16_t code, std::string_view reason) override { socket_->close(code, reason); }
  [[nodiscard]] std::size_t queued_bytes() const override { return socket_->queued_bytes(); }
  void allow_queue(std::size_t bytes) override { socket_->set_max_queue_bytes(bytes); }
  [[nodiscard]] std::string address() const override { return address_; }

 private:
  std::shared_ptr<net::WebSocket> socket_;
  std::string address_;
};

}  // namespace sidetone::service
