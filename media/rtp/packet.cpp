#include "media/rtp/packet.hpp"

namespace sidetone::media::rtp {

Result<Packet> parse_rtp(Bytes bytes) {
  if (bytes.size() > kMaxPacketBytes) return Error{ErrorCode::kTooLarge, "RTP packet is over the MTU", "rtp"};
  ByteReader reader(bytes);
  const std::uint8_t first = reader.u8();
  const std::uint8_t second = reader.u8();
  Packet packet;
  packet.sequence = reader.u16();
  packet.timestamp = reader.u32();
  packet.ssrc = reader.u32();
  if (reader.failed()) return Error{ErrorCode::kTruncated, "RTP header ends early", "rtp"};
  if (first >> 6 != 2) return Error{ErrorCode::kMalformed, "RTP version is not 2", "rtp"};
  packet.marker = (second & 0x80) != 0;
  packet.payload_type = second & 0x7f;
  packet.csrc_count = first & 0x0f;
  for (std::size_t i = 0; i < packet.csrc_count; ++i) packet.csrcs[i] = reader.u32();
  if ((first & 0x10) != 0) {
    packet.extension_profile = reader.u16();
    packet.extension = reader.bytes(std::size_t{reader.u16()} * 4);
  }
  if (reader.failed()) return Error{ErrorCode::kTruncated, "RTP header ends early", "rtp"};
  packet.payload = reader.rest();
  if ((first & 0x20) != 0) {
    if (packet.payload.empty()) return Error{ErrorCode::kMalformed, "RTP padding without content", "rtp"};
    const std::uint8_t padding = packet.payload.back();
    if (padding == 0 || padding > packet.payload.size())
      return Error{ErrorCode::kMalformed, "RTP padding is longer than the packet", "rtp"};
    packet.payload = packet.payload.first(packet.payload.size() - padding);
  }
  return packet;
}

Status write_rtp(const Packet& packet, ByteWriter& out) {
  const bool extended = !packet.extension.empty();
  out.u8(static_cast<std::uint8_t>(0x80 | (extended ? 0x10 : 0) | packet.csrc_count));
  out.u8(static_cast<std::uint8_t>((packet.marker ? 0x80 : 0) | packet.payload_type));
  out.u16(packet.sequence);
  out.u32(packet.timestamp);
  out.u32(packet.ssrc);
  for (std::size_t i = 0; i < packet.csrc_count; ++i) out.u32(packet.csrcs[i]);
  if (extended) {
    out.u16(packet.extension_profile);
    out.u16(static_cast<std::uint16_t>(packet.extension.size() / 4));
    out.bytes(packet.extension);
  }
  out.bytes(packet.payload);
  if (out.failed()) return Error{ErrorCode::kTooLarge, "RTP packet does not fit", "rtp"};
  return {};
}

}  // namespace sidetone::media::rtp
