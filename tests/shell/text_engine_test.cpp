#include "shell/text/text_engine.hpp"

#include <gtest/gtest.h>
#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <map>

#include "shell/draw_context.hpp"
#include "shell/render/raster.hpp"
#include "shell/text/unicode.hpp"

namespace sidetone::shell::text {
namespace {

/// Draws everything as a block and remembers what it was asked for.
class RecordedGlyphs final : public GlyphSource {
 public:
  bool rasterize(const GlyphRequest& request, GlyphBitmap& out) override {
    ++asked[std::string(request.utf8)];
    if (request.utf8 == "\uFFFC") return false;
    out.width = static_cast<int>(request.size_px) / 2;
    out.height = static_cast<int>(request.size_px) * 3 / 4;
    out.top = out.height;
    out.advance = static_cast<float>(out.width) + 0.4F;
    out.colored = request.utf8 == "👍";
    const std::uint32_t pixel = out.colored ? 0xFF2050E0U : 0xFFFFFFFFU;
    out.pixels.assign(static_cast<std::size_t>(out.width * out.height), request.utf8 == " " ? 0x00FFFFFFU : pixel);
    return true;
  }
  void part_words(std::string_view utf8, std::vector<std::size_t>& starts) override {
    ++parted;
    for (const std::string_view word : dictionary)
      for (std::size_t at = utf8.find(word); at != std::string_view::npos; at = utf8.find(word, at + 1))
        starts.push_back(at);
    std::sort(starts.begin(), starts.end());
  }
  std::map<std::string, int> asked;
  std::vector<std::string_view> dictionary;
  int parted = 0;
};

class TextEngineTest : public testing::Test {
 protected:
  TextEngineTest() { raster.resize(400, 100); }

  void draw(std::string_view text, float size = 20, std::uint32_t color = 0xFF000000U) {
    ImDrawList& list = drawing.begin(400, 100);
    const std::string_view seen = engine.shape(text);
    if (!seen.empty())
      list.AddText(engine.font(false), size, ImVec2(0, 0), color, seen.data(), seen.data() + seen.size());
    engine.end_frame();
    raster.render(drawing.end(), 0xFFFFFFFFU, false);
  }
  [[nodiscard]] std::uint32_t pixel(int x, int y) const { return raster.pixels()[y * raster.width() + x]; }
  float drawn_width(std::string_view seen, float size = 20) {
    return engine.font(false)->CalcTextSizeA(size, FLT_MAX, 0, seen.data(), seen.data() + seen.size()).x;
  }
  float width(std::string_view text, float size = 20) { return drawn_width(engine.shape(text), size); }

