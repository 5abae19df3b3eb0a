#include "native-host/control/tracks.hpp"

#include <algorithm>
#include <string_view>

namespace sidetone::host::control {

using media::audio::DeviceKind;
using media::audio::SourceKind;

namespace {

constexpr std::string_view kConference = "conference:";

bool there_is(const media::audio::AudioEngine& audio, DeviceKind kind, const std::string& device) {
  const auto devices = audio.devices();
  return std::any_of(devices.begin(), devices.end(), [&](const media::audio::DeviceInfo& one) {
    return one.kind == kind && (device.empty() || one.id == device);
  });
}

Error there_is_no(const media::audio::AudioEngine& audio, const std::string& what, const std::string& device) {
  const auto reason = audio.devices_missing_reason();
  if (!reason.empty()) return {ErrorCode::kUnavailable, "no " + what + ": " + reason, "i"};
  return {ErrorCode::kUnavailable,
          device.empty() ? "this endpoint has no " + what : "there is no such " + what + " now", "i"};
}

/// "conference:NAME" is what the others of a conference say; "conference:NAME:DEVICE" lets a microphone of this
/// endpoint speak there, too (no DEVICE: the default).
Result<media::audio::Source> source_of_conference(const media::audio::AudioEngine& audio, std::string_view place) {
  const std::size_t colon = place.find(':');
  media::audio::Source source{SourceKind::kConference, {}, std::string(place.substr(0, colon))};
  if (source.conference.empty()) return Error{ErrorCode::kMalformed, "a conference has a name", "i"};
  if (colon == std::string_view::npos) return source;
  source.device = place.substr(colon + 1);
  source.with_microphone = true;
  if (!there_is(audio, DeviceKind::kInput, source.device)) return there_is_no(audio, "microphone", source.device);
  return source;
}

}  // namespace

Result<media::audio::Source> source_of_device(const media::audio::AudioEngine& audio, const std::string& device) {
  if (device == "echo") return media::audio::Source{SourceKind::kEcho, {}};
  if (device == "music") return media::audio::Source{SourceKind::kMusic, {}};
  if (device.starts_with(kConference))
    return source_of_conference(audio, std::string_view(device).substr(kConference.size()));
  if (there_is(audio, DeviceKind::kInput, device)) return media::audio::Source{SourceKind::kDevice, device};
  return there_is_no(audio, "microphone", device);
}

Result<media::audio::Sink> sink_of_device(const media::audio::AudioEngine& audio, const std::string& device) {
  if (there_is(audio, DeviceKind::kOutput, device)) return media::audio::Sink{true, device, 1.0};
  return there_is_no(audio, "loudspeaker", device);
}

}  // namespace sidetone::host::control
