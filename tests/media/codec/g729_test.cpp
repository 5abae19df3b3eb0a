// G.729 against ffmpeg's decoder, and what annex B is received as.
#include "media/codec/g729.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "media/codec/codec_rate.hpp"
#include "media/dsp/level_meter.hpp"
#include "tests/media/codec/ffmpeg.hpp"
#include "tests/media/codec/signals.hpp"

namespace sidetone::media::codec {
namespace {

constexpr std::size_t kG729Packet = 960;

TEST(G729, IsLoadedOrSaysWhyItIsNot) {
  EXPECT_EQ(load_g729("libbcg729.so.0").missing, "");
  const G729Library absent = load_g729("libbcg729-absent.so.0");
  EXPECT_NE(absent.missing.find("libbcg729-absent.so.0"), std::string::npos) << absent.missing;
  EXPECT_EQ(absent.decode, nullptr);
  EXPECT_NE(load_g729("libm.so.6").missing, "") << "another library";
}

TEST(G729, IsDecodedByFfmpegAsByUs) {
  const CodecEntry* g729 = find("G729", 8000);
  ASSERT_NE(g729, nullptr);
  const auto encoder = g729->make_encoder({});
  const auto decoder = g729->make_decoder({});
  std::vector<std::uint8_t> frames;
  std::vector<float> ours;
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kG729Packet> pcm;
  std::array<float, kMaxPacketSamples> out;
  for (std::size_t i = 0; i < 150; ++i) {
    testing::fill_voice(pcm, i * kG729Packet);
    const std::size_t size = encoder->encode(pcm, payload);
    ASSERT_EQ(size, 20U) << "RFC 3551 §4.5.6: 8 kbit/s";
    frames.insert(frames.end(), payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_EQ(decoder->decode(Bytes{payload}.first(size), out), kG729Packet);
    ours.insert(ours.end(), out.begin(), out.begin() + kG729Packet);
  }
  const auto samples = testing::samples_of(testing::ffmpeg(frames, "-f g729 -bit_rate 8000", "-f s16le"));
  ASSERT_EQ(samples.size(), 150U * 160);
  RateRaiser raiser(kNarrowbandHz);
  std::vector<float> theirs(ours.size());
  std::vector<float> rated(samples.size());
  to_float(samples, rated);
  raiser.process(rated, theirs);
  double error = 0;
  double power = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    error += std::pow(ours[i] - theirs[i], 2);
    power += std::pow(theirs[i], 2);
  }
  const double ratio_db = 10 * std::log10(power / std::max(error, 1e-12));
  EXPECT_GT(ratio_db, 14) << "what is between the postfilters of G.729 (ffmpeg) and of its annex A (ours)";
  RecordProperty("signal_to_difference_db", std::to_string(ratio_db));
}

class AnnexB : public ::testing::Test {
 protected:
  double decode(Bytes payload) {
    const std::size_t count = decoder_->decode(payload, pcm_);
    return count == 0 ? -1 : std::sqrt(dsp::mean_square(std::span{pcm_}.first(count)));
  }
  double conceal() {
    decoder_->conceal(std::span{pcm_}.first(480));
    return std::sqrt(dsp::mean_square(std::span{pcm_}.first(480)));
  }
  /// Frames of room noise by bcg729 with its voice activity detection, which we do not send.
  static std::vector<std::vector<std::uint8_t>> frames_of_a_room() {
    const G729Library library = load_g729("libbcg729.so.0");
    void* encoder = library.make_encoder(1);
    testing::RoomNoise noise(0.01, 0.8);
    std::vector<std::vector<std::uint8_t>> out;
    for (int i = 0; i < 400; ++i) {
      std::array<float, 80> pcm;
      noise.fill(pcm);
      std::array<std::int16_t, 80> samples;
      for (std::size_t at = 0; at < pcm.size(); ++at) samples[at] = static_cast<std::int16_t>(pcm[at] * 32767);
      std::vector<std::uint8_t> frame(10);
      std::uint8_t size = 0;
      library.encode(encoder, samples.data(), frame.data(), &size);
      frame.resize(size);
      out.push_back(std::move(frame));
    }
    library.free_encoder(encoder);
    return out;
  }
  std::unique_ptr<Decoder> decoder_ = find("G729", 8000)->make_decoder({});
  std::array<float, kMaxPacketSamples> pcm_{};
};

TEST_F(AnnexB, FramesOfSilenceSoundLikeTheRoomUntilTheNextOne) {
  std::size_t described = 0;
  std::size_t left_out = 0;
  double power = 0;
  std::size_t counted = 0;
  for (const auto& frame : frames_of_a_room()) {
    double rms = 0;
    if (frame.empty()) {
      ++left_out;
      ASSERT_TRUE(decoder_->sender_is_silent());
      rms = conceal();
    } else {
      rms = decode(frame);
      ASSERT_GE(rms, 0);
      EXPECT_EQ(decoder_->sender_is_silent(), frame.size() == 2);
      if (frame.size() == 2) ++described;
    }
    if (described > 0) {
      power += rms * rms;
      ++counted;
    }
  }
  EXPECT_GT(described, 2U);
  EXPECT_GT(left_out, 50U);
  EXPECT_NEAR(20 * std::log10(std::sqrt(power / static_cast<double>(counted)) / 0.01), 0, 3);
  // The sender says nothing for 5 s: the room does not fade away.
  double last = 0;
  for (int i = 0; i < 500; ++i) last = std::max(last, i > 450 ? conceal() : (conceal(), 0.0));
  EXPECT_GT(last, 0.005);
}

TEST_F(AnnexB, TakesVoiceAndSilenceInOnePacket) {
  const auto frames = frames_of_a_room();
  std::vector<std::uint8_t> payload;
  for (const auto& frame : frames) {
    if (frame.size() == 10 && payload.empty()) payload = frame;
    if (frame.size() == 2 && payload.size() == 10) payload.insert(payload.end(), frame.begin(), frame.end());
  }
  ASSERT_EQ(payload.size(), 12U);
  EXPECT_EQ(decoder_->packet_samples(payload), 960U);
  EXPECT_GE(decode(payload), 0);
  EXPECT_TRUE(decoder_->sender_is_silent());
  EXPECT_EQ(decoder_->packet_samples(Bytes{payload}.last(2)), 480U) << "silence alone";
  for (const std::size_t size : {1U, 3U, 9U, 11U}) EXPECT_EQ(decoder_->packet_samples(Bytes{payload}.first(size)), 0U);
  EXPECT_EQ(decoder_->packet_samples(std::vector<std::uint8_t>(130)), 0U) << "130 ms";
}

}  // namespace
}  // namespace sidetone::media::codec
