#include "tests/bench/jitter/trace.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "media/rtp/packet.hpp"

namespace sidetone::bench {
namespace {

Error bad_format(std::string text) { return {ErrorCode::kMalformed, std::move(text), "trace"}; }

/// Numbers of a recording in the byte order of the machine that made it.
class FileReader {
 public:
  FileReader(Bytes bytes, bool little) : in_(bytes), little_(little) {}
  std::uint16_t u16() {
    const std::uint16_t x = in_.u16();
    return little_ ? static_cast<std::uint16_t>(x << 8 | x >> 8) : x;
  }
  std::uint32_t u32() {
    const std::uint32_t x = in_.u32();
    return little_ ? x << 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00) | x >> 24 : x;
  }
  Bytes bytes(std::size_t count) { return in_.bytes(count); }
  [[nodiscard]] std::size_t left() const { return in_.left(); }
  [[nodiscard]] bool failed() const { return in_.failed(); }

 private:
  ByteReader in_;
  bool little_;
};

/// The UDP payload of a frame; empty: it has none. Link types: https://www.tcpdump.org/linktypes.html
Bytes udp_payload(Bytes frame, std::uint32_t link_type) {
  ByteReader in(frame);
  if (link_type == 1) {  // Ethernet
    in.skip(12);
    std::uint16_t ether_type = in.u16();
    while (ether_type == 0x8100 || ether_type == 0x88a8) {  // VLAN tags
      in.skip(2);
      ether_type = in.u16();
    }
    if (ether_type != 0x0800 && ether_type != 0x86dd) return {};
  } else if (link_type == 113) {
    in.skip(16);
  } else if (link_type == 276) {
    in.skip(20);
  } else if (link_type == 0) {
    in.skip(4);
  } else if (link_type != 101 && link_type != 228 && link_type != 229) {
    return {};
  }
  const std::uint8_t first = in.u8();
  std::size_t after_ip = 0;
  if (first >> 4 == 4) {
    in.skip(5);
    if ((in.u16() & 0x3fff) != 0) return {};  // a fragment
    in.skip(1);
    if (in.u8() != 17) return {};
    after_ip = static_cast<std::size_t>(first & 0x0f) * 4 - 10;
  } else if (first >> 4 == 6) {
    in.skip(5);
    if (in.u8() != 17) return {};
    after_ip = 33;
  } else {
    return {};
  }
  in.skip(after_ip);
  in.skip(4);
  const std::uint16_t length = in.u16();
  in.skip(2);
  return length < 8 ? Bytes{} : in.bytes(std::min<std::size_t>(length - 8U, in.left()));
}

template <class Take>
Status each_in_pcap(Bytes file, bool little, double tick_ms, Take take) {
  FileReader in(file, little);
  in.bytes(20);
  const std::uint32_t link_type = in.u32() & 0xffff;
  while (in.left() >= 16) {
    const double seconds = in.u32();
    const double ticks = in.u32();
    const std::uint32_t captured = in.u32();
    in.u32();
    const Bytes frame = in.bytes(captured);
    if (in.failed()) return bad_format("it ends within a packet");
    take(seconds * 1000 + ticks * tick_ms, udp_payload(frame, link_type));
  }
  return {};
}

template <class Take>
Status each_in_pcapng(Bytes file, Take take) {
  struct Interface {
    std::uint32_t link_type;
    double tick_ms;
  };
  std::vector<Interface> interfaces;
  bool little = false;
  std::size_t at = 0;
  while (file.size() - at >= 12) {
    const Bytes rest = file.subspan(at);
    if (ByteReader(rest).u32() == 0x0a0d0d0a) {  // a section, which says its byte order
      little = rest[8] == 0x4d;
      interfaces.clear();
    }
    FileReader in(rest, little);
    const std::uint32_t type = in.u32();
    const std::uint32_t length = in.u32();
    if (length < 12 || length > rest.size()) return bad_format("a block is longer than the file");
    if (type == 1) {
      Interface added{in.u16(), 1e-3};
      in.bytes(6);
      while (length - 4 > rest.size() - in.left() + 4) {  // options
        const std::uint16_t code = in.u16();
        const std::uint16_t size = in.u16();
        if (code == 0 || in.failed()) break;
        const Bytes value = in.bytes((size + 3U) & ~3U);
        if (code != 9 || value.empty()) continue;  // if_tsresol
        added.tick_ms = 1000;
        for (int i = 0; i < (value[0] & 0x7f); ++i) added.tick_ms /= (value[0] & 0x80) != 0 ? 2 : 10;
      }
      interfaces.push_back(added);
    } else if (type == 6) {
      const std::uint32_t interface = in.u32();
      const double ticks = in.u32() * 4294967296.0 + in.u32();
      const std::uint32_t captured = in.u32();
      in.u32();
      const Bytes frame = in.bytes(captured);
      if (in.failed() || interface >= interfaces.size()) return bad_format("a packet is not whole, or of no interface");
      take(ticks * interfaces[interface].tick_ms, udp_payload(frame, interfaces[interface].link_type));
    }
    at += length;
  }
  return {};
}

template <class Take>
Status each_datagram(Bytes file, Take take) {
  switch (ByteReader(file).u32()) {
    case 0xa1b2c3d4:
      return each_in_pcap(file, false, 1e-3, take);
    case 0xd4c3b2a1:
      return each_in_pcap(file, true, 1e-3, take);
    case 0xa1b23c4d:
      return each_in_pcap(file, false, 1e-6, take);
    case 0x4d3cb2a1:
      return each_in_pcap(file, true, 1e-6, take);
    case 0x0a0d0d0a:
      return each_in_pcapng(file, take);
    default:
      return bad_format("it is neither pcap nor pcapng");
  }
}

}  // namespace

Result<std::vector<TracePacket>> read_trace(Bytes file, std::uint8_t payload_type) {
  std::map<std::uint32_t, std::vector<TracePacket>> sources;
  const auto read = each_datagram(file, [&](double time_ms, Bytes datagram) {
    const auto packet = media::rtp::parse_rtp(datagram);
    if (!packet.ok() || packet->payload_type != payload_type) return;
    sources[packet->ssrc].push_back({time_ms,
                                     packet->ssrc,
                                     packet->sequence,
                                     packet->timestamp,
                                     packet->marker,
                                     {packet->payload.begin(), packet->payload.end()}});
  });
  if (!read.ok()) return read.error();
  const auto most = std::max_element(sources.begin(), sources.end(),
                                     [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  if (most == sources.end()) {
    return Error{ErrorCode::kNotFound, "no RTP of payload type " + std::to_string(payload_type), "trace"};
  }
  const double began_ms = most->second.front().time_ms;
  for (TracePacket& packet : most->second) packet.time_ms -= began_ms;
  return std::move(most->second);
}

}  // namespace sidetone::bench
