#include "media/rtp/packet.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

#include <vector>

#include "media/rtp/demux.hpp"

/// The first bytes decide what a packet is; what is accepted as RTP fits when it is written without padding.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  const auto kind = media::rtp::classify(bytes);
  const auto packet = media::rtp::parse_rtp(bytes);
  if (!packet.ok()) return 0;
  fuzz::require(kind == media::rtp::PacketKind::kRtp || kind == media::rtp::PacketKind::kRtcp);
  std::vector<std::uint8_t> storage(size);
  ByteWriter writer(storage);
  fuzz::require(media::rtp::write_rtp(*packet, writer).ok());
  fuzz::require(media::rtp::parse_rtp(writer.written()).ok());
  return 0;
}
