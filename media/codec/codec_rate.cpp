#include "media/codec/codec_rate.hpp"

#include <algorithm>
#include <cmath>

namespace sidetone::media::codec {

RateReducer::RateReducer(int rate_hz)
    : ratio_(static_cast<std::size_t>(dsp::kSampleRateHz / rate_hz)), resampler_(dsp::kSampleRateHz, rate_hz) {}

std::span<const std::int16_t> RateReducer::process(std::span<const float> pcm) {
  const std::size_t count = std::min(pcm.size() / ratio_, reduced_.size());
  const std::size_t made = resampler_.process(pcm, std::span{reduced_}.first(count));
  const std::size_t missing = count - made;
  std::fill_n(samples_.begin(), missing, std::int16_t{0});
  std::transform(reduced_.begin(), reduced_.begin() + static_cast<std::ptrdiff_t>(made),
                 samples_.begin() + static_cast<std::ptrdiff_t>(missing), [](float x) {
                   return static_cast<std::int16_t>(std::lround(std::clamp(x * 32768.0F, -32768.0F, 32767.0F)));
                 });
  return std::span{samples_}.first(count);
}

RateRaiser::RateRaiser(int rate_hz)
    : ratio_(static_cast<std::size_t>(dsp::kSampleRateHz / rate_hz)), resampler_(rate_hz, dsp::kSampleRateHz) {}

void RateRaiser::process(std::span<const float> in, std::span<float> pcm) {
  const std::size_t made = resampler_.process(in, pcm);
  if (made == pcm.size()) return;
  std::copy_backward(pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(made), pcm.end());
  std::fill(pcm.begin(), pcm.end() - static_cast<std::ptrdiff_t>(made), 0.0F);
}

PitchConcealedDecoder::PitchConcealedDecoder(int rate_hz) : concealment_(rate_hz), raiser_(rate_hz) {}

std::size_t PitchConcealedDecoder::packet_samples(Bytes payload) const {
  const std::size_t samples = rated_samples(payload) * raiser_.ratio();
  return samples <= kMaxPacketSamples ? samples : 0;
}

std::size_t PitchConcealedDecoder::decode(Bytes payload, std::span<float> pcm) {
  const std::size_t count = packet_samples(payload);
  if (count == 0 || count > pcm.size()) return 0;
  const std::span<float> rated = std::span{rated_}.first(count / raiser_.ratio());
  decode_rated(payload, rated);
  concealment_.good(rated);
  raiser_.process(rated, pcm.first(count));
  return count;
}

void PitchConcealedDecoder::conceal(std::span<float> pcm) {
  while (!pcm.empty()) {
    const std::size_t count = std::min(pcm.size(), kMaxPacketSamples);
    const std::span<float> rated = std::span{rated_}.first(count / raiser_.ratio());
    concealment_.conceal(rated);
    raiser_.process(rated, pcm.first(count));
    pcm = pcm.subspan(count);
  }
}

void PitchConcealedDecoder::reset() {
  reset_codec();
  concealment_.reset();
  raiser_.reset();
}

void to_float(std::span<const std::int16_t> in, std::span<float> out) {
  std::transform(in.begin(), in.end(), out.begin(), [](std::int16_t x) { return static_cast<float>(x) / 32768.0F; });
}

}  // namespace sidetone::media::codec
