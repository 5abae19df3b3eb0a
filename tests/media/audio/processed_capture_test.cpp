#include "media/audio/processed_capture.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <thread>
#include <vector>

#include "tests/media/audio/audio_thread_calls.hpp"

namespace sidetone {
namespace {

using namespace media::audio;
using media::dsp::Block;
using media::dsp::VoiceProcessing;

constexpr std::size_t kBlock = media::dsp::kBlockSamples;
constexpr std::size_t kSecond = 100;  // blocks

/// Noise that swells and fades in syllables of 200 ms with pauses, as a voice does.
std::vector<Block> syllables(std::size_t blocks, std::uint32_t seed, float level) {
  constexpr std::size_t kSyllable = 20 * kBlock;
  constexpr std::size_t kEach = 30 * kBlock;
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0, level);
  std::vector<Block> out(blocks);
  float smooth = 0;
  std::size_t at = seed * 7 * kBlock;
  for (Block& block : out) {
    for (float& sample : block) {
      smooth += 0.2F * (noise(random) - smooth);
      const std::size_t within = at++ % kEach;
      const double swell =
          within < kSyllable ? std::sin(std::numbers::pi * static_cast<double>(within) / kSyllable) : 0;
      sample = 4 * smooth * static_cast<float>(swell * swell);
    }
  }
  return out;
}

double level_db(const std::vector<Block>& blocks, std::size_t begin, std::size_t end) {
  double sum = 1e-12;
  for (std::size_t i = begin; i < end; ++i)
    for (const float sample : blocks[i]) sum += static_cast<double>(sample) * sample;
  return 10 * std::log10(sum / static_cast<double>((end - begin) * kBlock));
}

/// What a microphone hears of what is played: 14 dB less, whole blocks later.
std::vector<Block> echo_of(const std::vector<Block>& played, std::size_t blocks_later) {
  std::vector<Block> out(played.size());
  for (std::size_t i = blocks_later; i < out.size(); ++i)
    for (std::size_t k = 0; k < kBlock; ++k) out[i][k] = 0.2F * played[i - blocks_later][k];
  return out;
}

std::vector<Block> sum_of(const std::vector<Block>& one, const std::vector<Block>& other) {
  std::vector<Block> out = one;
  for (std::size_t i = 0; i < out.size(); ++i)
    for (std::size_t k = 0; k < kBlock; ++k) out[i][k] += other[i][k];
  return out;
}

std::vector<Block> run(ProcessedCapture& capture, const std::vector<Block>& heard, const std::vector<Block>* played,
                       Milliseconds delay) {
  std::vector<Block> sent;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    if (played != nullptr) capture.played((*played)[i], delay - Milliseconds{10});
    capture.captured(heard[i], Milliseconds{10});
    sent.push_back(capture.block());
  }
  return sent;
}

/// Greatest normalised cross-correlation of what was said and what is sent 7 to 10 ms later.
double similarity(const std::vector<Block>& said, const std::vector<Block>& sent, std::size_t begin, std::size_t end) {
  double best = 0;
  for (std::size_t delay = 7 * kBlock / 10; delay < kBlock; ++delay) {
    double product = 0;
    double said_power = 0;
    double sent_power = 0;
    for (std::size_t i = begin * kBlock; i < end * kBlock; ++i) {
      const double a = said[i / kBlock][i % kBlock];
      const double b = sent[(i + delay) / kBlock][(i + delay) % kBlock];
      product += a * b;
      said_power += a * a;
      sent_power += b * b;
    }
    best = std::max(best, product / std::sqrt(said_power * sent_power));
  }
  return best;
}

TEST(ProcessedCapture, TakesTheEchoAndLeavesTheVoice) {
  const auto far = syllables(12 * kSecond, 1, 0.1F);
  const auto echo = echo_of(far, 4);
  ProcessedCapture alone({.echo_cancellation = true});
  const auto sent = run(alone, echo, &far, Milliseconds{40});
  EXPECT_GT(level_db(echo, 6 * kSecond, 12 * kSecond) - level_db(sent, 6 * kSecond, 12 * kSecond), 15);

  const auto voice = syllables(12 * kSecond, 2, 0.1F);
  ProcessedCapture both({.echo_cancellation = true});
  const auto together = run(both, sum_of(voice, echo), &far, Milliseconds{40});
  EXPECT_NEAR(level_db(together, 6 * kSecond, 12 * kSecond), level_db(voice, 6 * kSecond, 12 * kSecond), 3);
  EXPECT_GT(similarity(voice, together, 6 * kSecond, 8 * kSecond), 0.945);

  ProcessedCapture quiet({.echo_cancellation = true});
  const auto nothing_played = run(quiet, voice, nullptr, Milliseconds{0});
  EXPECT_NEAR(level_db(nothing_played, 6 * kSecond, 12 * kSecond), level_db(voice, 6 * kSecond, 12 * kSecond), 0.5);
}

// The far end's last words must not be taken for what is played now.
TEST(ProcessedCapture, LeavesTheVoiceWhenTheLoudspeakerStops) {
  const auto far = syllables(4 * kSecond, 1, 0.1F);
  ProcessedCapture capture({.echo_cancellation = true});
  run(capture, echo_of(far, 4), &far, Milliseconds{40});
  const auto voice = syllables(4 * kSecond, 2, 0.1F);
  const auto sent = run(capture, voice, nullptr, Milliseconds{0});
  EXPECT_NEAR(level_db(sent, kSecond, 4 * kSecond), level_db(voice, kSecond, 4 * kSecond), 0.5);
}

