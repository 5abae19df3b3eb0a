#pragma once

#include <array>
#include <cstdint>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace sidetone::media::rtp {

inline constexpr std::size_t kHeaderBytes = 12;
/// Ethernet's MTU; no RTP packet of a peer is longer, and longer ones are refused.
inline constexpr std::size_t kMaxPacketBytes = 1500;

/// One RTP packet; the byte fields borrow from the parsed packet.
struct Packet {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint8_t csrc_count = 0;
  std::array<std::uint32_t, 15> csrcs{};
  std::uint16_t extension_profile = 0;  ///< RFC 8285: 0xBEDE or 0x100x; 0 with an empty extension: none
  Bytes extension;                      ///< without its four-byte header
  Bytes payload;                        ///< without padding
};

/// @fuzz
/// @error kTruncated, kTooLarge, kMalformed (version, padding). @thread any; no allocation. @source RFC 3550 §5.1
Result<Packet> parse_rtp(Bytes bytes);

/// Append the packet, without padding. The extension's length must be a multiple of four.
/// @error kTooLarge: `out` is full. @source RFC 3550 §5.1
Status write_rtp(const Packet& packet, ByteWriter& out);

}  // namespace sidetone::media::rtp
