#include "media/dtls/fingerprint.hpp"

#include <algorithm>

namespace sidetone::media::dtls {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::size_t digest_bytes(std::string_view algorithm) {
  if (algorithm == "sha-256") return 32;
  if (algorithm == "sha-384") return 48;
  if (algorithm == "sha-512") return 64;
  return 0;
}

}  // namespace

Result<Fingerprint> parse_fingerprint(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space > 16)  // none at all is npos
    return Error{ErrorCode::kMalformed, "fingerprint has no hash name", "fingerprint"};
  Fingerprint fingerprint;
  fingerprint.algorithm = std::string(text.substr(0, space));
  std::transform(fingerprint.algorithm.begin(), fingerprint.algorithm.end(), fingerprint.algorithm.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::size_t bytes = digest_bytes(fingerprint.algorithm);
  if (bytes == 0) return Error{ErrorCode::kUnsupported, "fingerprint hash is not accepted", "fingerprint"};
  const std::string_view hex = text.substr(space + 1);
  if (hex.size() != bytes * 3 - 1) return Error{ErrorCode::kMalformed, "fingerprint has a wrong length", "fingerprint"};
  fingerprint.digest.reserve(bytes);
  for (std::size_t i = 0; i < hex.size(); i += 3) {
    const int high = hex_digit(hex[i]);
    const int low = hex_digit(hex[i + 1]);
    if (high < 0 || low < 0 || (i + 2 < hex.size() && hex[i + 2] != ':'))
      return Error{ErrorCode::kMalformed, "fingerprint is not hexadecimal", "fingerprint"};
    fingerprint.digest.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return fingerprint;
}

std::string to_string(const Fingerprint& fingerprint) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text = fingerprint.algorithm + ' ';
  for (std::size_t i = 0; i < fingerprint.digest.size(); ++i) {
    if (i > 0) text += ':';
    text += kHex[fingerprint.digest[i] >> 4];
    text += kHex[fingerprint.digest[i] & 0x0f];
  }
  return text;
}

}  // namespace sidetone::media::dtls
