#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sidetone::service {

/// A frame, or its body without sequence number, encoded once for all its receivers.
using Body = std::shared_ptr<const std::string>;

/// What may be queued for a connection that has not signed in: one frame, and no attacker's megabytes.
inline constexpr std::size_t kStrangerQueueBytes = 64 * 1024;

/// The service's end of one connection of a client or a host. In the program a WebSocket; in tests a list of frames.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void send(Body text) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  /// Bytes that were sent and have not left yet.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
  /// The far end has signed in: so much may be queued now. Until then it is kStrangerQueueBytes.
  virtual void allow_queue(std::size_t bytes) = 0;
  [[nodiscard]] virtual std::string address() const = 0;
};

}  // namespace sidetone::service
