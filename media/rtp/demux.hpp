#pragma once

#include "core/base/bytes.hpp"

namespace sidetone::media::rtp {

enum class PacketKind { kStun, kDtls, kTurnChannel, kRtp, kRtcp, kUnknown };

/// What came in on a socket that STUN, DTLS, RTP and RTCP share.
///
///     +----------------+
///     |        [0..3] -+--> forward to STUN
///     |      [16..19] -+--> forward to ZRTP (unknown here)
///     |      [20..63] -+--> forward to DTLS
///     |      [64..79] -+--> forward to TURN Channel
///     |    [128..191] -+--> forward to RTP/RTCP
///     +----------------+
///
/// RTP and RTCP are told apart by the second byte, 192 to 223 is RTCP.
/// @thread any. @source RFC 7983 §7, RFC 5761 §4
inline PacketKind classify(Bytes packet) {
  if (packet.size() < 2) return PacketKind::kUnknown;
  const std::uint8_t first = packet[0];
  if (first <= 3) return PacketKind::kStun;
  if (first >= 20 && first <= 63) return PacketKind::kDtls;
  if (first >= 64 && first <= 79) return PacketKind::kTurnChannel;
  if (first >= 128 && first <= 191) return packet[1] >= 192 && packet[1] <= 223 ? PacketKind::kRtcp : PacketKind::kRtp;
  return PacketKind::kUnknown;
}

}  // namespace sidetone::media::rtp
