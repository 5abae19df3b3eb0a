#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace sidetone::media::dsp {

/// Gives back what was written, a fixed time later. Writer and reader may run on two clocks (a device and a timer):
/// while they agree within `tolerance` nothing happens; beyond it the reader moves with a short cross-fade.
class DelayLine {
 public:
  /// @param delay_samples  the time between a sample's write and its read. Allocates here only.
  explicit DelayLine(std::size_t delay_samples, std::size_t tolerance_samples = 1440)
      : delay_(delay_samples), tolerance_(tolerance_samples), ring_(delay_samples + 2 * tolerance_samples + 4800) {}

  void write(std::span<const float> pcm) {
    for (const float x : pcm) ring_[written_++ % ring_.size()] = x;
  }

  /// The next samples in order; silence where nothing has been written yet.
  void read(std::span<float> pcm) {
    // Counting runs in written samples: before the first delay has passed the position is negative and reads silence.
    const auto wanted = static_cast<std::int64_t>(written_) - static_cast<std::int64_t>(delay_ + pcm.size());
    const std::int64_t off = position_ > wanted ? position_ - wanted : wanted - position_;
    const std::int64_t from = position_;
    const bool jump = off > static_cast<std::int64_t>(tolerance_);
    if (jump) position_ = wanted;
    const std::size_t fade = jump ? std::min<std::size_t>(pcm.size(), 240) : 0;
    for (std::size_t i = 0; i < pcm.size(); ++i) {
      float x = at(position_ + static_cast<std::int64_t>(i));
      if (i < fade) {
        const float t = static_cast<float>(i) / static_cast<float>(fade);
        x = t * x + (1 - t) * at(from + static_cast<std::int64_t>(i));
      }
      pcm[i] = x;
    }
    position_ += static_cast<std::int64_t>(pcm.size());
  }

  void reset() {
    std::fill(ring_.begin(), ring_.end(), 0.0F);
    written_ = 0;
    position_ = -static_cast<std::int64_t>(delay_);
  }

 private:
  [[nodiscard]] float at(std::int64_t index) const {
    const auto written = static_cast<std::int64_t>(written_);
    if (index < 0 || index >= written || written - index > static_cast<std::int64_t>(ring_.size())) return 0;
    return ring_[static_cast<std::size_t>(index) % ring_.size()];
  }

  std::size_t delay_;
  std::size_t tolerance_;
  std::vector<float> ring_;
  std::uint64_t written_ = 0;
  std::int64_t position_ = -static_cast<std::int64_t>(delay_);
};

}  // namespace sidetone::media::dsp
