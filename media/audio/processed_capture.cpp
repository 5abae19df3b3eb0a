#include "media/audio/processed_capture.hpp"

#include <algorithm>

namespace sidetone::media::audio {
namespace {

constexpr dsp::Block kNothingPlayed{};
// A loudspeaker is filled up to 80 ms ahead; one that has not asked for so long plays nothing.
constexpr int kStoppedAfter = 10;

}  // namespace

ProcessedCapture::ProcessedCapture(const dsp::VoiceProcessing& wanted)
    : wanted_(wanted), processor_(dsp::make_voice_processor(wanted)), blocks_without_sound_(kStoppedAfter) {
  if (wanted.echo_cancellation) reference_.emplace();
}

void ProcessedCapture::played(dsp::ConstBlockSpan block, Microseconds until_heard) {
  if (!reference_) return;
  blocks_without_sound_ = 0;
  until_heard_ = until_heard;
  reference_->played(block);
}

void ProcessedCapture::captured(dsp::ConstBlockSpan block, Microseconds age) {
  dsp::EchoPath echo{kNothingPlayed};
  if (reference_) {
    blocks_without_sound_ = std::min(blocks_without_sound_ + 1, kStoppedAfter);
    if (blocks_without_sound_ == kStoppedAfter) reference_->played(kNothingPlayed);
    echo = {reference_->next(until_heard_ + age), reference_->lead(), reference_->is_settling()};
  }
  std::ranges::copy(block, block_.begin());
  processor_->process(block_, echo);
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
