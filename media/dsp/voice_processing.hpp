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

/// Cleans one microphone's sound. Made, it has all its memory: played() and process() allocate nothing as long as no
/// more than kMostBlocksAhead blocks are played between two that are recorded.
/// @thread one.
class VoiceProcessor {
 public:
  static constexpr int kMostBlocksAhead = 5;
  static constexpr Milliseconds kLongestDelay{500};

  virtual ~VoiceProcessor() = default;
  /// The next 10 ms of what the loudspeaker is given, before the microphone's of the same time.
  virtual void played(ConstBlockSpan block) = 0;
  /// The next 10 ms of the microphone, in place; comes out 8 ms later by echo cancellation, and 7 ms by noise
  /// suppression.
  /// @param echo_delay  from played() of a block to process() of the one that has its echo; beyond kLongestDelay it is
  /// taken for that.
  virtual void process(BlockSpan block, Milliseconds echo_delay) = 0;
};

/// @param wanted  something.
std::unique_ptr<VoiceProcessor> make_voice_processor(const VoiceProcessing& wanted);

}  // namespace sidetone::media::dsp
