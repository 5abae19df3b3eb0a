#include "media/codec/g7221.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "media/codec/codec_rate.hpp"
#include "media/codec/g7221_frame.hpp"
#include "media/codec/made_up_sound.hpp"
#include "media/dsp/lapped_transform.hpp"

namespace sidetone::media::codec {
namespace {

constexpr std::size_t kSirenFrame = dsp::LappedTransform::kFrame;
constexpr std::size_t kSirenFrameAt48k = 960;
constexpr std::size_t kSirenMaxFrames = kMaxPacketSamples / kSirenFrameAt48k;
constexpr std::size_t kSirenBlend = 64;  // 4 ms

/// 16 kbit/s, which Siren 7 has and G.722.1 has not, is for those who are neither offered nor take it: the tests.
std::size_t octets_of_frame(const std::string& format_parameters) {
  const int bitrate_bps = format_parameter_number(format_parameters, "bitrate").value_or(32000);
  return bitrate_bps == 16000 || bitrate_bps == 24000 ? static_cast<std::size_t>(bitrate_bps) / 400 : 80;
}

class G7221Encoder final : public Encoder {
 public:
  explicit G7221Encoder(const EncoderOptions& options) : octets_(octets_of_frame(options.format_parameters)) {}

  std::size_t encode(std::span<const float> pcm, std::span<std::uint8_t> payload) override {
    const std::size_t frames = pcm.size() / kSirenFrameAt48k;
    if (pcm.size() % kSirenFrameAt48k != 0 || frames > kSirenMaxFrames || payload.size() < frames * octets_) return 0;
    to_float(reducer_.process(pcm), rated_);
    for (std::size_t i = 0; i < frames; ++i) {
      dsp::LappedTransform::Frame coefficients;
      transform_.forward(std::span<const float, kSirenFrame>(rated_.data() + i * kSirenFrame, kSirenFrame),
                         coefficients);
      encode_g7221_frame(coefficients, payload.subspan(i * octets_, octets_));
    }
    return frames * octets_;
  }

 private:
  std::size_t octets_;
  RateReducer reducer_{kWidebandHz};
  std::array<float, kMaxRatedSamples> rated_{};
  dsp::LappedTransform transform_;
};

class G7221Decoder final : public Decoder {
 public:
  explicit G7221Decoder(const DecoderOptions& options) : octets_(octets_of_frame(options.format_parameters)) {
    prepare_g7221();
  }

  std::size_t packet_samples(Bytes payload) const override {
    const std::size_t frames = payload.size() / octets_;
    return payload.size() % octets_ == 0 && frames <= kSirenMaxFrames ? frames * kSirenFrameAt48k : 0;
  }

  std::size_t decode(Bytes payload, std::span<float> pcm) override {
    const std::size_t count = packet_samples(payload);
    if (count == 0 || count > pcm.size()) return 0;
    const std::size_t frames = count / kSirenFrameAt48k;
    G7221Noise signs = signs_;
    for (std::size_t i = 0; i < frames; ++i)
      if (!decode_g7221_frame(payload.subspan(i * octets_, octets_), signs, coefficients_[i])) return 0;
    signs_ = signs;
    for (std::size_t i = 0; i < frames; ++i) {
      transform_.inverse(coefficients_[i], rated_);
      if (i == 0) made_up_.blend_into(rated_, kSirenBlend);
      raiser_.process(rated_, pcm.subspan(i * kSirenFrameAt48k, kSirenFrameAt48k));
    }
    last_ = coefficients_[frames - 1];
    return count;
  }

  /// The last frame once more, then silence. @source G.722.1 §4.6
  void conceal(std::span<float> pcm) override {
    while (!pcm.empty()) {
      const std::size_t count =
          made_up_.take(std::span{rated_}.first(std::min(kSirenFrame, pcm.size() / raiser_.ratio())),
                        [this](std::span<float, kSirenFrame> frame) {
                          transform_.inverse(last_, frame);
                          last_.fill(0);
                        });
      raiser_.process(std::span{rated_}.first(count), pcm.first(count * raiser_.ratio()));
      pcm = pcm.subspan(count * raiser_.ratio());
    }
  }

  void reset() override {
    transform_.reset();
    raiser_.reset();
    made_up_.forget();
    last_.fill(0);
    signs_ = {};
  }

 private:
  std::size_t octets_;
  dsp::LappedTransform transform_;
  G7221Noise signs_;
  std::array<dsp::LappedTransform::Frame, kSirenMaxFrames> coefficients_{};
  dsp::LappedTransform::Frame last_{};
  std::array<float, kSirenFrame> rated_{};
  MadeUpSound<kSirenFrame> made_up_;
  RateRaiser raiser_{kWidebandHz};
};

}  // namespace

std::unique_ptr<Encoder> make_g7221_encoder(const EncoderOptions& options) {
  return std::make_unique<G7221Encoder>(options);
}
std::unique_ptr<Decoder> make_g7221_decoder(const DecoderOptions& options) {
  return std::make_unique<G7221Decoder>(options);
}

}  // namespace sidetone::media::codec
