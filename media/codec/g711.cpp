#include "media/codec/g711.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "media/dsp/pcm.hpp"
#include "media/dsp/pitch_concealment.hpp"
#include "media/dsp/resampler.hpp"

namespace sidetone::media::codec {
namespace {

constexpr int kRateHz = 8000;
constexpr std::size_t kUp = dsp::kSampleRateHz / kRateHz;
constexpr std::size_t kMaxSamples = kMaxPacketSamples / kUp;

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
    const std::size_t count = std::min({pcm.size() / kUp, payload.size(), narrow_.size()});
    const std::size_t made = resampler_.process(pcm, std::span{narrow_}.first(count));
    // The first call gives a few samples less, while the filter fills: what is missing is silence at the front.
    const std::size_t missing = count - made;
    for (std::size_t i = 0; i < count; ++i) {
      const float x = i < missing ? 0 : narrow_[i - missing];
      payload[i] = Law::encode(static_cast<std::int16_t>(std::lround(std::clamp(x * 32768.0F, -32768.0F, 32767.0F))));
    }
    return count;
  }

 private:
  dsp::Resampler resampler_{dsp::kSampleRateHz, kRateHz};
  std::array<float, kMaxSamples> narrow_{};
};

template <class Law>
class G711Decoder final : public Decoder {
 public:
  G711Decoder() {
    for (int octet = 0; octet < 256; ++octet) {
      table_[static_cast<std::size_t>(octet)] =
          static_cast<float>(Law::decode(static_cast<std::uint8_t>(octet))) / 32768.0F;
    }
  }

  std::size_t packet_samples(Bytes payload) const override {
    return payload.empty() || payload.size() > kMaxSamples ? 0 : payload.size() * kUp;
  }

  std::size_t decode(Bytes payload, std::span<float> pcm) override {
    const std::size_t count = packet_samples(payload);
    if (count == 0 || count > pcm.size()) return 0;
    const std::span<float> narrow = std::span{narrow_}.first(payload.size());
    for (std::size_t i = 0; i < payload.size(); ++i) narrow[i] = table_[payload[i]];
    concealment_.good(narrow);
    return widen(narrow, pcm.first(count));
  }

  void conceal(std::span<float> pcm) override {
    while (!pcm.empty()) {
      const std::size_t count = std::min(pcm.size(), kMaxPacketSamples);
      const std::span<float> narrow = std::span{narrow_}.first(count / kUp);
      concealment_.conceal(narrow);
      widen(narrow, pcm.first(count));
      pcm = pcm.subspan(count);
    }
  }

  void reset() override {
    concealment_.reset();
    resampler_.reset();
  }

 private:
  std::size_t widen(std::span<const float> narrow, std::span<float> pcm) {
    const std::size_t made = resampler_.process(narrow, pcm);
    if (made < pcm.size()) {
      std::copy_backward(pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(made), pcm.end());
      std::fill(pcm.begin(), pcm.end() - static_cast<std::ptrdiff_t>(made), 0.0F);
    }
    return pcm.size();
  }

  std::array<float, 256> table_{};
  std::array<float, kMaxSamples> narrow_{};
  dsp::PitchConcealment concealment_{kRateHz};
  dsp::Resampler resampler_{kRateHz, dsp::kSampleRateHz};
};

}  // namespace

std::unique_ptr<Encoder> make_pcmu_encoder(const EncoderOptions&) { return std::make_unique<G711Encoder<MuLaw>>(); }
std::unique_ptr<Decoder> make_pcmu_decoder(const DecoderOptions&) { return std::make_unique<G711Decoder<MuLaw>>(); }
std::unique_ptr<Encoder> make_pcma_encoder(const EncoderOptions&) { return std::make_unique<G711Encoder<ALaw>>(); }
std::unique_ptr<Decoder> make_pcma_decoder(const DecoderOptions&) { return std::make_unique<G711Decoder<ALaw>>(); }

}  // namespace sidetone::media::codec
