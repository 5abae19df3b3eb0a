#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace sidetone::net {

struct Url {
  std::string scheme;  ///< http, https, ws or wss
  std::string host;    ///< name or address; an IPv6 address without brackets
  std::uint16_t port = 0;
  std::string target;  ///< path and query, at least "/"

  [[nodiscard]] bool secure() const { return scheme == "https" || scheme == "wss"; }
  /// As in a Host header: IPv6 in brackets, the port left out where it is the scheme's own.
  [[nodiscard]] std::string authority() const;
};

/// An absolute URL of one of the four schemes, without user name, password or fragment (RFC 3986 §3).
/// @error kMalformed: says which part.
/// @fuzz
Result<Url> parse_url(std::string_view text);

/// Decode %XX of a path. @error kMalformed: a broken escape, or an encoded zero byte.
/// @fuzz
Result<std::string> percent_decode(std::string_view text);

/// All but the unreserved characters as %XX (RFC 3986 §2.3).
std::string percent_encode(std::string_view text);

}  // namespace sidetone::net
