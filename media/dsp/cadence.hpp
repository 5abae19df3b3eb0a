#pragma once

#include <cstddef>

#include "media/dsp/pcm.hpp"

namespace sidetone::media::dsp {

/// Two tones together, on and off, over and over: what rings, rings back and tests a loudspeaker.
struct CadencePattern {
  double low_hz = 0;
  double high_hz = 0;
  int on_ms = 0;  ///< 0: silence
  int off_ms = 0;
  double amplitude = 0;  ///< of each tone
};
inline constexpr CadencePattern kRingPattern{880, 1108.7, 1000, 2000, 0.1};    // as the page's own
inline constexpr CadencePattern kRingBackPattern{425, 425, 1000, 4000, 0.03};  // ITU-T E.180 §7
inline constexpr CadencePattern kTestPattern{660, 660, 60'000, 0, 0.08};

/// @thread one (audio). No allocation.
class Cadence {
 public:
  Cadence() = default;
  explicit Cadence(const CadencePattern& pattern);
  [[nodiscard]] bool sounds() const { return pattern_.on_ms > 0; }
  void fill(BlockSpan pcm);

 private:
  CadencePattern pattern_;
  double low_phase_ = 0;
  double high_phase_ = 0;
  std::size_t at_ = 0;   ///< samples since the pattern began
  double loudness_ = 0;  ///< 0 to 1: rises and falls within 10 ms, so that nothing clicks
};

}  // namespace sidetone::media::dsp
