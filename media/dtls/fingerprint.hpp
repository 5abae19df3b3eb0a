#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace sidetone::media::dtls {

/// a=fingerprint of a certificate.
struct Fingerprint {
  std::string algorithm;             ///< "sha-256", "sha-384" or "sha-512"
  std::vector<std::uint8_t> digest;  ///< of the DER certificate
  bool operator==(const Fingerprint&) const = default;
};

/// The value of an a=fingerprint line, "sha-256 4A:AD:…"; case does not matter.
/// @fuzz
/// @error kUnsupported: MD5, SHA-1 or an unknown hash (RFC 8122 §5); kMalformed. @thread any. @source RFC 8122 §5
Result<Fingerprint> parse_fingerprint(std::string_view text);

/// "sha-256 4A:AD:…"
std::string to_string(const Fingerprint& fingerprint);

}  // namespace sidetone::media::dtls
