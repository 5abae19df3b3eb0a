#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace sidetone::media::sctp {

/// What both ends of a data channel must know (RFC 8832 §5.1, RTCDataChannelInit).
struct ChannelParameters {
  std::string label;
  std::string protocol;
  bool ordered = true;
  std::optional<std::uint16_t> max_retransmits;
  std::optional<std::uint16_t> max_packet_life_ms;  ///< not together with max_retransmits
  bool operator==(const ChannelParameters&) const = default;
};

inline constexpr std::size_t kMaxLabelBytes = 1024;  ///< RFC 8832 allows 65535; nobody needs them

/// What is shown of a label or subprotocol, in events, lists and statistics: the far end's text is no longer than that,
/// and holds no control characters, which cost six bytes each in JSON.
inline constexpr std::size_t kShownLabelBytes = 128;
std::string shown_label(std::string label);

struct DcepMessage {
  bool ack = false;           ///< else DATA_CHANNEL_OPEN
  ChannelParameters channel;  ///< of an open
};

/// @fuzz
/// @error kTruncated, kUnsupported: channel type, kUnknownType: message type, kTooLarge: label or protocol. @thread
/// any. @source RFC 8832 §5
Result<DcepMessage> parse_dcep(Bytes message);

/// @error kTooLarge
Status write_dcep_open(const ChannelParameters& channel, ByteWriter& out);
Status write_dcep_ack(ByteWriter& out);

}  // namespace sidetone::media::sctp
