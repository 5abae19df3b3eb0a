#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/field.hpp"

/// Sign-in, resumption and devices: rows S1 and S2.
namespace sidetone::protocol {

/// A number that the service gives to a person or robot; small, so that presence is small.
using UserId = std::uint32_t;
/// A number that the service gives to one signed-in client of a user.
using DeviceId = std::uint32_t;

struct IceServer {
  std::string url;
  std::optional<std::string> username;
  std::optional<std::string> credential;
  static constexpr auto fields() {
    return field_list(
        field("u", &IceServer::url, "stun:, turn: or turns: address (RFC 7064, RFC 7065)", up_to(limits::kUrlBytes)),
        field("n", &IceServer::username, "TURN user name, good for a limited time"),
        field("p", &IceServer::credential, "TURN password", up_to(limits::kTokenBytes)));
  }
  bool operator==(const IceServer&) const = default;
};

struct SignIn {
  static constexpr std::string_view kType = "sign_in";
  static constexpr std::string_view kDoc =
      "Sign in with name and password; makes a new device. Answered by signed_in. second_factor: the password is "
      "right, "
      "and a code is wanted beside it, or the code is wrong or was used already.";
  std::string user;
  std::string password;
  std::string device_name;
  std::string device_key;
  std::optional<std::string> code;
  static constexpr auto fields() {
    return field_list(
        field("u", &SignIn::user, "sign-in name"),
        field("p", &SignIn::password, "password", up_to(limits::kPasswordBytes)),
        field("n", &SignIn::device_name, "what the person calls this device: \"Chrome on thin client 12\""),
        field("k", &SignIn::device_key,
              "public key that proves this device to the far end of a call: P-256, SubjectPublicKeyInfo, base64url; "
              "empty for none",
              up_to(limits::kKeyBytes)),
        field("c", &SignIn::code,
              "code of the authenticator app, or a recovery code, where the account wants a second factor",
              up_to(limits::kOneTimeCodeBytes)));
  }
  bool operator==(const SignIn&) const = default;
};

struct Resume {
  static constexpr std::string_view kType = "resume";
  static constexpr std::string_view kDoc =
      "Come back with the token of an earlier sign-in. Answered by signed_in, which says whether the missed frames "
      "follow or the client must synchronise.";
  std::string token;
  std::optional<std::string> session;
  std::optional<std::uint64_t> last_sequence;
  static constexpr auto fields() {
    return field_list(field("k", &Resume::token, "token of signed_in", up_to(limits::kTokenBytes)),
                      field("i", &Resume::session, "session of the last signed_in", up_to(limits::kTokenBytes)),
                      field("q", &Resume::last_sequence, "sequence number of the last frame that arrived"));
  }
  bool operator==(const Resume&) const = default;
};

struct SignedIn {
  static constexpr std::string_view kType = "signed_in";
  static constexpr std::string_view kDoc = "The connection belongs to a device now.";
  UserId user = 0;
  std::string name;
  DeviceId device = 0;
  std::string token;
  std::string session;
  bool resumed = false;
  std::string epoch;
  std::int64_t time = 0;
  std::vector<IceServer> ice_servers;
  static constexpr auto fields() {
    return field_list(
        field("u", &SignedIn::user, "who signed in"), field("n", &SignedIn::name, "display name"),
        field("d", &SignedIn::device, "this device"),
        field("k", &SignedIn::token, "for resume; keep it as secret as a password", up_to(limits::kTokenBytes)),
        field("i", &SignedIn::session, "this session; its frames are numbered from 1", up_to(limits::kTokenBytes)),
        field("z", &SignedIn::resumed,
              "true: the session goes on and the missed frames follow; false: synchronise everything"),
        field("e", &SignedIn::epoch, "changes whenever the service has lost its memory of sessions",
              up_to(limits::kTokenBytes)),
        field("d0", &SignedIn::time, "the service's wall clock, seconds since 1970"),
        field("ice", &SignedIn::ice_servers, "STUN and TURN servers for calls", std::nullopt, 16));
  }
  bool operator==(const SignedIn&) const = default;
};

struct SignOut {
  static constexpr std::string_view kType = "sign_out";
  static constexpr std::string_view kDoc = "Forget this device and its token. Answered by ok.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const SignOut&) const = default;
};

struct SignedOut {
  static constexpr std::string_view kType = "signed_out";
  static constexpr std::string_view kDoc = "This device has been signed out or revoked; the connection closes.";
  std::string reason;
  static constexpr auto fields() {
    return field_list(field("x", &SignedOut::reason, "why, in words for a person", up_to(limits::kErrorTextBytes)));
  }
  bool operator==(const SignedOut&) const = default;
};

struct Ping {
  static constexpr std::string_view kType = "ping";
  static constexpr std::string_view kDoc = "Is the connection alive? Answered by ok.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const Ping&) const = default;
};

struct Ok {
  static constexpr std::string_view kType = "ok";
  static constexpr std::string_view kDoc = "The request was carried out.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const Ok&) const = default;
};

struct Failure {
  static constexpr std::string_view kType = "error";
  static constexpr std::string_view kDoc =
      "The request was not carried out; nothing has changed. Without a request id: the frame could not be read.";
  std::string code;
  std::string text;
  std::optional<std::string> where;
  std::optional<std::uint32_t> retry_after_ms;
  static constexpr auto fields() {
    return field_list(field("c", &Failure::code, "error code, see the list of codes", up_to(64)),
                      field("x", &Failure::text, "why, in words for a person", up_to(limits::kErrorTextBytes)),
                      field("w", &Failure::where, "the field or message that it is about"),
                      field("a", &Failure::retry_after_ms, "try again after so many milliseconds"));
  }
  bool operator==(const Failure&) const = default;
};

struct DeviceInfo {
  DeviceId device = 0;
  std::string name;
  std::int64_t last_seen = 0;
  bool online = false;
  bool current = false;
  static constexpr auto fields() {
    return field_list(field("d", &DeviceInfo::device, "device"), field("n", &DeviceInfo::name, "its name"),
                      field("l", &DeviceInfo::last_seen, "last seen, seconds since 1970"),
                      field("o", &DeviceInfo::online, "connected now"),
                      field("m", &DeviceInfo::current, "the device that asks"));
  }
  bool operator==(const DeviceInfo&) const = default;
};

struct DeviceList {
  static constexpr std::string_view kType = "device_list";
  static constexpr std::string_view kDoc = "Which devices are signed in as me? Answered by devices.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const DeviceList&) const = default;
};

struct SignedInDevices {
  static constexpr std::string_view kType = "devices";
  static constexpr std::string_view kDoc = "The user's signed-in devices.";
  std::vector<DeviceInfo> devices;
  static constexpr auto fields() { return field_list(field("l", &SignedInDevices::devices, "devices")); }
  bool operator==(const SignedInDevices&) const = default;
};

struct DeviceRevoke {
  static constexpr std::string_view kType = "device_revoke";
  static constexpr std::string_view kDoc = "Sign one of my devices out; it is cut off within a second. Answered by ok.";
  DeviceId device = 0;
  static constexpr auto fields() { return field_list(field("d", &DeviceRevoke::device, "which")); }
  bool operator==(const DeviceRevoke&) const = default;
};

}  // namespace sidetone::protocol
