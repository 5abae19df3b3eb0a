#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace sidetone::media::ice {

struct ServerUrl {
  bool turn = false;
  bool secure = false;  ///< stuns or turns
  bool tcp = false;
  std::string host;  ///< name or numeric address, without brackets
  std::uint16_t port = 3478;
  bool operator==(const ServerUrl&) const = default;
};

/// "stun:host[:port]", "turn[s]:host[:port][?transport=udp|tcp]"; turns is TCP on port 5349 unless it says otherwise.
/// @fuzz
/// @error kMalformed, kTooLarge. @thread any. @source RFC 7064 §3.1, RFC 7065 §3.1
Result<ServerUrl> parse_server_url(std::string_view url);

}  // namespace sidetone::media::ice
