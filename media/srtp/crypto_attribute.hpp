#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "media/srtp/srtp_session.hpp"

namespace sidetone::media::srtp {

/// a=crypto of SDP: the key that its writer sends with. Never to be logged.
struct CryptoAttribute {
  std::uint32_t tag = 1;  ///< by which an answer names the one of the offer that it takes
  Suite suite{};
  std::vector<MasterKey> keys;  ///< at least one; those of more than one have identifiers of one length
  bool operator==(const CryptoAttribute&) const = default;
};

/// @param value  what stands behind "a=crypto:".
/// @fuzz
/// @error kMalformed; kUnsupported: a suite, a method, session parameters, a lifetime, an identifier over 64 bits or
/// more keys than we do. Texts do not repeat the key.
/// @thread any. @source RFC 4568 §9.2, RFC 7714 §14.3
Result<CryptoAttribute> parse_crypto_attribute(std::string_view value);
/// Without "a=crypto:". The key is in it.
std::string to_string(const CryptoAttribute& crypto);

/// With a new key. @param mki_bytes  0: it has no identifier
CryptoAttribute make_crypto(std::uint32_t tag, Suite suite, std::size_t mki_bytes, Random& random);

}  // namespace sidetone::media::srtp
