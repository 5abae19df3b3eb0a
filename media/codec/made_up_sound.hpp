#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace sidetone::media::codec {

/// Concealment comes in frames and is asked for in other lengths: what is left of the last one is kept. What is never
/// asked for gives way to the real sound gradually.
template <std::size_t kSamples>
class MadeUpSound {
 public:
  /// @param make  fills a whole frame. @return how much of `out` was filled: what was left, or a frame at most.
  template <class Make>
  std::size_t take(std::span<float> out, Make make) {
    if (left_ == 0) {
      make(std::span<float, kSamples>(frame_));
      left_ = kSamples;
    }
    const auto next = std::span{frame_}.last(left_).first(std::min(left_, out.size()));
    std::copy(next.begin(), next.end(), out.begin());
    left_ -= next.size();
    return next.size();
  }
  /// @param real  the sound that follows. @param fade  samples.
  void blend_into(std::span<float> real, std::size_t fade) {
    const auto rest = std::span{frame_}.last(left_);
    const std::size_t count = std::min({rest.size(), fade, real.size()});
    for (std::size_t i = 0; i < count; ++i) {
      const float t = static_cast<float>(i + 1) / static_cast<float>(count + 1);
      real[i] = t * real[i] + (1 - t) * rest[i];
    }
    left_ = 0;
  }
  void forget() { left_ = 0; }

 private:
  std::array<float, kSamples> frame_{};
  std::size_t left_ = 0;
};

}  // namespace sidetone::media::codec
