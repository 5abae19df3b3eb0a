#include "media/device/wav_devices.hpp"

#include <utility>

#include "media/device/wav.hpp"
#include "media/device/wav_recorder.hpp"

namespace sidetone::media::device {
namespace {

std::string file_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

}  // namespace

Result<WavMicrophone> open_wav_microphone(const std::string& path, bool repeats) {
  SIDETONE_TRY(auto sound, read_wav(path));
  return WavMicrophone{"wav:" + path, file_name(path), std::make_shared<const std::vector<float>>(std::move(sound)),
                       repeats};
}

Result<WavLoudspeaker> open_wav_loudspeaker(const std::string& path) {
  SIDETONE_TRY(auto recorder, WavRecorder::create(path));
  return WavLoudspeaker{"wav:" + path, file_name(path), std::move(recorder)};
}

}  // namespace sidetone::media::device
