#include "shell/pictures.hpp"

#include <gtest/gtest.h>
#include <imgui.h>

#include "shell/draw_context.hpp"
#include "shell/render/raster.hpp"
#include "shell/text/text_engine.hpp"
#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

constexpr int kScene = 200;
constexpr std::uint32_t kBackground = 0xFF203040U;
constexpr std::uint32_t kOrange = 0xFF2080F0U;

std::vector<std::uint32_t> plain_picture(int edge, std::uint32_t color) {
  return std::vector<std::uint32_t>(static_cast<std::size_t>(edge) * static_cast<std::size_t>(edge), color);
}

class PicturesTest : public ::testing::Test {
 protected:
  PicturesTest() { raster.resize(kScene, kScene); }

  /// One frame in which these pictures are looked at. @return how many of them were there
  int look(const std::vector<std::string>& names, float edge = 36, double now_ms = 0) {
    auto& list = drawing.begin(kScene, kScene);
    int there = 0;
    for (const auto& name : names) there += pictures.draw(list, {10, 10, 10 + edge, 10 + edge}, name, now_ms) ? 1 : 0;
    pictures.end_frame();
    text.end_frame();
    raster.render(drawing.end(), kBackground, false);
    return there;
  }
  void bring_all(std::uint32_t color = kOrange) {
    for (const auto& [name, edge] : pictures.take_wanted()) pictures.put(name, edge, plain_picture(edge, color).data());
  }
  [[nodiscard]] std::uint32_t pixel(int x, int y) const { return raster.pixels()[y * kScene + x]; }

  BoxGlyphs glyphs;
  DrawContext drawing;
  text::TextEngine text{glyphs, drawing.atlas()};
  Pictures pictures{drawing.atlas()};
  render::Raster raster;
};

TEST_F(PicturesTest, AreAskedForOnceInTheSizeInWhichTheyAreSeenAndThenShown) {
  EXPECT_EQ(look({"a"}), 0);
  EXPECT_EQ(pixel(28, 28), kBackground);
  EXPECT_EQ(look({"a"}), 0);
  auto wanted = pictures.take_wanted();
  ASSERT_EQ(wanted.size(), 1U);
  EXPECT_EQ(wanted[0].name, "a");
  EXPECT_EQ(wanted[0].edge, 36);
  pictures.put("a", 36, plain_picture(36, kOrange).data());
  EXPECT_EQ(look({"a"}), 1);
  EXPECT_EQ(pixel(10, 10), kOrange);
  EXPECT_EQ(pixel(45, 45), kOrange);
  EXPECT_EQ(pixel(46, 45), kBackground);
  EXPECT_EQ(look({"a"}, 72), 0) << "another size is another picture";
  EXPECT_EQ(pictures.take_wanted().at(0).edge, 72);
}

TEST_F(PicturesTest, AreAskedForAgainWhenTheyHaveNotCome) {
  look({"a"}, 36, 1000);
  EXPECT_EQ(pictures.take_wanted().size(), 1U);
  look({"a"}, 36, 1000 + Pictures::kAskAgainMs - 1);
  EXPECT_TRUE(pictures.take_wanted().empty());
  look({"a"}, 36, 1000 + Pictures::kAskAgainMs);
  EXPECT_EQ(pictures.take_wanted().size(), 1U);
}

TEST_F(PicturesTest, WhatNobodyAskedForIsNotKept) {
  pictures.put("a", 36, plain_picture(36, kOrange).data());
  EXPECT_EQ(pictures.pixels(), 0);
  EXPECT_EQ(look({""}), 0);
  EXPECT_EQ(look({"a"}, Pictures::kLargestEdge + 1), 0);
  EXPECT_TRUE(pictures.take_wanted().empty());
}

TEST_F(PicturesTest, TakeSoMuchRoomAndNoMoreAndWhatIsSeenStays) {
  constexpr int kEdge = 100;
  constexpr int kMany = 150;
  std::vector<std::string> first;
  for (int i = 0; i < kMany; ++i) {
    const auto name = std::to_string(i);
    if (i < 10) first.push_back(name);
    look({name}, kEdge);
    bring_all();
    // The first ten are on the screen all the time.
    EXPECT_EQ(look(first, kEdge), static_cast<int>(first.size())) << i;
  }
  EXPECT_LE(pictures.pixels(), Pictures::kMostPixels);
  EXPECT_GE(pictures.pixels(), Pictures::kMostPixels - kEdge * kEdge);
  EXPECT_EQ(look({"20"}, kEdge), 0) << "not seen for longest";
  EXPECT_EQ(look({std::to_string(kMany - 1)}, kEdge), 1);
  // All that are seen at once may be more.
  std::vector<std::string> all;
  for (int i = 0; i < kMany; ++i) all.push_back(std::to_string(i));
  look(all, kEdge);
  bring_all();
  EXPECT_EQ(look(all, kEdge), kMany);
  look(first, kEdge);
  EXPECT_LE(pictures.pixels(), Pictures::kMostPixels);
}

TEST_F(PicturesTest, OutliveAnAtlasThatGrows) {
  look({"a"});
  bring_all();
  const auto width = drawing.atlas().TexData->Width;
  for (int i = 0; drawing.atlas().TexData->Width == width && i < 200; ++i) {
    look({"a", "big" + std::to_string(i)}, 36);
    look({"big" + std::to_string(i)}, 200);
    bring_all(0xFF00FF00U);
  }
  ASSERT_GT(drawing.atlas().TexData->Width * drawing.atlas().TexData->Height, width * width / 2);
  EXPECT_EQ(look({"a"}), 1);
  EXPECT_EQ(pixel(28, 28), kOrange);
}

TEST(PicturesOnScreens, StandWhereInitialsStoodAndAreAskedForOnlyWhereTheyAreSeen) {
  Stage stage;
  stage.sign_in();
  stage.client.directory.contacts[people::kAiko].picture = "picture-of-aiko";
  for (protocol::UserId user = 100; user < 400; ++user) {
    stage.person(user, "Person " + std::to_string(user), std::to_string(user));
    stage.client.directory.contacts[user].picture = "picture-" + std::to_string(user);
  }
  stage.frame();
  EXPECT_TRUE(stage.requested("show_picture", "picture-of-aiko:36"));
  int asked = 0;
  for (const auto& request : stage.app.outbox().requests()) asked += request.name == "show_picture" ? 1 : 0;
  EXPECT_LT(asked, 20) << "300 have one, a dozen are seen";
  stage.click("Aiko Tanaka · 田中 愛子");
  EXPECT_TRUE(stage.requested("show_picture", "picture-of-aiko:72")) << "on the card";
}

}  // namespace
}  // namespace sidetone::shell
