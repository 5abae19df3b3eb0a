#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace sidetone::media::rtp {

inline constexpr std::string_view kAudioLevelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";  // RFC 6464 §4
inline constexpr std::string_view kMidUri = "urn:ietf:params:rtp-hdrext:sdes:mid";                 // RFC 8843 §15

inline constexpr std::uint16_t kOneByteProfile = 0xBEDE;
inline constexpr std::uint16_t kTwoByteProfile = 0x1000;  ///< the low four bits are for the application

struct ExtensionElement {
  std::uint8_t id = 0;
  Bytes data;  ///< borrowed
};

/// The elements of one packet, as many as sensible peers send.
struct ExtensionElements {
  std::array<ExtensionElement, 16> items{};
  std::size_t count = 0;
  [[nodiscard]] const ExtensionElement* find(std::uint8_t id) const {
    for (std::size_t i = 0; i < count; ++i)
      if (items[i].id == id) return &items[i];
    return nullptr;
  }
};

/// Elements of a header extension; none for a profile that is not RFC 8285's. Elements beyond the 16th are left out.
/// @fuzz
/// @error kTruncated: an element runs over the end. @thread any; no allocation. @source RFC 8285 §4.2, §4.3
Result<ExtensionElements> parse_header_extensions(std::uint16_t profile, Bytes bytes);

/// Append elements, padded to four bytes; the one-byte form where all of them fit into it.
/// @return the profile to announce. @error kTooLarge; kOutOfRange: id 0 or data over 255 bytes.
Result<std::uint16_t> write_header_extensions(std::span<const ExtensionElement> elements, ByteWriter& out);

}  // namespace sidetone::media::rtp
