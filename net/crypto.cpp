#include "net/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

namespace sidetone::net {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648 §3: groups of `width` bits, the last one filled with zeros, without padding.
std::string in_groups(Bytes data, int width, std::string_view alphabet) {
  std::string out;
  const auto group = static_cast<std::size_t>(width);
  out.reserve((data.size() * 8 + group - 1) / group);
  const std::uint32_t mask = (1U << width) - 1;
  std::uint32_t bits = 0;
  int held = 0;
  for (const std::uint8_t byte : data) {
    bits = bits << 8 | byte;
    held += 8;
    while (held >= width) {
      held -= width;
      out.push_back(alphabet[bits >> held & mask]);
    }
  }
  if (held > 0) out.push_back(alphabet[bits << (width - held) & mask]);
  return out;
}

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

}  // namespace

Sha256 sha256(Bytes data) {
  Sha256 digest{};
  EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

Sha256 sha256(std::string_view text) {
  return sha256(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, Bytes data) {
  std::array<std::uint8_t, 20> digest{};
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), digest.data(), nullptr);
  return digest;
}

std::string base64url(Bytes data) { return in_groups(data, 6, kAlphabet); }
std::string base32(Bytes data) { return in_groups(data, 5, kBase32Alphabet); }

std::optional<std::vector<std::uint8_t>> base64url_decode(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::vector<std::uint8_t> out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = sextet(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFF;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<std::uint8_t>(bits >> held));
  }
  if ((bits & ((1u << held) - 1)) != 0) return std::nullopt;
  return out;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_token(Random& random, std::size_t bytes) {
  std::vector<std::uint8_t> raw(bytes);
  random.fill(std::as_writable_bytes(std::span{raw}));
  return base64url(raw);
}

void SystemRandom::fill(std::span<std::byte> out) {
  if (out.empty() || RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) == 1)
    return;
  // Keys made of anything else would be worse than no program.
  std::fputs("sidetone: the system gives no randomness\n", stderr);
  std::abort();
}

}  // namespace sidetone::net
