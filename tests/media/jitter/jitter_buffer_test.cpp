#include "media/jitter/jitter_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "media/codec/codec.hpp"
#include "media/dsp/level_meter.hpp"
#include "tests/media/codec/signals.hpp"
#include "tests/media/jitter/tone_stream.hpp"
#include "tests/media/support/counting_decoder.hpp"

namespace sidetone {
namespace {

using bench::arrivals;
using bench::NetworkModel;
using media::jitter::Push;
using media::jitter::Stats;
using testing::roughness;
using testing::ToneStream;

constexpr double kSecond = 1000;
/// What a splice may leave behind (see roughness()).
constexpr double kNoClick = 0.05;

/// Mean delay between two readings, in ms.
double delay_ms(const Stats& from, const Stats& to) {
  return (to.delay_sum_s - from.delay_sum_s) / static_cast<double>(to.samples_emitted - from.samples_emitted) * 1000;
}

std::span<const float> since(const ToneStream& stream, double ms) {
  return std::span{stream.heard}.subspan(std::min(stream.heard.size(), static_cast<std::size_t>(ms * 48)));
}

TEST(JitterBuffer, PlaysALocalNetworkSmoothlyWithLittleDelay) {
  ToneStream stream;
  const auto list = arrivals({.jitter_ms = 1}, 500, 20, 1);
  stream.run(list, 5 * kSecond);
  const Stats before = stream.buffer.stats();
  stream.run(list, 10 * kSecond);
  const Stats after = stream.buffer.stats();
  EXPECT_EQ(after.samples_concealed, 0U);
  EXPECT_EQ(after.packets_lost, 0U);
  EXPECT_LT(delay_ms(before, after), 15);
  EXPECT_LT(after.target_s, 0.010);
  EXPECT_LT(roughness(since(stream, 100)), kNoClick);
}

// A key of a telephone takes the place of the voice for a while: its packets count in the sequence and carry no sound.
TEST(JitterBuffer, WhatIsNoSoundIsNeitherLostNorConcealed) {
  ToneStream stream;
  const auto voice = [&](std::int64_t index, double time_ms, std::int64_t timestamp_packet) {
    const auto payload = testing::ToneDecoder::packet(timestamp_packet * 960, 960);
    stream.buffer.push({1, static_cast<std::uint16_t>(100 + index), static_cast<std::uint32_t>(timestamp_packet * 960),
                        ToneStream::kPayloadType, false, payload},
                       testing::at_ms(time_ms));
  };
  const auto run = [&](bool keys_are_known) {
    stream.buffer = media::jitter::JitterBuffer();
    std::vector<media::jitter::JitterBuffer::Binding> decoders;
    decoders.push_back({ToneStream::kPayloadType, 48000, std::make_unique<testing::ToneDecoder>()});
    stream.buffer.set_decoders(std::move(decoders));
    stream.now_ms = 0;
    for (std::int64_t index = 0; index < 150; ++index) {
      if (index < 50 || index >= 60) {
        voice(index, static_cast<double>(index) * 20, index);
      } else if (keys_are_known) {
        stream.buffer.skip(1, static_cast<std::uint16_t>(100 + index));
      }
      for (int i = 0; i < 2; ++i, stream.now_ms += 10) stream.pull();
    }
    return stream.buffer.stats();
  };
  const Stats known = run(true);
  EXPECT_EQ(known.packets_lost, 0U);
  EXPECT_EQ(known.samples_concealed, 0U);
  EXPECT_EQ(known.concealment_events, 0U);
  EXPECT_LT(known.target_s, 0.010);
  EXPECT_EQ(run(false).packets_lost, 10U) << "what is missing without being known is lost";
}

TEST(JitterBuffer, IsSilentBeforeTheFirstPacket) {
  ToneStream stream;
  stream.run({}, 100);
  for (const float x : stream.heard) EXPECT_EQ(x, 0);
  EXPECT_EQ(stream.buffer.stats().samples_played, 0U);
}

TEST(JitterBuffer, GrowsWithJitterAndShrinksAfterwards) {
  ToneStream stream;
  auto list = arrivals({.jitter_ms = 60, .keep_order = false}, 1000, 20, 2);
  const auto calm = arrivals({.jitter_ms = 1}, 2500, 20, 2);
  std::erase_if(list, [](const bench::Arrival& a) { return a.packet >= 1000; });
  for (const bench::Arrival& a : calm) {
    if (a.packet >= 1000) list.push_back(a);
  }
  stream.run(list, 5 * kSecond);
  const Stats learned = stream.buffer.stats();
  stream.run(list, 20 * kSecond);
  const Stats rough = stream.buffer.stats();
  EXPECT_GT(rough.target_s, 0.045);
  EXPECT_LT(rough.target_s, 0.075);
  EXPECT_LT(static_cast<double>(rough.samples_concealed - learned.samples_concealed), 0.005 * 15 * 48000);
  stream.run(list, 40 * kSecond);
  const Stats settled = stream.buffer.stats();
  stream.run(list, 49 * kSecond);
  EXPECT_LT(delay_ms(settled, stream.buffer.stats()), 15);
  EXPECT_LT(roughness(since(stream, 20 * kSecond)), kNoClick);
}

TEST(JitterBuffer, ConcealsLossesForExactlyTheirTime) {
  ToneStream stream;
  const auto list = arrivals({.loss = 0.05}, 1500, 20, 3);
  stream.run(list, 30 * kSecond);
  const Stats& stats = stream.buffer.stats();
  const double lost = 1500.0 - static_cast<double>(list.size());
  EXPECT_NEAR(static_cast<double>(stats.packets_lost), lost, 3);
  EXPECT_NEAR(static_cast<double>(stats.samples_concealed), lost * 960, 0.1 * lost * 960);
  EXPECT_LT(roughness(since(stream, 100)), kNoClick);
}

// Where there is jitter the packet behind a gap mostly waits already: what is made up gives way to it.
TEST(JitterBuffer, EndsAGapEarlyWhereThePacketBehindItIsThere) {
  constexpr double kHz = 110;  // one period, as of a voice, lies in a block
  const auto run = [](ToneStream& stream, const NetworkModel& network) {
    const auto list = arrivals(network, 3000, 20, 3);
    stream.run(list, 10 * kSecond);
    const Stats learned = stream.buffer.stats();
    stream.run(list, 59 * kSecond);
    return delay_ms(learned, stream.buffer.stats());
  };
  ToneStream whole({}, false, kHz);
  const double whole_ms = run(whole, {.jitter_ms = 60});
  ToneStream lossy({}, false, kHz);
  const double lossy_ms = run(lossy, {.loss = 0.05, .jitter_ms = 60});
  const Stats& stats = lossy.buffer.stats();
  EXPECT_GT(stats.packets_lost, 100U);
  EXPECT_LT(static_cast<double>(stats.samples_concealed), 0.75 * 960 * static_cast<double>(stats.packets_lost));
  EXPECT_NEAR(lossy_ms, whole_ms, 5);
  EXPECT_LT(roughness(since(lossy, 100), kHz), kNoClick);
}

TEST(JitterBuffer, HandsOverInPhaseWhenAPacketComesTooLate) {
  constexpr double kHz = 1230;  // no whole number of periods in a block: what is out of phase shows
  ToneStream stream({}, false, kHz);
  auto list = arrivals({}, 500, 20, 3);
  for (bench::Arrival& late : list) {
    // One is held up, and the next one behind it.
    if (late.packet % 100 == 99) late.time_ms += 37;
    if (late.packet % 100 == 0 && late.packet > 0) late.time_ms += 17;
  }
  stream.run(list, 9 * kSecond);
  const Stats& stats = stream.buffer.stats();
  EXPECT_GT(stats.concealment_events, 0U);
  EXPECT_EQ(stats.packets_late, 0U);
  EXPECT_EQ(stats.packets_lost, 0U);
  EXPECT_LT(roughness(since(stream, 100), kHz), kNoClick);
}

TEST(JitterBuffer, UsesRedundancyOnceThereIsLoss) {
  ToneStream stream({}, true);
  const auto list = arrivals({.loss = 0.05}, 3000, 20, 4);
  stream.run(list, 10 * kSecond);
  const Stats learned = stream.buffer.stats();
  stream.run(list, 59 * kSecond);
  const Stats& stats = stream.buffer.stats();
  const auto lost = static_cast<double>(stats.packets_lost - learned.packets_lost);
  EXPECT_GT(static_cast<double>(stats.packets_recovered - learned.packets_recovered), 0.85 * lost);
  EXPECT_LT(static_cast<double>(stats.samples_concealed - learned.samples_concealed), 0.2 * lost * 960);
}

TEST(JitterBuffer, CopiesStandInForLostPackets) {
  ToneStream stream;
  stream.copies = 2;
  const auto list = arrivals({.loss = 0.2}, 3000, 20, 4);
  stream.run(list, 10 * kSecond);
  const Stats learned = stream.buffer.stats();
  stream.run(list, 59 * kSecond);
  const Stats& stats = stream.buffer.stats();
  const auto lost = static_cast<double>(stats.packets_lost - learned.packets_lost);
  EXPECT_NEAR(lost, 0.2 * 2450, 0.02 * 2450);
  // Three in a row take one of them: 0.2² of what is lost.
  EXPECT_NEAR(static_cast<double>(stats.packets_recovered - learned.packets_recovered), 0.96 * lost, 0.02 * lost);
  EXPECT_LT(static_cast<double>(stats.samples_concealed - learned.samples_concealed), 0.06 * lost * 960);
  EXPECT_LT(roughness(since(stream, 100)), kNoClick);
}

TEST(JitterBuffer, DeepRedundancyFillsBursts) {
  const NetworkModel bursts{.burst_enter = 0.0865, .burst_leave = 1.0 / 3};
  const auto concealed = [&](std::size_t deep) {
    ToneStream stream({}, false, 1230, deep);
    const auto list = arrivals(bursts, 3000, 20, 4);
    stream.run(list, 10 * kSecond);
    const Stats learned = stream.buffer.stats();
    stream.run(list, 59 * kSecond);
    const Stats& stats = stream.buffer.stats();
    if (deep > 0) {
      EXPECT_LT(roughness(since(stream, 10 * kSecond), 1230), kNoClick);
      EXPECT_GT(stats.packets_recovered - learned.packets_recovered,
                8 * (stats.packets_lost - learned.packets_lost) / 10);
    }
    return static_cast<double>(stats.samples_concealed - learned.samples_concealed) /
           static_cast<double>(stats.samples_played - learned.samples_played);
  };
  EXPECT_NEAR(concealed(0), 0.2, 0.03);
  EXPECT_LT(concealed(10 * 960), 0.04);
}

TEST(JitterBuffer, TheDelayForRedundancyDoesNotGoUpAndDown) {
  ToneStream stream({}, true);
  const auto list = arrivals({.loss = 0.02}, 6000, 20, 6);
  stream.run(list, 20 * kSecond);
  const Stats learned = stream.buffer.stats();
  stream.run(list, 119 * kSecond);
  const Stats& stats = stream.buffer.stats();
  const auto stretched = static_cast<double>(stats.samples_inserted + stats.samples_removed - learned.samples_inserted -
                                             learned.samples_removed);
  EXPECT_LT(stretched / static_cast<double>(stats.samples_played - learned.samples_played), 0.002);
}

TEST(JitterBuffer, WaitsForCopiesAsFarAsLossesReach) {
  const auto target_ms = [](const NetworkModel& network, std::int64_t copies) {
    ToneStream stream;
    stream.copies = copies;
    stream.run(arrivals(network, 1500, 20, 5), 29 * kSecond);
    return stream.buffer.stats().target_s * 1000;
  };
  const NetworkModel bursts{.burst_enter = 0.05, .burst_leave = 0.33};
  EXPECT_NEAR(target_ms({}, 2), 3, 1);
  EXPECT_NEAR(target_ms({.loss = 0.04}, 2), 23, 1) << "hardly ever two in a row";
  EXPECT_NEAR(target_ms(bursts, 2), 43, 1);
  EXPECT_NEAR(target_ms(bursts, 1), 23, 1) << "no more than there is";
  EXPECT_NEAR(target_ms(bursts, 0), 3, 1);
}

TEST(JitterBuffer, APacketBehindItsCopyIsNotLost) {
  ToneStream stream({.start_delay = Milliseconds{60}});
  stream.push(0, 0);
  stream.push(2, 1);
  stream.push_copy(1, 1);
  EXPECT_EQ(stream.push(1, 2), Push::kAccepted);
  EXPECT_EQ(stream.push(1, 3), Push::kDuplicate);
  stream.push_copy(1, 4);
  stream.now_ms = 80;
  for (int i = 0; i < 6; ++i, stream.now_ms += 10) stream.pull();
  EXPECT_EQ(stream.buffer.stats().packets_lost, 0U);
  EXPECT_EQ(stream.buffer.stats().packets_recovered, 0U);
  EXPECT_EQ(stream.buffer.stats().samples_concealed, 0U);
}

TEST(JitterBuffer, PutsReorderedPacketsInOrderAndLeavesDuplicatesOut) {
  ToneStream stream({.start_delay = Milliseconds{60}});
  const std::vector<std::int64_t> order = {0, 2, 1, 1, 4, 3, 5, 5, 7, 6, 8, 9};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Push result = stream.push(order[i], static_cast<double>(i));
    EXPECT_EQ(result, i == 3 || i == 7 ? Push::kDuplicate : Push::kAccepted) << i;
  }
  stream.now_ms = 80;
  for (int i = 0; i < 15; ++i, stream.now_ms += 10) stream.pull();
  EXPECT_EQ(stream.buffer.stats().packets_duplicate, 2U);
  EXPECT_EQ(stream.buffer.stats().samples_concealed, 0U);
  EXPECT_LT(roughness(stream.heard), kNoClick);
}

TEST(JitterBuffer, RefusesWhatHasBeenPlayed) {
  ToneStream stream;
  std::vector<bench::Arrival> list = arrivals({}, 100, 20, 5);
  list[50].time_ms += 100;
  std::ranges::stable_sort(list, {}, &bench::Arrival::time_ms);
  stream.run(list, 3 * kSecond);
  EXPECT_EQ(stream.buffer.stats().packets_late, 1U);
}

TEST(JitterBuffer, CrossesTheEndOfSequenceNumbersAndTimestamps) {
  ToneStream stream;
  stream.first_sequence = 65530;
  stream.first_timestamp = 4294967296 - 10 * 960;
  const auto list = arrivals({.jitter_ms = 5, .keep_order = false}, 250, 20, 6);
  stream.run(list, 5.1 * kSecond);
  EXPECT_EQ(stream.buffer.stats().samples_concealed, 0U);
  EXPECT_EQ(stream.buffer.stats().restarts, 0U);
  EXPECT_EQ(stream.buffer.stats().packets_accepted, 250U);
  EXPECT_LT(roughness(since(stream, 100)), kNoClick);
}

TEST(JitterBuffer, FollowsANewSsrcWithoutDelay) {
  ToneStream stream;
  stream.run(arrivals({}, 100, 20, 7), 2 * kSecond);
  stream.ssrc = 2;
  stream.first_sequence = 40000;
  stream.first_timestamp = 3000000000;
  stream.next_arrival = 0;
  auto list = arrivals({}, 100, 20, 7);
  for (bench::Arrival& a : list) a.time_ms += 2 * kSecond;
  const std::uint64_t before = stream.buffer.stats().samples_emitted;
  stream.run(list, 2 * kSecond + 100);
  EXPECT_EQ(stream.buffer.stats().restarts, 1U);
  EXPECT_GT(stream.buffer.stats().samples_emitted, before);
  stream.run(list, 4 * kSecond);
  EXPECT_LT(roughness(since(stream, 2 * kSecond + 100)), kNoClick);
}

TEST(JitterBuffer, BelievesASenderThatStartsOverAfterTwoPackets) {
  ToneStream stream;
  stream.run(arrivals({}, 100, 20, 8), 2 * kSecond);
  EXPECT_EQ(stream.buffer.push({1, 30000, 12345, ToneStream::kPayloadType, false, testing::ToneDecoder::packet(0, 960)},
                               testing::at_ms(2001)),
            Push::kOverflow);
  stream.first_sequence = 20000;
  stream.first_timestamp = 777;
  EXPECT_EQ(stream.push(0, 2002), Push::kOverflow);
  EXPECT_EQ(stream.push(1, 2022), Push::kAccepted);
  EXPECT_EQ(stream.buffer.stats().restarts, 1U);
}

TEST(JitterBuffer, ComesBackFromAFreeze) {
  ToneStream stream;
  const auto list = arrivals({.jitter_ms = 2, .freeze_at_ms = 10 * kSecond, .freeze_ms = 500}, 1500, 20, 9);
  stream.run(list, 5 * kSecond);
  const Stats start = stream.buffer.stats();
  stream.run(list, 10 * kSecond);
  const double old_ms = delay_ms(start, stream.buffer.stats());
  stream.run(list, 20 * kSecond);
  const Stats settled = stream.buffer.stats();
  stream.run(list, 29 * kSecond);
  EXPECT_LT(delay_ms(settled, stream.buffer.stats()), old_ms + 20);
}

class Drift : public ::testing::TestWithParam<double> {};

TEST_P(Drift, IsAbsorbedWithoutGapsOrGrowingDelay) {
  ToneStream stream;
  const auto list = arrivals({.jitter_ms = 2, .drift_ppm = GetParam()}, 6000, 20, 10);
  stream.run(list, 10 * kSecond);
  const Stats early = stream.buffer.stats();
  stream.run(list, 20 * kSecond);
  const Stats before = stream.buffer.stats();
  stream.run(list, 100 * kSecond);
  const Stats late = stream.buffer.stats();
  stream.run(list, 110 * kSecond);
  const Stats after = stream.buffer.stats();
  EXPECT_NEAR(delay_ms(late, after), delay_ms(early, before), 12);
  EXPECT_LT(delay_ms(late, after), 30);
  EXPECT_LT(static_cast<double>(after.samples_concealed - early.samples_concealed), 0.001 * 100 * 48000);
  EXPECT_LT(roughness(since(stream, 10 * kSecond)), kNoClick);
}

INSTANTIATE_TEST_SUITE_P(PartsPerMillion, Drift, ::testing::Values(-5000, -300, 300, 5000));

TEST(JitterBuffer, DoesNotTakeAPauseForALoss) {
  ToneStream stream;
  auto list = arrivals({.jitter_ms = 1}, 250, 20, 11);
  stream.run(list, 5 * kSecond);
  const Stats before = stream.buffer.stats();
  // The sequence goes on, the timestamp has moved by two seconds.
  stream.first_timestamp += 2 * 48000;
  std::vector<bench::Arrival> talk;
  for (int i = 250; i < 350; ++i) talk.push_back({i, 7020 + (i - 250) * 20.0});
  stream.next_arrival = 0;
  stream.run(talk, 7020 + 60);
  EXPECT_GT(stream.buffer.stats().samples_emitted, before.samples_emitted);
  stream.run(talk, 8.9 * kSecond);
  EXPECT_EQ(stream.buffer.stats().samples_concealed, before.samples_concealed);
  EXPECT_EQ(stream.buffer.stats().packets_lost, before.packets_lost);
}

TEST(JitterBuffer, StaysBoundedWhenNobodyPulls) {
  ToneStream stream;
  for (int i = 0; i < 20000; ++i) stream.push(i, i * 20.0);
  stream.now_ms = 20000 * 20.0;
  for (int i = 0; i < 20; ++i, stream.now_ms += 10) stream.pull();
  EXPECT_LT(stream.buffer.stats().delay_s, 0.7);
}

TEST(JitterBuffer, CountsWhatItCannotRead) {
  ToneStream stream;
  const std::vector<std::uint8_t> junk(10, 0xff);
  EXPECT_EQ(stream.buffer.push({1, 1, 1, ToneStream::kPayloadType, false, junk}, testing::at_ms(0)), Push::kUnknown);
  EXPECT_EQ(stream.buffer.push({1, 1, 1, 96, false, testing::ToneDecoder::packet(0, 960)}, testing::at_ms(0)),
            Push::kUnknown);
  EXPECT_EQ(stream.buffer.stats().packets_unknown, 2U);
}

/// A room's noise, or a voice, through two buffers of which the first leaves noise out.
class NoiseLeftOut : public ::testing::Test {
 protected:
  static constexpr std::size_t kPacket = 960;

