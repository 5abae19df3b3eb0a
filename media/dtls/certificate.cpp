#include "media/dtls/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

namespace sidetone::media::dtls {
namespace {

constexpr long kValidSeconds = 30L * 24 * 3600;
constexpr long kClockSkewSeconds = 24L * 3600;

bool fill(X509* x509, EVP_PKEY* key) {
  std::uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return false;
  const auto* name = reinterpret_cast<const unsigned char*>("WebRTC");
  X509_NAME* subject = X509_get_subject_name(x509);
  return X509_set_version(x509, 2) == 1 && ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1) == 1 &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
         X509_set_issuer_name(x509, subject) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(x509), -kClockSkewSeconds) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(x509), kValidSeconds) != nullptr && X509_set_pubkey(x509, key) == 1 &&
         X509_sign(x509, key, EVP_sha256()) != 0;
}

}  // namespace

Result<Fingerprint> fingerprint_of(const x509_st* certificate, const std::string& algorithm) {
  const EVP_MD* digest = algorithm == "sha-256"   ? EVP_sha256()
                         : algorithm == "sha-384" ? EVP_sha384()
                         : algorithm == "sha-512" ? EVP_sha512()
                                                  : nullptr;
  if (digest == nullptr) return Error{ErrorCode::kUnsupported, "fingerprint hash is not accepted", "fingerprint"};
  Fingerprint fingerprint{algorithm, std::vector<std::uint8_t>(EVP_MAX_MD_SIZE)};
  unsigned int length = 0;
  if (X509_digest(certificate, digest, fingerprint.digest.data(), &length) != 1)
    return Error{ErrorCode::kInternal, "certificate cannot be hashed", "fingerprint"};
  fingerprint.digest.resize(length);
  return fingerprint;
}

Result<std::shared_ptr<const Certificate>> Certificate::make() {
  std::shared_ptr<Certificate> certificate(new Certificate);
  certificate->key_ = EVP_EC_gen("P-256");
  certificate->x509_ = X509_new();
  if (certificate->key_ == nullptr || certificate->x509_ == nullptr || !fill(certificate->x509_, certificate->key_))
    return Error{ErrorCode::kInternal, "certificate cannot be made", "dtls"};
  SIDETONE_TRY(certificate->fingerprint_, fingerprint_of(certificate->x509_, "sha-256"));
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate->x509_, &der);
  if (length > 0) certificate->der_.assign(der, der + length);
  OPENSSL_free(der);
  return std::shared_ptr<const Certificate>(certificate);
}

Certificate::~Certificate() {
  X509_free(x509_);
  EVP_PKEY_free(key_);
}

}  // namespace sidetone::media::dtls
