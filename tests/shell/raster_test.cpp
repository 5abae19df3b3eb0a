#include "shell/render/raster.hpp"

#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <cmath>
#include <functional>
#include <optional>
#include <random>

#include "shell/draw_context.hpp"
#include "shell/text/text_engine.hpp"

namespace sidetone::shell::render {
namespace {

constexpr int kSceneWidth = 300;
constexpr int kSceneHeight = 200;

/// Each character a slope of shades that is its own.
class SlopeGlyphs final : public text::GlyphSource {
 public:
  bool rasterize(const text::GlyphRequest& request, text::GlyphBitmap& out) override {
    out.width = static_cast<int>(request.size_px) / 2 + 1;
    out.height = static_cast<int>(request.size_px);
    out.top = out.height;
    out.advance = static_cast<float>(out.width);
    const auto step = static_cast<std::uint32_t>(request.utf8.front());
    for (int i = 0; i < out.width * out.height; ++i)
      out.pixels.push_back((static_cast<std::uint32_t>(i) * step & 0xFFU) << 24U | 0x00FFFFFFU);
    return true;
  }
};

/// Draws the same frames twice: as a whole, and where they changed.
class RasterTest : public testing::Test {
 protected:
  RasterTest() {
    whole.resize(kSceneWidth, kSceneHeight);
    changes.resize(kSceneWidth, kSceneHeight);
  }

  std::vector<IntRect> draw(const std::function<void(ImDrawList&)>& scene) {
    scene(drawing.begin(kSceneWidth, kSceneHeight));
    text.end_frame();
    ImDrawData& data = drawing.end();
    // The one that draws parts is the one that serves the textures, as it is when it draws alone.
    std::vector<IntRect> rects = changes.render(data, 0xFF203040U, false);
    whole.render(data, 0xFF203040U, true);
    return rects;
  }
  /// @return index of the first pixel that differs; −1: none
  [[nodiscard]] int first_difference() const {
    for (int i = 0; i < kSceneWidth * kSceneHeight; ++i)
      if (whole.pixels()[i] != changes.pixels()[i]) return i;
    return -1;
  }
  [[nodiscard]] std::uint32_t pixel(int x, int y) const { return changes.pixels()[y * kSceneWidth + x]; }

