// What every codec of the registry keeps.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "media/codec/codec.hpp"
#include "media/dsp/goertzel.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/tone.hpp"

namespace sidetone::media::codec {
namespace {

constexpr double kToneHz = 500;
constexpr double kAmplitude = 0.3;
constexpr std::size_t kPacket = 960;

class EveryCodec : public ::testing::TestWithParam<std::string_view> {
 protected:
  EveryCodec() {
    for (const CodecEntry& entry : registry()) {
      if (entry.name == GetParam()) entry_ = &entry;
    }
    encoder_ = entry_->make_encoder({.format_parameters = std::string(entry_->format_parameters)});
    decoder_ = entry_->make_decoder({});
  }
  std::vector<std::uint8_t> encode(std::span<const float> pcm) {
    std::vector<std::uint8_t> out(kMaxPayload);
    out.resize(encoder_->encode(pcm, out));
    return out;
  }
  std::vector<std::vector<std::uint8_t>> tone_packets(std::size_t count) {
    dsp::ToneGenerator tone(kToneHz, kAmplitude, 48000);
    std::vector<std::vector<std::uint8_t>> out;
    std::array<float, kPacket> pcm;
    for (std::size_t i = 0; i < count; ++i) {
      tone.fill(pcm);
      out.push_back(encode(pcm));
    }
    return out;
  }
  void decode(const std::vector<std::uint8_t>& packet, std::vector<float>& heard) {
    std::array<float, kMaxPacketSamples> pcm;
    const std::size_t count = decoder_->decode(packet, pcm);
    heard.insert(heard.end(), pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const CodecEntry* entry_ = nullptr;
  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<Decoder> decoder_;
};

double decibels(double ratio) { return 20 * std::log10(ratio); }

TEST_P(EveryCodec, CarriesAToneAtItsLevel) {
  std::vector<float> heard;
  for (const auto& packet : tone_packets(50)) {
    EXPECT_EQ(decoder_->packet_samples(packet), kPacket);
    decode(packet, heard);
  }
  ASSERT_EQ(heard.size(), 50 * kPacket);
  const auto steady = std::span<const float>(heard).last(30 * kPacket);
  EXPECT_NEAR(decibels(dsp::tone_amplitude(steady, kToneHz, 48000) / kAmplitude), 0, 1);
  EXPECT_NEAR(decibels(std::sqrt(dsp::mean_square(steady) * 2) / kAmplitude), 0, 1);
}

TEST_P(EveryCodec, ConcealsALossWithoutAClick) {
  const auto packets = tone_packets(60);
  std::vector<float> heard;
  std::vector<float> clean;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == 30 || i == 45 || i == 46) {
      std::array<float, kPacket> pcm;
      decoder_->conceal(std::span{pcm}.first(480));
      decoder_->conceal(std::span{pcm}.last(480));
      heard.insert(heard.end(), pcm.begin(), pcm.end());
    } else {
      decode(packets[i], heard);
    }
  }
  // The steepest step of the tone itself is amplitude × 2π f/fs; a click would be several times that.
  const double steepest = kAmplitude * 2 * 3.1416 * kToneHz / 48000;
  double worst = 0;
  for (std::size_t i = 20 * kPacket; i < heard.size(); ++i) {
    worst = std::max(worst, static_cast<double>(std::fabs(heard[i] - heard[i - 1])));
  }
  EXPECT_LT(worst, 3 * steepest);
  // The hole is not silent: the first concealed 10 ms carry sound.
  const auto first = std::span<const float>(heard).subspan(30 * kPacket, 480);
  EXPECT_GT(std::sqrt(dsp::mean_square(first) * 2), kAmplitude / 3);
}

TEST_P(EveryCodec, GoesOnAsIfNothingHadBeenWhenAPacketWasLate) {
  if (!decoder_->can_rewind()) return;
  const auto packets = tone_packets(40);
  const auto untroubled = entry_->make_decoder({});
  std::array<float, kMaxPacketSamples> pcm;
  std::array<float, kMaxPacketSamples> expected;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == 20) {
      for (int block = 0; block < 3; ++block) decoder_->conceal(std::span{pcm}.first(480));
      decoder_->rewind();
    }
    ASSERT_EQ(decoder_->decode(packets[i], pcm), kPacket);
    ASSERT_EQ(untroubled->decode(packets[i], expected), kPacket);
    for (std::size_t at = 0; at < kPacket; ++at) ASSERT_EQ(pcm[at], expected[at]) << i << ", " << at;
  }
}

TEST_P(EveryCodec, FadesOutWhenNothingComesAnyMore) {
  for (const auto& packet : tone_packets(30)) {
    std::vector<float> heard;
    decode(packet, heard);
  }
  std::array<float, 480> pcm;
  for (int i = 0; i < 100; ++i) decoder_->conceal(pcm);
  EXPECT_LT(std::sqrt(dsp::mean_square(pcm)), 0.02);
}

TEST_P(EveryCodec, RefusesWhatIsNotItsOwn) {
  std::array<float, kMaxPacketSamples> pcm;
  EXPECT_EQ(decoder_->packet_samples({}), 0U);
  EXPECT_EQ(decoder_->decode({}, pcm), 0U);
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::vector<std::uint8_t> junk(random() % kMaxPayload);
    for (auto& octet : junk) octet = static_cast<std::uint8_t>(random());
    const std::size_t announced = decoder_->packet_samples(junk);
    ASSERT_LE(announced, kMaxPacketSamples);
    const std::size_t count = decoder_->decode(junk, pcm);
    ASSERT_TRUE(count == 0 || count == announced);
    static_cast<void>(decoder_->has_redundancy(junk));
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryCodec, ::testing::Values("opus", "PCMU", "PCMA"),
                         [](const auto& codec) { return std::string(codec.param); });

