#include "media/sctp/dcep.hpp"

#include "core/base/utf8.hpp"

namespace sidetone::media::sctp {
namespace {

constexpr std::uint8_t kAck = 0x02;
constexpr std::uint8_t kOpen = 0x03;
constexpr std::uint8_t kReliable = 0x00;
constexpr std::uint8_t kPartialRetransmits = 0x01;
constexpr std::uint8_t kPartialTimed = 0x02;
constexpr std::uint8_t kUnordered = 0x80;

std::string text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
Bytes bytes(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace

std::string shown_label(std::string label) {
  label.resize(utf8_prefix(label, kShownLabelBytes).size());
  for (char& c : label)
    if (static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F) c = ' ';
  return label;
}

Result<DcepMessage> parse_dcep(Bytes message) {
  ByteReader reader(message);
  const std::uint8_t type = reader.u8();
  if (reader.failed()) return Error{ErrorCode::kTruncated, "DCEP message is empty", "dcep"};
  DcepMessage out;
  if (type == kAck) {
    out.ack = true;
    return out;
  }
  if (type != kOpen) return Error{ErrorCode::kUnknownType, "DCEP message type is unknown", "dcep"};
  const std::uint8_t channel_type = reader.u8();
  reader.skip(2);  // priority
  const std::uint32_t reliability = reader.u32();
  const std::uint16_t label_bytes = reader.u16();
  const std::uint16_t protocol_bytes = reader.u16();
  if (label_bytes > kMaxLabelBytes || protocol_bytes > kMaxLabelBytes)
    return Error{ErrorCode::kTooLarge, "DCEP label is too long", "dcep"};
  out.channel.label = text(reader.bytes(label_bytes));
  out.channel.protocol = text(reader.bytes(protocol_bytes));
  if (reader.failed()) return Error{ErrorCode::kTruncated, "DCEP open ends early", "dcep"};
  out.channel.ordered = (channel_type & kUnordered) == 0;
  const auto limit = static_cast<std::uint16_t>(reliability > 0xFFFF ? 0xFFFF : reliability);
  switch (channel_type & ~kUnordered) {
    case kReliable:
      break;
    case kPartialRetransmits:
      out.channel.max_retransmits = limit;
      break;
    case kPartialTimed:
      out.channel.max_packet_life_ms = limit;
      break;
    default:
      return Error{ErrorCode::kUnsupported, "DCEP channel type is unknown", "dcep"};
  }
  return out;
}

Status write_dcep_open(const ChannelParameters& channel, ByteWriter& out) {
  if (channel.label.size() > kMaxLabelBytes || channel.protocol.size() > kMaxLabelBytes)
    return Error{ErrorCode::kTooLarge, "channel label is too long", "dcep"};
  std::uint8_t type = kReliable;
  std::uint32_t reliability = 0;
  if (channel.max_retransmits) {
    type = kPartialRetransmits;
    reliability = *channel.max_retransmits;
  } else if (channel.max_packet_life_ms) {
    type = kPartialTimed;
    reliability = *channel.max_packet_life_ms;
  }
  out.u8(kOpen);
  out.u8(static_cast<std::uint8_t>(type | (channel.ordered ? 0 : kUnordered)));
  out.u16(256);  // normal priority, RFC 8831 §6.4
  out.u32(reliability);
  out.u16(static_cast<std::uint16_t>(channel.label.size()));
  out.u16(static_cast<std::uint16_t>(channel.protocol.size()));
  out.bytes(bytes(channel.label));
  out.bytes(bytes(channel.protocol));
  if (out.failed()) return Error{ErrorCode::kTooLarge, "DCEP open does not fit", "dcep"};
  return {};
}

Status write_dcep_ack(ByteWriter& out) {
  out.u8(kAck);
  if (out.failed()) return Error{ErrorCode::kTooLarge, "DCEP ack does not fit", "dcep"};
  return {};
}

}  // namespace sidetone::media::sctp