  RecordedGlyphs source;
  DrawContext drawing;
  TextEngine engine{source, drawing.atlas()};
  render::Raster raster;
};

TEST_F(TextEngineTest, DrawsEachGlyphOnceAndAdvancesByWholePixels) {
  draw("aaab");
  draw("aaab");
  EXPECT_EQ(source.asked["a"], 1);
  EXPECT_EQ(source.asked["b"], 1);
  EXPECT_EQ(pixel(5, 10), 0xFF000000U);
  EXPECT_EQ(pixel(39, 10), 0xFF000000U);
  EXPECT_EQ(pixel(40, 10), 0xFFFFFFFFU);
  EXPECT_EQ(pixel(5, 18), 0xFFFFFFFFU) << "below the baseline";
  EXPECT_EQ(engine.shape("aaab").data(), std::string_view(engine.shape("aaab")).data());
}

TEST_F(TextEngineTest, RunsAreDrawnAsAWholeAndEmojiKeepTheirColours) {
  draw("👍", 20, 0xFF000000U);
  EXPECT_EQ(source.asked.count("👍"), 1U);
  EXPECT_EQ(pixel(5, 10), 0xFF2050E0U);
  draw("שלום", 20, 0xFF112233U);
  EXPECT_EQ(source.asked["שלום"], 1);
  EXPECT_EQ(pixel(5, 10), 0xFF112233U);
  EXPECT_EQ(pixel(15, 10), 0xFFFFFFFFU) << "one glyph for four letters";
}

TEST_F(TextEngineTest, WhatNothingCanDrawIsABox) {
  draw("\uFFFC", 20);
  EXPECT_NE(pixel(1, 10), 0xFFFFFFFFU);
  EXPECT_EQ(pixel(4, 10), 0xFFFFFFFFU);
}

TEST_F(TextEngineTest, BreaksLinesBeforeItOrdersThem) {
  drawing.begin(400, 100);
  const auto texts = [&](std::string_view text, float edge) {
    std::vector<std::string> lines;
    for (const auto& line : engine.wrap(text, false, 20, edge)) {
      EXPECT_FLOAT_EQ(line.width, drawn_width(line.text));
      lines.emplace_back(line.text);
    }
    return lines;
  };
  EXPECT_EQ(texts("aa bb cc", 59), (std::vector<std::string>{"aa bb", "cc"}));
  EXPECT_EQ(texts("aaaaaaaa b", 35), (std::vector<std::string>{"aaa", "aaa", "aa", "b"}));
  EXPECT_EQ(texts("a\n\nb\n", 100), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(texts("a", 0), (std::vector<std::string>{"a"})) << "at least one character a line";
  // The first Hebrew words stand in the first line.
  const auto lines = texts("אא בב גג", 35);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], engine.shape("אא בב"));
  EXPECT_EQ(lines[1], engine.shape("גג"));
}

TEST_F(TextEngineTest, ABeginningIsWhereATextIsReadFirst) {
  drawing.begin(400, 100);
  const auto beginning = [&](std::string_view text, std::string_view of_width) {
    return std::string(engine.beginning(text, false, 20, width(of_width) + 1));
  };
  EXPECT_EQ(beginning("aa bb cc", "aa bb"), "aa bb");
  EXPECT_EQ(beginning("aa bb cc", "aa b"), "aa b");
  EXPECT_EQ(beginning("aa bb cc", "aa "), "aa") << "no blanks behind it";
  // What was said first stays, on whichever side it stands.
  EXPECT_EQ(beginning("אא aa bb cc", "אא aa bb"), engine.shape("אא aa bb"));
  EXPECT_EQ(beginning("אא aa bb cc", "אא aa b"), engine.shape("אא aa b"));
  EXPECT_EQ(beginning("aa אא בב גג", "aa אא בב"), engine.shape("aa אא בב"));
  EXPECT_EQ(beginning("אא בב גג", "אא בב"), engine.shape("אא בב"));
  // The direction is that of the whole, though what is left has none.
  EXPECT_EQ(beginning("1 2 אא", "1 2"), "2 1");
  EXPECT_EQ(beginning("👍aaaa", "👍aa"), engine.shape("👍aa"));
  EXPECT_EQ(beginning("שלוםשלום", ""), "") << "not even one character";
}

TEST_F(TextEngineTest, LinesBreakBetweenWordsWithoutBlanksWhereTheirDictionaryIsKnown) {
  drawing.begin(400, 100);
  // "Hello", "world", "yes" in Thai; Latin words are in dictionaries, too. Each run is a box, whatever is in it.
  constexpr std::string_view kText = "สวัสดีโลกครับ well-known";
  const float two_boxes = 2 * width("a") + 1;
  EXPECT_EQ(engine.wrap(kText, false, 20, two_boxes)[0].text, engine.shape("สวัสดีโลกครับ"));
  source.dictionary = {"สวัสดี", "โลก", "ครับ", "well", "known"};
  for (int i = 0; i < 6; ++i) engine.end_frame();
  source.parted = 0;
  const auto lines = engine.wrap(kText, false, 20, two_boxes);
  ASSERT_GE(lines.size(), 3U);
  EXPECT_EQ(lines[0].text, engine.shape("สวัสดีโลก"));
  EXPECT_EQ(lines[1].text, engine.shape("ครับ"));
  EXPECT_EQ(engine.wrap(kText, false, 20, two_boxes).size(), lines.size());
  EXPECT_EQ(source.parted, 1) << "asked once as long as the text is seen";
  EXPECT_EQ(engine.wrap("well-known", false, 20, 150).size(), 1U);
  EXPECT_EQ(source.parted, 1) << "a text with blanks is not asked about";
  // What its writer has parted stays so.
  source.dictionary = {"ครับ"};
  EXPECT_EQ(engine.wrap("โลก\u200Bครับ", false, 20, width("a") + 1).size(), 2U);
}

TEST_F(TextEngineTest, ForgottenRunsAreDrawnAnewUnderTheirOldNumber) {
  draw("אא");
  for (int i = 0; i < 260; ++i) draw("x");
  draw("בב");
  draw("אא");
  EXPECT_EQ(source.asked["בב"], 1) << "not the picture of the one before";
  EXPECT_EQ(source.asked["אא"], 2);
}

TEST_F(TextEngineTest, AFullAtlasIsMadeAnewAndDrawingGoesOn) {
  // 40 pixels a glyph and more of them than 4096 × 2048 can hold.
  for (int page = 0; page < 120; ++page) {
    std::string text;
    for (int i = 0; i < 150; ++i) append_code(text, static_cast<char32_t>(0x4E00 + page * 150 + i));
    draw(text, 40);
    ASSERT_LE(drawing.atlas().TexData->Width, 4096);
    ASSERT_LE(drawing.atlas().TexData->Height, 2048);
  }
  draw("a", 40);
  draw("a", 40);
  EXPECT_EQ(pixel(10, 20), 0xFF000000U);
}

}  // namespace
}  // namespace sidetone::shell::text
