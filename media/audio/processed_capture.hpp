#pragma once

#include <memory>
#include <optional>

#include "core/base/clock.hpp"
#include "media/audio/audio_engine.hpp"
#include "media/device/backend.hpp"
#include "media/dsp/echo_reference.hpp"
#include "media/dsp/pcm.hpp"
#include "media/dsp/voice_processing.hpp"

namespace sidetone::media::audio {

/// One way in which the sound of a microphone is processed, for all legs that want it so. Knows when the loudspeaker
/// has stopped, and adds up the delay of the echo. @thread audio; allocates when made, never later.
class ProcessedCapture {
 public:
  explicit ProcessedCapture(const dsp::VoiceProcessing& wanted);

  [[nodiscard]] const dsp::VoiceProcessing& processing() const { return wanted_; }
  /// 10 ms for the loudspeaker whose echo is cancelled.
  /// @param until_heard  from now until the loudspeaker sounds them.
  void played(dsp::ConstBlockSpan block, Microseconds until_heard);
  /// 10 ms of the microphone. @param age  since they were sound.
  void captured(dsp::ConstBlockSpan block, Microseconds age);
  /// What became of the last ones.
  [[nodiscard]] const dsp::Block& block() const { return block_; }

 private:
  dsp::VoiceProcessing wanted_;
  std::unique_ptr<dsp::VoiceProcessor> processor_;
  std::optional<dsp::EchoReference> reference_;
  dsp::Block block_{};
  Microseconds until_heard_{0};
  int blocks_without_sound_ = 0;  ///< of the loudspeaker
};

/// What is done to the sound of a microphone. @param loudspeaker  whose echo it could have; nullptr: none.
[[nodiscard]] dsp::VoiceProcessing processing_of(const WantedProcessing& wanted, const EngineOptions& options,
                                                 const device::Device& microphone, const device::Device* loudspeaker);

}  // namespace sidetone::media::audio
