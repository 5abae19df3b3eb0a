#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <span>

namespace sidetone::media::dsp {

/// The modulated lapped transform of ITU-T G.722.1 §3.1 (an orthonormal MDCT with a sine window): 320 samples a frame,
/// each coefficient from two frames. What goes forward and back comes out one frame later, as it was.
class LappedTransform {
 public:
  static constexpr std::size_t kFrame = 320;
  using Frame = std::array<float, kFrame>;

  /// @param samples  the next frame. @param coefficients  of it and the one before.
  void forward(std::span<const float, kFrame> samples, Frame& coefficients);
  /// @param samples  the frame before the one that these coefficients end with.
  void inverse(const Frame& coefficients, std::span<float, kFrame> samples);
  void reset();

 private:
  Frame before_{};   ///< forward: the last frame
  Frame overlap_{};  ///< inverse: what the last frame left for the next
};

}  // namespace sidetone::media::dsp
