#pragma once

#include <cmath>
#include <span>

namespace sidetone::media::dsp {

/// Keeps a mix within ±1 without the edges of clipping: linear up to the knee, above it bent towards 1 with a
/// continuous slope. One quiet talker is not touched at all.
class SoftLimiter {
 public:
  static constexpr float kKnee = 0.8F;

  static void apply(std::span<float> pcm) {
    for (float& x : pcm) {
      const float magnitude = std::fabs(x);
      if (magnitude <= kKnee) continue;
      constexpr float kRoom = 1.0F - kKnee;
      const float over = (magnitude - kKnee) / kRoom;
      x = std::copysign(kKnee + kRoom * (over / (1.0F + over)), x);
    }
  }
};

}  // namespace sidetone::media::dsp