  NoiseLeftOut() {
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      std::vector<media::jitter::JitterBuffer::Binding> decoders;
      decoders.push_back({111, 48000, std::make_unique<media::test::CountingDecoder>(decoded[i], knows_voice)});
      buffers[i].set_decoders(std::move(decoders));
    }
    buffers[0].leave_noise_out(true);
  }

  void say(std::size_t packets) {
    std::array<float, kPacket> pcm;
    std::array<std::uint8_t, media::codec::kMaxPayload> payload;
    for (const std::size_t end = packet_ + packets; packet_ < end; ++packet_) {
      room_.fill(pcm);
      if (voice) media::codec::testing::fill_voice(pcm, packet_ * kPacket);
      const Bytes encoded = Bytes{payload}.first(encoder_->encode(pcm, payload));
      for (int block = 0; block < 2; ++block) {
        const MonotonicTime now = testing::at_ms(static_cast<double>(packet_) * 20 + block * 10);
        for (std::size_t i = 0; i < buffers.size(); ++i) {
          const auto timestamp = static_cast<std::uint32_t>(packet_ * kPacket);
          if (block == 0)
            buffers[i].push({1, static_cast<std::uint16_t>(packet_), timestamp, 111, packet_ == 0, encoded}, now);
          media::dsp::Block out;
          buffers[i].pull(now, out);
          heard[i].insert(heard[i].end(), out.begin(), out.end());
        }
      }
    }
  }

