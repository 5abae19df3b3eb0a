#include "media/dsp/linear_prediction.hpp"

#include <algorithm>
#include <array>

namespace sidetone::media::dsp {
namespace {

constexpr std::size_t kMaxOrder = 32;
constexpr double kWhitening = 1.0001;  // −40 dB of white noise keeps the recursion well conditioned

}  // namespace

void autocorrelate(std::span<const float> pcm, std::span<double> out) {
  for (std::size_t lag = 0; lag < out.size(); ++lag) {
    double sum = 0;
    for (std::size_t i = lag; i < pcm.size(); ++i) sum += static_cast<double>(pcm[i]) * pcm[i - lag];
    out[lag] = sum;
  }
}

double reflection_coefficients(std::span<const double> autocorrelation, std::span<double> reflection) {
  std::fill(reflection.begin(), reflection.end(), 0.0);
  const std::size_t order = std::min({reflection.size(), autocorrelation.size() - 1, kMaxOrder});
  const double power = autocorrelation[0] * kWhitening;
  if (power <= 0) return 1;
  std::array<double, kMaxOrder + 1> a{1};
  double residual = power;
  for (std::size_t n = 1; n <= order; ++n) {
    double sum = autocorrelation[n];
    for (std::size_t i = 1; i < n; ++i) sum += a[i] * autocorrelation[n - i];
    const double k = std::clamp(-sum / residual, -1.0, 1.0);
    reflection[n - 1] = k;
    a[n] = k;
    for (std::size_t i = 1; i <= (n - 1) / 2; ++i) {
      const double front = a[i];
      const double back = a[n - i];
      a[i] = front + k * back;
      a[n - i] = back + k * front;
    }
    if (n % 2 == 0) a[n / 2] += k * a[n / 2];
    residual *= 1 - k * k;
    if (residual <= 0) break;
  }
  return residual > 0 ? power / residual : power;
}

}  // namespace sidetone::media::dsp
