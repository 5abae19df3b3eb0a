#pragma once

namespace sidetone::media::srtp {

/// From here on libsrtp does AES-GCM by OpenSSL. Debian's libsrtp asks NSS instead, whose tokens, sessions, locks and
/// system calls take as long again as a packet of voice itself. Call it once, behind srtp_init().
/// @return false: OpenSSL fails one of libsrtp's tests or ours; NSS goes on. @source RFC 7714, NIST SP 800-38D
bool use_openssl_for_gcm();

}  // namespace sidetone::media::srtp