  std::array<media::jitter::JitterBuffer, 2> buffers;
  std::array<std::vector<float>, 2> heard;
  std::array<std::size_t, 2> decoded{};
  bool knows_voice = true;  ///< the sender
  bool voice = false;

 private:
  std::unique_ptr<media::codec::Encoder> encoder_ = media::codec::find("opus", 48000)->make_encoder({});
  media::codec::testing::RoomNoise room_{0.001, 0};
  std::size_t packet_ = 0;
};

TEST_F(NoiseLeftOut, IsDecodedNowAndThenAndTheVoiceFromItsBeginning) {
  buffers[0].leave_noise_out(false);
  voice = true;
  say(100);
  EXPECT_EQ(heard[0], heard[1]);
  buffers[0].leave_noise_out(true);
  voice = false;
  say(100);  // what the sender's encoder takes for the end of the voice
  const auto before = decoded;
  for (auto& one : heard) one.clear();
  say(100);
  EXPECT_EQ(decoded[1] - before[1], 100U);
  EXPECT_LT(decoded[0] - before[0], 20U) << "one in ten";
  EXPECT_GE(decoded[0] - before[0], 10U);
  EXPECT_GT(std::ranges::count(heard[0], 0.0F), static_cast<std::ptrdiff_t>(80 * kPacket));
  for (auto& one : heard) one.clear();
  voice = true;
  say(20);
  double difference = 0;
  double level = 0;
  for (std::size_t i = 0; i < heard[0].size(); ++i) {
    difference += std::pow(heard[0][i] - heard[1][i], 2);
    level += std::pow(heard[1][i], 2);
  }
  EXPECT_LT(difference, 1e-4 * level) << "the decoder does not go on from what was left out";
}

