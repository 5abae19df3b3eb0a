#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "media/ice/ice_transport.hpp"
#include "media/udp/endpoint.hpp"

namespace sidetone::media::ice {

/// Connectivity checks of one ICE session with libnice's own STUN, for paths that libnice does not look after.
/// Roles are told so that they never change by one of these checks: a tie-breaker that loses (RFC 8445 §7.3.1.1).
/// @thread one at a time. @source RFC 8445 §7, RFC 8489
class StunChecks {
 public:
  using Transaction = std::array<std::uint8_t, 16>;  ///< cookie and id, as they stand in the message
  enum class Kind { kRequest, kAnswer, kOther };

  StunChecks(Credentials local, Credentials remote, bool controlling);
  ~StunChecks();
  StunChecks(const StunChecks&) = delete;
  StunChecks& operator=(const StunChecks&) = delete;

  [[nodiscard]] bool controlling() const { return controlling_; }

  /// @param nominate  the far end shall send this way; means something from the controlling side only.
  /// @return what was written into `buffer`. Nothing: too many are unanswered.
  std::optional<Bytes> request(std::span<std::uint8_t> buffer, std::uint32_t priority, bool nominate,
                               Transaction& transaction);
  void forget(const Transaction& transaction);

  /// What a datagram is by its first 20 bytes; kOther: no binding request or answer, or no STUN.
  static Kind classify(Bytes head);
  static Transaction transaction_of(Bytes head);  ///< `head`: at least 20 bytes

  /// Is this the genuine answer to a request of ours that is not answered yet? An error response that is signed counts:
  /// the path works.
  bool accept_answer(Bytes datagram);
  /// @return the answer to a genuine request, in `buffer`; nothing: it is not for this session.
  std::optional<Bytes> answer(Bytes request, const udp::Endpoint& from, std::span<std::uint8_t> buffer);

 private:
  struct Agent;
  std::unique_ptr<Agent> agent_;
  Credentials local_;
  Credentials remote_;
  bool controlling_;
};

}  // namespace sidetone::media::ice
