#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace sidetone::media::ice {

inline constexpr std::size_t kMaxMdnsBytes = 9000;  ///< RFC 6762 §17
inline constexpr std::size_t kMaxMdnsAnswers = 32;

/// An address record of a response.
struct MdnsAddress {
  std::string name;     ///< lower case, without a dot at the end
  std::string address;  ///< numeric
  bool operator==(const MdnsAddress&) const = default;
};

/// A and AAAA records of an mDNS response, in its order; none where the message is a query.
/// @fuzz
/// @error kTruncated, kMalformed (labels, pointers that do not lead backwards), kTooLarge. @thread any. @source RFC
/// 6762 §18, RFC 1035 §4.1
Result<std::vector<MdnsAddress>> parse_mdns_response(Bytes message);

/// A query for A and AAAA of one name. @error kOutOfRange: not a name of labels up to 63 bytes. @source RFC 6762 §5.4
Status write_mdns_query(std::string_view name, ByteWriter& out);

}  // namespace sidetone::media::ice
