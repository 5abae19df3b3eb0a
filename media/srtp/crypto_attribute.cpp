#include "media/srtp/crypto_attribute.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

namespace sidetone::media::srtp {
namespace {

// RFC 4568 §6.2, RFC 7714 §14.3: SDP has names of its own.
constexpr std::array<std::pair<std::string_view, Suite>, 4> kSuites{{
    {"AEAD_AES_128_GCM", Suite::kAeadAes128Gcm},
    {"AEAD_AES_256_GCM", Suite::kAeadAes256Gcm},
    {"AES_CM_128_HMAC_SHA1_80", Suite::kAesCm128HmacSha1_80},
    {"AES_CM_128_HMAC_SHA1_32", Suite::kAesCm128HmacSha1_32},
}};
constexpr std::string_view kInline = "inline:";
constexpr std::size_t kMostTagDigits = 9;         // RFC 4568 §9.2
constexpr std::uint32_t kLeastLifetimeLog2 = 20;  // packets: six hours of 20 ms each; keys are not changed in a call
constexpr std::uint32_t kMostLifetimeLog2 = 48;   // RFC 3711 §9.2

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::span<const std::uint8_t> data) {
  std::string text;
  for (std::size_t at = 0; at < data.size(); at += 3) {
    std::uint32_t group = 0;
    const std::size_t bytes = std::min<std::size_t>(3, data.size() - at);
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < bytes ? data[at + i] : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += i <= bytes ? kBase64[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

/// @source RFC 4648 §4; padding may be missing, as it is with some telephones.
std::optional<std::vector<std::uint8_t>> base64_decode(std::string_view text) {
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  std::vector<std::uint8_t> data;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::size_t value = kBase64.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    data.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  const bool whole = count < 6 && (bits & ((1U << count) - 1)) == 0;
  return whole ? std::optional(std::move(data)) : std::nullopt;
}

std::string_view take_word(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

Error malformed(const char* text) { return {ErrorCode::kMalformed, text, "crypto"}; }
Error unsupported(std::string text) { return {ErrorCode::kUnsupported, std::move(text), "crypto"}; }

/// "2^20" or "1048576": packets that one key may protect.
Status check_lifetime(std::string_view text) {
  const bool is_power = text.substr(0, 2) == "2^";
  const auto value = decimal(is_power ? text.substr(2) : text);
  if (!value || *value == 0) return malformed("lifetime of the key is no number");
  if (is_power ? *value > kMostLifetimeLog2 : *value > std::uint64_t{1} << kMostLifetimeLog2)
    return malformed("lifetime of the key is over 2^48");
  if (is_power ? *value < kLeastLifetimeLog2 : *value < std::uint64_t{1} << kLeastLifetimeLog2)
    return unsupported("lifetime of the key is shorter than 2^20 packets");
  return {};
}

/// "1:4": a number and how many bytes it takes in packets.
Result<std::vector<std::uint8_t>> parse_mki(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto bytes = decimal(text.substr(colon + 1));
  const std::string_view digits = text.substr(0, colon);
  if (!bytes || *bytes == 0 || *bytes > kMaxMkiBytes)
    return malformed("length of the key's identifier is not 1 to 128");
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return malformed("identifier of the key is no number");
  const auto value = decimal(digits);
  if (!value) return unsupported("identifier of the key is over 64 bits");
  if (*bytes < sizeof(*value) && *value >> 8 * *bytes != 0)
    return malformed("identifier of the key is longer than it says");
  std::vector<std::uint8_t> mki(static_cast<std::size_t>(*bytes));
  for (std::size_t i = 0; i < std::min(mki.size(), sizeof(*value)); ++i)
    mki[mki.size() - 1 - i] = static_cast<std::uint8_t>(*value >> 8 * i);
  return mki;
}

/// "inline:" with key and salt, and then "|lifetime", "|identifier", or both in this order.
Result<MasterKey> parse_key(std::string_view key, Suite suite) {
  if (key.substr(0, kInline.size()) != kInline)
    return key.find(':') == std::string_view::npos ? malformed("key is missing") : unsupported("method is not inline");
  key.remove_prefix(kInline.size());
  const std::string_view text = key.substr(0, key.find('|'));
  key.remove_prefix(text.size());
  const KeyLengths lengths = key_lengths(suite);
  if (text.size() > 4 * (lengths.key + lengths.salt)) return malformed("key has a wrong length");
  auto bytes = base64_decode(text);
  if (!bytes) return malformed("key is not base64");
  if (bytes->size() != lengths.key + lengths.salt) return malformed("key has a wrong length");
  MasterKey parsed{std::move(*bytes), {}};
  while (!key.empty()) {
    key.remove_prefix(1);
    const std::string_view field = key.substr(0, key.find('|'));
    key.remove_prefix(field.size());
    if (!parsed.mki.empty()) return malformed("something stands behind the key's identifier");
    if (field.find(':') == std::string_view::npos) {
      SIDETONE_CHECK(check_lifetime(field));
    } else {
      SIDETONE_TRY(parsed.mki, parse_mki(field));
    }
  }
  return parsed;
}

/// RFC 4568 §6.1: more than one key need identifiers, all of one length, each its own.
Status check_identifiers(Suite suite, const std::vector<MasterKey>& keys) {
  if (!names_keys(suite) && !keys.front().mki.empty()) return unsupported("identifiers of keys with the short tag");
  for (const MasterKey& one : keys) {
    if (keys.size() > 1 && one.mki.empty()) return malformed("one of several keys has no identifier");
    if (one.mki.size() != keys.front().mki.size()) return malformed("identifiers of keys differ in length");
    if (std::count_if(keys.begin(), keys.end(), [&](const MasterKey& other) { return other.mki == one.mki; }) > 1)
      return malformed("two keys have the same identifier");
  }
  return {};
}

/// The longest that are written are those that were read: of 64 bits.
std::string mki_text(const std::vector<std::uint8_t>& mki) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : mki) value = value << 8 | byte;
  return std::to_string(value) + ':' + std::to_string(mki.size());
}

}  // namespace

Result<CryptoAttribute> parse_crypto_attribute(std::string_view value) {
  CryptoAttribute crypto;
  const std::string_view tag = take_word(value);
  const auto number = decimal(tag);
  if (!number || tag.size() > kMostTagDigits) return malformed("tag is no number of up to nine digits");
  crypto.tag = static_cast<std::uint32_t>(*number);

  const std::string_view name = take_word(value);
  const auto known = std::find_if(kSuites.begin(), kSuites.end(), [&](const auto& one) { return one.first == name; });
  if (name.empty()) return malformed("suite is missing");
  if (known == kSuites.end()) return unsupported("suite is unknown");
  crypto.suite = known->second;

  std::string_view keys = take_word(value);
  do {
    const std::string_view one = keys.substr(0, keys.find(';'));
    keys.remove_prefix(std::min(one.size() + 1, keys.size()));
    if (crypto.keys.size() == kMaxMasterKeys) return unsupported("more keys than are kept");
    SIDETONE_TRY(auto key, parse_key(one, crypto.suite));
    crypto.keys.push_back(std::move(key));
  } while (!keys.empty());
  SIDETONE_CHECK(check_identifiers(crypto.suite, crypto.keys));

  // RFC 4568 §6.3.7: what is not known may be passed over only where it begins with '-'. A hint of the window is one.
  for (std::string_view parameter = take_word(value); !parameter.empty(); parameter = take_word(value))
    if (parameter.front() != '-' && parameter.substr(0, 4) != "WSH=") return unsupported("session parameter");
  return crypto;
}

std::string to_string(const CryptoAttribute& crypto) {
  const auto known =
      std::find_if(kSuites.begin(), kSuites.end(), [&](const auto& one) { return one.second == crypto.suite; });
  std::string text = std::to_string(crypto.tag) + ' ';
  if (known != kSuites.end()) text += known->first;
  char before = ' ';
  for (const MasterKey& one : crypto.keys) {
    text += before + std::string(kInline) + base64(one.key);
    // Some read what stands behind the key as its lifetime.
    if (!one.mki.empty()) text += "|2^31|" + mki_text(one.mki);
    before = ';';
  }
  return text;
}

CryptoAttribute make_crypto(std::uint32_t tag, Suite suite, std::size_t mki_bytes, Random& random) {
  const KeyLengths lengths = key_lengths(suite);
  MasterKey key{std::vector<std::uint8_t>(lengths.key + lengths.salt), std::vector<std::uint8_t>(mki_bytes)};
  random.fill(std::as_writable_bytes(std::span{key.key}));
  if (mki_bytes > 0) key.mki.back() = 1;
  return {tag, suite, {std::move(key)}};
}

}  // namespace sidetone::media::srtp
