#include "media/codec/comfort_noise.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "media/codec/codec_rate.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/linear_prediction.hpp"
#include "media/dsp/tone.hpp"
#include "media/jitter/jitter_buffer.hpp"
#include "tests/media/codec/ffmpeg.hpp"
#include "tests/media/codec/signals.hpp"

namespace sidetone::media::codec {
namespace {

using testing::fill_voice;
using testing::RoomNoise;

constexpr std::size_t kNoisyPacket = 960;

/// What a stretch of 48 kHz sound is below 4 kHz: level and first reflection
/// coefficients.
NoiseModel measured(std::span<const float> pcm) {
  RateReducer reducer(kNarrowbandHz);
  std::array<double, 5> sum{};
  std::size_t count = 0;
  for (bool first = true; pcm.size() >= kNoisyPacket; pcm = pcm.subspan(kNoisyPacket), first = false) {
    std::array<float, 160> rated;
    to_float(reducer.process(pcm.first(kNoisyPacket)), rated);
    if (first) continue;
    std::array<double, 5> correlation;
    dsp::autocorrelate(rated, correlation);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += correlation[i];
    count += rated.size();
  }
  NoiseModel model;
  model.rms = std::sqrt(sum[0] / static_cast<double>(count));
  dsp::reflection_coefficients(sum, std::span{model.reflection}.first(4));
  return model;
}

double decibels_between(double a, double b) { return 20 * std::log10(a / b); }

std::vector<float> played(Decoder& decoder, Bytes payload, std::size_t packets) {
  std::array<float, kMaxPacketSamples> first;
  const std::size_t count = decoder.decode(payload, first);
  EXPECT_EQ(count, 480U);
  std::vector<float> pcm(packets * kNoisyPacket);
  std::copy(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(count), pcm.begin());
  for (std::size_t at = count; at < pcm.size(); at += 120) decoder.conceal(std::span{pcm}.subspan(at, 120));
  return pcm;
}

TEST(ComfortNoise, IsWrittenAsTheRfcSays) {
  NoiseModel model;
  model.rms = std::pow(10, -43 / 20.0);
  model.reflection[0] = -117 * 258.0 / 32768;
  model.reflection[1] = 127 * 258.0 / 32768;
  std::array<std::uint8_t, 32> payload{};
  ASSERT_EQ(write_noise(model, payload), 11U);
  EXPECT_EQ(payload[0], 43);
  EXPECT_EQ(payload[1], 10);
  EXPECT_EQ(payload[2], 254);
  EXPECT_EQ(payload[3], 127) << "zero";
  NoiseModel back;
  ASSERT_TRUE(read_noise(Bytes{payload}.first(11), back));
  EXPECT_NEAR(decibels_between(back.rms, model.rms), 0, 0.01);
  EXPECT_NEAR(back.reflection[0], model.reflection[0], 1e-9);
  EXPECT_EQ(write_noise(model, std::span{payload}.first(10)), 0U);
}

TEST(ComfortNoise, IsReadInEveryLengthThatTheRfcAllows) {
  NoiseModel model;
  EXPECT_FALSE(read_noise({}, model));
  const std::array<std::uint8_t, 1> level_only{40};
  ASSERT_TRUE(read_noise(level_only, model));
  EXPECT_NEAR(model.rms, 0.01, 1e-6);
  EXPECT_EQ(model.reflection[0], 0);
  const std::array<std::uint8_t, 1> top_bit{0x80 | 40};
  ASSERT_TRUE(read_noise(top_bit, model));
  EXPECT_NEAR(model.rms, 0.01, 1e-6) << "RFC 3389 §3.1: the top bit is no level";
  const std::array<std::uint8_t, 4> reserved{40, 200, 255, 30};
  ASSERT_TRUE(read_noise(reserved, model));
  EXPECT_NE(model.reflection[0], 0);
  EXPECT_EQ(model.reflection[1], 0) << "RFC 3389 §3.2: 255 is reserved";
  EXPECT_EQ(model.reflection[2], 0);
  EXPECT_TRUE(read_noise(std::vector<std::uint8_t>(65, 254), model));
  EXPECT_FALSE(read_noise(std::vector<std::uint8_t>(66, 127), model));
}

TEST(ComfortNoise, OfFfmpegSoundsLikeTheRoomThatItHeard) {
  for (const double tilt : {0.98, 0.0, -0.6}) {
    SCOPED_TRACE(tilt);
    std::vector<float> room(100 * kNoisyPacket);
    RoomNoise(0.01, tilt).fill(room);
    RateReducer reducer(kNarrowbandHz);
    std::vector<std::int16_t> samples;
    for (std::size_t at = 0; at < room.size(); at += kNoisyPacket) {
      const auto rated = reducer.process(std::span{room}.subspan(at, kNoisyPacket));
      samples.insert(samples.end(), rated.begin(), rated.end());
    }
    const auto theirs = testing::ffmpeg(samples, "-f s16le -ar 8000 -ac 1", "-map 0:a -c:a comfortnoise -f data");
    ASSERT_GE(theirs.size(), 11U * 20);
    const auto decoder = make_comfort_noise_decoder({});
    const NoiseModel heard = measured(played(*decoder, Bytes{theirs}.subspan(11 * 10, 11), 100));
    const NoiseModel truth = measured(room);
    EXPECT_NEAR(decibels_between(heard.rms, truth.rms), 0, 2);
    EXPECT_NEAR(heard.reflection[0], truth.reflection[0], 0.15);
    EXPECT_NEAR(heard.reflection[1], truth.reflection[1], 0.2);
  }
}

class Paused : public ::testing::Test {
 protected:
  struct Sent {
    std::size_t size = 0;
    Encoder::Content content = Encoder::Content::kSound;
  };
  Sent encode(std::span<const float> pcm) {
    const std::size_t size = encoder_->encode(pcm, payload_);
    return {size, encoder_->content()};
  }
  std::unique_ptr<Encoder> encoder_ = with_comfort_noise(find("PCMU", 8000)->make_encoder({}));
  std::array<std::uint8_t, kMaxPayload> payload_{};
  std::array<float, kNoisyPacket> pcm_{};
};

TEST_F(Paused, TheRoomIsDescribedInPlaceOfBeingSent) {
  for (const double tilt : {0.98, -0.3}) {
    SCOPED_TRACE(tilt);
    encoder_ = with_comfort_noise(find("PCMU", 8000)->make_encoder({}));
    RoomNoise room(0.003, tilt);
    std::vector<float> original;
    std::vector<std::uint8_t> last;
    std::size_t descriptions = 0;
    std::size_t nothing = 0;
    for (int i = 0; i < 250; ++i) {
      room.fill(pcm_);
      original.insert(original.end(), pcm_.begin(), pcm_.end());
      const Sent sent = encode(pcm_);
      if (i < 50) continue;  // it gets to know the room
      ASSERT_EQ(sent.content, Encoder::Content::kComfortNoise) << i;
      if (sent.size == 0) ++nothing;
      if (sent.size == 11) {
        ++descriptions;
        last.assign(payload_.begin(), payload_.begin() + 11);
      }
    }
    EXPECT_GE(descriptions, 9U) << "one in 400 ms";
    EXPECT_LE(descriptions, 15U);
    EXPECT_EQ(descriptions + nothing, 200U);
    const auto decoder = make_comfort_noise_decoder({});
    const NoiseModel heard = measured(played(*decoder, last, 100));
    const NoiseModel truth = measured(original);
    EXPECT_NEAR(decibels_between(heard.rms, truth.rms), 0, 1.5);
    EXPECT_NEAR(heard.reflection[0], truth.reflection[0], 0.1);
    EXPECT_NEAR(heard.reflection[1], truth.reflection[1], 0.15);
  }
}

TEST_F(Paused, NoPacketOfSpeechIsLost) {
  constexpr std::size_t kPackets = 500;
  constexpr std::size_t kFilterDelay = 144;  // 3 ms, of the way down to 8 kHz, which the sound itself takes too
  // Words of 400 ms and pauses of 600 ms; a word begins anywhere in a packet.
  const auto in_word = [](std::size_t at) { return (at + at / 48000 * 137) % 48000 < 19200; };
  std::vector<float> voice(kPackets * kNoisyPacket);
  fill_voice(voice, 0);
  for (const double loudness : {0.3, 0.02}) {  // the second one never gets to −40 dBov
    SCOPED_TRACE(loudness);
    encoder_ = with_comfort_noise(find("PCMU", 8000)->make_encoder({}));
    RoomNoise room(loudness / 300, 0.9);
    std::size_t paused = 0;
    for (std::size_t i = 0; i < kPackets; ++i) {
      room.fill(pcm_);
      double power = 0;
      std::size_t words = 0;
      for (std::size_t at = 0; at < kNoisyPacket; ++at) {
        const std::size_t now = i * kNoisyPacket + at;
        if (in_word(now)) pcm_[at] += voice[now] * static_cast<float>(loudness);
        if (now >= kFilterDelay && in_word(now - kFilterDelay)) {
          power += std::pow(voice[now - kFilterDelay] * loudness, 2);
          ++words;
        }
      }
      const Sent sent = encode(pcm_);
      if (sent.content == Encoder::Content::kComfortNoise) ++paused;
      // 5 ms of a word's beginning are enough.
      if (words >= 240 && std::sqrt(power / 240) > loudness / 60) {
        EXPECT_EQ(sent.content, Encoder::Content::kSound) << i;
        EXPECT_EQ(sent.size, 160U) << i;
      }
    }
    // Of 600 ms the hangover is 200.
    EXPECT_GT(paused, kPackets / 50 * 15U);
  }
}

TEST_F(Paused, TheEndOfAWordIsSentToo) {
  RoomNoise room(0.001, 0.9);
  int after = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    room.fill(pcm_);
    if (i >= 100 && i < 150) fill_voice(pcm_, i * kNoisyPacket);
    if (encode(pcm_).content == Encoder::Content::kSound && i >= 150) ++after;
  }
  EXPECT_GE(after, 10) << "200 ms";
  EXPECT_LE(after, 13);
}

TEST_F(Paused, NoToneIsTakenForNoise) {
  RoomNoise room(1e-4, 0.0);
  dsp::ToneGenerator tone(440, 0.004, 48000);
  for (int i = 0; i < 300; ++i) {
    std::array<float, kNoisyPacket> steady;
    room.fill(pcm_);
    tone.fill(steady);
    for (std::size_t at = 0; at < kNoisyPacket; ++at) pcm_[at] += steady[at];
    EXPECT_EQ(encode(pcm_).content, Encoder::Content::kSound) << i;
  }
}

TEST_F(Paused, AMutedMicrophoneIsSilence) {
  fill_voice(pcm_, 0);
  encode(pcm_);
  pcm_.fill(0);
  Sent sent;
  for (int i = 0; i < 30 && sent.size != 11; ++i) sent = encode(pcm_);
  ASSERT_EQ(sent.content, Encoder::Content::kComfortNoise);
  EXPECT_EQ(payload_[0], 127);
}

TEST_F(Paused, ALouderRoomIsToldSoon) {
  RoomNoise quiet(0.0005, 0.5);
  RoomNoise louder(0.0008, 0.5);  // 4 dB: not yet a sound
  int told = 0;
  for (int i = 0; i < 160; ++i) {
    quiet.fill(pcm_);
    const Sent sent = encode(pcm_);
    if (sent.content == Encoder::Content::kComfortNoise && sent.size > 0) told = payload_[0];
  }
  ASSERT_GT(told, 50);
  int packets = 0;
  for (; packets < 20; ++packets) {
    louder.fill(pcm_);
    const Sent sent = encode(pcm_);
    ASSERT_EQ(sent.content, Encoder::Content::kComfortNoise);
    if (sent.size > 0 && payload_[0] <= told - 3) break;
  }
  EXPECT_LT(packets, 15) << "300 ms";
}

TEST(ComfortNoise, GoesOnForAsLongAsNothingElseComes) {
  const auto decoder = make_comfort_noise_decoder({});
  EXPECT_FALSE(decoder->sender_is_silent());
  const std::array<std::uint8_t, 3> payload{50, 60, 140};
  const auto pcm = played(*decoder, payload, 1000);  // 20 s
  EXPECT_TRUE(decoder->sender_is_silent());
  const auto level = [&](std::size_t second) {
    return std::sqrt(dsp::mean_square(std::span{pcm}.subspan(second * 48000, 48000)));
  };
  EXPECT_NEAR(decibels_between(level(19), level(1)), 0, 0.7);
  EXPECT_NEAR(decibels_between(level(19), std::pow(10, -50 / 20.0)), 0, 1);
}

TEST(ComfortNoise, ChangesItsLevelGradually) {
  const auto decoder = make_comfort_noise_decoder({});
  const std::array<std::uint8_t, 1> quiet{70};
  const std::array<std::uint8_t, 1> loud{40};
  played(*decoder, quiet, 10);
  const auto pcm = played(*decoder, loud, 50);
  const auto rms = [&](std::size_t from, std::size_t count) {
    return std::sqrt(dsp::mean_square(std::span{pcm}.subspan(from, count)));
  };
  EXPECT_LT(rms(0, 480), 0.004);
  EXPECT_NEAR(decibels_between(rms(24000, 24000), 0.01), 0, 1);
}

TEST(ComfortNoise, StaysInBoundsWhateverItIsTold) {
  const auto decoder = make_comfort_noise_decoder({});
  std::mt19937 random(5);
  std::array<float, kMaxPacketSamples> pcm;
  for (int i = 0; i < 3000; ++i) {
    std::vector<std::uint8_t> payload(random() % 80);
    for (auto& octet : payload) octet = static_cast<std::uint8_t>(random());
    const std::size_t count = decoder->decode(payload, pcm);
    ASSERT_EQ(count, decoder->packet_samples(payload));
    ASSERT_EQ(count != 0, !payload.empty() && payload.size() <= 65);
    for (std::size_t at = 0; at < count; ++at) ASSERT_LE(std::fabs(pcm[at]), 2.0F);
  }
  EXPECT_EQ(decoder->decode(std::array<std::uint8_t, 1>{40}, std::span{pcm}.first(479)), 0U);
}

// As it comes over the network: word, pause, word. In the pause is the noise,
// and nothing of it is concealment.
TEST(ComfortNoise, BeginsASilenceInTheJitterBuffer) {
  auto encoder = with_comfort_noise(find("PCMU", 8000)->make_encoder({}));
  jitter::JitterBuffer buffer;
  std::vector<jitter::JitterBuffer::Binding> bindings;
  bindings.push_back({0, 8000, find("PCMU", 8000)->make_decoder({})});
  bindings.push_back({13, 8000, find("CN", 8000)->make_decoder({})});
  buffer.set_decoders(std::move(bindings));
  RoomNoise room(0.002, 0.9);
  std::array<float, kNoisyPacket> pcm;
  std::array<std::uint8_t, kMaxPayload> payload;
  std::uint16_t sequence = 100;
  std::size_t descriptions = 0;
  double quietest = 1;
  double loudest = 0;
  for (std::size_t i = 0; i < 700; ++i) {
    room.fill(pcm);
    const bool talks = (i >= 100 && i < 150) || i >= 600;  // a pause of 9 s
    if (talks) fill_voice(pcm, i * kNoisyPacket);
    const std::size_t size = encoder->encode(pcm, payload);
    const bool noise = encoder->content() == Encoder::Content::kComfortNoise;
    // The sender falls silent altogether for 5 s of the pause.
    if (size > 0 && !(noise && i > 250 && i < 500)) {
      const MonotonicTime at{Microseconds{static_cast<std::int64_t>(i) * 20000}};
      EXPECT_EQ(buffer.push({1, sequence++, static_cast<std::uint32_t>(i * 160), std::uint8_t(noise ? 13 : 0), false,
                             Bytes{payload}.first(size)},
                            at),
                jitter::Push::kAccepted);
      if (noise) ++descriptions;
    }
    for (std::int64_t block = 0; block < 2; ++block) {
      dsp::Block out;
      buffer.pull({Microseconds{static_cast<std::int64_t>(i) * 20000 + block * 10000 + 1000}}, out);
      const double rms = std::sqrt(dsp::mean_square(out));
      if (i > 200 && i < 595) {
        quietest = std::min(quietest, rms);
        loudest = std::max(loudest, rms);
      }
    }
  }
  EXPECT_GT(descriptions, 5U);
  EXPECT_GT(quietest, 0.0004) << "the room is there throughout";
  EXPECT_LT(loudest, 0.006);
  EXPECT_EQ(buffer.stats().concealment_events, 0U);
  EXPECT_EQ(buffer.stats().samples_concealed, 0U);
  EXPECT_EQ(buffer.stats().packets_lost, 0U);
}

}  // namespace
}  // namespace sidetone::media::codec
