#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

struct evp_pkey_st;

namespace sidetone::service::robots {

/// The key by which Echo and Music prove to a caller that the voice is theirs (core/protocol/identity.hpp). ECDSA on
/// P-256.
class IdentityKey {
 public:
  static Result<IdentityKey> generate();
  /// Read the key of this file, or make one there, readable by its owner alone.
  /// @error kIo, kMalformed; `where` is the file.
  static Result<IdentityKey> load_or_make(const std::string& file);

  /// SubjectPublicKeyInfo (RFC 5280 §4.1), base64url.
  [[nodiscard]] const std::string& public_key() const { return public_key_; }
  /// ECDSA with SHA-256: r and s of 32 bytes each (as WebCrypto), base64url; empty where OpenSSL has failed.
  [[nodiscard]] std::string sign(std::string_view text) const;

 private:
  struct Deleter {
    void operator()(evp_pkey_st* key) const;
  };
  using Key = std::unique_ptr<evp_pkey_st, Deleter>;
  static Result<IdentityKey> of(Key key);

  Key key_;
  std::string public_key_;
};

/// The first sha-256 fingerprint of an SDP (RFC 8122 §5), in upper case.
std::optional<std::string> fingerprint_of(std::string_view sdp);

/// What is signed: see IdentityProof.
std::string identity_text(std::string_view call, std::string_view role, std::string_view signer,
                          std::string_view verifier, std::string_view nonce);

}  // namespace sidetone::service::robots