  SlopeGlyphs glyphs;
  DrawContext drawing;
  text::TextEngine text{glyphs, drawing.atlas()};
  Raster whole;
  Raster changes;
};

std::int64_t area_of(const std::vector<IntRect>& rects) {
  std::int64_t area = 0;
  for (const IntRect& rect : rects) area += rect.area();
  return area;
}

TEST_F(RasterTest, FillsWhatItIsTold) {
  draw([](ImDrawList& list) {
    list.AddRectFilled(ImVec2(10, 20), ImVec2(30, 40), IM_COL32(255, 0, 0, 255));
    list.AddRectFilled(ImVec2(20, 20), ImVec2(30, 40), IM_COL32(0, 0, 255, 128));
    list.PushClipRect(ImVec2(100, 100), ImVec2(110, 110));
    list.AddRectFilled(ImVec2(0, 0), ImVec2(300, 200), IM_COL32_WHITE);
    list.PopClipRect();
  });
  EXPECT_EQ(pixel(9, 20), 0xFF203040U);
  EXPECT_EQ(pixel(10, 20), 0xFF0000FFU);
  EXPECT_EQ(pixel(19, 39), 0xFF0000FFU);
  EXPECT_EQ(pixel(20, 39), 0xFF80007FU);
  EXPECT_EQ(pixel(30, 20), 0xFF203040U);
  EXPECT_EQ(pixel(10, 40), 0xFF203040U);
  EXPECT_EQ(pixel(99, 105), 0xFF203040U);
  EXPECT_EQ(pixel(100, 105), 0xFFFFFFFFU);
  EXPECT_EQ(pixel(110, 105), 0xFF203040U);
}

TEST_F(RasterTest, TrianglesThatMeetNeitherOverlapNorLeaveAGap) {
  // A square in four about a point of its inside, half transparent: twice would be darker.
  draw([](ImDrawList& list) {
    list.Flags &= ~ImDrawListFlags_AntiAliasedFill;
    const ImVec2 middle(71.3F, 122.8F);
    const ImVec2 corners[4] = {{0, 0}, {200, 0}, {200, 200}, {0, 200}};
    for (int side = 0; side < 4; ++side)
      list.AddTriangleFilled(corners[side], corners[(side + 1) % 4], middle, IM_COL32(255, 255, 255, 128));
  });
  for (int y = 0; y < 200; ++y)
    for (int x = 0; x < 200; ++x) ASSERT_EQ(pixel(x, y), pixel(0, 0)) << x << ", " << y;
  EXPECT_NE(pixel(0, 0), 0xFF203040U);
}

TEST_F(RasterTest, NothingIsDrawnWhereNothingChanged) {
  const auto scene = [this](ImDrawList& list) {
    list.AddCircleFilled(ImVec2(60, 60), 40, IM_COL32(20, 200, 80, 255));
    list.AddText(text.font(false), 13, ImVec2(150, 20), IM_COL32_WHITE, "Hello");
  };
  EXPECT_EQ(area_of(draw(scene)), kSceneWidth * kSceneHeight);
  EXPECT_TRUE(draw(scene).empty());
  const auto rects = draw([&](ImDrawList& list) {
    scene(list);
    list.AddRectFilled(ImVec2(200, 150), ImVec2(204, 154), IM_COL32_WHITE);
  });
  ASSERT_FALSE(rects.empty());
  EXPECT_LE(area_of(rects), 32 * 16);
  EXPECT_EQ(first_difference(), -1);
}

TEST_F(RasterTest, TheOrderOfWhatOverlapsCounts) {
  const ImVec2 from(10, 10);
  const ImVec2 to(40, 40);
  draw([&](ImDrawList& list) {
    list.AddRectFilled(from, to, IM_COL32(255, 0, 0, 255));
    list.AddRectFilled(from, to, IM_COL32(0, 255, 0, 255));
  });
  EXPECT_EQ(pixel(20, 20), 0xFF00FF00U);
  draw([&](ImDrawList& list) {
    list.AddRectFilled(from, to, IM_COL32(0, 255, 0, 255));
    list.AddRectFilled(from, to, IM_COL32(255, 0, 0, 255));
  });
  EXPECT_EQ(pixel(20, 20), 0xFF0000FFU);
}

TEST_F(RasterTest, RandomScenesAreTheSameAsRedrawnAsAWhole) {
  std::mt19937 random(20261128);
  const auto number = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  const auto real = [&](float low, float high) { return std::uniform_real_distribution<float>(low, high)(random); };
  struct Shape {
    int kind = 0;
    float x = 0, y = 0, size = 0;
    ImU32 color = 0;
  };
  const auto shape = [&] {
    return Shape{number(0, 6), real(-40, 320), real(-40, 220), real(1, 120),
                 IM_COL32(number(0, 255), number(0, 255), number(0, 255), number(0, 255))};
  };
  std::vector<Shape> shapes;
  for (int i = 0; i < 25; ++i) shapes.push_back(shape());
  std::int64_t redrawn = 0;
  for (int frame = 0; frame < 120; ++frame) {
    // One or two shapes move, and every now and then another font size changes the atlas.
    for (int i = 0; i < number(0, 2); ++i) shapes[static_cast<std::size_t>(number(0, 24))] = shape();
    redrawn += area_of(draw([&](ImDrawList& list) {
      for (const Shape& one : shapes) {
        const ImVec2 from(one.x, one.y);
        const ImVec2 to(one.x + one.size, one.y + one.size * 0.7F);
        switch (one.kind) {
          case 0:
            list.AddRectFilled(from, to, one.color);
            break;
          case 1:
            list.AddRectFilled(from, to, one.color, 9);
            break;
          case 2:
            list.AddCircleFilled(from, one.size / 2, one.color);
            break;
          case 3:
            list.AddRect(from, to, one.color, 5, 0, 1.5F);
            break;
          case 4:
            list.AddLine(from, to, one.color, real(0, 1) < 0.9F ? 2.0F : 1.0F);
            break;
          case 5:
            list.AddText(text.font(false), 8 + std::floor(one.size / 4), from, one.color, "Sidetone 42");
            break;
          default:
            list.AddTriangleFilled(from, to, ImVec2(one.x, to.y), one.color);
            break;
        }
      }
    }));
    ASSERT_EQ(first_difference(), -1) << "frame " << frame;
  }
  EXPECT_LT(redrawn, std::int64_t{100} * kSceneWidth * kSceneHeight);
}

TEST_F(RasterTest, ManyChangesAtOnceAreAllDrawnUnderWhatLiesOverThem) {
  // As many rectangles as are drawn one by one, and one more than that. Something transparent lies over all of them.
  for (const int changes_at_once : {32, 33}) {
    bool first = true;
    for (const ImU32 color : {IM_COL32(200, 30, 30, 255), IM_COL32(30, 200, 30, 255)}) {
      const auto rects = draw([&](ImDrawList& list) {
        for (int i = 0; i < changes_at_once; ++i) {
          const auto x = static_cast<float>(i % 5 * 64 + 4);
          const auto y = static_cast<float>(i / 5 * 32 + 3);
          list.AddRectFilled(ImVec2(x, y), ImVec2(x + 8, y + 8), color);
        }
        list.AddTriangleFilled(ImVec2(0, 0), ImVec2(300, 40), ImVec2(20, 200), IM_COL32(255, 255, 255, 90));
      });
      const std::size_t one_by_one = changes_at_once == 32 ? 32 : 1;
      EXPECT_EQ(rects.size(), first ? 1U : one_by_one);
      first = false;
      ASSERT_EQ(first_difference(), -1) << changes_at_once;
    }
  }
}

TEST_F(RasterTest, APartOfATextureThatChangesIsSeen) {
  ImTextureData texture;
  texture.UniqueID = 1000;
  texture.Create(ImTextureFormat_RGBA32, 32, 32);
  std::fill_n(reinterpret_cast<std::uint32_t*>(texture.Pixels), 32 * 32, 0xFF0000FFU);
  drawing.add_texture(texture);
  const auto scene = [&](ImDrawList& list) {
    list.AddImage(texture.GetTexRef(), ImVec2(10, 10), ImVec2(42, 42));
    list.AddImage(texture.GetTexRef(), ImVec2(100, 10), ImVec2(180, 90));  // enlarged
  };
  draw(scene);
  EXPECT_EQ(pixel(20, 20), 0xFF0000FFU);
  EXPECT_EQ(pixel(140, 50), 0xFF0000FFU);
  EXPECT_TRUE(draw(scene).empty());
  std::fill_n(reinterpret_cast<std::uint32_t*>(texture.Pixels), 32 * 32, 0xFF00FF00U);
  texture.Updates.push_back({0, 0, 32, 32});
  texture.SetStatus(ImTextureStatus_WantUpdates);
  EXPECT_FALSE(draw(scene).empty());
  EXPECT_EQ(texture.Status, ImTextureStatus_OK);
  EXPECT_EQ(pixel(20, 20), 0xFF00FF00U);
  EXPECT_EQ(pixel(140, 50), 0xFF00FF00U);
  EXPECT_EQ(first_difference(), -1);
  drawing.remove_texture(texture);
}

TEST_F(RasterTest, HostileCoordinatesDrawNothingOutside) {
  const float big = 1e30F;
  draw([&](ImDrawList& list) {
    list.AddRectFilled(ImVec2(-big, -big), ImVec2(big, big), IM_COL32(1, 2, 3, 255));
    list.AddTriangleFilled(ImVec2(-big, 0), ImVec2(NAN, 5), ImVec2(5, big), IM_COL32(9, 9, 9, 255));
    list.AddCircleFilled(ImVec2(5000, 5000), 100, IM_COL32_WHITE);
  });
  EXPECT_EQ(first_difference(), -1);
}

TEST_F(RasterTest, ANewSizeIsDrawnAsAWhole) {
  const auto scene = [](ImDrawList& list) { list.AddRectFilled(ImVec2(0, 0), ImVec2(9, 9), IM_COL32_WHITE); };
  draw(scene);
  changes.resize(40, 30);
  EXPECT_EQ(draw(scene), (std::vector<IntRect>{{0, 0, 40, 30}}));
  EXPECT_EQ(changes.pixels()[0], 0xFFFFFFFFU);
}

}  // namespace
}  // namespace sidetone::shell::render
