#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace sidetone::media::dsp {

/// Whether there is anything to be heard: tells sound from the noise of a room, and in doubt says that it is sound.
/// Sound stands out of the noise floor of the last seconds, is loud whatever the floor, or is a tone.
/// At 8 kHz; no delay.
class VoiceActivity {
 public:
  static constexpr int kHangoverMs = 200;  ///< how long it still says so afterwards: word endings are weak

  /// @param pcm  a multiple of 5 ms.
  /// @param prediction_gain  of these samples, dsp::reflection_coefficients.
  bool update(std::span<const float> pcm, double prediction_gain);
  /// Whether the last samples were noise by themselves, hangover or not: fit to learn the noise from.
  [[nodiscard]] bool noise_only() const { return noise_only_; }

 private:
  static constexpr std::size_t kSlots = 8;  ///< of 250 ms: the floor is the minimum of 2 s

  double emphasised(std::span<const float> pcm);

  int starting_ = 10;  ///< pieces of 5 ms: filters before us fill, which is no quiet room
  double last_ = 0;
  std::array<double, kSlots> floors_{};
  std::size_t slot_ = 0;
  std::size_t filled_ = 0;  ///< 5 ms pieces in the slot
  std::size_t known_ = 0;   ///< slots with a value
  double smoothed_ = 0;
  int hangover_ms_ = kHangoverMs;
  bool noise_only_ = false;
};

}  // namespace sidetone::media::dsp
