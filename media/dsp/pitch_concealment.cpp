#include "media/dsp/pitch_concealment.hpp"

#include <algorithm>
#include <cmath>

namespace sidetone::media::dsp {
namespace {

constexpr std::size_t kHistoryMs = 40;
constexpr std::size_t kMinPitchMs = 5;   // several periods of a high voice: less of a buzz
constexpr std::size_t kMaxPitchMs = 15;  // G.711 appendix I: 66 Hz
constexpr std::size_t kTemplateMs = 20;
constexpr std::size_t kFullMs = 10;    // G.711 appendix I: no fading in the first 10 ms,
constexpr std::size_t kSilentMs = 60;  // silence after 60 ms
constexpr std::size_t kBlendMs = 4;

}  // namespace

PitchConcealment::PitchConcealment(int sample_rate_hz)
    : ms_(static_cast<std::size_t>(sample_rate_hz) / 1000), history_(kHistoryMs * ms_), period_(kMaxPitchMs * ms_) {}

void PitchConcealment::start() {
  const std::size_t count = kTemplateMs * ms_;
  const float* end = history_.data() + history_.size();
  const float* recent = end - count;
  double best = -2;
  period_length_ = kMinPitchMs * ms_;
  for (std::size_t lag = kMinPitchMs * ms_; lag <= kMaxPitchMs * ms_; ++lag) {
    double ab = 0;
    double bb = 1e-9;
    for (std::size_t i = 0; i < count; ++i) {
      const double past = *(recent + i - lag);
      ab += static_cast<double>(recent[i]) * past;
      bb += past * past;
    }
    const double value = ab / std::sqrt(bb);
    if (value > best) {
      best = value;
      period_length_ = lag;
    }
  }
  std::copy(end - period_length_, end, period_.begin());
  // The seam: the end of the period is bent towards what stood one period before its beginning.
  const std::size_t fade = period_length_ / 4;
  for (std::size_t i = 0; i < fade; ++i) {
    const float t = static_cast<float>(i + 1) / static_cast<float>(fade + 1);
    float& x = period_[period_length_ - fade + i];
    x = (1 - t) * x + t * *(end - period_length_ - fade + i);
  }
  // The step from the last real sample to the first repeated one is taken back over the next milliseconds.
  step_ = *(end - 1) - *(end - period_length_ - 1);
  position_ = 0;
}

float PitchConcealment::next() {
  const std::size_t full = kFullMs * ms_;
  const std::size_t silent = kSilentMs * ms_;
  float gain = 1;
  if (concealed_ >= silent) {
    gain = 0;
  } else if (concealed_ > full) {
    gain = static_cast<float>(silent - concealed_) / static_cast<float>(silent - full);
  }
  const std::size_t smooth = kBlendMs * ms_;
  const float step =
      concealed_ < smooth ? step_ * static_cast<float>(smooth - concealed_) / static_cast<float>(smooth) : 0;
  ++concealed_;
  const float x = period_[position_] * gain + step;
  position_ = position_ + 1 == period_length_ ? 0 : position_ + 1;
  return x;
}

void PitchConcealment::conceal(std::span<float> pcm) {
  if (concealed_ == 0) start();
  for (float& x : pcm) x = next();
}

void PitchConcealment::good(std::span<float> pcm) {
  if (concealed_ > 0) {
    const std::size_t blend = std::min(pcm.size(), kBlendMs * ms_);
    for (std::size_t i = 0; i < blend; ++i) {
      const float t = static_cast<float>(i + 1) / static_cast<float>(blend + 1);
      pcm[i] = t * pcm[i] + (1 - t) * next();
    }
    concealed_ = 0;
  }
  if (pcm.size() >= history_.size()) {
    std::copy(pcm.end() - static_cast<std::ptrdiff_t>(history_.size()), pcm.end(), history_.begin());
  } else {
    std::copy(history_.begin() + static_cast<std::ptrdiff_t>(pcm.size()), history_.end(), history_.begin());
    std::copy(pcm.begin(), pcm.end(), history_.end() - static_cast<std::ptrdiff_t>(pcm.size()));
  }
}

void PitchConcealment::reset() {
  std::ranges::fill(history_, 0.0F);
  concealed_ = 0;
}

}  // namespace sidetone::media::dsp
