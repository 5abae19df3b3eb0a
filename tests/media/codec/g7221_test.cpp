// G.722.1 against ffmpeg's decoder of Siren 7, which is its predecessor: the
// same frames, transform, codes and noise, but without the allowance that
// G.722.1 makes for frames in which more than 320 bits are left. So frames of
// 16 kbit/s mean the same to both, and the two rates of G.722.1 are held to
// ourselves.
#include "media/codec/g7221.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "media/codec/codec_rate.hpp"
#include "media/codec/g7221_frame.hpp"
#include "media/codec/g7221_tables.hpp"
#include "media/dsp/lapped_transform.hpp"
#include "media/dsp/level_meter.hpp"
#include "tests/media/codec/ffmpeg.hpp"
#include "tests/media/codec/signals.hpp"

namespace sidetone::media::codec {
namespace {

using testing::fill_voice;
using testing::RoomNoise;
constexpr std::size_t kG7221Packet = 960;

TEST(LappedTransform, IsTheFormulaOfG7221) {
  dsp::LappedTransform transform;
  std::array<float, 640> x;
  std::mt19937 random(1);
  for (float& sample : x) sample = static_cast<float>(random() % 2001) / 1000 - 1;
  dsp::LappedTransform::Frame got;
  const std::span<const float> both(x);
  transform.forward(both.first<320>(), got);
  transform.forward(both.last<320>(), got);
  constexpr double kPi = 3.14159265358979;
  for (std::size_t m = 0; m < 320; m += 7) {
    double sum = 0;
    for (std::size_t n = 0; n < 640; ++n)
      sum += std::sqrt(2.0 / 320) * std::sin(kPi / 640 * (static_cast<double>(n) + 0.5)) *
             std::cos(kPi / 320 * (static_cast<double>(n) - 159.5) * (static_cast<double>(m) + 0.5)) * x[n];
    EXPECT_NEAR(got[m], sum, 1e-4) << m;
  }
}

TEST(LappedTransform, GivesBackAFrameLaterWhatItGot) {
  dsp::LappedTransform forward;
  dsp::LappedTransform inverse;
  RoomNoise noise(0.2, 0.5);
  std::array<float, 320> before{};
  for (int i = 0; i < 5; ++i) {
    std::array<float, 320> now;
    noise.fill(now);
    dsp::LappedTransform::Frame coefficients;
    std::array<float, 320> out;
    forward.forward(now, coefficients);
    inverse.inverse(coefficients, out);
    for (std::size_t at = 0; at < out.size(); ++at) ASSERT_NEAR(out[at], before[at], 1e-5) << i << ", " << at;
    before = now;
  }
}

TEST(G7221, HasCompletePrefixCodes) {
  const auto check = [](std::span<const VariableLengthCode> words) {
    double sum = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].length == 0) continue;
      sum += std::exp2(-words[i].length);
      for (std::size_t j = 0; j < i; ++j) {
        const int shorter = std::min(words[i].length, words[j].length);
        if (words[j].length == 0) continue;
        EXPECT_NE(words[i].bits >> (words[i].length - shorter), words[j].bits >> (words[j].length - shorter));
      }
    }
    EXPECT_EQ(sum, 1.0);
  };
  for (const auto& words : kG7221PowerCodes) check(words);
  for (const auto& words : kG7221VectorCodes) check(words);
}

struct Coded {
  std::vector<std::uint8_t> octets;
  std::vector<float> original;
  std::vector<float> decoded;
};

