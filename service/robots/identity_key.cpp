#include "service/robots/identity_key.hpp"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdio>

#include "net/crypto.hpp"

namespace sidetone::service::robots {
namespace {

constexpr int kScalarBytes = 32;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

}  // namespace

void IdentityKey::Deleter::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

Result<IdentityKey> IdentityKey::of(Key key) {
  IdentityKey out;
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0 || !EVP_PKEY_is_a(key.get(), "EC")) {
    OPENSSL_free(der);
    return Error{ErrorCode::kMalformed, "not an elliptic-curve key", ""};
  }
  out.public_key_ = net::base64url({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  out.key_ = std::move(key);
  return out;
}

Result<IdentityKey> IdentityKey::generate() {
  Key key(EVP_EC_gen("P-256"));
  if (!key) return Error{ErrorCode::kInternal, "OpenSSL cannot make a key", ""};
  return of(std::move(key));
}

Result<IdentityKey> IdentityKey::load_or_make(const std::string& file) {
  if (const File in(std::fopen(file.c_str(), "r")); in) {
    Key key(PEM_read_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    if (!key) return Error{ErrorCode::kMalformed, "not a private key in PEM", file};
    return of(std::move(key));
  }
  SIDETONE_TRY(auto made, generate());
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const File out(descriptor < 0 ? nullptr : ::fdopen(descriptor, "w"));
  if (!out || PEM_write_PrivateKey(out.get(), made.key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return Error{ErrorCode::kIo, "cannot be written", file};
  return made;
}

std::string IdentityKey::sign(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::array<unsigned char, 128> der;
  std::size_t size = der.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), der.data(), &size, bytes, text.size()) != 1)
    return {};
  const unsigned char* at = der.data();
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), ECDSA_SIG_free);
  if (!signature) return {};
  std::array<std::uint8_t, 2 * kScalarBytes> raw;
  if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), kScalarBytes) != kScalarBytes ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + kScalarBytes, kScalarBytes) != kScalarBytes)
    return {};
  return net::base64url(raw);
}

std::optional<std::string> fingerprint_of(std::string_view sdp) {
  constexpr std::string_view kAttribute = "a=fingerprint:sha-256 ";
  const auto at = sdp.find(kAttribute);
  if (at == std::string_view::npos) return std::nullopt;
  std::string out;
  for (const char c : sdp.substr(at + kAttribute.size())) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0 && c != ':') break;
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  if (out.size() != 32 * 3 - 1) return std::nullopt;
  return out;
}

std::string identity_text(std::string_view call, std::string_view role, std::string_view signer,
                          std::string_view verifier, std::string_view nonce) {
  std::string text = "sidetone identity 1";
  for (const auto line : {call, role, signer, verifier, nonce}) {
    text += '\n';
    text += line;
  }
  return text;
}

}  // namespace sidetone::service::robots
