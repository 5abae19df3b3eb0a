#pragma once

#include "core/protocol/session.hpp"

/// Calls: rows C1, C2 and H1. The service decides who rings and who wins; SDP and candidates pass through it unread.
namespace sidetone::protocol {

enum class EndReason {
  kHungUp,     ///< one side hung up an answered call
  kCancelled,  ///< the caller gave up while it rang
  kDeclined,
  kBusy,
  kNoAnswer,
  kAnsweredElsewhere,  ///< to the callee's other devices
  kUnreachable,        ///< no device of the callee is signed in
  kLost,               ///< a side is gone, with its voice, for longer than the grace time
  kFailed,             ///< no way was found for the voice
  kForwarded,          ///< to the devices of the one who let it ring at somebody else
};
template <>
struct EnumNames<EndReason> {
  static constexpr std::array<std::string_view, 10> kNames{"hung_up",   "cancelled", "declined",    "busy",
                                                           "no_answer", "elsewhere", "unreachable", "lost",
                                                           "failed",    "forwarded"};
};

enum class CallPhase { kRinging, kAnswered };
template <>
struct EnumNames<CallPhase> {
  static constexpr std::array<std::string_view, 2> kNames{"ringing", "answered"};
};

enum class SdpKind { kOffer, kAnswer, kPranswer, kRollback };
template <>
struct EnumNames<SdpKind> {
  static constexpr std::array<std::string_view, 4> kNames{"offer", "answer", "pranswer", "rollback"};
};

struct CallInvite {
  static constexpr std::string_view kType = "call_invite";
  static constexpr std::string_view kDoc =
      "Call a person, by id or by number. Answered by call_ringing when at least one device rings, or by error; then "
      "call_answered or call_ended.";
  std::string call;
  std::optional<UserId> to;
  std::optional<std::string> number;
  std::string sdp;
  std::optional<std::string> host;
  static constexpr auto fields() {
    return field_list(
        field("c", &CallInvite::call, "call id, 128 random bits chosen by the caller, base64url", Bounds{8, 64}),
        field("u", &CallInvite::to, "callee"),
        field("e", &CallInvite::number, "or the extension dialled", up_to(limits::kNumberBytes)),
        field("o", &CallInvite::sdp, "the caller's offer", up_to(limits::kSdpBytes)),
        field("h", &CallInvite::host, "native host that carries the caller's voice; absent: this browser",
              up_to(limits::kTokenBytes)));
  }
  bool operator==(const CallInvite&) const = default;
};

struct CallRinging {
  static constexpr std::string_view kType = "call_ringing";
  static constexpr std::string_view kDoc =
      "To the caller: the callee's devices ring. Sent again when the callee lets it ring at somebody else.";
  std::string call;
  UserId user = 0;
  static constexpr auto fields() {
    return field_list(field("c", &CallRinging::call, "call", up_to(64)), field("u", &CallRinging::user, "callee"));
  }
  bool operator==(const CallRinging&) const = default;
};

struct CallIncoming {
  static constexpr std::string_view kType = "call_incoming";
  static constexpr std::string_view kDoc = "To each of the callee's devices: ring.";
  std::string call;
  UserId from = 0;
  std::string sdp;
  std::string key_hash;
  std::optional<UserId> forwarded_by = std::nullopt;
  static constexpr auto fields() {
    return field_list(
        field("c", &CallIncoming::call, "call", up_to(64)), field("u", &CallIncoming::from, "caller"),
        field("o", &CallIncoming::sdp, "the caller's offer", up_to(limits::kSdpBytes)),
        field("k", &CallIncoming::key_hash, "SHA-256 of the key of the caller's device, base64url; empty: it has none",
              up_to(limits::kKeyHashBytes)),
        field("f", &CallIncoming::forwarded_by, "who has let it ring here"));
  }
  bool operator==(const CallIncoming&) const = default;
};

struct CallAnswer {
  static constexpr std::string_view kType = "call_answer";
  static constexpr std::string_view kDoc =
      "Take a ringing call on this device. Answered by ok to the one device that wins, by error `conflict` to the "
      "others.";
  std::string call;
  std::string sdp;
  std::optional<std::string> host;
  static constexpr auto fields() {
    return field_list(
        field("c", &CallAnswer::call, "call", up_to(64)),
        field("o", &CallAnswer::sdp, "the answer", up_to(limits::kSdpBytes)),
        field("h", &CallAnswer::host, "native host that carries the callee's voice", up_to(limits::kTokenBytes)));
  }
  bool operator==(const CallAnswer&) const = default;
};

struct CallAnswered {
  static constexpr std::string_view kType = "call_answered";
  static constexpr std::string_view kDoc = "To the caller: the callee has answered.";
  std::string call;
  std::string sdp;
  std::string key_hash;
  static constexpr auto fields() {
    return field_list(
        field("c", &CallAnswered::call, "call", up_to(64)),
        field("o", &CallAnswered::sdp, "the answer", up_to(limits::kSdpBytes)),
        field("k", &CallAnswered::key_hash, "SHA-256 of the key of the callee's device, base64url; empty: it has none",
              up_to(limits::kKeyHashBytes)));
  }
  bool operator==(const CallAnswered&) const = default;
};

struct CallDecline {
  static constexpr std::string_view kType = "call_decline";
  static constexpr std::string_view kDoc = "Refuse a ringing call for all my devices. Answered by ok.";
  std::string call;
  static constexpr auto fields() { return field_list(field("c", &CallDecline::call, "call", up_to(64))); }
  bool operator==(const CallDecline&) const = default;
};

struct CallForward {
  static constexpr std::string_view kType = "call_forward";
  static constexpr std::string_view kDoc =
      "Let a call that rings at me ring at somebody else instead, for all my devices. Answered by ok once it rings "
      "there. Refused, it rings on here: unavailable: nobody is there; conflict: in another call, or the call does not "
      "ring here any more; not_found: nobody has the number; forbidden: the caller, or one who has forwarded it "
      "already; too_large: it has been forwarded too often.";
  std::string call;
  std::optional<UserId> to;
  std::optional<std::string> number;
  static constexpr auto fields() {
    return field_list(field("c", &CallForward::call, "call", up_to(64)),
                      field("u", &CallForward::to, "who shall be called"),
                      field("e", &CallForward::number, "or by extension", up_to(limits::kNumberBytes)));
  }
  bool operator==(const CallForward&) const = default;
};

struct CallHangUp {
  static constexpr std::string_view kType = "call_hang_up";
  static constexpr std::string_view kDoc =
      "End my answered call, or cancel the one that I am placing. Answered by ok, also when it has ended already.";
  std::string call;
  static constexpr auto fields() { return field_list(field("c", &CallHangUp::call, "call", up_to(64))); }
  bool operator==(const CallHangUp&) const = default;
};

struct CallEnded {
  static constexpr std::string_view kType = "call_ended";
  static constexpr std::string_view kDoc = "The call, or its ringing on this device, is over.";
  std::string call;
  EndReason reason = EndReason::kHungUp;
  static constexpr auto fields() {
    return field_list(field("c", &CallEnded::call, "call", up_to(64)), field("y", &CallEnded::reason, "why"));
  }
  bool operator==(const CallEnded&) const = default;
};

/// In both directions. The service keeps early candidates for devices that have not answered yet.
struct CallCandidate {
  static constexpr std::string_view kType = "call_candidate";
  static constexpr std::string_view kDoc = "A trickled ICE candidate of the sender (RFC 8838).";
  std::string call;
  std::string candidate;
  std::optional<std::string> mid;
  std::optional<std::uint32_t> line;
  std::optional<std::string> ufrag;
  static constexpr auto fields() {
    return field_list(field("c", &CallCandidate::call, "call", up_to(64)),
                      field("a", &CallCandidate::candidate, "candidate attribute; empty: no more come",
                            up_to(limits::kCandidateBytes)),
                      field("m", &CallCandidate::mid, "sdpMid", up_to(64)),
                      field("l", &CallCandidate::line, "sdpMLineIndex"),
                      field("g", &CallCandidate::ufrag, "usernameFragment"));
  }
  bool operator==(const CallCandidate&) const = default;
};

/// In both directions of an answered call.
struct CallUpdate {
  static constexpr std::string_view kType = "call_update";
  static constexpr std::string_view kDoc = "Renegotiation, for example an ICE restart.";
  std::string call;
  SdpKind kind = SdpKind::kOffer;
  std::string sdp;
  static constexpr auto fields() {
    return field_list(field("c", &CallUpdate::call, "call", up_to(64)),
                      field("y", &CallUpdate::kind, "offer or answer"),
                      field("o", &CallUpdate::sdp, "SDP", up_to(limits::kSdpBytes)));
  }
  bool operator==(const CallUpdate&) const = default;
};

struct CallInfo {
  std::string call;
  bool incoming = false;
  UserId other = 0;
  CallPhase phase = CallPhase::kRinging;
  std::int64_t since = 0;
  std::optional<DeviceId> device;
  std::optional<std::string> host;
  std::string key_hash;
  std::optional<std::string> sdp;
  std::optional<UserId> forwarded_by;
  static constexpr auto fields() {
    return field_list(
        field("c", &CallInfo::call, "call", up_to(64)), field("z", &CallInfo::incoming, "I am the callee"),
        field("u", &CallInfo::other, "the other person"), field("y", &CallInfo::phase, "phase"),
        field("d0", &CallInfo::since, "start of the phase, seconds since 1970"),
        field("d", &CallInfo::device,
              "my device that has the call; absent: it rings everywhere, or that device is gone"),
        field("h", &CallInfo::host, "native host that carries my voice", up_to(limits::kTokenBytes)),
        field("k", &CallInfo::key_hash, "SHA-256 of the key of the other's device, base64url; empty while unknown",
              up_to(limits::kKeyHashBytes)),
        field("o", &CallInfo::sdp, "the caller's offer, while the call rings here", up_to(limits::kSdpBytes)),
        field("f", &CallInfo::forwarded_by, "who forwarded it last"));
  }
  bool operator==(const CallInfo&) const = default;
};

struct CallList {
  static constexpr std::string_view kType = "call_list";
  static constexpr std::string_view kDoc = "My live calls on any device. Answered by calls.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const CallList&) const = default;
};

struct Calls {
  static constexpr std::string_view kType = "calls";
  static constexpr std::string_view kDoc = "The user's live calls.";
  std::vector<CallInfo> calls;
  static constexpr auto fields() {
    return field_list(field("l", &Calls::calls, "calls", std::nullopt, limits::kCallsPerUser));
  }
  bool operator==(const Calls&) const = default;
};

struct CallTakeUp {
  static constexpr std::string_view kType = "call_take_up";
  static constexpr std::string_view kDoc =
      "This device carries on an answered call of mine whose device is gone, or that another device of mine lets go. "
      "Answered by calls with that one call.";
  std::string call;
  std::optional<std::string> host;
  static constexpr auto fields() {
    return field_list(field("c", &CallTakeUp::call, "call", up_to(64)),
                      field("h", &CallTakeUp::host, "native host that carries the voice, where that has changed",
                            up_to(limits::kTokenBytes)));
  }
  bool operator==(const CallTakeUp&) const = default;
};

enum class RecordKind { kMissed, kReceived, kDialled };
template <>
struct EnumNames<RecordKind> {
  static constexpr std::array<std::string_view, 3> kNames{"missed", "received", "dialled"};
};

struct CallRecord {
  std::uint64_t record = 0;
  RecordKind kind = RecordKind::kMissed;
  UserId other = 0;
  std::int64_t time = 0;
  std::uint32_t duration_s = 0;
  std::optional<EndReason> reason;
  static constexpr auto fields() {
    return field_list(field("i", &CallRecord::record, "record"), field("y", &CallRecord::kind, "kind"),
                      field("u", &CallRecord::other, "the other person"),
                      field("d", &CallRecord::time, "when it began to ring, seconds since 1970"),
                      field("l", &CallRecord::duration_s, "seconds from answer to end; 0: not answered"),
                      field("e", &CallRecord::reason, "how it ended"));
  }
  bool operator==(const CallRecord&) const = default;
};

struct HistorySync {
  static constexpr std::string_view kType = "history_sync";
  static constexpr std::string_view kDoc = "Call records since a version. Answered by history.";
  std::uint64_t since = 0;
  static constexpr auto fields() {
    return field_list(field("v", &HistorySync::since, "version that the client holds; 0 for none"));
  }
  bool operator==(const HistorySync&) const = default;
};

struct History {
  static constexpr std::string_view kType = "history";
  static constexpr std::string_view kDoc =
      "Records added and removed between two versions; also sent unasked to every device after a call.";
  std::uint64_t since = 0;
  std::uint64_t version = 0;
  std::vector<CallRecord> records;
  std::vector<std::uint64_t> removed;
  static constexpr auto fields() {
    return field_list(field("f", &History::since, "valid for a client that holds this version; 0: everything"),
                      field("v", &History::version, "version that the client then holds"),
                      field("l", &History::records, "added", std::nullopt, 1024),
                      field("d", &History::removed, "fallen out of the last 50 of their kind", std::nullopt, 1024));
  }
  bool operator==(const History&) const = default;
};

}  // namespace sidetone::protocol
