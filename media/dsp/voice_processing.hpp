#pragma once

#include <memory>

#include "core/base/clock.hpp"
#include "media/dsp/pcm.hpp"

namespace sidetone::media::dsp {

/// What is done to a microphone's sound.
/// @source names: https://www.w3.org/TR/mediacapture-streams/#media-track-supported-constraints
struct VoiceProcessing {
  bool echo_cancellation = false;
  bool noise_suppression = false;
  bool auto_gain_control = false;
  [[nodiscard]] bool any() const { return echo_cancellation || noise_suppression || auto_gain_control; }
  bool operator==(const VoiceProcessing&) const = default;
};

/// What is known of the echo in 10 ms of a microphone.
struct EchoPath {
  ConstBlockSpan reference;  ///< what the loudspeaker was given
  Milliseconds lead{0};      ///< how much earlier than its echo that is: about the same all the time
  bool is_settling = false;  ///< what was learnt is a little wrong, for the delay has changed
};

/// Cleans one microphone's sound. Made, it has all its memory: process() allocates nothing.
/// @thread one.
class VoiceProcessor {
 public:
  virtual ~VoiceProcessor() = default;
  /// The next 10 ms of the microphone, in place; comes out 8 to 9 ms later by echo cancellation, and 7 ms by noise
  /// suppression.
  /// @param echo  looked at only where echo cancellation is wanted.
  virtual void process(BlockSpan block, const EchoPath& echo) = 0;
};

/// @param wanted  something.
std::unique_ptr<VoiceProcessor> make_voice_processor(const VoiceProcessing& wanted);

}  // namespace sidetone::media::dsp
