#include "media/ice/mdns_message.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace sidetone::media::ice {
namespace {

constexpr std::uint16_t kTypeA = 1;
constexpr std::uint16_t kTypeAaaa = 28;
constexpr std::uint16_t kClassIn = 1;
constexpr std::uint16_t kClassMask = 0x7fff;  // the top bit is cache-flush, or unicast-response in a question
constexpr std::size_t kMaxNameBytes = 255;

/// A name with compression. Each pointer must lead before the place where it stands, which ends every loop.
Result<std::string> read_name(Bytes message, ByteReader& reader) {
  std::string name;
  std::size_t limit = reader.position();
  ByteReader labels = reader;
  bool jumped = false;
  for (;;) {
    const std::uint8_t head = labels.u8();
    if (labels.failed()) return Error{ErrorCode::kTruncated, "mDNS name ends early", "mdns"};
    if (head == 0) break;
    if ((head & 0xC0) == 0xC0) {
      const std::size_t target = std::size_t{head & 0x3fu} << 8 | labels.u8();
      if (labels.failed() || target >= limit) return Error{ErrorCode::kMalformed, "mDNS pointer is wrong", "mdns"};
      if (!jumped) reader = labels;
      jumped = true;
      limit = target;
      labels = ByteReader(message);
      labels.skip(target);
      continue;
    }
    if ((head & 0xC0) != 0) return Error{ErrorCode::kMalformed, "mDNS label is wrong", "mdns"};
    const Bytes label = labels.bytes(head);
    if (labels.failed()) return Error{ErrorCode::kTruncated, "mDNS name ends early", "mdns"};
    if (name.size() + label.size() + 1 > kMaxNameBytes)
      return Error{ErrorCode::kTooLarge, "mDNS name is too long", "mdns"};
    if (!name.empty()) name += '.';
    for (const std::uint8_t c : label) name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  if (!jumped) reader = labels;
  return name;
}

}  // namespace

Result<std::vector<MdnsAddress>> parse_mdns_response(Bytes message) {
  if (message.size() > kMaxMdnsBytes) return Error{ErrorCode::kTooLarge, "mDNS message is too long", "mdns"};
  ByteReader reader(message);
  reader.skip(2);
  const std::uint16_t flags = reader.u16();
  const std::uint16_t questions = reader.u16();
  const std::size_t records = std::size_t{reader.u16()} + reader.u16() + reader.u16();
  if (reader.failed()) return Error{ErrorCode::kTruncated, "mDNS header ends early", "mdns"};
  std::vector<MdnsAddress> addresses;
  if ((flags & 0x8000) == 0) return addresses;
  for (std::size_t i = 0; i < questions; ++i) {
    SIDETONE_TRY(const std::string ignored, read_name(message, reader));
    reader.skip(4);
    if (reader.failed()) return Error{ErrorCode::kTruncated, "mDNS question ends early", "mdns"};
  }
  for (std::size_t i = 0; i < records && addresses.size() < kMaxMdnsAnswers; ++i) {
    SIDETONE_TRY(std::string name, read_name(message, reader));
    const std::uint16_t type = reader.u16();
    const std::uint16_t record_class = reader.u16() & kClassMask;
    reader.skip(4);
    const Bytes data = reader.bytes(reader.u16());
    if (reader.failed()) return Error{ErrorCode::kTruncated, "mDNS record ends early", "mdns"};
    if (record_class != kClassIn) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (type == kTypeA && data.size() == 4) {
      inet_ntop(AF_INET, data.data(), text.data(), text.size());
    } else if (type == kTypeAaaa && data.size() == 16) {
      inet_ntop(AF_INET6, data.data(), text.data(), text.size());
    } else {
      continue;
    }
    addresses.push_back({std::move(name), text.data()});
  }
  return addresses;
}

Status write_mdns_query(std::string_view name, ByteWriter& out) {
  if (name.empty() || name.size() > kMaxNameBytes - 2)
    return Error{ErrorCode::kOutOfRange, "name does not fit a query", "mdns"};
  out.u16(0);  // RFC 6762 §18.1: the id of a multicast query is zero
  out.u16(0);
  out.u16(2);
  out.u16(0);
  out.u16(0);
  out.u16(0);
  const std::size_t name_at = out.size();
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('.'), name.size());
    if (end == 0 || end > 63) return Error{ErrorCode::kOutOfRange, "name does not fit a query", "mdns"};
    out.u8(static_cast<std::uint8_t>(end));
    out.bytes({reinterpret_cast<const std::uint8_t*>(name.data()), end});
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  out.u8(0);
  out.u16(kTypeA);
  out.u16(kClassIn);
  out.u16(static_cast<std::uint16_t>(0xC000 | name_at));
  out.u16(kTypeAaaa);
  out.u16(kClassIn);
  if (out.failed()) return Error{ErrorCode::kTooLarge, "mDNS query does not fit", "mdns"};
  return {};
}

}  // namespace sidetone::media::ice
