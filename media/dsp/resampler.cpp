#include "media/dsp/resampler.hpp"

#include <speex/speex_resampler.h>

namespace sidetone::media::dsp {

void Resampler::Free::operator()(SpeexResamplerState_* state) const { speex_resampler_destroy(state); }

Resampler::Resampler(int from_hz, int to_hz, int quality)
    : state_(speex_resampler_init(1, static_cast<spx_uint32_t>(from_hz), static_cast<spx_uint32_t>(to_hz), quality,
                                  nullptr)) {}

std::size_t Resampler::process(std::span<const float> in, std::span<float> out) {
  std::size_t written = 0;
  std::size_t read = 0;
  while (read < in.size() && written < out.size()) {
    auto in_count = static_cast<spx_uint32_t>(in.size() - read);
    auto out_count = static_cast<spx_uint32_t>(out.size() - written);
    speex_resampler_process_float(state_.get(), 0, in.data() + read, &in_count, out.data() + written, &out_count);
    if (in_count == 0 && out_count == 0) break;
    read += in_count;
    written += out_count;
  }
  return written;
}

void Resampler::reset() { speex_resampler_reset_mem(state_.get()); }

int Resampler::latency_samples() const { return speex_resampler_get_output_latency(state_.get()); }

}  // namespace sidetone::media::dsp
