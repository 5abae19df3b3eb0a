#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sidetone::media::peer {

/// Writes one JSON array of flat dictionaries, which is what getStats gives.
class JsonDictionaries {
 public:
  void begin(std::string_view type, std::string_view id, double timestamp_ms) {
    text_ += text_.size() == 1 ? "{" : ",{";
    first_ = true;
    member("type", type);
    member("id", id);
    member("timestamp", timestamp_ms);
  }
  void end() { text_ += '}'; }

  void member(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }
  void member(std::string_view name, const char* value) { member(name, std::string_view(value)); }
  void member(std::string_view name, const std::string& value) { member(name, std::string_view(value)); }
  void member(std::string_view name, bool value) {
    key(name);
    text_ += value ? "true" : "false";
  }
  template <std::integral T>
  requires(!std::same_as<T, bool>) void member(std::string_view name, T value) {
    key(name);
    text_ += std::to_string(value);
  }
  void member(std::string_view name, double value) {
    key(name);
    text_ += std::isfinite(value) ? std::to_string(value) : "0";
  }

  [[nodiscard]] std::string take() {
    text_ += ']';
    return std::move(text_);
  }

 private:
  void key(std::string_view name) {
    if (!first_) text_ += ',';
    first_ = false;
    string(name);
    text_ += ':';
  }
  void string(std::string_view value) {
    constexpr std::string_view kHex = "0123456789abcdef";
    text_ += '"';
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (byte < 0x20) {
        text_ += "\\u00";
        text_ += kHex[byte >> 4];
        text_ += kHex[byte & 0x0f];
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  std::string text_ = "[";
  bool first_ = true;
};

}  // namespace sidetone::media::peer
