#include "shell/screens/row_heights.hpp"

#include <gtest/gtest.h>

#include "shell/screens/links.hpp"

namespace sidetone::shell {
namespace {

TEST(RowHeights, FindsRowsAtTheirPlaces) {
  RowHeights heights;
  heights.append(1000, 10);
  EXPECT_FLOAT_EQ(heights.total(), 10'000);
  EXPECT_EQ(heights.at(-5), 0U);
  EXPECT_EQ(heights.at(9.9F), 0U);
  EXPECT_EQ(heights.at(10), 1U);
  EXPECT_EQ(heights.at(99'999), 999U);
  heights.set(300, 110);
  EXPECT_FLOAT_EQ(heights.top(300), 3'000);
  EXPECT_FLOAT_EQ(heights.top(301), 3'110);
  EXPECT_EQ(heights.at(3'109), 300U);
  EXPECT_EQ(heights.at(3'110), 301U);
  EXPECT_FLOAT_EQ(heights.total(), 10'100);
}

TEST(RowHeights, WhatIsPutBeforeMovesTheRest) {
  RowHeights heights;
  heights.append(300, 10);
  heights.set(0, 40);
  heights.prepend(50, 20);
  EXPECT_FALSE(heights.measured(0));
  EXPECT_TRUE(heights.measured(50));
  EXPECT_FLOAT_EQ(heights.top(50), 1'000);
  EXPECT_FLOAT_EQ(heights.height(50), 40);
  heights.truncate(51);
  EXPECT_FLOAT_EQ(heights.total(), 1'040);
}

TEST(RowHeights, NothingIsNowhere) {
  const RowHeights heights;
  EXPECT_EQ(heights.at(10), 0U);
  EXPECT_FLOAT_EQ(heights.total(), 0);
}

std::string found(std::string_view text) {
  std::string out;
  for (const auto& link : find_links(text)) out.append(text.substr(link.begin, link.end - link.begin)).append(" ");
  return out;
}

TEST(Links, AreAddressesOfTheWebAndNothingElse) {
  EXPECT_EQ(found("see https://wiki.example/a?b=c#d and http://x.y"), "https://wiki.example/a?b=c#d http://x.y ");
  EXPECT_EQ(found("HTTPS://A.B"), "HTTPS://A.B ");
  EXPECT_EQ(found("javascript://x ftp://y https:// http: //z xhttps://w"), "");
}

TEST(Links, LeavePunctuationToTheSentence) {
  EXPECT_EQ(found("(https://a.b/c), https://a.b/d! https://a.b/(e)"), "https://a.b/c https://a.b/d https://a.b/(e) ");
  EXPECT_EQ(found("<https://a.b>\"https://c.d\""), "https://a.b https://c.d ");
}

TEST(Links, EndWhereTheDirectionOfTextIsTamperedWith) {
  EXPECT_EQ(found("https://a.b/\u202Efdp.exe"), "https://a.b/ ");
  EXPECT_EQ(found("https://a.b/\u2066c"), "https://a.b/ ");
  EXPECT_EQ(found("https://a.b/\u200Bc"), "https://a.b/ ");
  EXPECT_EQ(found("https://例え.jp/道"), "https://例え.jp/道 ");
}

}  // namespace
}  // namespace sidetone::shell
