#pragma once

#include <memory>

#include "media/codec/codec.hpp"

namespace sidetone::media::codec {

/// Opus by libopus, RTP as in RFC 7587: mono (which every receiver takes, whatever its stereo says), packets of 2.5, 5,
/// 10, 20, 40 and 60 ms sent and up to 120 ms received, 6 to 510 kbit/s, 32 unless something else is wanted. Of the
/// receiver's parameters it obeys maxaveragebitrate, maxplaybackrate, cbr, usedtx, useinbandfec and
/// kDeepRedundancyParameter; minptime is a matter of the packet's length.
std::unique_ptr<Encoder> make_opus_encoder(const EncoderOptions& options);
std::unique_ptr<Decoder> make_opus_decoder(const DecoderOptions& options);

}  // namespace sidetone::media::codec