TEST(Registry, IsCoveredByTheTestsAbove) { EXPECT_EQ(registry().size(), 3U); }

TEST(Registry, FindsNamesWithoutCase) {
  ASSERT_NE(find("OPUS", 48000), nullptr);
  EXPECT_EQ(find("OPUS", 48000)->name, "opus");
  EXPECT_EQ(find("pcmu", 8000)->static_payload_type, std::uint8_t{0});
  EXPECT_EQ(find("PCMA", 8000)->static_payload_type, std::uint8_t{8});
  EXPECT_EQ(find("opus", 8000), nullptr);
  EXPECT_EQ(find("G729", 8000), nullptr);
}

TEST(FormatParameters, AreFoundByKey) {
  EXPECT_EQ(format_parameter_number("minptime=10;useinbandfec=1", "useinbandfec"), 1);
  EXPECT_EQ(format_parameter_number(" minptime = 10 ; UseInbandFec=0", "useinbandfec"), 0);
  EXPECT_EQ(format_parameter_number("stereo=x", "stereo"), std::nullopt);
  EXPECT_EQ(format_parameter_number("", "stereo"), std::nullopt);
  EXPECT_EQ(format_parameter_number("xstereo=1", "stereo"), std::nullopt);
}

// A voice-like signal: Opus sends its redundancy only with what it takes for speech.
void fill_voice(std::span<float> pcm, std::size_t position) {
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double t = static_cast<double>(position + i) / 48000;
    double x = 0;
    for (int harmonic = 1; harmonic <= 20; ++harmonic) {
      const double formant = std::exp(-std::pow((harmonic * 120.0 - 600) / 400, 2)) +
                             0.5 * std::exp(-std::pow((harmonic * 120.0 - 1800) / 500, 2));
      x += formant * std::sin(2 * 3.14159265 * harmonic * 120 * t);
    }
    pcm[i] = static_cast<float>(0.1 * x * (0.6 + 0.4 * std::sin(2 * 3.14159265 * 4 * t)));
  }
}

TEST(Opus, RedundancyBringsALostPacketBack) {
  const CodecEntry* opus = find("opus", 48000);
  const auto encoder = opus->make_encoder({.format_parameters = "useinbandfec=1"});
  const auto plain = opus->make_encoder({});
  const auto decoder = opus->make_decoder({});
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kPacket> pcm;
  std::array<float, kMaxPacketSamples> out;
  int recovered = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    fill_voice(pcm, i * kPacket);
    std::size_t size = plain->encode(pcm, payload);
    EXPECT_FALSE(decoder->has_redundancy(Bytes{payload}.first(size))) << "not asked for";
    size = encoder->encode(pcm, payload);
    const Bytes packet = Bytes{payload}.first(size);
    if (i >= 20 && i % 10 == 1 && decoder->has_redundancy(packet)) {  // the packet before was not given to the decoder
      ASSERT_EQ(decoder->decode_redundancy(packet, std::span{out}.first(kPacket)), kPacket);
      EXPECT_GT(std::sqrt(dsp::mean_square(std::span{out}.first(kPacket))), 0.02);
      ++recovered;
    }
    if (i % 10 != 0) decoder->decode(packet, out);
  }
  EXPECT_GE(recovered, 4);
}

TEST(Opus, CarriesNoRedundancyWhereNothingIsLost) {
  const CodecEntry* opus = find("opus", 48000);
  const auto encoder = opus->make_encoder({.format_parameters = "useinbandfec=1"});
  const auto decoder = opus->make_decoder({});
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kPacket> pcm;
  std::size_t at = 0;
  const auto redundant = [&](double expected_loss) {
    encoder->set_expected_loss(expected_loss);
    int count = 0;
    for (int i = 0; i < 50; ++i, ++at) {
      fill_voice(pcm, at * kPacket);
      const std::size_t size = encoder->encode(pcm, payload);
      if (i >= 5 && decoder->has_redundancy(Bytes{payload}.first(size))) ++count;
    }
    return count;
  };
  EXPECT_GT(redundant(0.01), 20);
  EXPECT_EQ(redundant(0), 0);
  EXPECT_GT(redundant(0.01), 20);
}

TEST(Opus, ObeysTheReceiversLimits) {
  const CodecEntry* opus = find("opus", 48000);
  const auto wide = opus->make_encoder({});
  const auto narrow = opus->make_encoder({.format_parameters = "maxplaybackrate=8000;maxaveragebitrate=10000"});
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kPacket> pcm;
  std::size_t wide_bytes = 0;
  std::size_t narrow_bytes = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    fill_voice(pcm, i * kPacket);
    wide_bytes += wide->encode(pcm, payload);
    narrow_bytes += narrow->encode(pcm, payload);
    // RFC 6716 §3.1: configurations 0 … 3 are SILK in narrowband.
    EXPECT_LE(payload[0] >> 3, 3);
  }
  EXPECT_LT(narrow_bytes * 8 / 2, 12000U);
  EXPECT_GT(wide_bytes, narrow_bytes);
}

}  // namespace
}  // namespace sidetone::media::codec
