#pragma once

#include <cstdint>
#include <memory>

#include "media/codec/codec.hpp"

namespace sidetone::media::codec {

/// ITU-T G.711 companding of one 16-bit sample; octets as they go over the wire (μ-law inverted, A-law with its even
/// bits inverted, RFC 3551 §4.5.14). μ-law uses 14 and A-law 13 bits of the sample.
std::uint8_t mulaw_encode(std::int16_t sample);
std::int16_t mulaw_decode(std::uint8_t octet);
std::uint8_t alaw_encode(std::int16_t sample);
std::int16_t alaw_decode(std::uint8_t octet);

std::unique_ptr<Encoder> make_pcmu_encoder(const EncoderOptions& options);
std::unique_ptr<Decoder> make_pcmu_decoder(const DecoderOptions& options);
std::unique_ptr<Encoder> make_pcma_encoder(const EncoderOptions& options);
std::unique_ptr<Decoder> make_pcma_decoder(const DecoderOptions& options);

}  // namespace sidetone::media::codec
