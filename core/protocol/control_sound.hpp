#pragma once

#include "core/protocol/field.hpp"
#include "core/protocol/limits.hpp"

/// The part of the host control protocol that is heard without being anybody's voice: keys of the telephone, sounds
/// that the host makes, the meter of a microphone.
namespace sidetone::protocol {

/// Sounds that a host makes by itself.
enum class Sound { kRing, kRingBack, kTest };
template <>
struct EnumNames<Sound> {
  static constexpr std::array<std::string_view, 3> kNames{"ring", "ring_back", "test"};
};

// --- client → host: requests ---

struct DtmfInsert {
  static constexpr std::string_view kType = "dtmf_insert";
  static constexpr std::string_view kDoc =
      "insertDTMF(). Keys of an earlier request that have not sounded are forgotten, or sound first. Answered by ok; "
      "dtmf_tone follows "
      "for each. Error `malformed` where one is no key, `unavailable` where nothing is sent or the far end takes no "
      "keys.";
  std::string peer;
  std::string tones;
  std::uint32_t duration_ms = 100;
  std::uint32_t gap_ms = 70;
  bool append = false;
  static constexpr auto fields() {
    return field_list(
        field("p", &DtmfInsert::peer, "peer", up_to(64)),
        field("x", &DtmfInsert::tones, "of 0 to 9, *, #, A to D and ',', a pause of 2 s; empty: no more", up_to(1024)),
        field("e", &DtmfInsert::duration_ms, "of each; brought within 40 and 6000"),
        field("w", &DtmfInsert::gap_ms, "between two; brought within 30 and 6000"),
        field("z", &DtmfInsert::append, "behind the keys that have not sounded, which only the host knows"));
  }
  bool operator==(const DtmfInsert&) const = default;
};

struct SoundPlay {
  static constexpr std::string_view kType = "sound_play";
  static constexpr std::string_view kDoc =
      "Play a sound that the host makes, in place of the one that plays. It ends with its time, with sound_stop, or "
      "when "
      "no client is attached. Answered by ok, or by error `unavailable` where there is no such device.";
  Sound sound = Sound::kRing;
  std::string device;
  std::uint32_t seconds = 1;
  std::optional<std::uint32_t> volume_percent;
  std::optional<std::uint32_t> pitch_percent;
  static constexpr auto fields() {
    return field_list(field("y", &SoundPlay::sound, "sound"),
                      field("i", &SoundPlay::device, "deviceId; empty: the default output"),
                      field("e", &SoundPlay::seconds, "at most", Bounds{1, 120}),
                      field("l", &SoundPlay::volume_percent, "amplitude; absent: 100", up_to(100)),
                      field("h", &SoundPlay::pitch_percent, "of its tones; absent: 100", Bounds{50, 200}));
  }
  bool operator==(const SoundPlay&) const = default;
};

struct SoundStop {
  static constexpr std::string_view kType = "sound_stop";
  static constexpr std::string_view kDoc = "End the sound that plays. Answered by ok.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const SoundStop&) const = default;
};

struct MicrophoneWatch {
  static constexpr std::string_view kType = "microphone_watch";
  static constexpr std::string_view kDoc =
      "Open a microphone for a meter: microphone_level follows. It is closed with its time, or when no client is "
      "attached; asking again goes on. Answered by ok, or by error `unavailable` where there is no such device.";
  std::string device;
  std::uint32_t seconds = 0;
  std::uint32_t interval_ms = 100;
  static constexpr auto fields() {
    return field_list(field("i", &MicrophoneWatch::device, "deviceId; empty: the default input"),
                      field("e", &MicrophoneWatch::seconds, "0: close it; at most 60", up_to(60)),
                      field("w", &MicrophoneWatch::interval_ms, "between two levels", Bounds{50, 1000}));
  }
  bool operator==(const MicrophoneWatch&) const = default;
};

// --- host → client: events ---

struct DtmfTone {
  static constexpr std::string_view kType = "dtmf_tone";
  static constexpr std::string_view kDoc = "tonechange event of RTCDTMFSender.";
  std::string peer;
  std::string tone;
  std::string left;
  static constexpr auto fields() {
    return field_list(field("p", &DtmfTone::peer, "peer", up_to(64)),
                      field("x", &DtmfTone::tone, "the key that sounds now; empty: all have", up_to(1)),
                      field("y", &DtmfTone::left, "toneBuffer", up_to(1024)));
  }
  bool operator==(const DtmfTone&) const = default;
};

struct DtmfReceived {
  static constexpr std::string_view kType = "dtmf_received";
  static constexpr std::string_view kDoc = "The far end has pressed a key and let it go (RFC 4733).";
  std::string peer;
  std::string tone;
  std::uint32_t duration_ms = 0;
  static constexpr auto fields() {
    return field_list(field("p", &DtmfReceived::peer, "peer", up_to(64)),
                      field("x", &DtmfReceived::tone, "key", up_to(1)),
                      field("e", &DtmfReceived::duration_ms, "how long"));
  }
  bool operator==(const DtmfReceived&) const = default;
};

struct MicrophoneLevel {
  static constexpr std::string_view kType = "microphone_level";
  static constexpr std::string_view kDoc = "Level of the microphone that is watched.";
  double level = 0;
  static constexpr auto fields() {
    return field_list(field("a", &MicrophoneLevel::level, "RMS, 0 to 1 of full scale"));
  }
  bool operator==(const MicrophoneLevel&) const = default;
};

}  // namespace sidetone::protocol
