#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/emoji.hpp"
#include "core/base/utf8.hpp"

/// What text has to be known about characters, after the Unicode Character Database 14.
namespace sidetone::shell::text {

inline constexpr char32_t kZeroWidthNonJoiner = 0x200C;
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
bool is_letter(char32_t code);
/// UAX #9, classes R and AL; L. Marks of direction are of these classes, too, though they are never shown.
bool is_strong_right_to_left(char32_t code);
bool is_strong_left_to_right(char32_t code);
/// First strong direction of a text (UAX #9 P2). @return nullopt: none of its characters has one
std::optional<bool> begins_right_to_left(std::string_view utf8);

inline bool is_private(char32_t code) { return (code >= 0xE000 && code <= 0xF8FF) || code >= 0xF0000; }

}  // namespace sidetone::shell::text
