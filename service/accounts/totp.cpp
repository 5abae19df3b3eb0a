#include "service/accounts/totp.hpp"

#include <algorithm>
#include <array>

#include "core/base/bytes.hpp"
#include "net/crypto.hpp"
#include "net/url.hpp"

namespace sidetone::service::accounts::totp {
namespace {

constexpr std::string_view kIssuer = "Sidetone";

}  // namespace

std::uint64_t step_at(std::int64_t now) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0) / kStepSeconds);
}

std::string hotp(std::string_view secret, std::uint64_t counter, std::size_t digits) {
  std::array<std::uint8_t, 8> text{};
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(counter >> (56 - 8 * i));
  const auto digest = net::hmac_sha1(secret, text);
  const std::size_t at = digest.back() & 0xFU;
  std::uint32_t number = (digest[at] & 0x7FU) << 24 | static_cast<std::uint32_t>(digest[at + 1]) << 16 |
                         static_cast<std::uint32_t>(digest[at + 2]) << 8 | digest[at + 3];
  std::string out(digits, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, number /= 10)
    *digit = static_cast<char>('0' + number % 10);
  return out;
}

std::optional<std::uint64_t> matching_step(std::string_view secret, std::string_view code, std::int64_t now,
                                           std::uint64_t last_step) {
  const auto current = std::max<std::uint64_t>(step_at(now), 1);
  std::optional<std::uint64_t> found;
  for (const auto step : {current - 1, current, current + 1}) {
    const bool equal = net::constant_time_equal(hotp(secret, step), code);
    if (equal && step > last_step) found = step;
  }
  return found;
}

std::string set_up_uri(std::string_view secret, std::string_view account) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(secret.data());
  std::string out = "otpauth://totp/";
  out += kIssuer;
  out += ':';
  out += net::percent_encode(account);
  out += "?secret=" + net::base32({bytes, secret.size()}) + "&issuer=";
  out += kIssuer;
  out += "&algorithm=SHA1&digits=" + std::to_string(kDigits) + "&period=" + std::to_string(kStepSeconds);
  return out;
}

}  // namespace sidetone::service::accounts::totp
