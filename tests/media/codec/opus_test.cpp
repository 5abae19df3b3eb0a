#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "media/codec/codec.hpp"
#include "media/dsp/level_meter.hpp"
#include "tests/media/codec/signals.hpp"

namespace sidetone::media::codec {
namespace {

using testing::fill_voice;
using testing::RoomNoise;

constexpr std::size_t kOpusPacket = 960;

TEST(Opus, RedundancyBringsALostPacketBack) {
  const CodecEntry* opus = find("opus", 48000);
  const auto encoder = opus->make_encoder({.format_parameters = "useinbandfec=1"});
  const auto plain = opus->make_encoder({});
  const auto decoder = opus->make_decoder({});
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kOpusPacket> pcm;
  std::array<float, kMaxPacketSamples> out;
  int recovered = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    fill_voice(pcm, i * kOpusPacket);
    std::size_t size = plain->encode(pcm, payload);
    EXPECT_FALSE(decoder->has_redundancy(Bytes{payload}.first(size))) << "not asked for";
    size = encoder->encode(pcm, payload);
    const Bytes packet = Bytes{payload}.first(size);
    if (i >= 20 && i % 10 == 1 && decoder->has_redundancy(packet)) {  // the packet before was not given to the decoder
      ASSERT_EQ(decoder->decode_redundancy(packet, std::span{out}.first(kOpusPacket)), kOpusPacket);
      EXPECT_GT(std::sqrt(dsp::mean_square(std::span{out}.first(kOpusPacket))), 0.02);
      ++recovered;
    }
    if (i % 10 != 0) decoder->decode(packet, out);
  }
  EXPECT_GE(recovered, 4);
}

TEST(Opus, LeavesTheLowestPartOfAVoiceAsItIs) {
  const CodecEntry* opus = find("opus", 48000);
  const auto encoder = opus->make_encoder({});
  const auto decoder = opus->make_decoder({});
  constexpr std::size_t kLookAhead = 312;  // OPUS_GET_LOOKAHEAD, 6.5 ms
  constexpr std::size_t kPackets = 100;
  std::vector<float> said(kPackets * kOpusPacket);
  std::vector<float> heard(said.size());
  std::array<std::uint8_t, kMaxPayload> payload;
  fill_voice(said, 0);
  for (std::size_t i = 0; i < said.size(); ++i) {
    said[i] += 0.2F * static_cast<float>(std::sin(2 * 3.14159265 * 120 * static_cast<double>(i) / 48000));
  }
  for (std::size_t at = 0; at < said.size(); at += kOpusPacket) {
    const std::size_t size = encoder->encode(std::span{said}.subspan(at, kOpusPacket), payload);
    decoder->decode(Bytes{payload}.first(size), std::span{heard}.subspan(at));
  }
  double signal = 0;
  double noise = 0;
  for (std::size_t i = said.size() / 2; i < said.size() - kLookAhead; ++i) {
    signal += std::pow(said[i], 2);
    noise += std::pow(said[i] - heard[i + kLookAhead], 2);
  }
  EXPECT_GT(10 * std::log10(signal / noise), 10) << "a high-pass filter turns its phase";
}

TEST(Opus, APayloadSaysWhetherItHasVoice) {
  const CodecEntry* opus = find("opus", 48000);
  const auto decoder = opus->make_decoder({});
  std::array<std::uint8_t, kMaxPayload> payload;
  struct Case {
    const char* parameters;
    std::size_t samples;
  };
  for (const auto& [parameters, samples] : {Case{"", 480}, Case{"", 960}, Case{"", 1920}, Case{"", 2880},
                                            Case{"useinbandfec=1", 960}, Case{"maxplaybackrate=8000;cbr=1", 960}}) {
    SCOPED_TRACE(std::string(parameters) + " " + std::to_string(samples));
    const auto encoder = opus->make_encoder({.format_parameters = parameters});
    RoomNoise room(0.001, 0);
    std::vector<float> pcm(samples);
    std::size_t says_voice = 0;
    std::size_t says_noise = 0;
    const std::size_t packets = 2 * 48000 / samples;
    for (std::size_t i = 0; i < 2 * packets; ++i) {
      room.fill(pcm);
      if (i >= packets) fill_voice(pcm, i * samples);
      const auto voice = decoder->has_voice(Bytes{payload}.first(encoder->encode(pcm, payload)));
      ASSERT_TRUE(voice.has_value());
      (i >= packets ? says_voice : says_noise) += *voice == (i >= packets) ? 1 : 0;
    }
    EXPECT_GT(says_voice, packets * 9 / 10);
    EXPECT_GT(says_noise, packets * 8 / 10) << "the first ones may be either";
  }
  const auto music = opus->make_encoder({.bitrate_bps = 128'000});
  std::array<float, kOpusPacket> pcm;
  fill_voice(pcm, 0);
  EXPECT_FALSE(decoder->has_voice(Bytes{payload}.first(music->encode(pcm, payload))).has_value())
      << "CELT has no flags";
  EXPECT_FALSE(decoder->has_voice({}).has_value());
  EXPECT_EQ(decoder->has_voice(std::array<std::uint8_t, 1>{0x78}), false) << "a frame that was left out";
}

TEST(Opus, DescribesWhatWasBeforeToWhoReadsItAndLoses) {
  const CodecEntry* opus = find("opus", 48000);
  const auto decoder = opus->make_decoder({.format_parameters = "sidetone-dred=1000"});
  const auto blind = opus->make_decoder({.format_parameters = "useinbandfec=1"});
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kOpusPacket> pcm;
  /// @return how far back the last of two seconds' packets reaches, ms
  const auto reach_ms = [&](Encoder& encoder, double loss) {
    encoder.set_expected_loss(loss);
    std::size_t reach = 0;
    for (std::size_t i = 0; i < 100; ++i) {
      fill_voice(pcm, i * kOpusPacket);
      const Bytes packet = Bytes{payload}.first(encoder.encode(pcm, payload));
      reach = std::max(decoder->read_deep_redundancy(packet) / 48, i < 50 ? 0 : reach);
      EXPECT_EQ(blind->read_deep_redundancy(packet), 0U) << "not agreed";
    }
    return reach;
  };
  const auto encoder = opus->make_encoder({.format_parameters = "useinbandfec=1;sidetone-dred=1000"});
  EXPECT_EQ(reach_ms(*encoder, 0), 0U);
  EXPECT_EQ(reach_ms(*encoder, 0.01), 0U) << "the in-band copy does";
  const std::size_t some = reach_ms(*encoder, 0.05);
  const std::size_t most = reach_ms(*encoder, 0.2);
  EXPECT_GE(some, 100U);
  EXPECT_LE(some, 400U);
  EXPECT_GT(most, some);
  EXPECT_EQ(reach_ms(*encoder, 0), 0U);
  const auto other = opus->make_encoder({.format_parameters = "useinbandfec=1"});
  EXPECT_EQ(reach_ms(*other, 0.2), 0U) << "the far end does not read it";
}

TEST(Opus, CarriesNoRedundancyWhereNothingIsLost) {
  const CodecEntry* opus = find("opus", 48000);
  const auto encoder = opus->make_encoder({.format_parameters = "useinbandfec=1"});
  const auto decoder = opus->make_decoder({});
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kOpusPacket> pcm;
  std::size_t at = 0;
  const auto redundant = [&](double expected_loss) {
    encoder->set_expected_loss(expected_loss);
    int count = 0;
    for (int i = 0; i < 50; ++i, ++at) {
      fill_voice(pcm, at * kOpusPacket);
      const std::size_t size = encoder->encode(pcm, payload);
      if (i >= 5 && decoder->has_redundancy(Bytes{payload}.first(size))) ++count;
    }
    return count;
  };
  EXPECT_GT(redundant(0.01), 20);
  EXPECT_EQ(redundant(0), 0);
  EXPECT_GT(redundant(0.01), 20);
}

TEST(Opus, SpendsNoMoreOnCopiesWhereMoreIsLost) {
  const CodecEntry* opus = find("opus", 48000);
  const auto little = opus->make_encoder({.format_parameters = "useinbandfec=1"});
  const auto much = opus->make_encoder({.format_parameters = "useinbandfec=1"});
  little->set_expected_loss(0.05);
  much->set_expected_loss(0.25);
  std::array<std::uint8_t, kMaxPayload> of_little;
  std::array<std::uint8_t, kMaxPayload> of_much;
  std::array<float, kOpusPacket> pcm;
  const auto alike = [&](std::size_t first, std::size_t last) {
    std::size_t same = 0;
    for (std::size_t i = first; i < last; ++i) {
      fill_voice(pcm, i * kOpusPacket);
      const Bytes one = Bytes{of_little}.first(little->encode(pcm, of_little));
      const Bytes other = Bytes{of_much}.first(much->encode(pcm, of_much));
      same += std::ranges::equal(one, other) ? 1 : 0;
    }
    return same;
  };
  EXPECT_EQ(alike(0, 50), 50U);
  little->set_available_bitrate(20'000);
  much->set_available_bitrate(20'000);
  EXPECT_LT(alike(50, 100), 50U) << "with few bits, more loss makes copies come before a wide band";
}

TEST(Opus, ObeysTheReceiversLimits) {
  const CodecEntry* opus = find("opus", 48000);
  const auto wide = opus->make_encoder({});
  const auto narrow = opus->make_encoder({.format_parameters = "maxplaybackrate=8000;maxaveragebitrate=10000"});
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kOpusPacket> pcm;
  std::size_t wide_bytes = 0;
  std::size_t narrow_bytes = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    fill_voice(pcm, i * kOpusPacket);
    wide_bytes += wide->encode(pcm, payload);
    narrow_bytes += narrow->encode(pcm, payload);
    // RFC 6716 §3.1: configurations 0 … 3 are SILK in narrowband.
    EXPECT_LE(payload[0] >> 3, 3);
  }
  EXPECT_LT(narrow_bytes * 8 / 2, 12000U);
  EXPECT_GT(wide_bytes, narrow_bytes);
}

double bits_per_second(std::size_t octets, double seconds) { return static_cast<double>(octets) * 8 / seconds; }

// RFC 6716 §3.1, table 2: what the first octet says of the bandwidth. 0 narrowband … 4 fullband.
int bandwidth_of(std::uint8_t toc) {
  const int configuration = toc >> 3;
  if (configuration < 12) return configuration / 4;
  if (configuration < 16) return configuration < 14 ? 3 : 4;
  constexpr std::array<int, 4> kCelt{0, 2, 3, 4};
  return kCelt[static_cast<std::size_t>(configuration - 16) / 4];
}

struct Wish {
  std::size_t samples;
  int bitrate_bps;
  bool constant;
  bool discontinuous;
  int playback_rate_hz;
};

std::vector<Wish> every_wish() {
  std::vector<Wish> out;
  for (const std::size_t samples : {120U, 240U, 480U, 960U, 1920U, 2880U})
    for (const int bitrate : {6000, 12000, 32000, 64000, 128000})
      for (const bool constant : {false, true})
        for (const bool discontinuous : {false, true})
          for (const int rate : {8000, 12000, 16000, 24000, 48000})
            out.push_back({samples, bitrate, constant, discontinuous, rate});
  return out;
}

TEST(Opus, DoesWhatTheReceiverAsksForInEveryCombination) {
  const CodecEntry* opus = find("opus", 48000);
  constexpr std::size_t kSound = 11520;  // 240 ms: whole packets of each length
  std::vector<float> sound(kSound);
  fill_voice(sound, 0);
  for (const Wish& wish : every_wish()) {
    const std::string parameters = "maxaveragebitrate=" + std::to_string(wish.bitrate_bps) +
                                   ";maxplaybackrate=" + std::to_string(wish.playback_rate_hz) +
                                   (wish.constant ? ";cbr=1" : "") + (wish.discontinuous ? ";usedtx=1" : "");
    SCOPED_TRACE(std::to_string(wish.samples / 48.0) + " ms, " + parameters);
    ASSERT_TRUE(opus->takes_packet(wish.samples));
    const auto encoder = opus->make_encoder({.format_parameters = parameters, .complexity = 0, .bitrate_bps = 128000});
    const auto decoder = opus->make_decoder({.complexity = 0});
    std::array<std::uint8_t, kMaxPayload> payload;
    std::array<float, kMaxPacketSamples> out;
    std::size_t octets = 0;
    std::size_t constant_size = 0;
    for (std::size_t at = 0; at < kSound; at += wish.samples) {
      const std::size_t size = encoder->encode(std::span{sound}.subspan(at, wish.samples), payload);
      if (size == 0) continue;
      octets += size;
      ASSERT_EQ(decoder->decode(Bytes{payload}.first(size), out), wish.samples);
      if (size > 2) {  // else there is nothing in it
        constexpr std::array<int, 5> kRates{8000, 12000, 16000, 24000, 48000};
        const bool celt = payload[0] >> 3 >= 16;  // which has no medium band
        const int most = std::max(wish.playback_rate_hz, celt && wish.playback_rate_hz == 12000 ? 16000 : 0);
        ASSERT_LE(kRates[static_cast<std::size_t>(bandwidth_of(payload[0]))], most);
      }
      if (wish.constant && !wish.discontinuous && constant_size != 0) {
        ASSERT_EQ(size, constant_size);
      }
      constant_size = size;
    }
    // A packet is whole octets, one at the least.
    const double rounding = 8 * 48000.0 / static_cast<double>(wish.samples);
    EXPECT_LE(bits_per_second(octets, kSound / 48000.0), wish.bitrate_bps + rounding);
    if (wish.constant && !wish.discontinuous && wish.samples >= 480) {
      EXPECT_GE(bits_per_second(octets, kSound / 48000.0), wish.bitrate_bps - 2 * rounding);
    }
  }
}

TEST(Opus, NeverSendsMoreThanTheBoundOfTheCall) {
  const CodecEntry* opus = find("opus", 48000);
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kOpusPacket> pcm;
  const auto rate = [&](const EncoderOptions& options) {
    const auto encoder = opus->make_encoder(options);
    std::size_t octets = 0;
    for (std::size_t i = 0; i < 150; ++i) {
      fill_voice(pcm, i * kOpusPacket);
      octets += encoder->encode(pcm, payload);
    }
    return bits_per_second(octets, 3);
  };
  const double wanted = rate({.bitrate_bps = 64000});
  EXPECT_GT(wanted, 40000);
  EXPECT_LT(rate({.bitrate_bps = 64000, .max_bitrate_bps = 20000}), 21000);
  EXPECT_LT(rate({.format_parameters = "maxaveragebitrate=40000", .bitrate_bps = 64000, .max_bitrate_bps = 12000}),
            13000);
  EXPECT_LT(rate({.format_parameters = "maxaveragebitrate=12000", .bitrate_bps = 64000, .max_bitrate_bps = 40000}),
            13000);
  EXPECT_LT(rate({.max_bitrate_bps = 64000}), 36000) << "a bound is no wish";
  EXPECT_GT(rate({.format_parameters = "maxaveragebitrate=-5"}), 20000) << "nonsense is no bound";
}

TEST(Opus, SendsNearlyNothingInPausesWhereTheReceiverWantsIt) {
  const CodecEntry* opus = find("opus", 48000);
  const auto encoder = opus->make_encoder({.format_parameters = "usedtx=1"});
  const auto continuous = opus->make_encoder({});
  const auto decoder = opus->make_decoder({});
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kOpusPacket> pcm;
  std::array<float, kMaxPacketSamples> out;
  RoomNoise noise(1e-4, 0.9);
  std::size_t sent_in_pause = 0;
  double loudest = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    const bool pause = i >= 50 && i < 250;
    if (pause) {
      noise.fill(pcm);
    } else {
      fill_voice(pcm, i * kOpusPacket);
    }
    EXPECT_GT(continuous->encode(pcm, payload), 0U);
    EXPECT_EQ(continuous->content(), Encoder::Content::kSound);
    const std::size_t size = encoder->encode(pcm, payload);
    if (size > 0) {
      ASSERT_EQ(decoder->decode(Bytes{payload}.first(size), out), kOpusPacket);
    } else {
      decoder->conceal(std::span{out}.first(kOpusPacket));
    }
    if (pause && i >= 100) {
      if (size > 0) ++sent_in_pause;
      EXPECT_EQ(encoder->content(), Encoder::Content::kSilence) << i;
      loudest = std::max(loudest, std::sqrt(dsp::mean_square(std::span{out}.first(kOpusPacket))));
    } else if (!pause && (i < 50 || i > 251)) {
      EXPECT_EQ(encoder->content(), Encoder::Content::kSound) << i;
      EXPECT_GT(size, 10U) << i;
    }
  }
  EXPECT_LE(sent_in_pause, 8U) << "one in 400 ms";
  EXPECT_GE(sent_in_pause, 5U);
  EXPECT_LT(loudest, 1e-3);
}

TEST(Opus, KnowsThatAnEmptyFrameIsASilence) {
  const auto decoder = find("opus", 48000)->make_decoder({});
  std::array<float, kMaxPacketSamples> out;
  EXPECT_FALSE(decoder->sender_is_silent());
  constexpr std::array<std::uint8_t, 1> kNothing{0x08 | 0x40};  // a frame of no octets, 20 ms
  ASSERT_EQ(decoder->decode(kNothing, out), kOpusPacket);
  EXPECT_TRUE(decoder->sender_is_silent());
  decoder->reset();
  EXPECT_FALSE(decoder->sender_is_silent());
}

TEST(Opus, Receives120Milliseconds) {
  const CodecEntry* opus = find("opus", 48000);
  const auto encoder = opus->make_encoder({});
  const auto decoder = opus->make_decoder({});
  std::vector<float> pcm(kMaxPacketSamples);
  fill_voice(pcm, 0);
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kMaxPacketSamples> out;
  const std::size_t size = encoder->encode(pcm, payload);  // libopus makes it; what we send has 60 ms at most
  EXPECT_FALSE(opus->takes_packet(kMaxPacketSamples));
  ASSERT_GT(size, 0U);
  EXPECT_EQ(decoder->packet_samples(Bytes{payload}.first(size)), kMaxPacketSamples);
  EXPECT_EQ(decoder->decode(Bytes{payload}.first(size), out), kMaxPacketSamples);
  // RFC 6716 §3.4 R5: no more than 120 ms. Code 3, 25 frames of 5 ms.
  std::array<std::uint8_t, 27> too_long{0x80 | 0x08 | 0x03, 25};
  EXPECT_EQ(decoder->packet_samples(too_long), 0U);
  EXPECT_EQ(decoder->decode(too_long, out), 0U);
}

}  // namespace
}  // namespace sidetone::media::codec
