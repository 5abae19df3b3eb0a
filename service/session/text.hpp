#pragma once

#include <algorithm>
#include <string_view>

namespace sidetone::service {

/// What people write: no control character but line end and tab. JSON spells the others with six bytes, so that a text
/// of them would outgrow the frame that carries it on.
inline bool is_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; });
}

/// A text without line ends and tabs.
inline bool is_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace sidetone::service
