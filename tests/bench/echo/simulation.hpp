#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "media/dsp/voice_processing.hpp"

namespace sidetone::bench {

/// One call on a loudspeaker in virtual time, 60 s: the far end speaks all the time, somebody here from 20 to 35 s, and
/// at 40 s the loudspeaker's delay grows by 150 ms.
struct Scene {
  std::uint32_t seed = 1;
  double coupling_db = -12;
  bool jump_is_told = true;  ///< the sound server's latency follows, 100 ms later
  media::dsp::VoiceProcessing processing{.echo_cancellation = true};
};

struct EchoFigures {
  double erle_db = 0;                 ///< of 10 s, after the first 10
  double double_talk_similarity = 0;  ///< greatest normalised cross-correlation of what was said here and what is sent
  double double_talk_gain_db = 0;     ///< of the voice here, 20 to 35 s
  std::optional<int> recover_ms;      ///< until every half second is damped by 30 dB again, for 2 s; none: never
};

/// @param far, near  speech at 48 kHz, repeated as needed.
EchoFigures simulate(const Scene& scene, std::span<const float> far, std::span<const float> near);

}  // namespace sidetone::bench
