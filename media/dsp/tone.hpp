#pragma once

#include <cmath>
#include <numbers>
#include <span>

namespace sidetone::media::dsp {

/// A sine of constant amplitude whose phase runs on over block borders.
class ToneGenerator {
 public:
  ToneGenerator(double frequency_hz, double amplitude, double sample_rate_hz)
      : step_(2.0 * std::numbers::pi * frequency_hz / sample_rate_hz), amplitude_(amplitude) {}

  void fill(std::span<float> pcm) {
    for (float& x : pcm) {
      x = static_cast<float>(amplitude_ * std::sin(phase_));
      phase_ += step_;
      if (phase_ > 2.0 * std::numbers::pi) phase_ -= 2.0 * std::numbers::pi;
    }
  }

 private:
  double step_;
  double amplitude_;
  double phase_ = 0;
};

}  // namespace sidetone::media::dsp
