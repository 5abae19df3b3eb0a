#include "core/base/emoji.hpp"

#include "core/base/utf8.hpp"

namespace sidetone {
namespace {

constexpr char32_t kKeycap = 0x20E3;

}  // namespace

bool is_emoji(std::string_view utf8) {
  bool pictured = false;
  bool waits_for_keycap = false;
  while (!utf8.empty()) {
    const char32_t code = take_code(utf8);
    const bool key = (code >= '0' && code <= '9') || code == '#' || code == '*';
    const bool picture = is_pictograph(code) || is_regional(code);
    const bool joins = code == kZeroWidthJoiner || is_variation_selector(code) || is_flag_tag(code) || code == kKeycap;
    if (!key && !picture && !joins) return false;
    if (!pictured && !waits_for_keycap && joins) return false;
    if (waits_for_keycap && code != kKeycap && !is_variation_selector(code)) return false;
    pictured = pictured || picture || code == kKeycap;
    if (key || code == kKeycap) waits_for_keycap = key;
  }
  return pictured && !waits_for_keycap;
}

}  // namespace sidetone