Coded through(std::string parameters, const std::vector<float>& pcm) {
  const auto encoder = make_g7221_encoder({.format_parameters = parameters});
  const auto decoder = make_g7221_decoder({.format_parameters = parameters});
  Coded out;
  out.original = pcm;
  std::array<std::uint8_t, kMaxPayload> payload;
  std::array<float, kMaxPacketSamples> heard;
  for (std::size_t at = 0; at < pcm.size(); at += kG7221Packet) {
    const std::size_t size = encoder->encode(std::span{pcm}.subspan(at, kG7221Packet), payload);
    out.octets.insert(out.octets.end(), payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(decoder->decode(Bytes{payload}.first(size), heard), kG7221Packet) << at / kG7221Packet;
    out.decoded.insert(out.decoded.end(), heard.begin(), heard.begin() + kG7221Packet);
  }
  return out;
}

/// Ratio of signal to difference from 200 ms on, dB.
double likeness_db(std::span<const float> truth, std::span<const float> other) {
  double error = 1e-12;
  double power = 0;
  for (std::size_t i = 9600; i < std::min(truth.size(), other.size()); ++i) {
    error += std::pow(truth[i] - other[i], 2);
    power += std::pow(truth[i], 2);
  }
  return 10 * std::log10(power / error);
}

/// How close it is to what the way to 16 kHz and back makes of the original,
/// one frame later.
double fidelity_db(const Coded& coded) {
  RateReducer reducer(kWidebandHz);
  RateRaiser raiser(kWidebandHz);
  std::vector<float> truth(kG7221Packet);
  std::array<float, 320> rated;
  std::array<float, kG7221Packet> pcm;
  for (std::size_t at = 0; at < coded.original.size(); at += kG7221Packet) {
    to_float(reducer.process(std::span{coded.original}.subspan(at, kG7221Packet)), rated);
    raiser.process(rated, pcm);
    truth.insert(truth.end(), pcm.begin(), pcm.end());
  }
  return likeness_db(truth, coded.decoded);
}

std::vector<float> voice(std::size_t packets) {
  std::vector<float> pcm(packets * kG7221Packet);
  fill_voice(pcm, 0);
  return pcm;
}

TEST(G7221, ComesCloserToTheVoiceTheMoreBitsItHas) {
  std::vector<float> pcm(60 * kG7221Packet);
  RoomNoise(0.1, 0.9).fill(pcm);  // something in every region
  const Coded low = through("bitrate=24000", pcm);
  const Coded high = through("bitrate=32000", pcm);
  EXPECT_EQ(low.octets.size(), 60U * 60) << "RFC 5577 §3: 60 octets of 24 kbit/s";
  EXPECT_EQ(high.octets.size(), 60U * 80);
  EXPECT_GT(fidelity_db(low), 6);
  EXPECT_GT(fidelity_db(high), fidelity_db(low) + 2);
}

/// Big-endian.
template <class T>
void append(std::vector<std::uint8_t>& out, T value) {
  for (std::size_t i = sizeof value; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

/// A CAF file, which keeps frames of 40 octets apart; ffmpeg is told what they
/// are.
std::vector<std::uint8_t> siren_file(const std::vector<std::uint8_t>& octets) {
  std::vector<std::uint8_t> out;
  const auto text = [&](const char* four) { out.insert(out.end(), four, four + 4); };
  text("caff");
  append(out, std::uint16_t{1});
  append(out, std::uint16_t{0});
  text("desc");
  append(out, std::uint64_t{32});
  append(out, std::uint64_t{0x40cf400000000000});  // 16000.0
  text("ilbc");
  append(out, std::uint32_t{0});
  append(out, std::uint32_t{40});
  append(out, std::uint32_t{320});
  append(out, std::uint32_t{1});
  append(out, std::uint32_t{0});
  text("data");
  append(out, static_cast<std::uint64_t>(octets.size() + 4));
  append(out, std::uint32_t{0});
  out.insert(out.end(), octets.begin(), octets.end());
  return out;
}

/// What ffmpeg's decoder has understood: its inverse transform has sines where
/// G.722.1 has cosines. Frame i is complete when frame i + 1 is there.
std::vector<float> quadrature_of(std::vector<float> sound) {
  dsp::LappedTransform transform;
  std::vector<float> out;
  for (std::size_t i = 1; i < sound.size(); i += 2) sound[i] = -sound[i];
  for (std::size_t at = 0; at + 320 <= sound.size(); at += 320) {
    dsp::LappedTransform::Frame frame;
    transform.forward(std::span<const float, 320>(sound.data() + at, 320), frame);
    std::reverse(frame.begin(), frame.end());
    out.insert(out.end(), frame.begin(), frame.end());
  }
  return out;
}

TEST(G7221, MeansToFfmpegWhatItMeansToUs) {
  std::vector<float> pcm = voice(100);
  RoomNoise(0.05, 0.7).fill(std::span{pcm}.last(40 * kG7221Packet));
  const Coded coded = through("bitrate=16000", pcm);
  ASSERT_EQ(coded.octets.size(), 100U * 40);
  const auto octets = testing::ffmpeg(siren_file(coded.octets), "-c:a siren", "-f s16le -c:a pcm_s16le");
  const auto samples = testing::samples_of(octets);
  ASSERT_EQ(samples.size(), 100U * 320);
  std::vector<float> theirs(samples.size());
  to_float(samples, theirs);
  std::vector<float> a;
  G7221Noise signs;
  for (std::size_t at = 0; at < coded.octets.size(); at += 40) {
    dsp::LappedTransform::Frame frame;
    ASSERT_TRUE(decode_g7221_frame(Bytes{coded.octets}.subspan(at, 40), signs, frame));
    a.insert(a.end(), frame.begin(), frame.end());
  }
  const auto b = quadrature_of(theirs);  // of a frame that is complete with the next

  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 20 * 320; i + 320 < a.size(); ++i) {
    const double theirs_now = b[i + 320];
    ab += a[i] * theirs_now;
    aa += a[i] * a[i];
    bb += theirs_now * theirs_now;
  }
  EXPECT_GT(std::fabs(ab) / std::sqrt(aa * bb), 0.99) << "every sign and magnitude; noise is ours";
}

TEST(G7221, TakesEverythingThatThereIsToHear) {
  std::vector<float> pcm(100 * kG7221Packet);
  for (const double rms : {1e-5, 0.01, 0.9}) {
    for (const double tilt : {0.99, 0.0, -0.9}) {
      RoomNoise(rms, tilt).fill(pcm);
      for (const char* rate : {"bitrate=24000", "bitrate=32000"}) through(rate, pcm);
    }
  }
  std::ranges::fill(pcm, 0.0F);
  const Coded silence = through("bitrate=24000", pcm);
  EXPECT_LT(std::sqrt(dsp::mean_square(std::span{silence.decoded}.last(48000))), 1e-3);
  for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = i % 200 < 100 ? 1.0F : -1.0F;  // overload
  through("bitrate=32000", pcm);
}

TEST(G7221, HearsADamagedFrame) {
  const Coded coded = through("bitrate=24000", voice(60));
  const auto decoder = find("G7221", 16000, "bitrate=24000")->make_decoder({.format_parameters = "bitrate=24000"});
  std::array<float, kMaxPacketSamples> pcm;
  std::mt19937 random(4);
  int refused = 0;
  for (std::size_t at = 0; at < coded.octets.size(); at += 60) {
    std::vector<std::uint8_t> frame(coded.octets.begin() + static_cast<std::ptrdiff_t>(at),
                                    coded.octets.begin() + static_cast<std::ptrdiff_t>(at + 60));
    frame[random() % 5] ^= static_cast<std::uint8_t>(1 + random() % 255);
    refused += decoder->decode(frame, pcm) == 0 ? 1 : 0;
  }
  EXPECT_GT(refused, 30) << "of 60: most of what cannot be right is told by "
                            "the bits behind the words";
}

}  // namespace
}  // namespace sidetone::media::codec
