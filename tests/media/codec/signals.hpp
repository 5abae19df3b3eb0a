#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

/// What the codecs' tests encode; 48 kHz.
namespace sidetone::media::codec::testing {

/// A voice-like signal: Opus sends its redundancy only with what it takes for speech. @param position  samples so far.
inline void fill_voice(std::span<float> pcm, std::size_t position) {
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double t = static_cast<double>(position + i) / 48000;
    double x = 0;
    for (int harmonic = 1; harmonic <= 20; ++harmonic) {
      const double formant = std::exp(-std::pow((harmonic * 120.0 - 600) / 400, 2)) +
                             0.5 * std::exp(-std::pow((harmonic * 120.0 - 1800) / 500, 2));
      x += formant * std::sin(2 * 3.14159265 * harmonic * 120 * t);
    }
    pcm[i] = static_cast<float>(0.1 * x * (0.6 + 0.4 * std::sin(2 * 3.14159265 * 4 * t)));
  }
}

/// Noise of a room: white noise through a one-pole filter. Louder at low frequencies for a positive `tilt`.
class RoomNoise {
 public:
  RoomNoise(double rms, double tilt) : gain_(rms * std::sqrt(1 - tilt * tilt)), tilt_(tilt) {}
  void fill(std::span<float> pcm) {
    for (float& sample : pcm) {
      state_ = tilt_ * state_ + gain_ * normal_(random_);
      sample = static_cast<float>(state_);
    }
  }

 private:
  std::mt19937 random_{7};
  std::normal_distribution<double> normal_;
  double gain_;
  double tilt_;
  double state_ = 0;
};

}  // namespace sidetone::media::codec::testing
