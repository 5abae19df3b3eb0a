#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "media/dsp/cadence.hpp"
#include "media/dsp/goertzel.hpp"
#include "media/dsp/key_tone.hpp"

/// Sounds of the telephone that are made here.
namespace sidetone::media::dsp {
namespace {

constexpr std::size_t kTenBlocks = 4800;  // whole periods of every tone below, but for a per cent

template <class Fill>
std::vector<float> blocks(int count, Fill fill) {
  std::vector<float> out;
  for (int i = 0; i < count; ++i) {
    Block block{};
    fill(block);
    out.insert(out.end(), block.begin(), block.end());
  }
  return out;
}

double largest_step(std::span<const float> pcm) {
  double largest = 0;
  for (std::size_t i = 1; i < pcm.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(pcm[i]) - pcm[i - 1]));
  return largest;
}

// ITU-T Q.23 §3
TEST(KeyTone, SoundsTheTwoTonesOfEachKey) {
  constexpr std::array<double, 8> kAll{697, 770, 852, 941, 1209, 1336, 1477, 1633};
  const std::string keys = "123A456B789C*0#D";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    KeyTone tone;
    const auto heard = blocks(11, [&](Block& block) { tone.apply(keys[i], block); });
    const auto steady = std::span{heard}.subspan(kBlockSamples, kTenBlocks);
    for (const double hertz : kAll) {
      const bool own = hertz == kAll[i / 4] || hertz == kAll[4 + i % 4];
      EXPECT_NEAR(tone_amplitude(steady, hertz, kSampleRateHz), own ? 0.06 : 0, 0.006) << keys[i] << " " << hertz;
    }
  }
}

TEST(KeyTone, TakesThePlaceOfTheVoiceAndGivesItBackWithoutAClick) {
  KeyTone tone;
  int position = 0;
  const auto voice = [&](Block& block) {
    for (float& x : block) x = 0.3F * std::sin(2.0F * 3.14159265F * 200.0F * static_cast<float>(position++) / 48000.0F);
  };
  const auto heard = blocks(30, [&](Block& block) {
    voice(block);
    const bool pressed = position > 4800 && position <= 9600;
    tone.apply(pressed ? std::optional('5') : std::nullopt, block);
  });
  const auto amplitude = [&](std::size_t from, double hertz) {
    return tone_amplitude(std::span{heard}.subspan(from, 2400), hertz, kSampleRateHz);
  };
  EXPECT_NEAR(amplitude(0, 200), 0.3, 0.003);
  EXPECT_LT(amplitude(6000, 200), 0.01);
  EXPECT_GT(amplitude(6000, 770), 0.05);
  EXPECT_NEAR(amplitude(10560, 200), 0.3, 0.003);
  EXPECT_LT(amplitude(10560, 770), 0.003);
  EXPECT_LT(largest_step(heard), 0.03);  // of the tone itself: 0.06·2π·(770 + 1336)/48000 = 0.017
}

TEST(Cadence, SoundsAndIsSilentInTurn) {
  Cadence cadence(kRingPattern);
  const auto heard = blocks(700, [&](Block& block) { cadence.fill(block); });  // 7 s of 1 s on, 2 s off
  for (int ms = 0; ms < 7000; ms += 100) {
    const auto part = std::span{heard}.subspan(static_cast<std::size_t>(ms) * 48, 4800);
    const bool on = ms % 3000 < 1000;
    if (ms % 3000 == 1000) continue;  // falls
    const double low = tone_amplitude(part, kRingPattern.low_hz, kSampleRateHz);
    const double high = tone_amplitude(part, kRingPattern.high_hz, kSampleRateHz);
    EXPECT_NEAR(low, on ? kRingPattern.amplitude : 0, 0.012) << ms;
    EXPECT_NEAR(high, on ? kRingPattern.amplitude : 0, 0.012) << ms;
  }
  EXPECT_EQ(heard[0], 0.0F) << "it begins without a click";
  EXPECT_LT(largest_step(heard), 0.03);
  EXPECT_FALSE(Cadence().sounds());
}

}  // namespace
}  // namespace sidetone::media::dsp
