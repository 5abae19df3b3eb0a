#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What text has to be known about characters, after the Unicode Character Database 14.
namespace sidetone::shell::text {

inline constexpr char32_t kReplacement = 0xFFFD;
inline constexpr char32_t kZeroWidthNonJoiner = 0x200C;
inline constexpr char32_t kZeroWidthJoiner = 0x200D;
inline constexpr char32_t kZeroWidthSpace = 0x200B;
inline constexpr char32_t kLeftToRightMark = 0x200E;
inline constexpr char32_t kRightToLeftMark = 0x200F;

bool is_mark(char32_t code);
/// Needs its neighbours to be drawn: Arabic, Hebrew, Indic, Thai, Khmer …
bool is_shaped(char32_t code);
/// Of a script without blanks between words: Thai, Lao, Burmese, Khmer.
/// @source Unicode 14, LineBreak.txt, class SA
inline bool is_unspaced(char32_t code) {
  return (code >= 0x0E00 && code <= 0x0EFF) || (code >= 0x1000 && code <= 0x109F) || (code >= 0x1780 && code <= 0x17FF);
}
/// Is never shown: controls, directional marks, overrides and isolates …
bool is_dropped(char32_t code);
/// May begin an emoji sequence.
bool is_pictograph(char32_t code);
bool is_letter(char32_t code);
/// UAX #9, classes R and AL; L. Marks of direction are of these classes, too, though they are never shown.
bool is_strong_right_to_left(char32_t code);
bool is_strong_left_to_right(char32_t code);
/// First strong direction of a text (UAX #9 P2). @return nullopt: none of its characters has one
std::optional<bool> begins_right_to_left(std::string_view utf8);

inline bool is_skin_tone(char32_t code) { return code >= 0x1F3FB && code <= 0x1F3FF; }
inline bool is_regional(char32_t code) { return code >= 0x1F1E6 && code <= 0x1F1FF; }
inline bool is_variation_selector(char32_t code) { return code >= 0xFE00 && code <= 0xFE0F; }
inline bool is_flag_tag(char32_t code) { return code >= 0xE0020 && code <= 0xE007F; }
inline bool is_private(char32_t code) { return (code >= 0xE000 && code <= 0xF8FF) || code >= 0xF0000; }

/// Take the first character off a text that is not empty. @return kReplacement for what is not UTF-8.
char32_t take_code(std::string_view& utf8);
void append_code(std::string& utf8, char32_t code);

}  // namespace sidetone::shell::text
