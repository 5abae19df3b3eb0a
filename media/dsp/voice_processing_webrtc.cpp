// By webrtc-audio-processing 0.3, the version of Debian 12.
#include <webrtc/modules/audio_processing/include/audio_processing.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "media/dsp/level_meter.hpp"
#include "media/dsp/voice_processing.hpp"

namespace sidetone::media::dsp {
namespace {

using AudioModule = std::unique_ptr<webrtc::AudioProcessing>;
const webrtc::StreamConfig kProcessedStream{kSampleRateHz, 1};
// Stronger suppression takes more of a voice that speaks at the same time, and none is needed: README.md of
// tests/bench/echo.
constexpr auto kUsualSuppression = webrtc::EchoCancellation::kLowSuppression;

AudioModule make_audio_module(const webrtc::Config& config) {
  AudioModule module(webrtc::AudioProcessing::Create(config));
  webrtc::ProcessingConfig streams;
  for (webrtc::StreamConfig& stream : streams.streams) stream = kProcessedStream;
  module->Initialize(streams);
  return module;
}

void run_module(webrtc::AudioProcessing& module, BlockSpan block) {
  float* samples = block.data();
  module.ProcessStream(&samples, kProcessedStream, kProcessedStream, &samples);
}

/// The suppressor behind the canceller also takes of a voice that speaks while the far end does. Where it leaves most
/// of what the microphone heard, that was a voice: then some of the microphone itself is mixed in again, whose echo is
/// weaker than the voice by as much.
class VoiceKeeper {
 public:
  /// @param heard  what the microphone heard. @param left  what the canceller made of it.
  void apply(ConstBlockSpan heard, BlockSpan left) {
    std::copy(late_.begin() + kBlockSamples, late_.end(), late_.begin());
    std::ranges::copy(heard, late_.end() - kBlockSamples);
    const ConstBlockSpan mixed_in{late_.data() + late_.size() - kBlockSamples - kCancellerDelay, kBlockSamples};
    heard_ += kSmoothing * (mean_square(mixed_in) - heard_);
    left_ += kSmoothing * (mean_square(left) - left_);
    float wanted = 0;
    if (heard_ > kAudible) {
      const double ratio_db = 10 * std::log10(std::max(left_ / heard_, 1e-6));
      wanted = static_cast<float>(kMost * std::clamp((ratio_db - kNoneAtDb) / kFadeDb, 0.0, 1.0));
    }
    const float step = (wanted - share_) / static_cast<float>(kBlockSamples);
    for (std::size_t i = 0; i < kBlockSamples; ++i) {
      share_ += step;
      left[i] += share_ * (mixed_in[i] - left[i]);
    }
    share_ = wanted;
  }

 private:
  static constexpr std::size_t kCancellerDelay = 382;  ///< of its bands
  static constexpr double kSmoothing = 0.3;            ///< of a block: 30 ms
  static constexpr double kAudible = 1e-5;             ///< −50 dBFS
  static constexpr double kMost = 0.5;
  static constexpr double kNoneAtDb = -10;  ///< echo alone is left with less, soon after a delay has changed too
  static constexpr double kFadeDb = 4;

  std::array<float, 2 * kBlockSamples> late_{};
  double heard_ = 0;
  double left_ = 0;
  float share_ = 0;
};

class WebrtcVoiceProcessor final : public VoiceProcessor {
 public:
  explicit WebrtcVoiceProcessor(const VoiceProcessing& wanted) {
    if (wanted.echo_cancellation) {
      webrtc::Config config;
      // A filter of 128 ms in place of 48: it bears a reported delay that is 30 ms wrong. The delay-agnostic mode does
      // not look at reported delays at all and follows a change after 5 to 12 s.
      config.Set<webrtc::ExtendedFilter>(new webrtc::ExtendedFilter(true));
      canceller_ = make_audio_module(config);
      canceller_->echo_cancellation()->set_suppression_level(kUsualSuppression);
      canceller_->echo_cancellation()->Enable(true);
    }
    if (wanted.noise_suppression || wanted.auto_gain_control) {
      webrtc::Config config;
      // It would turn the volume of the microphone itself.
      config.Set<webrtc::ExperimentalAgc>(new webrtc::ExperimentalAgc(false));
      cleaner_ = make_audio_module(config);
      cleaner_->noise_suppression()->set_level(webrtc::NoiseSuppression::kModerate);
      cleaner_->noise_suppression()->Enable(wanted.noise_suppression);
      cleaner_->gain_control()->set_mode(webrtc::GainControl::kAdaptiveDigital);
      cleaner_->gain_control()->Enable(wanted.auto_gain_control);
    }
  }

  void process(BlockSpan block, const EchoPath& echo) override {
    if (canceller_ != nullptr) cancel(block, echo);
    if (cleaner_ != nullptr) run_module(*cleaner_, block);
  }

 private:
  void cancel(BlockSpan block, const EchoPath& echo) {
    const float* reference = echo.reference.data();
    float* unchanged = unchanged_.data();
    canceller_->ProcessReverseStream(&reference, kProcessedStream, kProcessedStream, &unchanged);
    // Until the filter has learnt the echo anew, suppression does its work.
    if (echo.is_settling != suppresses_more_) {
      suppresses_more_ = echo.is_settling;
      canceller_->echo_cancellation()->set_suppression_level(
          suppresses_more_ ? webrtc::EchoCancellation::kHighSuppression : kUsualSuppression);
    }
    canceller_->set_stream_delay_ms(static_cast<int>(echo.lead.count()));
    std::ranges::copy(block, heard_.begin());
    run_module(*canceller_, block);
    keeper_.apply(heard_, block);
  }

  AudioModule canceller_;
  AudioModule cleaner_;  ///< noise suppression and gain control, after what the keeper mixes in
  VoiceKeeper keeper_;
  bool suppresses_more_ = false;
  Block heard_{};
  Block unchanged_{};
};

}  // namespace

std::unique_ptr<VoiceProcessor> make_voice_processor(const VoiceProcessing& wanted) {
  return std::make_unique<WebrtcVoiceProcessor>(wanted);
}

}  // namespace sidetone::media::dsp
