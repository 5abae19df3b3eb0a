#pragma once

#include <memory>
#include <span>

struct SpeexResamplerState_;

namespace sidetone::media::dsp {

/// Mono sample-rate conversion by speexdsp. Allocates when made, never later.
class Resampler {
 public:
  /// @param quality  0 … 10 of speexdsp; 3 is its choice for VoIP and delays 8 → 48 kHz by 3 ms.
  Resampler(int from_hz, int to_hz, int quality = 3);

  /// Convert all of `in`. @return samples written; `out` must hold in.size() × to/from, rounded up, + 1.
  std::size_t process(std::span<const float> in, std::span<float> out);
  void reset();
  /// In samples of the output.
  [[nodiscard]] int latency_samples() const;

 private:
  struct Free {
    void operator()(SpeexResamplerState_* state) const;
  };
  std::unique_ptr<SpeexResamplerState_, Free> state_;
};

}  // namespace sidetone::media::dsp
