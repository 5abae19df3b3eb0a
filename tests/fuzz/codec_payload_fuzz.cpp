#include "media/codec/codec.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

#include <array>
#include <cmath>
#include <string>
#include <vector>

/// The first byte chooses the codec; the rest are payloads, each behind its length. Whatever they hold, the sound stays
/// finite and in its bounds, and the next payload still decodes.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto codecs = media::codec::registry();
  ByteReader reader({data, size});
  const auto& codec = codecs[reader.u8() % codecs.size()];
  const auto decoder = codec.make_decoder({.format_parameters = std::string(codec.format_parameters)});
  std::vector<float> pcm(media::codec::kMaxPacketSamples);
  while (reader.left() > 1) {
    const auto payload = reader.bytes(std::min<std::size_t>(reader.u8(), reader.left()));
    (void)decoder->packet_samples(payload);
    (void)decoder->has_voice(payload);
    const auto samples = decoder->decode(payload, pcm);
    fuzz::require(samples <= pcm.size());
    for (std::size_t i = 0; i < samples; ++i) fuzz::require(std::isfinite(pcm[i]));
    if (decoder->has_redundancy(payload)) (void)decoder->decode_redundancy(payload, std::span(pcm).first(960));
    const auto concealed = std::span(pcm).first(480);
    if (const auto reach = decoder->read_deep_redundancy(payload); reach > 0) {
      decoder->decode_deep_redundancy(reach, concealed);
      for (const float x : concealed) fuzz::require(std::isfinite(x));
    }
    decoder->conceal(concealed);
  }
  return 0;
}
