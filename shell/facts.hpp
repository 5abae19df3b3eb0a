#pragma once

#include "core/protocol/codec.hpp"

/// What the page knows and the core does not: devices, levels, the quality of the running call. It comes as JSON
/// whenever it changes; the fields() below are its form (TypeScript types are made of them).
namespace sidetone::shell {

using protocol::field;

struct AudioDevice {
  std::string id;
  std::string label;
  bool input = false;
  static constexpr auto fields() {
    return protocol::field_list(field("id", &AudioDevice::id, "device id", protocol::up_to(512)),
                                field("label", &AudioDevice::label, "name for people", protocol::up_to(512)),
                                field("input", &AudioDevice::input, "a microphone"));
  }
};

/// One second of a call's voice, as getStats() and the E-model (ITU-T G.107) have it.
struct Quality {
  double loss_percent = 0;
  double jitter_ms = 0;
  double round_trip_ms = 0;
  double mos = 0;
  static constexpr auto fields() {
    return protocol::field_list(
        field("loss_percent", &Quality::loss_percent, "lost or late of what was sent to us, percent"),
        field("jitter_ms", &Quality::jitter_ms, "interarrival jitter, ms"),
        field("round_trip_ms", &Quality::round_trip_ms, "round trip, ms"),
        field("mos", &Quality::mos, "mean opinion score, 1 to 4.5; 0: not known yet"));
  }
};

enum class Path { kUnknown, kDirect, kRelayed, kBrowser };

struct CallFacts {
  std::string call;
  Path path = Path::kUnknown;
  std::vector<Quality> seconds;
  double sent = 0;
  double received = 0;
  static constexpr auto fields() {
    return protocol::field_list(
        field("call", &CallFacts::call, "call", protocol::up_to(64)),
        field("path", &CallFacts::path, "way of the voice"),
        field("seconds", &CallFacts::seconds, "the last two minutes, oldest first", std::nullopt, 120),
        field("sent", &CallFacts::sent, "level of one's own voice, 0 to 1"),
        field("received", &CallFacts::received, "level of the far end's voice, 0 to 1"));
  }
};

enum class Permission { kDefault, kGranted, kDenied, kUnsupported };

struct Facts {
  std::vector<CallFacts> calls;
  std::vector<AudioDevice> devices;
  std::string microphone;
  std::string speaker;
  std::uint32_t speaker_volume = 100;
  std::string ring_device;
  std::uint32_t ring_volume = 100;
  std::uint32_t ring_pitch = 100;
  bool ring_flash = false;
  bool auto_answer = false;
  double microphone_level = 0;
  bool testing_microphone = false;
  std::optional<std::string> sound_fault;
  Permission notifications = Permission::kDefault;
  bool owns_telephone = true;
  bool network = true;
  bool storage_lost = false;
  std::string theme = "system";
  std::string language = "en";
  std::string service;
  std::string version;
  static constexpr auto fields() {
    return protocol::field_list(
        field("calls", &Facts::calls, "running calls", std::nullopt, 16),
        field("devices", &Facts::devices, "where the voice would be now: the host's or the browser's", std::nullopt,
              256),
        field("microphone", &Facts::microphone, "chosen; empty: default", protocol::up_to(512)),
        field("speaker", &Facts::speaker, "chosen; empty: default", protocol::up_to(512)),
        field("speaker_volume", &Facts::speaker_volume, "of voices, percent", protocol::up_to(100)),
        field("ring_device", &Facts::ring_device, "chosen; empty: default", protocol::up_to(512)),
        field("ring_volume", &Facts::ring_volume, "percent", protocol::up_to(100)),
        field("ring_pitch", &Facts::ring_pitch, "of ringing, percent of the usual one", protocol::up_to(200)),
        field("ring_flash", &Facts::ring_flash, "the window flashes while a call rings"),
        field("auto_answer", &Facts::auto_answer, "calls are answered after some seconds"),
        field("microphone_level", &Facts::microphone_level, "while it is tested, 0 to 1"),
        field("testing_microphone", &Facts::testing_microphone, "the microphone is open for its meter"),
        field("sound_fault", &Facts::sound_fault, "why a device could not be tried out", protocol::up_to(1024)),
        field("notifications", &Facts::notifications, "what the browser allows"),
        field("owns_telephone", &Facts::owns_telephone, "this window has the telephone; another one otherwise"),
        field("network", &Facts::network, "the browser says that there is a network"),
        field("storage_lost", &Facts::storage_lost, "nothing can be kept on this device"),
        field("theme", &Facts::theme, "chosen: light, dark, contrast or system", protocol::up_to(16)),
        field("language", &Facts::language, "of the words", protocol::up_to(64)),
        field("service", &Facts::service, "host name of the service", protocol::up_to(256)),
        field("version", &Facts::version, "version of the page", protocol::up_to(64)));
  }
};

}  // namespace sidetone::shell

namespace sidetone::protocol {
template <>
struct EnumNames<shell::Path> {
  static constexpr std::array<std::string_view, 4> kNames{"unknown", "direct", "relayed", "browser"};
};
template <>
struct EnumNames<shell::Permission> {
  static constexpr std::array<std::string_view, 4> kNames{"default", "granted", "denied", "unsupported"};
};
}  // namespace sidetone::protocol
