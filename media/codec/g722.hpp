#pragma once

#include <memory>

#include "media/codec/codec.hpp"

namespace sidetone::media::codec {

/// ITU-T G.722 at 64 kbit/s: 16 kHz of sound, but an RTP clock of 8 kHz (RFC 3551 §4.5.2). A payload is any number of
/// octets, two samples each.
///
/// It is written here because libspandsp 0.0.6, which Debian 12 has, lets the decoder's output overflow where G.722
/// §5.2 saturates: a peak comes out with its sign turned.
std::unique_ptr<Encoder> make_g722_encoder(const EncoderOptions& options);
std::unique_ptr<Decoder> make_g722_decoder(const DecoderOptions& options);

}  // namespace sidetone::media::codec
