// By webrtc-audio-processing 0.3, the version of Debian 12.
#include <webrtc/modules/audio_processing/include/audio_processing.h>

#include <algorithm>

#include "media/dsp/voice_processing.hpp"

namespace sidetone::media::dsp {
namespace {

// The library counts larger jumps of the reported delay in a histogram, for whose name it allocates.
constexpr int kLargestStepMs = 50;

class WebrtcVoiceProcessor final : public VoiceProcessor {
 public:
  explicit WebrtcVoiceProcessor(const VoiceProcessing& wanted) : cancels_echo_(wanted.echo_cancellation) {
    webrtc::Config config;
    // A filter of 128 ms in place of 48: it bears a reported delay that is 30 ms wrong. Its delay-agnostic mode does
    // not look at reported delays at all and follows a change after 5 to 12 s.
    config.Set<webrtc::ExtendedFilter>(new webrtc::ExtendedFilter(true));
    // It would turn the volume of the microphone itself.
    config.Set<webrtc::ExperimentalAgc>(new webrtc::ExperimentalAgc(false));
    module_.reset(webrtc::AudioProcessing::Create(config));
    webrtc::ProcessingConfig streams;
    for (webrtc::StreamConfig& stream : streams.streams) stream = kStream;
    module_->Initialize(streams);
    if (cancels_echo_) {
      // Its stronger suppression takes more of a voice that speaks at the same time, and none is needed: README.md of
      // tests/bench/echo.
      module_->echo_cancellation()->set_suppression_level(webrtc::EchoCancellation::kLowSuppression);
      module_->echo_cancellation()->Enable(true);
    }
    if (wanted.noise_suppression) {
      module_->noise_suppression()->set_level(webrtc::NoiseSuppression::kModerate);
      module_->noise_suppression()->Enable(true);
    }
    if (wanted.auto_gain_control) {
      module_->gain_control()->set_mode(webrtc::GainControl::kAdaptiveDigital);
      module_->gain_control()->Enable(true);
    }
  }

  void played(ConstBlockSpan block) override {
    const float* in = block.data();
    float* unchanged = unchanged_.data();
    module_->ProcessReverseStream(&in, kStream, kStream, &unchanged);
  }

  void process(BlockSpan block, Milliseconds echo_delay) override {
    if (cancels_echo_) {
      const int wanted = static_cast<int>(std::clamp(echo_delay, Milliseconds{0}, kLongestDelay).count());
      delay_ms_ = delay_ms_ < 0 ? wanted : std::clamp(wanted, delay_ms_ - kLargestStepMs, delay_ms_ + kLargestStepMs);
      module_->set_stream_delay_ms(delay_ms_);
    }
    float* samples = block.data();
    module_->ProcessStream(&samples, kStream, kStream, &samples);
  }

 private:
  inline static const webrtc::StreamConfig kStream{kSampleRateHz, 1};

  const bool cancels_echo_;
  std::unique_ptr<webrtc::AudioProcessing> module_;
  int delay_ms_ = -1;  ///< as reported last; negative: never
  Block unchanged_{};
};

}  // namespace

std::unique_ptr<VoiceProcessor> make_voice_processor(const VoiceProcessing& wanted) {
  return std::make_unique<WebrtcVoiceProcessor>(wanted);
}

}  // namespace sidetone::media::dsp
