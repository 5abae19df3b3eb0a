#include "tests/bench/echo/simulation.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <random>

#include "media/audio/processed_capture.hpp"
#include "media/dsp/pcm.hpp"
#include "tests/bench/echo/room.hpp"

namespace sidetone::bench {
namespace {

using media::dsp::kBlockSamples;

constexpr std::size_t kRate = media::dsp::kSampleRateHz;
constexpr std::size_t kSeconds = 60;
constexpr std::size_t kNearBegins = 20;
constexpr std::size_t kNearEnds = 35;
constexpr std::size_t kJump = 40;
constexpr std::size_t kJumpSamples = 150 * kRate / 1000;
constexpr std::size_t kToldLate = 100 * kRate / 1000;  // the host asks every 10 blocks
constexpr double kSpeechRms = 0.07;                    // −23 dBFS
constexpr float kMicrophoneNoise = 0.0003F;            // −70 dBFS
// As the host's streams on PulseAudio: the server is kept filled with 25 ms, hands the microphone over 10 ms at a time,
// and each card adds its own.
constexpr std::size_t kServerTarget = 25 * kRate / 1000;
constexpr std::size_t kPlaybackCard = 12 * kRate / 1000;
constexpr std::size_t kCaptureCard = 7 * kRate / 1000;
constexpr double kLatencyErrorUs = 2000;

double mean_square(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  return sum / static_cast<double>(std::max<std::size_t>(samples.size(), 1));
}

double db(double power) { return 10 * std::log10(std::max(power, 1e-12)); }

std::vector<float> spoken(std::span<const float> speech) {
  std::vector<float> out(kSeconds * kRate);
  const auto gain = static_cast<float>(kSpeechRms / std::sqrt(mean_square(speech)));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = speech[i % speech.size()] * gain;
  return out;
}

std::span<const float> part(const std::vector<float>& samples, double from_s, double to_s) {
  const auto begin = static_cast<std::size_t>(from_s * kRate);
  return std::span{samples}.subspan(begin, static_cast<std::size_t>(to_s * kRate) - begin);
}

/// What the loudspeaker plays of what it is given, and when. Samples come out in their order; a larger delay leaves a
/// hole.
struct Loudspeaker {
  std::vector<float> air = std::vector<float>(kSeconds * kRate);
  std::size_t queued = 0;   ///< in the server
  std::size_t written = 0;  ///< in all

