#include "media/dsp/key_tone.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace sidetone::media::dsp {
namespace {

constexpr std::string_view kKeyRows = "123A456B789C*0#D";
constexpr std::array<double, 4> kLowHz{697, 770, 852, 941};
constexpr std::array<double, 4> kHighHz{1209, 1336, 1477, 1633};
constexpr double kToneAmplitude = 0.06;  // together −19 dBFS: a voice is louder
constexpr float kShareStep = 1.0F / 240;

double step_of(double hertz) { return 2.0 * std::numbers::pi * hertz / kSampleRateHz; }

void advance(double& phase, double step) {
  phase += step;
  if (phase > 2.0 * std::numbers::pi) phase -= 2.0 * std::numbers::pi;
}

}  // namespace

void KeyTone::apply(std::optional<char> key, BlockSpan pcm) {
  if (!key && share_ <= 0) return;
  if (const auto at = key ? kKeyRows.find(*key) : std::string_view::npos; at != std::string_view::npos) {
    low_step_ = step_of(kLowHz[at / 4]);
    high_step_ = step_of(kHighHz[at % 4]);
  }
  for (float& sample : pcm) {
    share_ = std::clamp(share_ + (key ? kShareStep : -kShareStep), 0.0F, 1.0F);
    const auto tone = static_cast<float>(kToneAmplitude * (std::sin(low_phase_) + std::sin(high_phase_)));
    sample += (tone - sample) * share_;
    advance(low_phase_, low_step_);
    advance(high_phase_, high_step_);
  }
}

}  // namespace sidetone::media::dsp
