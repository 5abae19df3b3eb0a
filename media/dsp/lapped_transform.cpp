#include "media/dsp/lapped_transform.hpp"

#include <cmath>

namespace sidetone::media::dsp {
namespace {

constexpr std::size_t kLapped = LappedTransform::kFrame;
constexpr std::size_t kHalfLapped = kLapped / 2;
constexpr std::size_t kColumns = 16;  // 160 = 16 × 10
constexpr std::size_t kRowsOfTransform = kHalfLapped / kColumns;
constexpr double kPi = 3.14159265358979323846;
using Complex = std::complex<float>;

struct LappedTables {
  std::array<Complex, kHalfLapped> twiddle;  ///< before and after the Fourier transform
  std::array<Complex, kHalfLapped> root;     ///< e^(−2πi k/160)
  std::array<float, 2 * kLapped> window;     ///< with half of the transform's scale
  LappedTables() {
    for (std::size_t i = 0; i < kHalfLapped; ++i) {
      const double n = static_cast<double>(i);
      twiddle[i] = Complex(std::polar(1.0, -kPi * (8 * n + 1) / (8 * kLapped)));
      root[i] = Complex(std::polar(1.0, -2 * kPi * n / kHalfLapped));
    }
    for (std::size_t i = 0; i < window.size(); ++i)
      window[i] =
          static_cast<float>(std::sqrt(2.0 / kLapped) * std::sin(kPi / (2 * kLapped) * (static_cast<double>(i) + 0.5)));
  }
};
const LappedTables& lapped_tables() {
  static const LappedTables kTables;
  return kTables;
}

/// 160 = 10 × 16 points, by the two factors.
void fourier(std::array<Complex, kHalfLapped>& x) {
  const auto& root = lapped_tables().root;
  std::array<Complex, kHalfLapped> y;
  for (std::size_t column = 0; column < kColumns; ++column) {
    for (std::size_t k = 0; k < kRowsOfTransform; ++k) {
      Complex sum = 0;
      for (std::size_t row = 0; row < kRowsOfTransform; ++row)
        sum += x[row * kColumns + column] * root[row * k % kRowsOfTransform * kColumns];
      y[k * kColumns + column] = sum * root[column * k];
    }
  }
  for (std::size_t k = 0; k < kRowsOfTransform; ++k) {
    for (std::size_t l = 0; l < kColumns; ++l) {
      Complex sum = 0;
      for (std::size_t column = 0; column < kColumns; ++column)
        sum += y[k * kColumns + column] * root[column * l % kColumns * kRowsOfTransform];
      x[l * kRowsOfTransform + k] = sum;
    }
  }
}

/// X(k) = Σ x(n) cos(π/320 (n+½)(k+½)), in place.
void cosine_transform(LappedTransform::Frame& x) {
  const auto& twiddle = lapped_tables().twiddle;
  std::array<Complex, kHalfLapped> z;
  for (std::size_t i = 0; i < kHalfLapped; ++i) z[i] = Complex(x[2 * i], x[kLapped - 1 - 2 * i]) * twiddle[i];
  fourier(z);
  for (std::size_t i = 0; i < kHalfLapped; ++i) {
    const Complex y = z[i] * twiddle[i];
    x[2 * i] = y.real();
    x[kLapped - 1 - 2 * i] = -y.imag();
  }
}

}  // namespace

void LappedTransform::forward(std::span<const float, kFrame> samples, Frame& coefficients) {
  const auto& window = lapped_tables().window;
  const auto early = [&](std::size_t n) { return window[n] * before_[n]; };
  const auto late = [&](std::size_t n) { return window[kFrame + n] * samples[n]; };
  for (std::size_t j = 0; j < kHalfLapped; ++j) {
    coefficients[j] = early(kHalfLapped + j) + early(kHalfLapped - 1 - j);
    coefficients[kHalfLapped + j] = late(j) - late(kFrame - 1 - j);
  }
  cosine_transform(coefficients);
  std::copy(samples.begin(), samples.end(), before_.begin());
}

void LappedTransform::inverse(const Frame& coefficients, std::span<float, kFrame> samples) {
  const auto& window = lapped_tables().window;
  Frame v = coefficients;
  cosine_transform(v);
  for (std::size_t j = 0; j < kHalfLapped; ++j) {
    samples[kHalfLapped + j] = overlap_[kHalfLapped + j] + window[kHalfLapped + j] * v[j];
    samples[kHalfLapped - 1 - j] = overlap_[kHalfLapped - 1 - j] + window[kHalfLapped - 1 - j] * v[j];
  }
  for (std::size_t j = 0; j < kHalfLapped; ++j) {
    overlap_[j] = window[kFrame + j] * v[kHalfLapped + j];
    overlap_[kFrame - 1 - j] = -window[2 * kFrame - 1 - j] * v[kHalfLapped + j];
  }
}

void LappedTransform::reset() {
  before_.fill(0);
  overlap_.fill(0);
}

}  // namespace sidetone::media::dsp
