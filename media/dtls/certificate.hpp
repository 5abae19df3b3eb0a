#pragma once

#include <memory>
#include <string>
#include <vector>

#include "media/dtls/fingerprint.hpp"

struct evp_pkey_st;
struct x509_st;

namespace sidetone::media::dtls {

/// A self-signed P-256 certificate with its key, valid for 30 days (as browsers do). @source RFC 8827 §6.5
class Certificate {
 public:
  /// @error kInternal: OpenSSL refuses.
  static Result<std::shared_ptr<const Certificate>> make();
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] const Fingerprint& fingerprint() const { return fingerprint_; }
  [[nodiscard]] const std::vector<std::uint8_t>& der() const { return der_; }
  [[nodiscard]] evp_pkey_st* key() const { return key_; }
  [[nodiscard]] x509_st* x509() const { return x509_; }

 private:
  Certificate() = default;
  evp_pkey_st* key_ = nullptr;
  x509_st* x509_ = nullptr;
  Fingerprint fingerprint_;
  std::vector<std::uint8_t> der_;
};

/// The digest of a certificate, with the algorithm of `like`. @error kUnsupported
Result<Fingerprint> fingerprint_of(const x509_st* certificate, const std::string& algorithm);

}  // namespace sidetone::media::dtls