TEST_F(NoiseLeftOut, IsDecodedOfASenderThatKeepsQuietAboutItsVoice) {
  knows_voice = false;
  say(100);
  EXPECT_LT(decoded[0], 50U);
  for (unsigned i = 0; i < media::jitter::JitterBuffer::kUnsaidVoice; ++i) buffers[0].heard_voice();
  auto before = decoded[0];
  say(100);
  EXPECT_EQ(decoded[0] - before, 100U);
  knows_voice = true;
  voice = true;
  say(50);
  voice = false;
  say(100);
  before = decoded[0];
  say(100);
  EXPECT_LT(decoded[0] - before, 50U) << "it has said that there was voice";
}

TEST(JitterBuffer, SurvivesAnyHeader) {
  std::mt19937 random(12);
  ToneStream stream;
  for (int i = 0; i < 200000; ++i) {
    const bool wild = random() % 4 == 0;
    const auto sequence = static_cast<std::uint16_t>(wild ? random() : static_cast<unsigned>(i));
    const std::uint32_t timestamp = wild ? random() : static_cast<std::uint32_t>(i) * 960;
    stream.buffer.push({random() % 50 == 0 ? 2U : 1U, sequence, timestamp, ToneStream::kPayloadType, false,
                        testing::ToneDecoder::packet(0, 120 * static_cast<std::int64_t>(1 + random() % 48))},
                       testing::at_ms(stream.now_ms));
    stream.buffer.push_copy({1, static_cast<std::uint16_t>(sequence - random() % 200),
                             timestamp - static_cast<std::uint32_t>(random() % 20000), ToneStream::kPayloadType, false,
                             testing::ToneDecoder::packet(0, 120 * static_cast<std::int64_t>(1 + random() % 48))},
                            testing::at_ms(stream.now_ms));
    if (random() % 2 == 0) {
      stream.now_ms += 10;
      media::dsp::Block block;
      stream.buffer.pull(testing::at_ms(stream.now_ms), block);
      for (const float x : block) ASSERT_LE(std::fabs(x), 1.0F);
    }
  }
}

}  // namespace
}  // namespace sidetone
