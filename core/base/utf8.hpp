#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sidetone {

inline constexpr char32_t kReplacement = 0xFFFD;

/// The longest beginning of valid UTF-8 that takes at most `max_bytes` and cuts no character.
inline std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  // RFC 3629 §3: the bytes after a character's first are 10xxxxxx.
  while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xC0U) == 0x80U) --max_bytes;
  return text.substr(0, max_bytes);
}

/// Without the blanks, tabs and line ends around it.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Take the first character off a text that is not empty. @return kReplacement for what is not UTF-8.
char32_t take_code(std::string_view& utf8);
void append_code(std::string& utf8, char32_t code);

}  // namespace sidetone
