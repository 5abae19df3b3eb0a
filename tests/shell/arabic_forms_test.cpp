#include "shell/text/arabic_forms.hpp"

#include <gtest/gtest.h>

namespace sidetone::shell::text {
namespace {

std::vector<char32_t> joined(std::vector<char32_t> codes) {
  join_arabic(codes);
  return codes;
}
using Codes = std::vector<char32_t>;

TEST(ArabicForms, LettersTakeTheFormOfTheirPlace) {
  // Beh three times: initial, medial, final; alone: isolated.
  EXPECT_EQ(joined({0x0628, 0x0628, 0x0628}), (Codes{0xFE91, 0xFE92, 0xFE90}));
  EXPECT_EQ(joined({0x0628}), (Codes{0xFE8F}));
}

TEST(ArabicForms, SomeJoinOnlyWhatStandsBeforeThem) {
  // beh alef beh: the alef ends a group.
  EXPECT_EQ(joined({0x0628, 0x0627, 0x0628}), (Codes{0xFE91, 0xFE8E, 0xFE8F}));
  // beh hamza beh: hamza joins nothing.
  EXPECT_EQ(joined({0x0628, 0x0621, 0x0628}), (Codes{0xFE8F, 0xFE80, 0xFE8F}));
}

TEST(ArabicForms, LamAndAlefAreOne) {
  EXPECT_EQ(joined({0x0644, 0x0627}), (Codes{0xFEFB}));
  EXPECT_EQ(joined({0x0633, 0x0644, 0x0627, 0x0645}), (Codes{0xFEB3, 0xFEFC, 0xFEE1}));
}

TEST(ArabicForms, MarksDoNotPartLettersAndOtherTextStays) {
  EXPECT_EQ(joined({0x0628, 0x064E, 0x0628}), (Codes{0xFE91, 0x064E, 0xFE90}));
  EXPECT_EQ(joined({0x0628, ' ', 0x0628, 'a'}), (Codes{0xFE8F, ' ', 0xFE8F, 'a'}));
  EXPECT_EQ(joined({0x064A}), (Codes{0xFEF1})) << "the last one of the table";
}

}  // namespace
}  // namespace sidetone::shell::text
