// What every codec of the registry keeps.
#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "media/codec/codec.hpp"
#include "media/dsp/goertzel.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/tone.hpp"
#include "tests/media/audio/audio_thread_calls.hpp"

namespace sidetone::media::codec {
namespace {

constexpr double kToneHz = 500;
constexpr double kAmplitude = 0.3;
constexpr std::size_t kPacket = 960;
using Payload = std::vector<std::uint8_t>;

/// Where in the registry.
std::vector<std::size_t> voice_codecs() {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < registry().size(); ++i)
    if (registry()[i].make_encoder != nullptr) places.push_back(i);
  return places;
}

class EveryCodec : public ::testing::TestWithParam<std::size_t> {
 protected:
  EveryCodec() {
    encoder_ = make_encoder();
    decoder_ = make_decoder();
  }
  std::unique_ptr<Encoder> make_encoder(std::size_t samples = kPacket) const {
    // The shorter a packet, the more of its bits go into what is not the sound.
    return entry_->make_encoder(
        {.format_parameters = std::string(entry_->format_parameters), .bitrate_bps = samples < 480 ? 128000 : 0});
  }
  std::unique_ptr<Decoder> make_decoder() const {
    return entry_->make_decoder({.format_parameters = std::string(entry_->format_parameters)});
  }
  Payload encode(std::span<const float> pcm) {
    Payload out(kMaxPayload);
    out.resize(encoder_->encode(pcm, out));
    return out;
  }
  std::vector<Payload> tone_packets(std::size_t count, std::size_t samples = kPacket) {
    dsp::ToneGenerator tone(kToneHz, kAmplitude, 48000);
    std::vector<Payload> out;
    std::vector<float> pcm(samples);
    for (std::size_t i = 0; i < count; ++i) {
      tone.fill(pcm);
      out.push_back(encode(pcm));
    }
    return out;
  }
  void decode(const Payload& packet, std::vector<float>& heard) {
    std::array<float, kMaxPacketSamples> pcm;
    const std::size_t count = decoder_->decode(packet, pcm);
    heard.insert(heard.end(), pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const CodecEntry* entry_ = &registry()[GetParam()];
  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<Decoder> decoder_;
};

double decibels(double ratio) { return 20 * std::log10(ratio); }

TEST_P(EveryCodec, CarriesAToneAtItsLevelInPacketsOfEveryLength) {
  std::size_t lengths = 0;
  for (const std::size_t samples : {120U, 240U, 480U, 960U, 1440U, 1920U, 2880U, 5760U}) {
    if (!entry_->takes_packet(samples)) continue;
    SCOPED_TRACE(samples);
    ++lengths;
    encoder_ = make_encoder(samples);
    decoder_ = make_decoder();
    std::vector<float> heard;
    for (const Payload& packet : tone_packets(57600 / samples, samples)) {
      ASSERT_EQ(decoder_->packet_samples(packet), samples);
      decode(packet, heard);
    }
    ASSERT_EQ(heard.size(), 57600U);
    const auto steady = std::span<const float>(heard).last(28800);
    const double peak = dsp::tone_amplitude(steady, kToneHz, 48000);
    EXPECT_NEAR(decibels(peak / kAmplitude), 0, 1);
    EXPECT_NEAR(decibels(std::sqrt(dsp::mean_square(steady) * 2) / kAmplitude), 0, 1);
    for (const double elsewhere : {250.0, 450.0, 550.0, 1000.0, 1500.0, 3000.0, 7500.0})
      EXPECT_LT(decibels(dsp::tone_amplitude(steady, elsewhere, 48000) / peak), -25) << elsewhere;
  }
  EXPECT_GE(lengths, entry_->frame_samples == kPacket ? 3U : 4U);
}

TEST_P(EveryCodec, ConcealsALossWithoutAClick) {
  const auto packets = tone_packets(60);
  std::vector<float> heard;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == 30 || i == 45 || i == 46) {
      std::array<float, kPacket> pcm;
      // As the jitter buffer asks: in pieces of 2.5 ms and more.
      decoder_->conceal(std::span{pcm}.first(120));
      decoder_->conceal(std::span{pcm}.subspan(120, 480));
      decoder_->conceal(std::span{pcm}.last(360));
      heard.insert(heard.end(), pcm.begin(), pcm.end());
    } else {
      decode(packets[i], heard);
    }
  }
  // The steepest step of the tone itself is amplitude × 2π f/fs; a click would
  // be several times that.
  const double steepest = kAmplitude * 2 * 3.1416 * kToneHz / 48000;
  double worst = 0;
  for (std::size_t i = 20 * kPacket; i < heard.size(); ++i) {
    worst = std::max(worst, static_cast<double>(std::fabs(heard[i] - heard[i - 1])));
  }
  EXPECT_LT(worst, 3 * steepest);
  // The hole is not silent: the first concealed 10 ms carry sound, and more
  // than what filters still had.
  const auto first = std::span<const float>(heard).subspan(30 * kPacket + 240, 240);
  EXPECT_GT(std::sqrt(dsp::mean_square(first) * 2), kAmplitude / 4);
}

TEST_P(EveryCodec, HandsOverInTheMiddleOfAConcealedFrame) {
  if (decoder_->can_rewind()) return;  // the jitter buffer joins the two
  const auto packets = tone_packets(40);
  std::vector<float> heard;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == 30) {
      std::array<float, 600> pcm;  // 12.5 ms: as if the packet had come while
                                   // the hole was being filled
      decoder_->conceal(pcm);
      heard.insert(heard.end(), pcm.begin(), pcm.end());
    }
    decode(packets[i], heard);
  }
  const double steepest = kAmplitude * 2 * 3.1416 * kToneHz / 48000;
  double worst = 0;
  for (std::size_t i = 20 * kPacket; i < heard.size(); ++i)
    worst = std::max(worst, static_cast<double>(std::fabs(heard[i] - heard[i - 1])));
  EXPECT_LT(worst, 4 * steepest);
}