  [[nodiscard]] std::size_t card_at(std::size_t now) const {
    return kPlaybackCard + (now >= kJump * kRate ? kJumpSamples : 0);
  }
  void take(std::span<const float> block, std::size_t now) {
    const std::size_t begin = now + queued + card_at(now);
    for (std::size_t i = 0; i < block.size() && begin + i < air.size(); ++i) air[begin + i] = block[i];
    queued += block.size();
    written += block.size();
  }
};

double similarity(std::span<const float> said, const std::vector<float>& sent, std::size_t begin) {
  constexpr std::size_t kMostLag = 30 * kRate / 1000;
  double best = 0;
  for (std::size_t lag = 0; lag < kMostLag; ++lag) {
    const auto heard = std::span{sent}.subspan(begin + lag, said.size());
    double product = 0;
    for (std::size_t i = 0; i < said.size(); ++i) product += static_cast<double>(said[i]) * heard[i];
    best =
        std::max(best, product / static_cast<double>(said.size()) / std::sqrt(mean_square(said) * mean_square(heard)));
  }
  return best;
}

std::optional<int> recovery_ms(const std::vector<float>& echo, const std::vector<float>& sent) {
  constexpr double kWindow = 0.5;
  constexpr double kDamped = 30;
  constexpr double kAudible = -40;  // what is weaker cannot be damped by 30 dB: the microphone has noise of its own
  constexpr double kLasting = 2;
  double recovered = kJump;
  for (double from = kJump; from < recovered + kLasting; from += 0.05) {
    if (from + kWindow > kSeconds) return std::nullopt;
    const double played = db(mean_square(part(echo, from, from + kWindow)));
    if (played > kAudible && played - db(mean_square(part(sent, from, from + kWindow))) < kDamped)
      recovered = from + kWindow;
  }
  return static_cast<int>(std::lround((recovered - static_cast<double>(kJump)) * 1000));
}

}  // namespace

EchoFigures simulate(const Scene& scene, std::span<const float> far, std::span<const float> near) {
  std::mt19937 random(scene.seed);
  std::normal_distribution<float> noise(0, kMicrophoneNoise);
  std::normal_distribution<double> latency_error(0, kLatencyErrorUs);
  const std::vector<float> far_voice = spoken(far);
  std::vector<float> near_voice = spoken(near);
  for (std::size_t i = 0; i < near_voice.size(); ++i)
    if (i < kNearBegins * kRate || i >= kNearEnds * kRate) near_voice[i] = 0;

  // What is played does not depend on what is recorded: first the loudspeaker's time, then the echo, then both again as
  // the audio thread sees them.
  struct Played {
    std::size_t at;
    std::size_t sample;
    Microseconds until_heard;
  };
  const auto microseconds = [](std::size_t samples) {
    return Microseconds{static_cast<std::int64_t>(samples) * 1'000'000 / static_cast<std::int64_t>(kRate)};
  };
  std::deque<Played> played;
  Loudspeaker loudspeaker;
  constexpr std::size_t kStep = kRate / 1000;
  for (std::size_t now = 0; now + kBlockSamples <= far_voice.size(); now += kStep) {
    loudspeaker.queued -= std::min(loudspeaker.queued, kStep);
    while (loudspeaker.queued + kBlockSamples <= kServerTarget &&
           loudspeaker.written + kBlockSamples <= far_voice.size()) {
      const bool told = scene.jump_is_told && now >= kJump * kRate + kToldLate;
      const std::size_t card = kPlaybackCard + (told ? kJumpSamples : 0);
      const Microseconds error{std::lround(latency_error(random))};
      played.push_back({now, loudspeaker.written, microseconds(loudspeaker.queued + card) + error});
      loudspeaker.take(std::span{far_voice}.subspan(loudspeaker.written, kBlockSamples), now);
    }
  }
  const std::vector<float> echo = Room(scene.seed, scene.coupling_db).echo_of(loudspeaker.air);

  media::audio::ProcessedCapture capture(scene.processing);
  std::vector<float> sent(echo.size());
  media::dsp::Block block;
  for (std::size_t begin = 0; begin + kBlockSamples <= echo.size(); begin += kBlockSamples) {
    const std::size_t now = begin + kBlockSamples + kCaptureCard;
    for (; !played.empty() && played.front().at < now; played.pop_front())
      capture.played(std::span{far_voice}.subspan(played.front().sample).first<kBlockSamples>(),
                     played.front().until_heard);
    for (std::size_t i = 0; i < kBlockSamples; ++i) block[i] = echo[begin + i] + near_voice[begin + i] + noise(random);
    const Microseconds error{std::lround(latency_error(random))};
    capture.captured(block, microseconds(kBlockSamples + kCaptureCard) + error);
    std::ranges::copy(capture.block(), sent.begin() + static_cast<std::ptrdiff_t>(begin));
  }

  EchoFigures out;
  out.erle_db = db(mean_square(part(echo, 10, 20))) - db(mean_square(part(sent, 10, 20)));
  // From a second after the voice began: who begins to speak is no steady state.
  const auto said = part(near_voice, kNearBegins + 1, kNearEnds - 1);
  out.double_talk_similarity = similarity(said, sent, (kNearBegins + 1) * kRate);
  out.double_talk_gain_db = db(mean_square(part(sent, kNearBegins + 1, kNearEnds - 1))) - db(mean_square(said));
  out.recover_ms = recovery_ms(echo, sent);
  return out;
}

}  // namespace sidetone::bench
