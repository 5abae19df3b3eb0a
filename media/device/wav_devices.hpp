#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace sidetone::media::device {

class WavRecorder;

/// A file that is heard as a microphone, from its beginning whenever it is opened.
struct WavMicrophone {
  std::string id;
  std::string label;
  std::shared_ptr<const std::vector<float>> sound;  ///< at 48 kHz
  bool repeats = true;                              ///< false: silence behind its end
};
/// A file that takes what would be heard.
struct WavLoudspeaker {
  std::string id;
  std::string label;
  std::shared_ptr<WavRecorder> recorder;
};
struct WavDevices {
  std::vector<WavMicrophone> microphones;
  std::vector<WavLoudspeaker> loudspeakers;
  [[nodiscard]] bool empty() const { return microphones.empty() && loudspeakers.empty(); }
};

/// The device of a file; its id is "wav:" and the path. @error as read_wav and WavRecorder::create
Result<WavMicrophone> open_wav_microphone(const std::string& path, bool repeats);
Result<WavLoudspeaker> open_wav_loudspeaker(const std::string& path);

}  // namespace sidetone::media::device