TEST_P(EveryCodec, GoesOnAsIfNothingHadBeenWhenAPacketWasLate) {
  if (!decoder_->can_rewind()) return;
  const auto packets = tone_packets(40);
  const auto untroubled = make_decoder();
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

TEST_P(EveryCodec, IsAsNewAfterAReset) {
  const auto packets = tone_packets(30);
  std::array<float, kMaxPacketSamples> pcm;
  for (const auto& packet : packets) decoder_->decode(packet, pcm);
  decoder_->conceal(std::span{pcm}.first(120));
  decoder_->reset();
  const auto fresh = make_decoder();
  std::array<float, kMaxPacketSamples> expected;
  for (const auto& packet : packets) {
    ASSERT_EQ(decoder_->decode(packet, pcm), kPacket);
    ASSERT_EQ(fresh->decode(packet, expected), kPacket);
    double difference = 0;
    for (std::size_t i = 0; i < kPacket; ++i) difference += std::pow(pcm[i] - expected[i], 2);
    EXPECT_LT(std::sqrt(difference / kPacket), kAmplitude / 10);
  }
}

TEST_P(EveryCodec, RefusesWhatIsNotItsOwnAndIsNotChangedByIt) {
  const auto packets = tone_packets(200);
  const auto untroubled = make_decoder();
  std::array<float, kMaxPacketSamples> pcm;
  std::array<float, kMaxPacketSamples> expected;
  std::mt19937 random(1);
  std::size_t refused = 0;
  const auto refuse = [&](Bytes payload, std::span<float> room) {
    if (decoder_->packet_samples(payload) != 0 && room.size() == pcm.size()) return;
    ASSERT_EQ(decoder_->decode(payload, room), 0U) << payload.size();
    ++refused;
  };
  for (const Payload& packet : packets) {
    refuse({}, pcm);
    refuse(packet, std::span{pcm}.first(kPacket - 1));
    for (int i = 0; i < 5; ++i) {
      Payload junk(random() % (kMaxPayload + 200));
      for (auto& octet : junk) octet = static_cast<std::uint8_t>(random());
      refuse(junk, pcm);
      Payload cut = packet;
      cut.resize(random() % cut.size());
      refuse(cut, pcm);
    }
    ASSERT_EQ(decoder_->decode(packet, pcm), kPacket);
    ASSERT_EQ(untroubled->decode(packet, expected), kPacket);
    for (std::size_t at = 0; at < kPacket; ++at) ASSERT_EQ(pcm[at], expected[at]);
  }
  EXPECT_GT(refused, 2 * packets.size());
}

TEST_P(EveryCodec, StaysInItsBoundsWhateverComes) {
  std::array<float, kMaxPacketSamples> pcm;
  std::mt19937 random(2);
  for (int i = 0; i < 3000; ++i) {
    Payload junk(random() % (kMaxPayload + 200));
    for (auto& octet : junk) octet = static_cast<std::uint8_t>(random());
    const std::size_t announced = decoder_->packet_samples(junk);
    ASSERT_LE(announced, kMaxPacketSamples);
    const std::size_t count = decoder_->decode(junk, pcm);
    ASSERT_TRUE(count == 0 || count == announced);
    for (std::size_t at = 0; at < count; ++at) ASSERT_LE(std::fabs(pcm[at]), 2.0F);
    static_cast<void>(decoder_->has_redundancy(junk));
  }
}

TEST_P(EveryCodec, EncodesNoLengthThatItDoesNotName) {
  std::vector<float> pcm(2 * kMaxPacketSamples);
  Payload payload(kMaxPayload);
  for (const std::size_t samples : {0U, 100U, 5760U + 480U}) {
    EXPECT_FALSE(entry_->takes_packet(samples));
    EXPECT_EQ(encoder_->encode(std::span{pcm}.first(samples), payload), 0U) << samples;
  }
  EXPECT_EQ(encoder_->encode(std::span{pcm}.first(kPacket), {}), 0U) << "no room";
}

TEST_P(EveryCodec, AllocatesNothingWhileItRuns) {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  std::thread([&] {
    pthread_setname_np(pthread_self(), "audio");
    std::array<float, kPacket> pcm{};
    std::array<float, kMaxPacketSamples> out{};
    std::array<std::uint8_t, kMaxPayload> payload{};
    dsp::ToneGenerator tone(kToneHz, kAmplitude, 48000);
    before = ::sidetone::testing::audio_thread_allocations();
    for (int i = 0; i < 20; ++i) {
      tone.fill(pcm);
      encoder_->set_expected_loss(0.1);
      const Bytes packet = Bytes{payload}.first(encoder_->encode(pcm, payload));
      decoder_->decode(packet, out);
      if (decoder_->has_redundancy(packet)) decoder_->decode_redundancy(packet, std::span{out}.first(kPacket));
      decoder_->conceal(std::span{out}.first(120));
      decoder_->rewind();
      if (i == 10) decoder_->reset();
    }
    after = ::sidetone::testing::audio_thread_allocations();
  }).join();
  EXPECT_EQ(before, after);
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryCodec, ::testing::ValuesIn(voice_codecs()), [](const auto& codec) {
  const CodecEntry& entry = registry()[codec.param];
  const auto rate = format_parameter(entry.format_parameters, "bitrate");
  return std::string(entry.name) + (rate ? "_" + std::string(*rate) : "");
});

TEST(Registry, HasEveryCodecBestFirst) {
  std::vector<std::string> names;
  for (const CodecEntry& entry : registry()) names.emplace_back(entry.name);
  EXPECT_EQ(names, (std::vector<std::string>{"opus", "G722", "G7221", "G7221", "PCMU", "PCMA", "G729", "CN"}));
  EXPECT_TRUE(missing_codecs().empty()) << missing_codecs().front().reason;
}

TEST(Registry, FindsNamesWithoutCase) {
  ASSERT_NE(find("OPUS", 48000), nullptr);
  EXPECT_EQ(find("OPUS", 48000)->name, "opus");
  EXPECT_EQ(find("pcmu", 8000)->static_payload_type, std::uint8_t{0});
  EXPECT_EQ(find("PCMA", 8000)->static_payload_type, std::uint8_t{8});
  EXPECT_EQ(find("g722", 8000)->static_payload_type, std::uint8_t{9});
  EXPECT_EQ(find("cn", 8000)->static_payload_type, std::uint8_t{13});
  EXPECT_EQ(find("G729", 8000)->static_payload_type, std::uint8_t{18});
  EXPECT_EQ(find("opus", 8000), nullptr);
  EXPECT_EQ(find("g7221", 16000, "bitrate=24000")->format_parameters, "bitrate=24000");
  EXPECT_EQ(find("G7221", 16000, "bitrate=48000"), nullptr);
  EXPECT_EQ(find("G7221", 16000), nullptr) << "RFC 5577 §5.1: a rate is needed";
  EXPECT_EQ(find("G722", 16000), nullptr) << "RFC 3551 §4.5.2: its RTP clock is 8 kHz";
}

TEST(FormatParameters, AreFoundByKey) {
  EXPECT_EQ(format_parameter_number("minptime=10;useinbandfec=1", "useinbandfec"), 1);
  EXPECT_EQ(without_format_parameter(" a=1; B = 2 ;c", "b"), "a=1;c");
  EXPECT_EQ(without_format_parameter("b=2", "b"), "");
  EXPECT_EQ(format_parameter_number(" minptime = 10 ; UseInbandFec=0", "useinbandfec"), 0);
  EXPECT_EQ(format_parameter_number("stereo=x", "stereo"), std::nullopt);
  EXPECT_EQ(format_parameter_number("", "stereo"), std::nullopt);
  EXPECT_EQ(format_parameter_number("xstereo=1", "stereo"), std::nullopt);
}

}  // namespace
}  // namespace sidetone::media::codec
