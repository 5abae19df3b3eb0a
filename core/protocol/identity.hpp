#pragma once

#include "core/protocol/field.hpp"

/// What two clients say to each other on the call's own data channel (label `sidetone.identity`, made by the caller),
/// so that each knows that the voice's far end is the device that the service named. The service names a key by its
/// hash, SHA-256 over the base64url text that the device signed in with, so that events of a call stay small; the key
/// itself comes with the proof. Fingerprints bind the proof to this DTLS association: a man in the middle has others.
namespace sidetone::protocol {

struct IdentityHello {
  static constexpr std::string_view kType = "hello";
  static constexpr std::string_view kDoc = "Prove who you are. May be sent at any time; answered by proof.";
  std::string nonce;
  static constexpr auto fields() {
    return field_list(field("n", &IdentityHello::nonce, "32 random bytes, base64url", Bounds{43, 43}));
  }
  bool operator==(const IdentityHello&) const = default;
};

struct IdentityProof {
  static constexpr std::string_view kType = "proof";
  static constexpr std::string_view kDoc =
      "The verifier checks that the service named the SHA-256 of this key (of its text as it stands here), then the "
      "signature: ECDSA P-256 with SHA-256 (r and s, 32 bytes each) by the device key over the UTF-8 text `sidetone "
      "identity "
      "1\\n<call>\\n<caller|callee: the "
      "signer's role>\\n<signer's DTLS fingerprint>\\n<verifier's DTLS fingerprint>\\n<verifier's nonce>`; "
      "fingerprints are sha-256 in upper-case "
      "hexadecimal with colons, as in SDP.";
  std::string key;
  std::string signature;
  static constexpr auto fields() {
    return field_list(field("k", &IdentityProof::key,
                            "the signer's public key, as in sign_in: P-256, SubjectPublicKeyInfo, base64url",
                            up_to(limits::kKeyBytes)),
                      field("g", &IdentityProof::signature, "signature, base64url", up_to(limits::kKeyBytes)));
  }
  bool operator==(const IdentityProof&) const = default;
};

}  // namespace sidetone::protocol
