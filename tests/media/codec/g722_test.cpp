// G.722 against ffmpeg, whose decoder passes ITU-T's own vectors (appendix II of the recommendation).
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "media/codec/codec.hpp"
#include "media/codec/codec_rate.hpp"
#include "tests/media/codec/ffmpeg.hpp"
#include "tests/media/codec/signals.hpp"

namespace sidetone::media::codec {
namespace {

constexpr std::size_t kG722Packet = 960;

std::vector<std::uint8_t> g722_of(std::span<const float> pcm) {
  const auto encoder = find("G722", 8000)->make_encoder({});
  std::vector<std::uint8_t> out;
  std::array<std::uint8_t, kMaxPayload> payload;
  for (; pcm.size() >= kG722Packet; pcm = pcm.subspan(kG722Packet)) {
    const std::size_t size = encoder->encode(pcm.first(kG722Packet), payload);
    EXPECT_EQ(size, 160U) << "RFC 3551 §4.5.2: 64 kbit/s";
    out.insert(out.end(), payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return out;
}

std::vector<float> decoded_by_us(std::span<const std::uint8_t> octets) {
  const auto decoder = find("G722", 8000)->make_decoder({});
  std::vector<float> out;
  std::array<float, kMaxPacketSamples> pcm;
  for (; octets.size() >= 160; octets = octets.subspan(160)) {
    EXPECT_EQ(decoder->decode(octets.first(160), pcm), kG722Packet);
    out.insert(out.end(), pcm.begin(), pcm.begin() + kG722Packet);
  }
  return out;
}

std::vector<float> decoded_by_ffmpeg(std::span<const std::uint8_t> octets) {
  const auto samples = testing::samples_of(testing::ffmpeg(octets, "-f g722", "-f s16le"));
  EXPECT_EQ(samples.size(), octets.size() * 2);
  RateRaiser raiser(kWidebandHz);
  std::vector<float> out;
  std::array<float, 320> rated;
  std::array<float, kG722Packet> pcm;
  for (std::size_t at = 0; at + rated.size() <= samples.size(); at += rated.size()) {
    to_float(std::span{samples}.subspan(at, rated.size()), rated);
    raiser.process(rated, pcm);
    out.insert(out.end(), pcm.begin(), pcm.end());
  }
  return out;
}

std::vector<float> three_seconds() {
  std::vector<float> pcm(150 * kG722Packet);
  testing::fill_voice(std::span{pcm}.first(100 * kG722Packet), 0);
  testing::RoomNoise(0.1, 0.3).fill(std::span{pcm}.subspan(100 * kG722Packet, 25 * kG722Packet));
  testing::RoomNoise(0.7, -0.9).fill(std::span{pcm}.last(25 * kG722Packet));  // overloads both bands
  return pcm;
}

TEST(G722, EncodesWhatFfmpegEncodes) {
  const std::vector<float> pcm = three_seconds();
  const auto ours = g722_of(pcm);
  RateReducer reducer(kWidebandHz);
  std::vector<std::int16_t> samples;
  for (std::size_t at = 0; at < pcm.size(); at += kG722Packet) {
    const auto rated = reducer.process(std::span{pcm}.subspan(at, kG722Packet));
    samples.insert(samples.end(), rated.begin(), rated.end());
  }
  const auto theirs = testing::ffmpeg(samples, "-f s16le -ar 16000 -ac 1", "-f g722");
  ASSERT_EQ(theirs.size(), ours.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) different += ours[i] != theirs[i] ? 1 : 0;
  EXPECT_EQ(different, 0U) << "of " << ours.size() << " octets";
}

TEST(G722, DecodesSoundAsFfmpegDoes) {
  const auto octets = g722_of(three_seconds());
  EXPECT_EQ(decoded_by_us(octets), decoded_by_ffmpeg(octets));
}

TEST(G722, DecodesAnyOctetsAsFfmpegDoes) {
  std::mt19937 random(3);
  std::vector<std::uint8_t> octets(160 * 250);
  for (auto& octet : octets) octet = static_cast<std::uint8_t>(random());
  EXPECT_EQ(decoded_by_us(octets), decoded_by_ffmpeg(octets));
}

}  // namespace
}  // namespace sidetone::media::codec
