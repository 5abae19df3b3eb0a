#include "media/audio/processed_capture.hpp"

#include <algorithm>
#include <chrono>

namespace sidetone::media::audio {
namespace {

constexpr dsp::Block kNothingPlayed{};
// A loudspeaker is filled up to 80 ms ahead; one that has not asked for so long plays nothing.
constexpr int kStoppedAfter = 10;

}  // namespace

ProcessedCapture::ProcessedCapture(const dsp::VoiceProcessing& wanted)
    : wanted_(wanted), processor_(dsp::make_voice_processor(wanted)), blocks_without_sound_(kStoppedAfter) {}

void ProcessedCapture::played(dsp::ConstBlockSpan block, Microseconds until_heard) {
  if (!wanted_.echo_cancellation) return;
  blocks_without_sound_ = 0;
  until_heard_ = until_heard;
  processor_->played(block);
}

void ProcessedCapture::captured(dsp::ConstBlockSpan block, Microseconds age) {
  if (wanted_.echo_cancellation) {
    blocks_without_sound_ = std::min(blocks_without_sound_ + 1, kStoppedAfter);
    // Without a reference the canceller would go on with what it had last.
    if (blocks_without_sound_ == kStoppedAfter) processor_->played(kNothingPlayed);
  }
  std::ranges::copy(block, block_.begin());
  processor_->process(block_, std::chrono::duration_cast<Milliseconds>(until_heard_ + age));
}

dsp::VoiceProcessing processing_of(const WantedProcessing& wanted, const EngineOptions& options,
                                   const device::Device& microphone, const device::Device* loudspeaker) {
  const auto decide = [](std::optional<bool> wish, ProcessingPolicy policy, bool useful) {
    return wish.value_or(policy == ProcessingPolicy::kOn || (policy == ProcessingPolicy::kAuto && useful));
  };
  const bool hears = loudspeaker != nullptr && microphone.in_room && loudspeaker->in_room && !loudspeaker->worn;
  return {loudspeaker != nullptr && decide(wanted.echo_cancellation, options.echo_cancellation, hears),
          decide(wanted.noise_suppression, options.noise_suppression, microphone.in_room),
          decide(wanted.auto_gain_control, options.auto_gain_control, microphone.in_room)};
}

}  // namespace sidetone::media::audio
