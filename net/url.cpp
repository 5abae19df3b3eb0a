#include "net/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/base/utf8.hpp"

namespace sidetone::net {
namespace {

std::optional<std::uint16_t> default_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return std::uint16_t{80};
  if (scheme == "https" || scheme == "wss") return std::uint16_t{443};
  return std::nullopt;
}

Error malformed(std::string_view url, std::string text) {
  return {ErrorCode::kMalformed, std::move(text), std::string(utf8_prefix(url, 256))};
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != default_port(scheme)) out += ":" + std::to_string(port);
  return out;
}

Result<Url> parse_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return malformed(text, "is not a URL with a scheme");
  Url url;
  url.scheme = std::string(text.substr(0, colon));
  const auto port = default_port(url.scheme);
  if (!port) return malformed(text, "has the scheme '" + url.scheme + "'; http, https, ws and wss are known");
  url.port = *port;

  auto rest = text.substr(colon + 3);
  const auto slash = rest.find_first_of("/?#");
  auto authority = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
  if (rest.find('#') != std::string_view::npos) return malformed(text, "has a fragment");
  if (std::any_of(rest.begin(), rest.end(), [](char c) { return c <= ' ' || c == '\x7f'; }))
    return malformed(text, "has a space or control character");
  url.target = rest.empty() || rest.front() != '/' ? "/" + std::string(rest) : std::string(rest);

  if (authority.find('@') != std::string_view::npos) return malformed(text, "has a user name");
  std::string_view port_text;
  if (!authority.empty() && authority.front() == '[') {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return malformed(text, "has a '[' without its ']'");
    url.host = std::string(authority.substr(1, end - 1));
    if (url.host.empty() || url.host.find_first_not_of("0123456789abcdefABCDEF:.%") != std::string::npos)
      return malformed(text, "has no IPv6 address between the brackets");
    port_text = authority.substr(end + 1);
  } else {
    const auto end = authority.find(':');
    url.host = std::string(authority.substr(0, end));
    std::transform(url.host.begin(), url.host.end(), url.host.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (url.host.empty() || !std::all_of(url.host.begin(), url.host.end(), is_host_character))
      return malformed(text, "has no host name that can be used");
    port_text = end == std::string_view::npos ? std::string_view{} : authority.substr(end);
  }
  if (port_text.empty()) return url;
  const char* last = port_text.data() + port_text.size();
  const auto parsed = std::from_chars(port_text.data() + 1, last, url.port);
  if (port_text.front() != ':' || parsed.ec != std::errc{} || parsed.ptr != last || url.port == 0)
    return malformed(text, "has a port that is not a number from 1 to 65535");
  return url;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || (high == 0 && low == 0))
      return Error{ErrorCode::kMalformed, "has a broken percent escape", "path"};
    out.push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

}  // namespace sidetone::net
