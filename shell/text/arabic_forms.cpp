#include "shell/text/arabic_forms.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace sidetone::shell::text {
namespace {

constexpr char32_t kFirstLetter = 0x0621;
constexpr char32_t kLastLetter = 0x064A;
constexpr char32_t kLam = 0x0644;

/// Forms of the letters from hamza to yeh, one after the other from U+FE80: isolated, final, initial, medial. One form:
/// joins nothing; two: joins what stands before it; 0: no letter, or (tatweel) its own form.
constexpr unsigned char kArabicForms[] = {1, 2, 2, 2, 2, 4, 2, 4, 2, 4, 4, 4, 4, 4, 2, 2, 2, 2, 4, 4, 4,
                                          4, 4, 4, 4, 4, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 2, 2, 4};
static_assert(std::size(kArabicForms) == kLastLetter - kFirstLetter + 1);

int arabic_forms(char32_t code) {
  return code < kFirstLetter || code > kLastLetter ? 0 : kArabicForms[code - kFirstLetter];
}

char32_t isolated_form(char32_t code) {
  char32_t form = 0xFE80;
  for (char32_t letter = kFirstLetter; letter < code; ++letter) form += kArabicForms[letter - kFirstLetter];
  return form;
}

/// Isolated ligature of lam and this alef; 0: none.
char32_t lam_alef(char32_t alef) {
  switch (alef) {
    case 0x0622:
      return 0xFEF5;
    case 0x0623:
      return 0xFEF7;
    case 0x0625:
      return 0xFEF9;
    case 0x0627:
      return 0xFEFB;
    default:
      return 0;
  }
}

/// Vowel marks stand over a letter and do not part it from the next one.
bool arabic_mark(char32_t code) { return (code >= 0x064B && code <= 0x065F) || code == 0x0670; }

}  // namespace

void join_arabic(std::vector<char32_t>& codes) {
  std::vector<char32_t> out;
  out.reserve(codes.size());
  bool joins_next = false;  // the letter before this one reaches out to it
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const int forms = arabic_forms(codes[i]);
    if (forms == 0) {
      out.push_back(codes[i]);
      if (!arabic_mark(codes[i])) joins_next = codes[i] == 0x0640;
      continue;
    }
    const char32_t ligature = codes[i] == kLam && i + 1 < codes.size() ? lam_alef(codes[i + 1]) : 0;
    if (ligature != 0) {
      out.push_back(ligature + (joins_next ? 1 : 0));
      joins_next = false;
      ++i;
      continue;
    }
    const auto next = std::find_if_not(codes.begin() + static_cast<std::ptrdiff_t>(i) + 1, codes.end(), arabic_mark);
    const bool after = forms == 4 && next != codes.end() && (arabic_forms(*next) > 1 || *next == 0x0640);
    const bool before = joins_next && forms > 1;
    out.push_back(isolated_form(codes[i]) + (before ? 1U : 0U) + (after ? 2U : 0U));
    joins_next = forms == 4;
  }
  codes = std::move(out);
}

}  // namespace sidetone::shell::text
