#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

/// RTP out of recordings of a network: pcap (libpcap's file format, microseconds or nanoseconds) and pcapng
/// (draft-ietf-opsawg-pcapng), of Ethernet, Linux "any" (SLL, SLL2), BSD loopback and bare IP; IPv4 and IPv6, whole
/// UDP datagrams.
namespace sidetone::bench {

struct TracePacket {
  double time_ms = 0;  ///< since the first packet of the stream
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  std::vector<std::uint8_t> payload;
};

/// The packets of one payload type in the order in which they were recorded, of that source which has the most.
/// Errors: kMalformed (not a recording, or a damaged one), kNotFound (no such packets).
Result<std::vector<TracePacket>> read_trace(Bytes file, std::uint8_t payload_type);

}  // namespace sidetone::bench
