#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

/// Keys of a telephone as RTP events. @source RFC 4733
namespace sidetone::media::rtp {

inline constexpr std::size_t kTelephoneEventBytes = 4;
inline constexpr std::uint16_t kLongestEventSegment = 0xFFFF;  ///< in units of the RTP clock

/// One report of an event. @source RFC 4733 §2.3
struct TelephoneEvent {
  std::uint8_t event = 0;  ///< 0 to 15: a key (§3.2); others are not of the telephone's keys
  bool end = false;
  std::uint8_t volume = 0;     ///< −dBm0, 0 to 63
  std::uint16_t duration = 0;  ///< so far, of this segment; in units of the RTP clock
  bool operator==(const TelephoneEvent&) const = default;
};

/// One report of the one or more that a payload holds (§2.5.1.5).
/// @fuzz
/// @error kTruncated: not four bytes. @thread any; no allocation.
Result<TelephoneEvent> parse_telephone_event(Bytes bytes);
std::array<std::uint8_t, kTelephoneEventBytes> write_telephone_event(const TelephoneEvent& event);

/// '0' to '9', '*', '#', 'A' to 'D'. @source RFC 4733 §3.2 table 3
std::optional<char> key_of_event(std::uint8_t event);
/// Small letters are letters, too.
std::optional<std::uint8_t> event_of_key(char key);

}  // namespace sidetone::media::rtp
