#pragma once

#include <string_view>

/// The characters that emoji are made of. @source UTS #51
namespace sidetone {

inline constexpr char32_t kZeroWidthJoiner = 0x200D;

/// May begin an emoji sequence.
inline bool is_pictograph(char32_t code) {
  return code == 0xA9 || code == 0xAE || (code >= 0x2190 && code < 0x3300) || (code >= 0x1F000 && code < 0x1FC00);
}
inline bool is_skin_tone(char32_t code) { return code >= 0x1F3FB && code <= 0x1F3FF; }
inline bool is_regional(char32_t code) { return code >= 0x1F1E6 && code <= 0x1F1FF; }
inline bool is_variation_selector(char32_t code) { return code >= 0xFE00 && code <= 0xFE0F; }
inline bool is_flag_tag(char32_t code) { return code >= 0xE0020 && code <= 0xE007F; }

/// UTF-8 of nothing but emoji, and of at least one of them: no letter, no mark of direction.
bool is_emoji(std::string_view utf8);

}  // namespace sidetone
