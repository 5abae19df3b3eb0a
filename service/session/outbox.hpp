#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/codec.hpp"
#include "core/protocol/registry.hpp"
#include "service/store/rows.hpp"

/// How the parts of the service speak to clients, without knowing of sockets.
namespace sidetone::service {

using ToClient = protocol::AnyMessage<protocol::ServiceToClient>;

/// What matters more leaves first. The first two are never dropped: a client that cannot keep up is sent away to resume
/// later. Presence and typing give way (see Outbox::accepts).
enum class Lane { kSignalling, kMessages, kTelephony, kStatus, kTyping };
inline constexpr std::size_t kLanes = 5;

/// Who asks, and what their answer is to be called. Kept by handlers that answer later.
struct Asker {
  UserId user = 0;
  DeviceId device = 0;
  std::uint64_t session = 0;             ///< serial number; an answer to one that is gone is dropped
  std::optional<std::uint32_t> request;  ///< none: success is not answered, failure without an id
};

/// @thread logic.
class Outbox {
 public:
  virtual ~Outbox() = default;
  /// The answer of a request.
  virtual void answer(const Asker& asker, const ToClient& message) = 0;
  /// Nothing was changed. Counted by code.
  virtual void refuse(const Asker& asker, const Error& error,
                      std::optional<std::uint32_t> retry_after_ms = std::nullopt) = 0;

  virtual void to_device(DeviceId device, const ToClient& message) = 0;
  /// All of a user's devices that are there or may resume.
  virtual void to_user(UserId user, const ToClient& message, DeviceId except = 0) = 0;
  /// Every session; for the directory.
  virtual void to_all(const ToClient& message) = 0;
  /// False where what can be sent again later should wait now: the device is away, or slow.
  [[nodiscard]] virtual bool accepts(DeviceId device, Lane lane) const = 0;

  void ok(const Asker& asker) {
    if (asker.request) answer(asker, protocol::Ok{});
  }
};

/// Who is there. A device has at most one session; the session outlives its connection for a while.
class Roster {
 public:
  virtual ~Roster() = default;
  [[nodiscard]] virtual std::vector<DeviceId> devices_of(UserId user) const = 0;
  [[nodiscard]] virtual bool connected(DeviceId device) const = 0;
  /// 0: the device has no session.
  [[nodiscard]] virtual UserId user_of(DeviceId device) const = 0;
  /// Of the public key given at sign-in: see device_key_hash.
  [[nodiscard]] virtual std::string key_hash_of(DeviceId device) const = 0;
};

enum class SessionChange {
  kStarted,       ///< a new session, connected; the client synchronises everything
  kResumed,       ///< connected again; nothing was missed
  kDisconnected,  ///< may resume
  kEnded,         ///< will not resume; the device may still come back with a new session
  kSignedOut,     ///< the device is no more
};

class SessionListener {
 public:
  virtual ~SessionListener() = default;
  virtual void session_changed(UserId user, DeviceId device, SessionChange change) = 0;
};

}  // namespace sidetone::service
