#include "media/mixer/mixer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "media/dsp/goertzel.hpp"
#include "media/dsp/tone.hpp"

namespace sidetone::media::mixer {
namespace {

/// A conference whose parties say a tone each, whole periods of which fit a block, and keep what they hear.
class Conference {
 public:
  explicit Conference(const std::vector<double>& amplitudes) {
    for (std::size_t i = 0; i < amplitudes.size(); ++i)
      tones_.emplace_back(frequency(i), amplitudes[i], dsp::kSampleRateHz);
    spoken_.resize(amplitudes.size());
    heard_.resize(amplitudes.size());
    records.resize(amplitudes.size());
    parties.resize(amplitudes.size());
  }

  static double frequency(std::size_t party) { return 300.0 + 200.0 * static_cast<double>(party); }

  void block() {
    for (std::size_t i = 0; i < parties.size(); ++i) {
      tones_[i].fill(spoken_[i]);
      parties[i].spoken = &spoken_[i];
      parties[i].heard = &heard_[i];
    }
    mix(parties);
    for (std::size_t i = 0; i < parties.size(); ++i)
      records[i].insert(records[i].end(), heard_[i].begin(), heard_[i].end());
  }

  [[nodiscard]] double level(std::size_t listener, std::size_t talker) const {
    return dsp::tone_amplitude(records[listener], frequency(talker), dsp::kSampleRateHz);
  }
  [[nodiscard]] std::size_t encodes() const {
    std::set<MixId> mixes;
    for (const Party& party : parties) mixes.insert(party.mix);
    return mixes.size();
  }

  std::vector<Party> parties;
  std::vector<std::vector<float>> records;  ///< what each has heard

