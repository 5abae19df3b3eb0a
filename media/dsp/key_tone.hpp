#pragma once

#include <optional>

#include "media/dsp/pcm.hpp"

namespace sidetone::media::dsp {

/// The two tones of a telephone's key, in place of the sound while it is pressed. @source ITU-T Q.23
class KeyTone {
 public:
  /// @param key  "0123456789*#ABCD"; none: no key is pressed. @param pcm  in: the voice; out: what is to be heard.
  void apply(std::optional<char> key, BlockSpan pcm);

 private:
  double low_phase_ = 0;
  double high_phase_ = 0;
  double low_step_ = 0;
  double high_step_ = 0;
  float share_ = 0;  ///< of the tone, 0 to 1; moves within 5 ms, so that nothing clicks
};

}  // namespace sidetone::media::dsp
