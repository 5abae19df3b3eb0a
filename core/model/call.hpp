#pragma once

#include "core/model/contact.hpp"
#include "core/protocol/calls.hpp"
#include "core/protocol/control.hpp"

/// Calls as a client sees them.
namespace sidetone::model {

enum class CallPhase {
  kPreparing,   ///< outgoing: the voice's offer is being made
  kDialling,    ///< the service has been asked
  kRinging,     ///< the callee's devices ring
  kIncoming,    ///< this device rings
  kAnswering,   ///< answered here, the service has not said yet who won
  kConnecting,  ///< answered; the voice is looking for its way
  kInCall,      ///< the voice runs
  kElsewhere,   ///< a live call of this user on another device
  kTakingUp,    ///< this device takes a live call over
  kEnded,
};

enum class Identity { kUnknown, kProven, kFailed };

struct Call {
  std::string call;
  UserId other = 0;
  std::string number;
  std::optional<UserId> forwarded_by;
  bool incoming = false;
  CallPhase phase = CallPhase::kPreparing;
  std::optional<std::string> host;
  std::int64_t began = 0;
  std::optional<std::int64_t> answered;
  std::optional<protocol::EndReason> reason;
  std::string detail;
  Identity identity = Identity::kUnknown;
  bool muted = false;
  bool microphone_lost = false;
  bool host_away = false;
  protocol::ConnectionState connection = protocol::ConnectionState::kNew;
  double sent = 0;
  double received = 0;
  static constexpr auto fields() {
    using protocol::field;
    using protocol::up_to;
    namespace limits = protocol::limits;
    return protocol::field_list(
        field("call", &Call::call, "call id"),
        field("other", &Call::other, "the other person; 0 while only a number is known"),
        field("number", &Call::number, "number dialled, where the call was placed by number"),
        field("forwarded_by", &Call::forwarded_by, "who let it ring at the present callee"),
        field("incoming", &Call::incoming, "I am the callee"), field("phase", &Call::phase, "phase"),
        field("host", &Call::host, "native host that carries my voice; absent: this browser",
              up_to(limits::kTokenBytes)),
        field("began", &Call::began, "when it began to ring, seconds since 1970"),
        field("answered", &Call::answered, "when it was answered, seconds since 1970"),
        field("reason", &Call::reason, "why it ended"),
        field("detail", &Call::detail, "what went wrong, in words for a person", up_to(limits::kErrorTextBytes)),
        field("identity", &Call::identity, "has the far end proved that it is the device that the service named?"),
        field("muted", &Call::muted, "my microphone is off"),
        field("microphone_lost", &Call::microphone_lost, "my microphone is gone; silence is sent"),
        field("host_away", &Call::host_away,
              "my native host is away: its return is awaited, or the call ended for that"),
        field("connection", &Call::connection, "state of the peer connection"),
        field("sent", &Call::sent, "level of my voice, 0 to 1"),
        field("received", &Call::received, "level of the other's voice, 0 to 1"));
  }
  bool operator==(const Call&) const = default;
};

struct CallRecord {
  std::uint64_t record = 0;
  protocol::RecordKind kind = protocol::RecordKind::kMissed;
  UserId other = 0;
  std::int64_t time = 0;
  std::uint32_t duration_s = 0;
  std::optional<protocol::EndReason> reason;
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(
        field("record", &CallRecord::record, "record"), field("kind", &CallRecord::kind, "kind"),
        field("other", &CallRecord::other, "the other person"),
        field("time", &CallRecord::time, "when it began to ring, seconds since 1970"),
        field("duration_s", &CallRecord::duration_s, "seconds from answer to end; 0: not answered"),
        field("reason", &CallRecord::reason, "how it ended"));
  }
  bool operator==(const CallRecord&) const = default;
};

}  // namespace sidetone::model

namespace sidetone::protocol {
template <>
struct EnumNames<model::CallPhase> {
  static constexpr std::array<std::string_view, 10> kNames{"preparing", "dialling",   "ringing", "incoming",
                                                           "answering", "connecting", "in_call", "elsewhere",
                                                           "taking_up", "ended"};
};
template <>
struct EnumNames<model::Identity> {
  static constexpr std::array<std::string_view, 3> kNames{"unknown", "proven", "failed"};
};
}  // namespace sidetone::protocol
