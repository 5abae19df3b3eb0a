#include "media/dsp/cadence.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sidetone::media::dsp {
namespace {

constexpr double kLoudnessStep = 1.0 / (0.01 * kSampleRateHz);
constexpr std::size_t kSamplesPerMs = kSampleRateHz / 1000;

double next_sine(double& phase, double hertz) {
  const double value = std::sin(phase);
  phase += 2.0 * std::numbers::pi * hertz / kSampleRateHz;
  if (phase > 2.0 * std::numbers::pi) phase -= 2.0 * std::numbers::pi;
  return value;
}

}  // namespace

Cadence::Cadence(const CadencePattern& pattern) : pattern_(pattern) {}

void Cadence::fill(BlockSpan pcm) {
  const std::size_t on = static_cast<std::size_t>(pattern_.on_ms) * kSamplesPerMs;
  const std::size_t whole = on + static_cast<std::size_t>(pattern_.off_ms) * kSamplesPerMs;
  for (float& sample : pcm) {
    loudness_ = std::clamp(loudness_ + (at_ < on ? kLoudnessStep : -kLoudnessStep), 0.0, 1.0);
    sample =
        loudness_ == 0
            ? 0.0F
            : static_cast<float>(pattern_.amplitude * loudness_ *
                                 (next_sine(low_phase_, pattern_.low_hz) + next_sine(high_phase_, pattern_.high_hz)));
    at_ = (at_ + 1) % whole;
  }
}

}  // namespace sidetone::media::dsp
