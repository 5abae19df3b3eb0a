// By webrtc-audio-processing 1.x, the version of Debian 13, whose echo canceller is AEC3.
#include <modules/audio_processing/include/audio_processing.h>

#include "media/dsp/voice_processing.hpp"

namespace sidetone::media::dsp {
namespace {

using Aec3Module = rtc::scoped_refptr<webrtc::AudioProcessing>;
const webrtc::StreamConfig kAec3Stream{kSampleRateHz, 1};

Aec3Module make_aec3_module(const webrtc::AudioProcessing::Config& config) {
  Aec3Module module(webrtc::AudioProcessingBuilder().Create());
  module->ApplyConfig(config);
  webrtc::ProcessingConfig streams;
  for (webrtc::StreamConfig& stream : streams.streams) stream = kAec3Stream;
  module->Initialize(streams);
  return module;
}

class Aec3VoiceProcessor final : public VoiceProcessor {
 public:
  explicit Aec3VoiceProcessor(const VoiceProcessing& wanted) : cancels_(wanted.echo_cancellation) {
    webrtc::AudioProcessing::Config config;
    config.residual_echo_detector.enabled = false;  // it only counts
    config.echo_canceller.enabled = wanted.echo_cancellation;
    // Its filter turns the phase of the lowest part of a voice.
    config.echo_canceller.enforce_high_pass_filtering = false;
    config.noise_suppression.enabled = wanted.noise_suppression;
    config.noise_suppression.level = webrtc::AudioProcessing::Config::NoiseSuppression::kModerate;
    config.gain_controller1.enabled = wanted.auto_gain_control;
    // The analog mode would turn the volume of the microphone itself.
    config.gain_controller1.mode = webrtc::AudioProcessing::Config::GainController1::kAdaptiveDigital;
    config.gain_controller1.analog_gain_controller.enabled = false;
    module_ = make_aec3_module(config);
  }

  // The canceller finds the echo by itself, and what has changed too.
  void process(BlockSpan block, const EchoPath& echo) override {
    if (cancels_) {
      const float* reference = echo.reference.data();
      module_->AnalyzeReverseStream(&reference, kAec3Stream);
      module_->set_stream_delay_ms(static_cast<int>(echo.lead.count()));
    }
    float* samples = block.data();
    module_->ProcessStream(&samples, kAec3Stream, kAec3Stream, &samples);
  }

 private:
  Aec3Module module_;
  bool cancels_;
};

}  // namespace

std::unique_ptr<VoiceProcessor> make_voice_processor(const VoiceProcessing& wanted) {
  return std::make_unique<Aec3VoiceProcessor>(wanted);
}

}  // namespace sidetone::media::dsp
