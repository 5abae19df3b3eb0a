#pragma once

#include <memory>

#include "media/codec/codec.hpp"

namespace sidetone::media::codec {

/// ITU-T G.722.1 at 24 or 32 kbit/s, as the format parameters say (RFC 5577 §5.1: bitrate): 16 kHz, 7 kHz of sound,
/// frames of 20 ms in 60 or 80 octets, any number of them a payload. The codec is delayed by one frame more than its
/// length.
std::unique_ptr<Encoder> make_g7221_encoder(const EncoderOptions& options);
std::unique_ptr<Decoder> make_g7221_decoder(const DecoderOptions& options);

}  // namespace sidetone::media::codec
