#pragma once

#include <cmath>
#include <numbers>
#include <span>

namespace sidetone::media::dsp {

/// Amplitude (peak, 1.0 = full scale) of one frequency in `pcm`, by Goertzel's algorithm without a window: exact when
/// the stretch holds whole periods.
inline double tone_amplitude(std::span<const float> pcm, double frequency_hz, double sample_rate_hz) {
  if (pcm.empty()) return 0;
  const double w = 2.0 * std::numbers::pi * frequency_hz / sample_rate_hz;
  const double c = 2.0 * std::cos(w);
  double s1 = 0;
  double s2 = 0;
  for (const float x : pcm) {
    const double s = static_cast<double>(x) + c * s1 - s2;
    s2 = s1;
    s1 = s;
  }
  const double power = s1 * s1 + s2 * s2 - c * s1 * s2;
  return 2.0 * std::sqrt(power > 0 ? power : 0) / static_cast<double>(pcm.size());
}

}  // namespace sidetone::media::dsp
