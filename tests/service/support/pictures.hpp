#pragma once

#include <string>
#include <string_view>

#include "net/crypto.hpp"

namespace sidetone::service::testing {

/// A JPEG as far as its header goes: what the service looks at. @param filling  makes it another one.
inline std::string jpeg_of(int width, int height, std::string_view filling = {}) {
  const auto two = [](int value) {
    return std::string{static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
  };
  std::string out = "\xFF\xD8";
  out += "\xFF\xE0" + two(16) + std::string("JFIF\0\1\2\0\0\1\0\1\0\0", 14);
  out += "\xFF\xC0" + two(17) + '\x08' + two(height) + two(width) + '\x03' + std::string("\1\x22\0\2\x11\1\3\x11\1", 9);
  out += std::string(filling);
  return out + "\xFF\xD9";
}

inline std::string base64url_of(std::string_view bytes) {
  return net::base64url({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

}  // namespace sidetone::service::testing
