#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sidetone::media::dsp {

/// Conceals losses of a codec without a model of its own: repeats the last pitch period, fades to silence, and
/// cross-fades back into the real sound (in the manner of ITU-T G.711 appendix I, without its delay). At the codec's
/// own rate.
class PitchConcealment {
 public:
  explicit PitchConcealment(int sample_rate_hz);

  /// Real samples came; after a loss their beginning is blended with what concealment would have gone on with.
  void good(std::span<float> pcm);
  void conceal(std::span<float> pcm);
  void reset();

 private:
  void start();
  float next();

  std::size_t ms_;              ///< samples in a millisecond
  std::vector<float> history_;  ///< the last 40 ms, oldest first
  std::vector<float> period_;   ///< what is repeated
  std::size_t period_length_ = 0;
  std::size_t position_ = 0;
  float step_ = 0;
  std::size_t concealed_ = 0;  ///< samples since the loss began; 0: no loss
};

}  // namespace sidetone::media::dsp
