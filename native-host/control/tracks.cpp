#include "native-host/control/tracks.hpp"

#include <algorithm>

namespace sidetone::host::control {

using media::audio::DeviceKind;
using media::audio::SourceKind;

namespace {

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

}  // namespace

Result<media::audio::Source> source_of_device(const media::audio::AudioEngine& audio, const std::string& device) {
  if (device == "echo") return media::audio::Source{SourceKind::kEcho, {}};
  if (device == "music") return media::audio::Source{SourceKind::kMusic, {}};
  if (there_is(audio, DeviceKind::kInput, device)) return media::audio::Source{SourceKind::kDevice, device};
  return there_is_no(audio, "microphone", device);
}

Result<media::audio::Sink> sink_of_device(const media::audio::AudioEngine& audio, const std::string& device) {
  if (there_is(audio, DeviceKind::kOutput, device)) return media::audio::Sink{true, device, 1.0};
  return there_is_no(audio, "loudspeaker", device);
}

}  // namespace sidetone::host::control
