#pragma once

#include <memory>

#include "media/codec/codec.hpp"

namespace sidetone::media::codec {

/// Opus by libopus, RTP as in RFC 7587: mono, VOIP, in-band redundancy where the receiver wants it (useinbandfec=1);
/// obeys maxaveragebitrate, maxplaybackrate and cbr.
std::unique_ptr<Encoder> make_opus_encoder(const EncoderOptions& options);
std::unique_ptr<Decoder> make_opus_decoder(const DecoderOptions& options);

}  // namespace sidetone::media::codec
