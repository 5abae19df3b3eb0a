#include "media/codec/g711.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "media/codec/codec_rate.hpp"

namespace sidetone::media::codec {
namespace {

constexpr std::size_t kUp = dsp::kSampleRateHz / kNarrowbandHz;

}  // namespace

// G.711 table 2: the 14-bit magnitude plus 33 is segment and mantissa of a small floating-point number.
std::uint8_t mulaw_encode(std::int16_t sample) {
  constexpr int kBias = 33;
  constexpr int kClip = 8158;
  int magnitude = sample >> 2;
  const int sign = magnitude < 0 ? 0x80 : 0;
  if (magnitude < 0) magnitude = ~magnitude;  // −1 falls on −0, as the table has it
  magnitude = std::min(magnitude, kClip) + kBias;
  const int segment = std::bit_width(static_cast<unsigned>(magnitude)) - 6;
  const int mantissa = (magnitude >> (segment + 1)) & 0x0f;
  return static_cast<std::uint8_t>(~(sign | segment << 4 | mantissa));
}

std::int16_t mulaw_decode(std::uint8_t octet) {
  const int code = static_cast<std::uint8_t>(~octet);
  const int segment = code >> 4 & 7;
  const int magnitude = (((code & 0x0f) << 1 | 33) << segment) - 33;
  return static_cast<std::int16_t>((code & 0x80 ? -magnitude : magnitude) * 4);
}

// G.711 table 1: 13 bits, even bits inverted on the wire.
std::uint8_t alaw_encode(std::int16_t sample) {
  int magnitude = sample >> 4;
  const int sign = magnitude < 0 ? 0 : 0x80;
  if (magnitude < 0) magnitude = ~magnitude;
  const int segment = magnitude < 32 ? (magnitude >= 16 ? 1 : 0) : std::bit_width(static_cast<unsigned>(magnitude)) - 4;
  const int mantissa = magnitude >> std::max(segment - 1, 0) & 0x0f;
  return static_cast<std::uint8_t>((sign | segment << 4 | mantissa) ^ 0x55);
}

std::int16_t alaw_decode(std::uint8_t octet) {
  const int code = octet ^ 0x55;
  const int segment = code >> 4 & 7;
  int magnitude = (code & 0x0f) << 1 | 1;
  if (segment > 0) magnitude = (magnitude + 32) << (segment - 1);
  return static_cast<std::int16_t>((code & 0x80 ? magnitude : -magnitude) * 8);
}

namespace {

struct MuLaw {
  static std::uint8_t encode(std::int16_t sample) { return mulaw_encode(sample); }
  static std::int16_t decode(std::uint8_t octet) { return mulaw_decode(octet); }
};
struct ALaw {
  static std::uint8_t encode(std::int16_t sample) { return alaw_encode(sample); }
  static std::int16_t decode(std::uint8_t octet) { return alaw_decode(octet); }
};

template <class Law>
class G711Encoder final : public Encoder {
 public:
  std::size_t encode(std::span<const float> pcm, std::span<std::uint8_t> payload) override {
    if (pcm.size() > kMaxPacketSamples || pcm.size() % kUp != 0 || payload.size() < pcm.size() / kUp) return 0;
    const auto samples = reducer_.process(pcm);
    std::transform(samples.begin(), samples.end(), payload.begin(), Law::encode);
    return samples.size();
  }

 private:
  RateReducer reducer_{kNarrowbandHz};
};

template <class Law>
class G711Decoder final : public PitchConcealedDecoder {
 public:
  G711Decoder() : PitchConcealedDecoder(kNarrowbandHz) {
    for (std::size_t octet = 0; octet < table_.size(); ++octet)
      table_[octet] = static_cast<float>(Law::decode(static_cast<std::uint8_t>(octet))) / 32768.0F;
  }

 private:
  std::size_t rated_samples(Bytes payload) const override { return payload.size(); }
  void decode_rated(Bytes payload, std::span<float> pcm) override {
    std::transform(payload.begin(), payload.end(), pcm.begin(), [this](std::uint8_t octet) { return table_[octet]; });
  }

  std::array<float, 256> table_{};
};

}  // namespace

std::unique_ptr<Encoder> make_pcmu_encoder(const EncoderOptions&) { return std::make_unique<G711Encoder<MuLaw>>(); }
std::unique_ptr<Decoder> make_pcmu_decoder(const DecoderOptions&) { return std::make_unique<G711Decoder<MuLaw>>(); }
std::unique_ptr<Encoder> make_pcma_encoder(const EncoderOptions&) { return std::make_unique<G711Encoder<ALaw>>(); }
std::unique_ptr<Decoder> make_pcma_decoder(const DecoderOptions&) { return std::make_unique<G711Decoder<ALaw>>(); }

}  // namespace sidetone::media::codec
