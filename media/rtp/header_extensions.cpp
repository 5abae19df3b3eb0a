#include "media/rtp/header_extensions.hpp"

namespace sidetone::media::rtp {

Result<ExtensionElements> parse_header_extensions(std::uint16_t profile, Bytes bytes) {
  ExtensionElements elements;
  const bool one_byte = profile == kOneByteProfile;
  if (!one_byte && (profile & 0xFFF0) != kTwoByteProfile) return elements;
  ByteReader reader(bytes);
  while (reader.left() > 0 && elements.count < elements.items.size()) {
    const std::uint8_t head = reader.u8();
    if (head == 0) continue;  // padding
    ExtensionElement element;
    if (one_byte) {
      element.id = head >> 4;
      if (element.id == 15) break;  // RFC 8285 §4.2: processing stops here
      element.data = reader.bytes(std::size_t{head & 0x0fu} + 1);
    } else {
      element.id = head;
      element.data = reader.bytes(reader.u8());
    }
    if (reader.failed()) return Error{ErrorCode::kTruncated, "header extension ends early", "rtp"};
    if (element.id != 0) elements.items[elements.count++] = element;
  }
  return elements;
}

Result<std::uint16_t> write_header_extensions(std::span<const ExtensionElement> elements, ByteWriter& out) {
  bool one_byte = true;
  for (const auto& element : elements) {
    if (element.id == 0 || element.data.size() > 255)
      return Error{ErrorCode::kOutOfRange, "no such header extension element", "rtp"};
    if (element.id > 14 || element.data.empty() || element.data.size() > 16) one_byte = false;
  }
  const std::size_t start = out.size();
  for (const auto& element : elements) {
    if (one_byte) {
      out.u8(static_cast<std::uint8_t>(element.id << 4 | (element.data.size() - 1)));
    } else {
      out.u8(element.id);
      out.u8(static_cast<std::uint8_t>(element.data.size()));
    }
    out.bytes(element.data);
  }
  while ((out.size() - start) % 4 != 0 && !out.failed()) out.u8(0);
  if (out.failed()) return Error{ErrorCode::kTooLarge, "header extensions do not fit", "rtp"};
  return one_byte ? kOneByteProfile : kTwoByteProfile;
}

}  // namespace sidetone::media::rtp
