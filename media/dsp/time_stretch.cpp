#include "media/dsp/time_stretch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace sidetone::media::dsp {
namespace {

constexpr std::size_t kCoarse = 6;                   // the coarse search runs at 8 kHz
constexpr std::size_t kTemplateBefore = 240;         // samples compared before the cut …
constexpr std::size_t kTemplateAfter = kSpliceFade;  // … and after it
constexpr std::size_t kTemplate = kTemplateBefore + kTemplateAfter;
static_assert(kTemplateBefore + kSpliceMaxLag <= kSpliceHistory);

double correlation(const float* a, const float* b, std::size_t count, std::size_t stride) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < count; i += stride) {
    const double x = a[i];
    const double y = b[i];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / std::sqrt(aa * bb + 1e-12);
}

/// Mean of kCoarse samples for each: a crude low-pass is enough, the fine search decides.
template <std::size_t N>
std::size_t decimate(const float* in, std::size_t count, std::array<float, N>& out) {
  const std::size_t n = std::min(N, count / kCoarse);
  for (std::size_t i = 0; i < n; ++i) {
    float sum = 0;
    for (std::size_t k = 0; k < kCoarse; ++k) sum += in[i * kCoarse + k];
    out[i] = sum;
  }
  return n;
}

/// @param direction  +1: compare with what follows (skip), −1: with what went before (repeat).
SplicePoint search(std::span<const float> pcm, std::size_t position, std::size_t max_lag, int direction) {
  SplicePoint best;
  max_lag = std::min(max_lag, kSpliceMaxLag);
  if (max_lag < kSpliceMinLag || position < kTemplateBefore) return best;
  const std::size_t start = position - kTemplateBefore;
  const std::size_t area_begin = direction > 0 ? start : start - std::min(start, max_lag);
  const std::size_t area_end = std::min(pcm.size(), position + kTemplateAfter + (direction > 0 ? max_lag : 0));
  if (area_end < area_begin + kTemplate + kSpliceMinLag) return best;

  double energy = 0;
  for (std::size_t i = start; i < start + kTemplate; ++i) energy += static_cast<double>(pcm[i]) * pcm[i];
  best.mean_square = energy / static_cast<double>(kTemplate);

  std::array<float, (kTemplate + kSpliceMaxLag) / kCoarse + 1> coarse{};
  const std::size_t coarse_count = decimate(pcm.data() + area_begin, area_end - area_begin, coarse);
  const std::size_t template_at = (start - area_begin) / kCoarse;
  constexpr std::size_t kCoarseTemplate = kTemplate / kCoarse;
  std::size_t coarse_lag = 0;
  double coarse_best = -2;
  for (std::size_t lag = kSpliceMinLag / kCoarse; lag <= max_lag / kCoarse; ++lag) {
    if (direction > 0 ? template_at + lag + kCoarseTemplate > coarse_count : lag > template_at) break;
    const float* other = coarse.data() + (direction > 0 ? template_at + lag : template_at - lag);
    const double value = correlation(coarse.data() + template_at, other, kCoarseTemplate, 1);
    if (value > coarse_best) {
      coarse_best = value;
      coarse_lag = lag;
    }
  }
  if (coarse_lag == 0) return best;

  const std::size_t low = std::max(kSpliceMinLag, (coarse_lag - 1) * kCoarse);
  const std::size_t high = std::min(max_lag, (coarse_lag + 1) * kCoarse);
  double fine_best = -2;
  for (std::size_t lag = low; lag <= high; ++lag) {
    if (direction > 0 ? start + lag + kTemplate > pcm.size() : lag > start) break;
    const double value = correlation(&pcm[start], &pcm[direction > 0 ? start + lag : start - lag], kTemplate, 2);
    if (value > fine_best) {
      fine_best = value;
      best.lag = lag;
      best.similarity = value;
    }
  }
  return best;
}

float fade_weight(std::size_t i) { return static_cast<float>(i + 1) / static_cast<float>(kSpliceFade + 1); }

}  // namespace

SplicePoint find_skip(std::span<const float> pcm, std::size_t position, std::size_t max_lag) {
  return search(pcm, position, max_lag, +1);
}

SplicePoint find_repeat(std::span<const float> pcm, std::size_t position, std::size_t max_lag) {
  return search(pcm, position, max_lag, -1);
}

std::size_t find_join(std::span<const float> made_up, std::span<const float> real) {
  std::size_t best = 0;
  if (made_up.size() < kSpliceFade || real.size() < kSpliceFade) return best;
  const std::size_t last = made_up.size() - kSpliceFade;
  const auto similarity = [&](std::size_t at) { return correlation(&made_up[at], real.data(), kSpliceFade, 2); };
  double most = -2;
  const auto look = [&](std::size_t from, std::size_t to, std::size_t step) {
    for (std::size_t at = from; at <= to; at += step) {
      if (const double value = similarity(at); value > most) {
        most = value;
        best = at;
      }
    }
  };
  look(0, last, kCoarse);
  const std::size_t middle = best;
  look(middle - std::min(middle, kCoarse), std::min(last, middle + kCoarse), 1);
  return best;
}

std::size_t skip(std::span<float> pcm, std::size_t position, std::size_t lag) {
  float* x = pcm.data() + position;
  for (std::size_t i = 0; i < kSpliceFade; ++i) {
    const float t = fade_weight(i);
    x[i] = (1 - t) * x[i] + t * x[i + lag];
  }
  const std::size_t tail = position + kSpliceFade;
  std::memmove(pcm.data() + tail, pcm.data() + tail + lag, (pcm.size() - tail - lag) * sizeof(float));
  return pcm.size() - lag;
}

std::size_t repeat(std::span<float> pcm, std::size_t length, std::size_t position, std::size_t lag) {
  float* x = pcm.data() + position;
  std::array<float, kSpliceFade> faded;
  for (std::size_t i = 0; i < kSpliceFade; ++i) {
    const float t = fade_weight(i);
    faded[i] = (1 - t) * x[i] + t * *(x + i - lag);
  }
  // After the fade the sound goes on from x[kSpliceFade − lag]: everything from there is moved `lag` further back in
  // time.
  const std::size_t from = position + kSpliceFade - lag;
  std::memmove(pcm.data() + from + lag, pcm.data() + from, (length - from) * sizeof(float));
  std::memcpy(x, faded.data(), faded.size() * sizeof(float));
  return length + lag;
}

}  // namespace sidetone::media::dsp
