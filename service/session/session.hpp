#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/rate_limit.hpp"
#include "service/schedule/scheduler.hpp"
#include "service/session/lanes.hpp"
#include "service/session/wire.hpp"

namespace sidetone::service {

struct SessionLimits {
  std::size_t ring_frames = 256;
  std::size_t ring_bytes = 256 * 1024;
  Seconds resume_for{600};  ///< after the loss of the connection
  /// What may wait for a client, connected or away; with ring_frames as the number of frames. Past it the session is
  /// given up. A connection is sent away at the half, so that what comes until it is back has room.
  std::size_t backlog_bytes = 1024 * 1024;

  /// What may be queued on a connection: a full ring is sent again at once.
  [[nodiscard]] std::size_t queue_bytes() const {
    return std::max(std::size_t{1024 * 1024}, ring_bytes + 4 * protocol::limits::kFrameBytes);
  }
};

enum class Backlog {
  kFits,
  kTooSlow,  ///< the connection must go; the session can be resumed
  kTooMuch,  ///< the session must go
};

/// What a device's key is named by to far ends: SHA-256 over its text, base64url; empty for no key. See
/// core/protocol/identity.hpp.
std::string device_key_hash(std::string_view key);

/// Who signed in, and how they prove it again.
struct SessionOwner {
  UserId user = 0;
  std::string user_name;
  DeviceId device = 0;
  std::string key_hash;  ///< see device_key_hash
  std::string token;     ///< in clear, for the client's answer; not kept
  std::string token_hash;
  std::string token_before;  ///< hash of the token shown at resumption; empty after a sign-in
};

/// One client's view of the service from sign-in until it is given up: numbered frames, and what is needed to go on
/// after a loss.
/// @thread logic.
class Session {
 public:
  Session(std::uint64_t serial, std::string id, SessionOwner owner, const SessionLimits& limits, Scheduler& scheduler);

  [[nodiscard]] std::uint64_t serial() const { return serial_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] UserId user() const { return owner_.user; }
  [[nodiscard]] DeviceId device() const { return owner_.device; }
  [[nodiscard]] const SessionOwner& owner() const { return owner_; }
  void renew(const SessionOwner& owner) { owner_ = owner; }

  [[nodiscard]] Wire* connection() const { return connection_.get(); }
  /// The hub's number of the connection that was attached last.
  [[nodiscard]] std::uint64_t connection_id() const { return connection_id_; }
  void attach(std::uint64_t connection_id, std::shared_ptr<Wire> connection);
  /// Stops typing and keeps the rest for resumption.
  std::shared_ptr<Wire> detach();

  /// Number and send, or keep. @return how that stands to what is allowed; the frame is kept in any case.
  Backlog send(Lane lane, Body body);
  [[nodiscard]] bool accepts(Lane lane) const;
  [[nodiscard]] bool can_resume(std::uint64_t last_sequence) const {
    return ring_.reaches(last_sequence, next_sequence_);
  }
  /// Send again what the client has missed, then what waited.
  void replay(std::uint64_t last_sequence);

  Timer expiry;
  std::array<net::TokenBucket, protocol::ClientToService::kCount> buckets;

 private:
  void pump();
  /// Whether no more waits than 1/`part` of the bound.
  [[nodiscard]] bool waits_at_most(std::size_t part) const;
  Body numbered(const std::string& body);

  std::uint64_t serial_;
  std::string id_;
  SessionOwner owner_;
  const SessionLimits& limits_;
  Scheduler& scheduler_;
  std::uint64_t connection_id_ = 0;
  std::shared_ptr<Wire> connection_;
  Lanes lanes_;
  bool sent_away_ = false;    ///< what waits is for the next connection
  bool catching_up_ = false;  ///< came back to more than the half of the bound, and has not read it yet
  Ring ring_;
  std::uint64_t next_sequence_ = 1;
  Timer pump_timer_;
};

}  // namespace sidetone::service
