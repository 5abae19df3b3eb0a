#include "service/accounts/recovery_codes.hpp"

#include <array>

#include "net/crypto.hpp"

namespace sidetone::service::accounts {
namespace {

constexpr std::size_t kCodes = 10;
constexpr std::size_t kCodeBytes = 10;  // 16 characters of base32
constexpr std::size_t kGroup = 4;

}  // namespace

std::vector<std::string> make_recovery_codes(Random& random) {
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < kCodes; ++i) {
    std::array<std::uint8_t, kCodeBytes> bytes;
    random.fill(std::as_writable_bytes(std::span{bytes}));
    auto code = net::base32(bytes);
    for (auto at = code.size() - kGroup; at > 0; at -= kGroup) code.insert(at, 1, '-');
    codes.push_back(std::move(code));
  }
  return codes;
}

std::string normal_code(std::string_view typed) {
  std::string out;
  for (const char c : typed) {
    if (c == ' ' || c == '-') continue;
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

}  // namespace sidetone::service::accounts
