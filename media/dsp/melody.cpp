#include "media/dsp/melody.hpp"

#include <cmath>
#include <numbers>

#include "media/dsp/pcm.hpp"

namespace sidetone::media::dsp {
namespace {

// MIDI note numbers, one an eighth; 0 is a rest. Four bars of three beats in G major.
constexpr std::array<std::uint8_t, 24> kLead = {67, 71, 74, 79, 74, 71, 72, 76, 79, 76, 72, 0,
                                                66, 69, 74, 78, 74, 69, 71, 67, 62, 67, 71, 0};
constexpr std::array<std::uint8_t, 24> kBass = {43, 0, 0, 50, 0, 0, 48, 0, 0, 55, 0, 0,
                                                50, 0, 0, 45, 0, 0, 43, 0, 0, 50, 0, 0};
constexpr std::size_t kStepSamples = kSampleRateHz * 26 / 100;
constexpr double kAttackSamples = 0.005 * kSampleRateHz;
constexpr double kDecaySeconds = 0.35;

}  // namespace

void Melody::start_note(Voice& voice, int midi_note, double amplitude) {
  const double frequency_hz = 440.0 * std::pow(2.0, (midi_note - 69) / 12.0);
  voice.phase = 0;
  voice.step = 2.0 * std::numbers::pi * frequency_hz / kSampleRateHz;
  voice.amplitude = amplitude;
  voice.decay = std::exp(-1.0 / (kDecaySeconds * kSampleRateHz));
  voice.attack = 0;
}

float Melody::next_sample(Voice& voice) {
  if (voice.amplitude < 1e-4) return 0;
  if (voice.attack < 1) voice.attack += 1.0 / kAttackSamples;
  const double fundamental = std::sin(voice.phase);
  const double octave = 0.3 * std::sin(2 * voice.phase);
  const double value = voice.amplitude * (voice.attack < 1 ? voice.attack : 1) * (fundamental + octave);
  voice.amplitude *= voice.decay;
  voice.phase += voice.step;
  if (voice.phase > 2.0 * std::numbers::pi) voice.phase -= 2.0 * std::numbers::pi;
  return static_cast<float>(value);
}

void Melody::fill(std::span<float> pcm) {
  for (float& x : pcm) {
    if (samples_to_step_ == 0) {
      samples_to_step_ = kStepSamples;
      if (kLead[step_] != 0) {
        start_note(lead_[next_lead_], kLead[step_], 0.2);
        next_lead_ = (next_lead_ + 1) % lead_.size();
      }
      if (kBass[step_] != 0) {
        start_note(bass_[next_bass_], kBass[step_], 0.18);
        next_bass_ = (next_bass_ + 1) % bass_.size();
      }
      step_ = (step_ + 1) % kLead.size();
    }
    --samples_to_step_;
    float sum = 0;
    for (Voice& voice : lead_) sum += next_sample(voice);
    for (Voice& voice : bass_) sum += next_sample(voice);
    x = sum;
  }
}

}  // namespace sidetone::media::dsp
