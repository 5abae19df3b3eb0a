#include "media/srtp/gcm_cipher.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <srtp2/cipher.h>
#include <srtp2/srtp.h>

#include <array>
#include <cstdint>
#include <memory>

namespace sidetone::media::srtp {
namespace {

constexpr int kSaltBytes = 12;  // libsrtp counts the salt among the key and keeps it to itself
constexpr int kTagBytes = 16;
constexpr int kShortTagBytes = 8;  // which nobody here negotiates, but libsrtp tests

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

struct GcmState {
  std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context;
  const EVP_CIPHER* cipher = nullptr;
  int tag_bytes = kTagBytes;
};

GcmState& state_of(void* state) { return *static_cast<GcmState*>(state); }

srtp_err_status_t failed() {
  ERR_clear_error();  // DTLS looks into the same queue for errors of its own
  return srtp_err_status_cipher_fail;
}

srtp_err_status_t init_key(void* state, const std::uint8_t* key) {
  const GcmState& gcm = state_of(state);
  const bool done = EVP_CipherInit_ex(gcm.context.get(), gcm.cipher, nullptr, key, nullptr, 1) == 1;
  return done ? srtp_err_status_ok : failed();
}

srtp_err_status_t set_iv(void* state, std::uint8_t* iv, srtp_cipher_direction_t direction) {
  const int encrypts = direction == srtp_direction_encrypt ? 1 : 0;
  const bool done = EVP_CipherInit_ex(state_of(state).context.get(), nullptr, nullptr, nullptr, iv, encrypts) == 1;
  return done ? srtp_err_status_ok : failed();
}

srtp_err_status_t set_aad(void* state, const std::uint8_t* aad, std::uint32_t length) {
  int written = 0;
  const bool done =
      EVP_CipherUpdate(state_of(state).context.get(), nullptr, &written, aad, static_cast<int>(length)) == 1;
  return done ? srtp_err_status_ok : failed();
}

/// In place; the tag is compared or worked out behind it. @param length  0: only what was authenticated counts.
bool run(EVP_CIPHER_CTX* context, std::uint8_t* data, unsigned int length) {
  int written = 0;
  if (length > 0 && EVP_CipherUpdate(context, data, &written, data, static_cast<int>(length)) != 1) return false;
  std::array<std::uint8_t, kTagBytes> nothing_left;
  return EVP_CipherFinal_ex(context, nothing_left.data(), &written) == 1;
}

srtp_err_status_t encrypt(void* state, std::uint8_t* data, unsigned int* length) {
  return run(state_of(state).context.get(), data, *length) ? srtp_err_status_ok : failed();
}

srtp_err_status_t get_tag(void* state, std::uint8_t* tag, std::uint32_t* length) {
  const GcmState& gcm = state_of(state);
  *length = static_cast<std::uint32_t>(gcm.tag_bytes);
  const bool done = EVP_CIPHER_CTX_ctrl(gcm.context.get(), EVP_CTRL_AEAD_GET_TAG, gcm.tag_bytes, tag) == 1;
  return done ? srtp_err_status_ok : failed();
}

/// @param length  in: with the tag; out: without it.
srtp_err_status_t decrypt(void* state, std::uint8_t* data, unsigned int* length) {
  const GcmState& gcm = state_of(state);
  const auto tag_bytes = static_cast<unsigned int>(gcm.tag_bytes);
  if (*length < tag_bytes) return srtp_err_status_bad_param;
  *length -= tag_bytes;
  if (EVP_CIPHER_CTX_ctrl(gcm.context.get(), EVP_CTRL_AEAD_SET_TAG, gcm.tag_bytes, data + *length) != 1)
    return failed();
  return run(gcm.context.get(), data, *length) ? srtp_err_status_ok : srtp_err_status_auth_fail;
}

srtp_err_status_t free_cipher(srtp_cipher_t* cipher) {
  delete static_cast<GcmState*>(cipher->state);
  delete cipher;
  return srtp_err_status_ok;
}

extern const srtp_cipher_type_t kGcm128;
extern const srtp_cipher_type_t kGcm256;

srtp_err_status_t make_cipher(srtp_cipher_t** out, int key_bytes, int tag_bytes) {
  const bool is_128 = key_bytes == 16 + kSaltBytes;
  if (!is_128 && key_bytes != 32 + kSaltBytes) return srtp_err_status_bad_param;
  if (tag_bytes != kTagBytes && tag_bytes != kShortTagBytes) return srtp_err_status_bad_param;
  auto state = std::make_unique<GcmState>();
  state->context.reset(EVP_CIPHER_CTX_new());
  if (state->context == nullptr) return srtp_err_status_alloc_fail;
  state->cipher = is_128 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
  state->tag_bytes = tag_bytes;
  const srtp_cipher_type_t& type = is_128 ? kGcm128 : kGcm256;
  *out = new srtp_cipher_t{&type, state.release(), key_bytes, static_cast<int>(type.id)};
  return srtp_err_status_ok;
}

// Test cases 4 and 16 of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", 2005. The salt behind the key
// is not used.
constexpr std::array<std::uint8_t, 32 + kSaltBytes> kKey{
    0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08,
    0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08};
constexpr std::array<std::uint8_t, 60> kPlain{0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5,
                                              0xaf, 0xf5, 0x26, 0x9a, 0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda,
                                              0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31, 0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95,
                                              0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49, 0xa6, 0xb5, 0x25,
                                              0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39};
constexpr std::array<std::uint8_t, 20> kAad{0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
                                            0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2};
std::array<std::uint8_t, 12> test_iv{0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88};
constexpr std::array<std::uint8_t, 76> kSealed128{
    0x42, 0x83, 0x1e, 0xc2, 0x21, 0x77, 0x74, 0x24, 0x4b, 0x72, 0x21, 0xb7, 0x84, 0xd0, 0xd4, 0x9c, 0xe3, 0xaa, 0x21,
    0x2f, 0x2c, 0x02, 0xa4, 0xe0, 0x35, 0xc1, 0x7e, 0x23, 0x29, 0xac, 0xa1, 0x2e, 0x21, 0xd5, 0x14, 0xb2, 0x54, 0x66,
    0x93, 0x1c, 0x7d, 0x8f, 0x6a, 0x5a, 0xac, 0x84, 0xaa, 0x05, 0x1b, 0xa3, 0x0b, 0x39, 0x6a, 0x0a, 0xac, 0x97, 0x3d,
    0x58, 0xe0, 0x91, 0x5b, 0xc9, 0x4f, 0xbc, 0x32, 0x21, 0xa5, 0xdb, 0x94, 0xfa, 0xe9, 0x5a, 0xe7, 0x12, 0x1a, 0x47};
constexpr std::array<std::uint8_t, 76> kSealed256{
    0x52, 0x2d, 0xc1, 0xf0, 0x99, 0x56, 0x7d, 0x07, 0xf4, 0x7f, 0x37, 0xa3, 0x2a, 0x84, 0x42, 0x7d, 0x64, 0x3a, 0x8c,
    0xdc, 0xbf, 0xe5, 0xc0, 0xc9, 0x75, 0x98, 0xa2, 0xbd, 0x25, 0x55, 0xd1, 0xaa, 0x8c, 0xb0, 0x8e, 0x48, 0x59, 0x0d,
    0xbb, 0x3d, 0xa7, 0xb0, 0x8b, 0x10, 0x56, 0x82, 0x88, 0x38, 0xc5, 0xf6, 0x1e, 0x63, 0x93, 0xba, 0x7a, 0x0a, 0xbc,
    0xc9, 0xf6, 0x62, 0x76, 0xfc, 0x6e, 0xce, 0x0f, 0x4e, 0x17, 0x68, 0xcd, 0xdf, 0x88, 0x53, 0xbb, 0x2d, 0x55, 0x1b};

constexpr srtp_cipher_test_case_t test_case(int key_bytes, const std::array<std::uint8_t, 76>& sealed) {
  return {key_bytes + kSaltBytes,
          kKey.data(),
          test_iv.data(),
          static_cast<unsigned>(kPlain.size()),
          kPlain.data(),
          static_cast<unsigned>(sealed.size()),
          sealed.data(),
          kAad.size(),
          kAad.data(),
          kTagBytes,
          nullptr};
}
const srtp_cipher_test_case_t kTest128 = test_case(16, kSealed128);
const srtp_cipher_test_case_t kTest256 = test_case(32, kSealed256);

constexpr srtp_cipher_type_t type_of(const srtp_cipher_test_case_t& test, srtp_cipher_type_id_t id) {
  return {make_cipher, free_cipher,          init_key, set_aad, encrypt, decrypt, set_iv,
          get_tag,     "AES-GCM by OpenSSL", &test,    id};
}
const srtp_cipher_type_t kGcm128 = type_of(kTest128, SRTP_AES_GCM_128);
const srtp_cipher_type_t kGcm256 = type_of(kTest256, SRTP_AES_GCM_256);

}  // namespace

bool use_openssl_for_gcm() {
  return srtp_replace_cipher_type(&kGcm128, SRTP_AES_GCM_128) == srtp_err_status_ok &&
         srtp_replace_cipher_type(&kGcm256, SRTP_AES_GCM_256) == srtp_err_status_ok;
}

}  // namespace sidetone::media::srtp
