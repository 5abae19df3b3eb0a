#include "native-host/control/tracks.hpp"

#include <algorithm>

namespace sidetone::host::control {

using media::audio::SourceKind;

Result<media::audio::Source> source_of_device(const media::audio::AudioEngine& audio, const std::string& device) {
  if (device == "echo") return media::audio::Source{SourceKind::kEcho, {}};
  if (device == "music") return media::audio::Source{SourceKind::kMusic, {}};
  const auto devices = audio.devices();
  const bool found = std::any_of(devices.begin(), devices.end(), [&](const media::audio::DeviceInfo& one) {
    return one.kind == media::audio::DeviceKind::kInput && (device.empty() || one.id == device);
  });
  if (found) return media::audio::Source{SourceKind::kDevice, device};
  const auto reason = audio.devices_missing_reason();
  if (!reason.empty()) return Error{ErrorCode::kUnavailable, "no microphone: " + reason, "i"};
  return Error{ErrorCode::kUnavailable,
               device.empty() ? "this endpoint has no microphone" : "there is no such microphone now", "i"};
}

}  // namespace sidetone::host::control
