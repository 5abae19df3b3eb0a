#include "shell/text/runs.hpp"

#include <gtest/gtest.h>

#include "shell/text/text_engine.hpp"
#include "shell/text/unicode.hpp"

namespace sidetone::shell::text {
namespace {

class Runs : public testing::Test {
 protected:
  /// The text as it is drawn, runs in brackets: "[>…]" right to left, "[…]" left to right.
  std::string seen(std::string_view utf8) {
    const ShapedText shaped = shape_text(utf8, TextEngine::is_right_to_left(utf8), table, 1);
    std::string out;
    for (std::string_view rest = shaped.utf8; !rest.empty();) {
      const char32_t code = take_code(rest);
      const auto* run = table.find(code);
      if (run == nullptr)
        append_code(out, code);
      else
        out += (run->right_to_left ? "[>" : "[") + run->utf8 + "]";
    }
    return out;
  }

  RunTable table;
};

TEST_F(Runs, PlainTextStaysAsItIs) {
  for (const char* text :
       {"Anna Schmidt", "Łukasz Wiśniewski", "Дмитрий Соколов", "田中 愛子", "김서연", "a\nb", "€ … – ’"}) {
    EXPECT_TRUE(is_plain(text)) << text;
    EXPECT_EQ(seen(text), text);
  }
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Runs, WordsRightToLeftAreOrderedAsTheyAreSeen) {
  EXPECT_EQ(seen("שלום עולם"), "[>עולם] [>שלום]");
  // An English paragraph keeps its order, the Hebrew part of it is turned round.
  EXPECT_EQ(seen("He said שלום עולם twice"), "He said [>עולם] [>שלום] twice");
  EXPECT_EQ(seen("שלום John Smith עולם"), "[>עולם] John Smith [>שלום]");
  EXPECT_EQ(seen("مكالمة 12"), "12 [>مكالمة]");
  EXPECT_EQ(seen("\u200FAnna מדברת"), "[>מדברת] Anna");
  EXPECT_EQ(seen("\u200Eרות speaks"), "[>רות] speaks");
  EXPECT_EQ(seen("שלום\nabc"), "[>שלום]\nabc") << "lines are ordered one by one";
}

TEST_F(Runs, SignsBesideANumberStandWhereTheLineGoesOn) {
  EXPECT_EQ(seen("الساعة 10:39."), ".10:39 [>الساعة]");
  EXPECT_EQ(seen("\u200F10:39، معدلة"), "[>معدلة] [،]10:39");
  EXPECT_EQ(seen("مكالمة (12)"), "(12) [>مكالمة]") << "brackets are mirrored with their places";
  EXPECT_EQ(seen("מחיר (12). שלום"), "[>שלום] .(12) [>מחיר]");
  EXPECT_EQ(seen("سعر 50%!"), "!50% [>سعر]") << "the number's own sign stays with it";
  EXPECT_EQ(seen("مكالمة ١٢."), ".[١٢] [>مكالمة]") << "Arabic digits are a number, too";
  EXPECT_EQ(seen("مكالمة +4930"), "+4930 [>مكالمة]");
  EXPECT_EQ(seen("Tom said שלום (12)."), "Tom said [>שלום] (12).") << "this line runs left to right";
  EXPECT_EQ(seen("ten (10), eleven (11)."), "ten (10), eleven (11).");
}

TEST_F(Runs, ScriptsThatShapeBecomeOneRunAWord) {
  EXPECT_EQ(seen("नेहा शर्मा"), "[नेहा] [शर्मा]");
  EXPECT_EQ(seen("สวัสดี"), "[สวัสดี]");
  EXPECT_EQ(seen("abcनेabc"), "abc[ने]abc");
  EXPECT_EQ(seen("می‌خواهم"), "[>می‌خواهم]") << "a non-joiner inside of a word decides its shape";
}

TEST_F(Runs, EmojiSequencesStayTogether) {
  EXPECT_EQ(seen("👍"), "[👍]");
  EXPECT_EQ(seen("👍🏽!"), "[👍🏽]!");
  EXPECT_EQ(seen("👩‍👩‍👧 hi"), "[👩‍👩‍👧] hi");
  EXPECT_EQ(seen("🇩🇪🇫🇷"), "[🇩🇪][🇫🇷]");
  EXPECT_EQ(seen("1️⃣2"), "[1️⃣]2");
  EXPECT_EQ(seen("❤️"), "[❤️]");
  EXPECT_EQ(seen("🏴󠁧󠁢󠁥󠁮󠁧󠁿"), "[🏴󠁧󠁢󠁥󠁮󠁧󠁿]");
}

TEST_F(Runs, MarksHangOnTheirBases) {
  EXPECT_EQ(seen("e\u0301x"), "[e\u0301]x");
  EXPECT_EQ(seen("\u0301x"), "x") << "a mark without a base";
  std::string zalgo = "Z";
  for (int i = 0; i < 500; ++i) zalgo += "\u0335";
  std::string held = "[Z";
  for (int i = 0; i < kMarksOfBase; ++i) held += "\u0335";
  EXPECT_EQ(seen(zalgo + "a"), held + "]a");
}

TEST_F(Runs, NothingInvisibleGetsThrough) {
  EXPECT_EQ(seen("evil\u202Egnp.exe"), "evilgnp.exe");
  EXPECT_EQ(seen("a\u2066b\u2069c\u200F\u200Bd\uFEFF"), "abcd");
  EXPECT_EQ(seen(std::string_view("a\0b\x07\x1B[31m\x7F\u0085", 12)), "ab[31m");
  EXPECT_EQ(seen("a\tb\u2028c"), "a b\nc");
  EXPECT_EQ(seen("a\u200Db"), "ab") << "a joiner that joins nothing";
  EXPECT_EQ(seen("\U000E0041\U000E0042x"), "x");
}

TEST_F(Runs, NumbersOfRunsCannotBeForged) {
  ASSERT_EQ(seen("👍"), "[👍]");
  EXPECT_EQ(seen("\uE000"), "\uFFFD");
  EXPECT_EQ(seen("\U000F0000"), "\uFFFD");
}

TEST_F(Runs, BrokenUtf8IsShownAsSuch) {
  EXPECT_EQ(seen("a\xC3(b"), "a\uFFFD(b");
  EXPECT_EQ(seen("\xED\xA0\x80"), "\uFFFD");
  EXPECT_EQ(seen("\xF0\x9F"), "\uFFFD\uFFFD");
  EXPECT_EQ(seen("\xC0\xAF"), "\uFFFD\uFFFD");
}

TEST_F(Runs, LongWordsAreCutBetweenClusters) {
  std::string word;
  for (int i = 0; i < 200; ++i) word += "ש";
  const ShapedText shaped = shape_text(word, true, table, 1);
  EXPECT_EQ(shaped.numbers.size(), 4U);
  std::string all;
  for (const char32_t number : shaped.numbers) {
    ASSERT_LE(table.find(number)->utf8.size(), kRunBytes);
    all += table.find(number)->utf8;
  }
  EXPECT_EQ(all, word);
}

TEST_F(Runs, NumbersAreGivenAnewWhenNobodyUsesThem) {
  const char32_t old = table.number_of("a", false, 1);
  const char32_t kept = table.number_of("b", false, 1);
  EXPECT_NE(table.number_of("a", true, 1), old) << "the direction is part of what a run is";
  table.touch(kept, 9);
  EXPECT_EQ(table.evict_before(5).size(), 2U);
  EXPECT_EQ(table.find(old), nullptr);
  ASSERT_NE(table.find(kept), nullptr);
  for (std::size_t i = 0; i + 1 < RunTable::kCapacity; ++i)
    ASSERT_NE(table.number_of(std::to_string(i), false, 9), kReplacement);
  EXPECT_EQ(table.number_of("one too many", false, 9), kReplacement);
  EXPECT_EQ(table.size(), RunTable::kCapacity);
}

TEST(TextDirection, IsThatOfTheFirstLetter) {
  EXPECT_TRUE(TextEngine::is_right_to_left("(123) שלום abc"));
  EXPECT_TRUE(TextEngine::is_right_to_left("فاطمة"));
  EXPECT_FALSE(TextEngine::is_right_to_left("abc שלום"));
  EXPECT_FALSE(TextEngine::is_right_to_left("田中 שלום"));
  EXPECT_FALSE(TextEngine::is_right_to_left("123 👍"));
  EXPECT_FALSE(begins_right_to_left("123 👍").has_value());
  EXPECT_TRUE(TextEngine::is_right_to_left("\u200Fabc")) << "marks of direction are strong";
  EXPECT_TRUE(TextEngine::is_right_to_left("\u061Cabc"));
  EXPECT_FALSE(TextEngine::is_right_to_left("\u200Eשלום"));
}

TEST(Initials, AreOfTheFirstAndTheLastWord) {
  EXPECT_EQ(TextEngine::initials("anna maria schmidt"), "AS");
  EXPECT_EQ(TextEngine::initials("Maximiliane von Hohenstein-Wittelsbach"), "MW");
  EXPECT_EQ(TextEngine::initials("田中"), "田");
  EXPECT_EQ(TextEngine::initials("e\u0301mile"), "E\u0301");
  EXPECT_EQ(TextEngine::initials("Дмитрий Соколов"), "ДС");
  EXPECT_EQ(TextEngine::initials("فاطمة الزهراء"), "ف");
  EXPECT_EQ(TextEngine::initials("+49 30 1234"), "");
  EXPECT_EQ(TextEngine::initials("Anna (Sales)"), "A");
  EXPECT_EQ(TextEngine::initials("Aiko Tanaka · 田中 愛子"), "AT");
  EXPECT_EQ(TextEngine::initials(""), "");
}

}  // namespace
}  // namespace sidetone::shell::text
