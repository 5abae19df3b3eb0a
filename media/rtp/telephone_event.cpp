#include "media/rtp/telephone_event.hpp"

#include <string_view>

namespace sidetone::media::rtp {
namespace {

constexpr std::string_view kEventKeys = "0123456789*#ABCD";
constexpr std::uint8_t kEndBit = 0x80;
constexpr std::uint8_t kVolumeBits = 0x3F;  // the bit between is reserved and not looked at

}  // namespace

Result<TelephoneEvent> parse_telephone_event(Bytes bytes) {
  if (bytes.size() != kTelephoneEventBytes)
    return Error{ErrorCode::kTruncated, "a report of an event has four bytes", "telephone-event"};
  ByteReader in(bytes);
  TelephoneEvent out;
  out.event = in.u8();
  const std::uint8_t flags = in.u8();
  out.end = (flags & kEndBit) != 0;
  out.volume = flags & kVolumeBits;
  out.duration = in.u16();
  return out;
}

std::array<std::uint8_t, kTelephoneEventBytes> write_telephone_event(const TelephoneEvent& event) {
  std::array<std::uint8_t, kTelephoneEventBytes> bytes{};
  ByteWriter out(bytes);
  out.u8(event.event);
  out.u8(static_cast<std::uint8_t>((event.end ? kEndBit : 0) | (event.volume & kVolumeBits)));
  out.u16(event.duration);
  return bytes;
}

std::optional<char> key_of_event(std::uint8_t event) {
  if (event >= kEventKeys.size()) return std::nullopt;
  return kEventKeys[event];
}

std::optional<std::uint8_t> event_of_key(char key) {
  if (key >= 'a' && key <= 'd') key = static_cast<char>(key - 'a' + 'A');
  const auto at = kEventKeys.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(at);
}

}  // namespace sidetone::media::rtp
