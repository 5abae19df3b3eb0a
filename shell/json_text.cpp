#include "shell/json_text.hpp"

#include <cmath>

namespace sidetone::shell {

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += character;
    }
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  // std::to_chars of a double is missing in Emscripten 3.1.6, and printf asks the C locale for its point.
  const bool usable = std::isfinite(value) && std::fabs(value) < 1e12;
  long long thousandths = usable ? std::llround(value * 1000) : 0;
  if (thousandths < 0) {
    out += '-';
    thousandths = -thousandths;
  }
  out += std::to_string(thousandths / 1000);
  std::string rest = std::to_string(1000 + thousandths % 1000);
  while (rest.back() == '0') rest.pop_back();
  if (rest.size() > 1) {
    rest[0] = '.';
    out += rest;
  }
}

}  // namespace sidetone::shell