 private:
  std::vector<dsp::ToneGenerator> tones_;
  std::vector<dsp::Block> spoken_;
  std::vector<dsp::Block> heard_;
};

float largest_step(const std::vector<float>& pcm) {
  float largest = 0;
  for (std::size_t i = 1; i < pcm.size(); ++i) largest = std::max(largest, std::fabs(pcm[i] - pcm[i - 1]));
  return largest;
}

double decibels(double ratio) { return 20 * std::log10(std::max(ratio, 1e-12)); }

TEST(Mixer, EveryoneHearsEveryOtherAtItsLevelAndNotHimself) {
  const std::vector<double> amplitudes{0.1, 0.2, 0.05, 0.15, 0.08};
  Conference conference(amplitudes);
  for (int i = 0; i < 50; ++i) conference.block();
  for (std::size_t listener = 0; listener < amplitudes.size(); ++listener) {
    for (std::size_t talker = 0; talker < amplitudes.size(); ++talker) {
      const double db = decibels(conference.level(listener, talker) / amplitudes[talker]);
      if (talker == listener) {
        EXPECT_LT(db, -60) << "own voice of " << talker;
      } else {
        EXPECT_NEAR(db, 0, 0.1) << talker << " at " << listener;
      }
    }
  }
}

TEST(Mixer, AQuietTalkerIsHeardBesideALoudOne) {
  const double quiet = 0.0003;  // −70 dBFS
  Conference conference({0.5, quiet, 0});
  for (int i = 0; i < 100; ++i) conference.block();
  EXPECT_NEAR(decibels(conference.level(2, 1) / quiet), 0, 0.3);
}

TEST(Mixer, EightLoudTalkersDoNotClip) {
  Conference conference(std::vector<double>(8, 0.9));
  for (int i = 0; i < 50; ++i) conference.block();
  for (const std::vector<float>& heard : conference.records) {
    std::size_t run = 0;
    std::size_t longest = 0;
    float peak = 0;
    for (std::size_t i = 1; i < heard.size(); ++i) {
      peak = std::max(peak, std::fabs(heard[i]));
      run = heard[i] == heard[i - 1] && std::fabs(heard[i]) > 0.8F ? run + 1 : 0;
      longest = std::max(longest, run);
    }
    EXPECT_LT(peak, 1.0F);
    EXPECT_GT(peak, 0.8F);
    EXPECT_LE(longest, 1U) << "a flat top: that is clipping";
    // The limiter's slope is never above 1: no step is larger than that of the sum itself.
    float bound = 0;
    for (std::size_t i = 0; i < 8; ++i)
      bound += 0.9F * static_cast<float>(2 * 3.14159265 * Conference::frequency(i) / dsp::kSampleRateHz);
    EXPECT_LE(largest_step(heard), bound);
  }
}

TEST(Mixer, ListenersShareOneMix) {
  Conference conference({0.2, 0.2, 0, 0, 0, 0, 0, 0});
  conference.block();
  EXPECT_EQ(conference.encodes(), 3U);  // two talkers and six who hear the same
  for (std::size_t i = 2; i < 8; ++i) {
    EXPECT_EQ(conference.parties[i].mix, kCommonMix);
    EXPECT_EQ(conference.records[i], conference.records[2]);
  }
  EXPECT_NE(conference.parties[0].mix, conference.parties[1].mix);
}

TEST(Mixer, AStepOf16BitsIsNotSilence) {
  Conference conference({1.0 / 32768, 0});
  conference.block();
  EXPECT_NE(conference.parties[0].mix, kCommonMix);
  EXPECT_GT(conference.level(1, 0), 0.5 / 32768);
}

TEST(Mixer, ComingAndGoingMakesNoClickAndNoGap) {
  Conference conference({0.2, 0.2, 0});
  // The first is at a crest where a block begins, as is nothing else of the mix: a party that appears at once is a
  // step.
  dsp::Block crest;
  crest.fill(0.4F);
  std::vector<float> heard;
  const auto block = [&](const dsp::Block* spoken, Presence presence) {
    std::array<dsp::Block, 2> out{};
    std::array<Party, 2> parties{Party{spoken, &out[0], presence, 0}, Party{nullptr, &out[1], Presence::kStays, 0}};
    mix(parties);
    heard.insert(heard.end(), out[1].begin(), out[1].end());
  };
  block(nullptr, Presence::kStays);
  block(&crest, Presence::kComes);
  block(&crest, Presence::kStays);
  block(&crest, Presence::kGoes);
  block(nullptr, Presence::kStays);
  EXPECT_LE(largest_step(heard), 0.4F / dsp::kBlockSamples + 1e-4F);
  EXPECT_NEAR(heard[2 * dsp::kBlockSamples + 5], 0.4F, 1e-4F);

  // Those who stay are heard on without a gap while another comes and goes, and the one that goes fades out for itself.
  for (const Presence presence : {Presence::kStays, Presence::kComes, Presence::kStays, Presence::kGoes}) {
    conference.parties[1].presence = presence;
    conference.block();
  }
  EXPECT_NEAR(conference.level(2, 0), 0.2, 0.002);
  EXPECT_NEAR(conference.records[1].back(), 0, 1e-6);
}

TEST(Mixer, WhatIsNoNumberOrFarTooLoudHarmsNobody) {
  dsp::Block bad;
  for (std::size_t i = 0; i < bad.size(); ++i)
    bad[i] = i % 2 == 0 ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
  dsp::Block loud;
  loud.fill(-1e30F);
  dsp::Block said;
  said.fill(0.25F);
  std::array<dsp::Block, 4> out{};
  std::array<Party, 4> parties{Party{&bad, &out[0]}, Party{&loud, &out[1]}, Party{&said, &out[2]},
                               Party{nullptr, &out[3]}};
  mix(parties);
  for (const dsp::Block& heard : out)
    for (const float sample : heard) ASSERT_TRUE(std::fabs(sample) <= 1.0F);
  EXPECT_NEAR(out[0][0], -0.95F, 0.05F);  // −2 + 0.25, limited
  EXPECT_NEAR(out[3][0], -0.95F, 0.05F);  // with 0 for what is no number
}

TEST(Mixer, TheMostPartiesDoNotOverflow) {
  dsp::Block loud;
  loud.fill(2.0F);
  dsp::Block first{};
  dsp::Block beyond{};
  std::vector<Party> parties(kMostParties + 1, Party{&loud});
  parties.front().heard = &first;
  parties.back().heard = &beyond;
  mix(parties);
  EXPECT_GT(first[100], 0.99F);
  EXPECT_EQ(beyond[100], 0);
}

TEST(Mixer, NobodyIsNoConference) { mix({}); }

}  // namespace
}  // namespace sidetone::media::mixer
