#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace sidetone::media::sctp {

/// One SCTP packet, so that with DTLS around it a datagram stays under dtls::kMtuBytes.
inline constexpr std::size_t kPacketBytes = 1150;
inline constexpr std::uint16_t kStreams = 256;
/// The largest limit of received messages (a=max-message-size).
inline constexpr std::size_t kMaxMessageBytes = 256 * 1024;
/// What may be under way or wait to be sent, and what may wait for packets before it, where each packet counts for 256
/// bytes more than it has: 130 Mbit/s over a path of 100 ms.
inline constexpr std::size_t kSendBufferBytes = 2048 * 1024;
inline constexpr std::size_t kReceiveBufferBytes = 2048 * 1024;

struct Message {
  std::uint16_t stream = 0;
  std::uint32_t protocol = 0;  ///< PPID
  std::vector<std::uint8_t> data;
};

struct Reliability {
  bool ordered = true;
  std::optional<std::uint16_t> max_retransmits;
  std::optional<std::uint16_t> max_packet_life_ms;
};

/// Called on the association's own thread, never from inside a call into it.
struct AssociationCallbacks {
  std::function<void(Bytes)> send;  ///< one packet, borrowed; may come from inside a call
  std::function<void()> connected;
  std::function<void(Message)> received;
  std::function<void(std::uint16_t stream)> too_long;                    ///< a message over the limit, dropped
  std::function<void(const std::vector<std::uint16_t>&)> streams_reset;  ///< by the far end
  std::function<void()> closed;
};

/// Start the stack of the process, before the first call rather than in it. @thread any.
void prepare();

/// One SCTP association over DTLS (RFC 8261) on usrsctp, which is one instance for the process without threads of its
/// own: every call into it is made under one lock, and what it calls back is queued and run on the association's
/// thread.
/// @thread the one that `post` runs tasks on, every method.
class Association {
 public:
  using Post = std::function<void(std::function<void()>)>;
  /// @param max_message_bytes  of received messages; up to kMaxMessageBytes.
  static Result<std::unique_ptr<Association>> make(const Clock& clock, Post post, AssociationCallbacks callbacks,
                                                   std::size_t max_message_bytes);
  /// Sends ABORT.
  ~Association();
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  /// Both ends do this (RFC 8841 §9.3). @error kIo
  Status connect(std::uint16_t local_port, std::uint16_t remote_port);
  void receive(Bytes packet);
  /// @error kUnavailable: the send buffer is full, or not connected; kTooLarge; kIo.
  Status send(std::uint16_t stream, std::uint32_t protocol, const Reliability& reliability, Bytes data);
  /// Reset our side of a stream; false: try again later.
  bool reset_stream(std::uint16_t stream);
  /// Lets timers run. Call it every `tick_interval`.
  void tick();
  [[nodiscard]] static Microseconds tick_interval() { return Microseconds{100'000}; }

  struct State;

 private:
  explicit Association(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace sidetone::media::sctp
