#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "media/dsp/delay_line.hpp"
#include "media/dsp/goertzel.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/melody.hpp"
#include "media/dsp/pcm.hpp"
#include "media/dsp/resampler.hpp"
#include "media/dsp/soft_limiter.hpp"
#include "media/dsp/time_stretch.hpp"
#include "media/dsp/tone.hpp"

namespace sidetone::media::dsp {
namespace {

std::vector<float> tone(double frequency_hz, double amplitude, std::size_t count, double rate_hz = 48000) {
  std::vector<float> out(count);
  ToneGenerator(frequency_hz, amplitude, rate_hz).fill(out);
  return out;
}

TEST(LevelMeter, IsTheRmsOfTheLast100Milliseconds) {
  LevelMeter meter;
  const auto loud = tone(500, 0.4, 480);
  const std::vector<float> silent(480);
  for (int i = 0; i < 10; ++i) meter.add(loud);
  EXPECT_NEAR(meter.rms(), 0.4 / std::sqrt(2), 0.001);
  for (int i = 0; i < 5; ++i) meter.add(silent);
  EXPECT_NEAR(meter.rms(), 0.4 / 2, 0.001);
  for (int i = 0; i < 5; ++i) meter.add(silent);
  EXPECT_EQ(meter.rms(), 0);
}

TEST(LevelDbov, FollowsRfc6464) {
  EXPECT_EQ(level_dbov(0), 127);
  EXPECT_EQ(level_dbov(1), 0);
  EXPECT_EQ(level_dbov(0.5), 3);  // a full-scale sine
  EXPECT_EQ(level_dbov(1e-6), 60);
  EXPECT_EQ(level_dbov(1e-20), 127);
}

TEST(Goertzel, MeasuresOneToneAmongOthers) {
  auto mix = tone(440, 0.25, 48000);
  const auto other = tone(660, 0.5, 48000);
  for (std::size_t i = 0; i < mix.size(); ++i) mix[i] += other[i];
  EXPECT_NEAR(tone_amplitude(mix, 440, 48000), 0.25, 0.002);
  EXPECT_NEAR(tone_amplitude(mix, 660, 48000), 0.5, 0.002);
  EXPECT_NEAR(tone_amplitude(mix, 1000, 48000), 0, 0.002);
}

TEST(SoftLimiter, LeavesOneTalkerAloneAndKeepsManyInBounds) {
  std::vector<float> quiet = tone(300, 0.7, 480);
  const std::vector<float> before = quiet;
  SoftLimiter::apply(quiet);
  EXPECT_EQ(quiet, before);
  std::vector<float> loud = tone(300, 8, 480);
  SoftLimiter::apply(loud);
  for (std::size_t i = 1; i < loud.size(); ++i) {
    EXPECT_LE(std::fabs(loud[i]), 1.0F);
  }
  std::vector<float> ramp = {0.79F, 0.8F, 0.81F, 0.9F, 1.0F, 2.0F};
  SoftLimiter::apply(ramp);
  for (std::size_t i = 1; i < ramp.size(); ++i) EXPECT_GT(ramp[i], ramp[i - 1]);
}

TEST(DelayLine, GivesBackExactlyAfterItsTime) {
  DelayLine line(48000);
  Block in{};
  Block out{};
  const int total = 250;
  for (int block = 0; block < total; ++block) {
    in.fill(static_cast<float>(block + 1));
    line.write(in);
    line.read(out);
    for (const float x : out) ASSERT_EQ(x, block < 100 ? 0 : static_cast<float>(block + 1 - 100)) << block;
  }
}

TEST(DelayLine, FollowsAWriterOnAnotherClock) {
  DelayLine line(48000);
  Block in{};
  Block out{};
  // The writer is 1 % fast: 100 s bring a second too much, which must not stay in the line.
  for (int block = 0; block < 10000; ++block) {
    in.fill(static_cast<float>(block));
    line.write(in);
    if (block % 100 == 0) line.write(in);
    line.read(out);
  }
  EXPECT_NEAR(out[479], 10000 - 100, 6);
}

TEST(Melody, SoundsAndNeverClips) {
  Melody melody;
  Block block;
  double loudest = 0;
  double steepest = 0;
  float last = 0;
  for (int i = 0; i < 2000; ++i) {
    melody.fill(block);
    for (const float x : block) {
      loudest = std::max(loudest, static_cast<double>(std::fabs(x)));
      steepest = std::max(steepest, static_cast<double>(std::fabs(x - last)));
      last = x;
    }
    EXPECT_TRUE(i % 100 != 50 || mean_square(block) > 1e-5) << i;
  }
  EXPECT_LT(loudest, 0.95);
  EXPECT_GT(loudest, 0.1);
  EXPECT_LT(steepest, 0.2);
}

TEST(Resampler, KeepsLevelAndFrequency) {
  Resampler up(8000, 48000);
  const auto narrow = tone(1000, 0.5, 8000, 8000);
  std::vector<float> wide(48000 + 1);
  std::size_t made = 0;
  for (std::size_t i = 0; i < narrow.size(); i += 160) {
    made += up.process(std::span{narrow}.subspan(i, 160), std::span{wide}.subspan(made));
  }
  EXPECT_NEAR(static_cast<double>(made), 48000, 300);
  EXPECT_NEAR(tone_amplitude(std::span<const float>(wide).subspan(4800, 38400), 1000, 48000), 0.5, 0.01);
  EXPECT_LE(up.latency_samples(), 48000 * 5 / 1000);
}

/// Second difference of a sine is zero everywhere: what a splice leaves is its click.
double worst_residual(std::span<const float> pcm, double frequency_hz) {
  const double c = 2 * std::cos(2 * 3.14159265358979 * frequency_hz / 48000);
  double worst = 0;
  for (std::size_t i = 2; i < pcm.size(); ++i) {
    worst = std::max(worst, std::fabs(static_cast<double>(pcm[i]) - c * pcm[i - 1] + pcm[i - 2]));
  }
  return worst;
}

class Splice : public ::testing::TestWithParam<double> {};

TEST_P(Splice, ShortensAToneWithoutAClick) {
  auto pcm = tone(GetParam(), 0.5, 3000);
  const SplicePoint point = find_skip(pcm, kSpliceHistory, kSpliceMaxLag);
  ASSERT_GE(point.lag, kSpliceMinLag);
  EXPECT_GT(point.similarity, 0.99);
  EXPECT_NEAR(point.mean_square, 0.125, 0.02);
  const std::size_t length = skip(pcm, kSpliceHistory, point.lag);
  EXPECT_EQ(length, 3000 - point.lag);
  EXPECT_LT(worst_residual(std::span{pcm}.first(length), GetParam()), 0.01);
}

TEST_P(Splice, LengthensAToneWithoutAClick) {
  auto pcm = tone(GetParam(), 0.5, 3000);
  pcm.resize(3000 + kSpliceMaxLag);
  const SplicePoint point = find_repeat(std::span{pcm}.first(3000), kSpliceHistory, kSpliceMaxLag);
  ASSERT_GE(point.lag, kSpliceMinLag);
  EXPECT_GT(point.similarity, 0.99);
  const std::size_t length = repeat(pcm, 3000, kSpliceHistory, point.lag);
  EXPECT_EQ(length, 3000 + point.lag);
  EXPECT_LT(worst_residual(std::span{pcm}.first(length), GetParam()), 0.01);
}

INSTANTIATE_TEST_SUITE_P(Hertz, Splice, ::testing::Values(100, 180, 440, 1000, 3400));

TEST(Splice, SaysThatNoiseDoesNotRepeat) {
  std::mt19937 random(1);
  std::vector<float> noise(3000);
  for (float& x : noise) x = static_cast<float>(random()) / 4294967296.0F - 0.5F;
  EXPECT_LT(find_skip(noise, kSpliceHistory, kSpliceMaxLag).similarity, 0.6);
}

TEST(Splice, NeedsRoom) {
  const auto pcm = tone(440, 0.5, 1200);
  EXPECT_EQ(find_skip(pcm, kSpliceHistory, 60).lag, 0U);
  EXPECT_EQ(find_skip(std::span{pcm}.first(1000), kSpliceHistory, 720).lag, 0U);
}

}  // namespace
}  // namespace sidetone::media::dsp