TEST(ProcessedCapture, FollowsADelayThatTheDeviceTellsOf) {
  const auto far = syllables(16 * kSecond, 1, 0.1F);
  auto echo = echo_of(far, 4);
  const auto later = echo_of(far, 19);
  std::copy(later.begin() + 8 * kSecond, later.end(), echo.begin() + 8 * kSecond);
  ProcessedCapture capture({.echo_cancellation = true});
  std::vector<Block> sent;
  for (std::size_t i = 0; i < far.size(); ++i) {
    capture.played(far[i], i < 8 * kSecond ? Milliseconds{30} : Milliseconds{180});
    capture.captured(echo[i], Milliseconds{10});
    sent.push_back(capture.block());
  }
  for (std::size_t from = 8 * kSecond + 20; from + 100 < far.size(); from += 100)
    EXPECT_GT(level_db(echo, from, from + 100) - level_db(sent, from, from + 100), 15) << from;
}

TEST(ProcessedCapture, SuppressesNoiseAndLeavesItAloneUnlessAsked) {
  std::mt19937 random(3);
  std::normal_distribution<float> gaussian(0, 0.01F);
  std::vector<Block> noise(6 * kSecond);
  for (Block& block : noise)
    for (float& sample : block) sample = gaussian(random);
  ProcessedCapture suppressing({.noise_suppression = true});
  const auto quiet = run(suppressing, noise, nullptr, Milliseconds{0});
  EXPECT_LT(level_db(quiet, 3 * kSecond, 6 * kSecond), level_db(noise, 3 * kSecond, 6 * kSecond) - 6);
  ProcessedCapture cancelling({.echo_cancellation = true});
  const auto same = run(cancelling, noise, nullptr, Milliseconds{0});
  EXPECT_NEAR(level_db(same, 3 * kSecond, 6 * kSecond), level_db(noise, 3 * kSecond, 6 * kSecond), 0.5);
}

TEST(ProcessedCapture, RaisesAQuietVoice) {
  const auto voice = syllables(10 * kSecond, 4, 0.01F);
  ProcessedCapture capture({.auto_gain_control = true});
  const auto sent = run(capture, voice, nullptr, Milliseconds{0});
  const double gain = level_db(sent, 6 * kSecond, 10 * kSecond) - level_db(voice, 6 * kSecond, 10 * kSecond);
  EXPECT_GT(gain, 3);
  EXPECT_LT(gain, 20);
}

// Everything at once, devices in bursts, a loudspeaker that stops and comes back, delays that jump out of range.
TEST(ProcessedCapture, AllocatesNothing) {
  const auto far = syllables(6 * kSecond, 1, 0.1F);
  const auto echo = echo_of(far, 4);
  ProcessedCapture capture({.echo_cancellation = true, .noise_suppression = true, .auto_gain_control = true});
  std::uint64_t allocations = 0;
  std::uint64_t seen = 0;
  std::thread audio([&] {
    pthread_setname_np(pthread_self(), "audio");
    const std::uint64_t before = testing::audio_thread_allocations();
    { const std::vector<int> counted(1); }
    seen = testing::audio_thread_allocations() - before;
    const std::uint64_t start = testing::audio_thread_allocations();
    std::size_t next = 0;
    for (std::size_t i = 0; i < far.size(); ++i) {
      const bool playing = i < 2 * kSecond || i > 3 * kSecond;
      const Microseconds delay{i < 4 * kSecond ? 30'000 : (i % 200 < 100 ? -5'000'000 : 900'000)};
      if (playing && i % 5 == 0)
        for (int burst = 0; burst < 5; ++burst) capture.played(far[next++ % far.size()], delay);
      capture.captured(echo[i], Milliseconds{10});
    }
    allocations = testing::audio_thread_allocations() - start;
  });
  audio.join();
  EXPECT_GT(seen, 0U) << "the count does not see this thread";
  EXPECT_EQ(allocations, 0U);
}

TEST(ProcessedCapture, OfADeviceFollowsWishThenPolicyThenTheRoom) {
  EngineOptions automatic;
  automatic.echo_cancellation = automatic.noise_suppression = automatic.auto_gain_control = ProcessingPolicy::kAuto;
  media::device::Device microphone;
  microphone.in_room = true;
  media::device::Device loudspeaker;
  loudspeaker.in_room = true;
  media::device::Device headset = loudspeaker;
  headset.worn = true;
  const media::device::Device made_by_programs;
  EXPECT_EQ(processing_of({}, automatic, microphone, &loudspeaker), (VoiceProcessing{true, true, true}));
  EXPECT_EQ(processing_of({}, automatic, microphone, &headset), (VoiceProcessing{false, true, true}));
  EXPECT_EQ(processing_of({}, automatic, microphone, &made_by_programs), (VoiceProcessing{false, true, true}));
  EXPECT_EQ(processing_of({}, automatic, microphone, nullptr), (VoiceProcessing{false, true, true}));
  EXPECT_FALSE(processing_of({}, automatic, made_by_programs, &loudspeaker).any());
  EXPECT_FALSE(processing_of({}, {}, microphone, &loudspeaker).any()) << "an engine does nothing unasked";

  const WantedProcessing nothing{false, false, false};
  EXPECT_FALSE(processing_of(nothing, automatic, microphone, &loudspeaker).any());
  const WantedProcessing all{true, true, true};
  EXPECT_EQ(processing_of(all, {}, made_by_programs, &headset), (VoiceProcessing{true, true, true}));
  EXPECT_EQ(processing_of(all, {}, microphone, nullptr), (VoiceProcessing{false, true, true}))
      << "nothing is played that could come back";
  EngineOptions always;
  always.echo_cancellation = ProcessingPolicy::kOn;
  EXPECT_EQ(processing_of({}, always, made_by_programs, &headset), (VoiceProcessing{true, false, false}));
}

}  // namespace
}  // namespace sidetone
