#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/random.hpp"

/// The few cryptographic helpers that the service and the native host share (OpenSSL behind them).
namespace sidetone::net {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(Bytes data);
Sha256 sha256(std::string_view text);

/// RFC 2104 with SHA-1.
std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, Bytes data);

/// RFC 4648 §5 without padding.
std::string base64url(Bytes data);
/// @return nothing for any character outside the alphabet, padding, or bits left over that are not zero.
/// @fuzz
std::optional<std::vector<std::uint8_t>> base64url_decode(std::string_view text);

/// RFC 4648 §6 without padding.
std::string base32(Bytes data);

/// True if equal; the time depends on the lengths alone.
bool constant_time_equal(std::string_view a, std::string_view b);

/// `bytes` random bytes as base64url: tokens, tickets, ids.
std::string random_token(Random& random, std::size_t bytes);

/// The operating system's randomness by way of OpenSSL. @thread any.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;
};

}  // namespace sidetone::net
