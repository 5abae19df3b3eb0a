#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>

namespace sidetone::media::dsp {

/// Mean square of a stretch of samples, 0 … 1 of full scale squared.
inline double mean_square(std::span<const float> pcm) {
  if (pcm.empty()) return 0;
  // Sums that do not wait for each other: one alone would be as slow as an addition after the other.
  std::array<double, 8> sums{};
  const std::size_t even = pcm.size() - pcm.size() % sums.size();
  for (std::size_t at = 0; at < even; at += sums.size())
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const double x = pcm[at + i];
      sums[i] += x * x;
    }
  for (std::size_t at = even; at < pcm.size(); ++at) {
    const double x = pcm[at];
    sums[0] += x * x;
  }
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum / static_cast<double>(pcm.size());
}

/// RMS in −dBov as RFC 6464 §3 wants it: 0 is a full-scale square wave, 127 is silence.
inline std::uint8_t level_dbov(double mean_square_value) {
  if (mean_square_value <= 0) return 127;
  const double db = -10.0 * std::log10(mean_square_value);
  if (db <= 0) return 0;
  return db >= 127 ? 127 : static_cast<std::uint8_t>(std::lround(db));
}

/// RMS over the last ten blocks, 100 ms.
class LevelMeter {
 public:
  void add(std::span<const float> block) {
    squares_[next_] = mean_square(block);
    next_ = (next_ + 1) % squares_.size();
  }
  [[nodiscard]] double rms() const {
    double sum = 0;
    for (const double square : squares_) sum += square;
    return std::sqrt(sum / static_cast<double>(squares_.size()));
  }
  void reset() { squares_.fill(0); }

 private:
  std::array<double, 10> squares_{};
  std::size_t next_ = 0;
};

}  // namespace sidetone::media::dsp
