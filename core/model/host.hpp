#pragma once

#include "core/protocol/hosts.hpp"

/// Native hosts and the way that the voice takes, as a client sees them.
namespace sidetone::model {

/// What this client has to do with a host now.
enum class HostLink { kNone, kAttached, kDetached, kFailed };

struct Host {
  std::string host;
  std::string name;
  bool online = false;
  std::optional<std::uint32_t> loopback_port;
  HostLink link = HostLink::kNone;
  std::string reason;
  static constexpr auto fields() {
    using protocol::field;
    using protocol::up_to;
    namespace limits = protocol::limits;
    return protocol::field_list(
        field("host", &Host::host, "host", up_to(limits::kTokenBytes)), field("name", &Host::name, "name"),
        field("online", &Host::online, "connected to the service now"),
        field("loopback_port", &Host::loopback_port, "port of its loopback way in"),
        field("link", &Host::link, "what this client has to do with it now"),
        field("reason", &Host::reason, "why it is not attached", up_to(limits::kErrorTextBytes)));
  }
  bool operator==(const Host&) const = default;
};

enum class VoiceWay { kNone, kBrowser, kHost };

/// Why the voice takes that way.
enum class VoiceReason {
  kNoHostPaired,
  kHostOffline,  ///< paired, but not connected to the service
  kHostReady,
  kChosen,      ///< the person said so
  kHostFailed,  ///< the client could not attach to it
};

/// The way that the next call's voice takes.
struct Voice {
  VoiceWay way = VoiceWay::kNone;
  std::optional<std::string> host;
  VoiceReason reason = VoiceReason::kNoHostPaired;
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(
        field("way", &Voice::way, "none: no call can be placed or answered"),
        field("host", &Voice::host, "the native host", protocol::up_to(protocol::limits::kTokenBytes)),
        field("reason", &Voice::reason, "why that way"));
  }
  bool operator==(const Voice&) const = default;
};

struct Pairing {
  std::string pairing;
  std::string name;
  std::string address;
  static constexpr auto fields() {
    using protocol::field;
    using protocol::up_to;
    return protocol::field_list(
        field("pairing", &Pairing::pairing, "for confirm_host", up_to(protocol::limits::kTokenBytes)),
        field("name", &Pairing::name, "name of the endpoint"),
        field("address", &Pairing::address, "network address that it comes from"));
  }
  bool operator==(const Pairing&) const = default;
};

}  // namespace sidetone::model

namespace sidetone::protocol {
template <>
struct EnumNames<model::HostLink> {
  static constexpr std::array<std::string_view, 4> kNames{"none", "attached", "detached", "failed"};
};
template <>
struct EnumNames<model::VoiceWay> {
  static constexpr std::array<std::string_view, 3> kNames{"none", "browser", "host"};
};
template <>
struct EnumNames<model::VoiceReason> {
  static constexpr std::array<std::string_view, 5> kNames{"no_host_paired", "host_offline", "host_ready", "chosen",
                                                          "host_failed"};
};
}  // namespace sidetone::protocol
