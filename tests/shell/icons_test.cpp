#include "shell/icons.hpp"

#include <gtest/gtest.h>

#include "tests/shell/support/desk.hpp"

namespace sidetone::shell {
namespace {

TEST(Icons, EachDrawsSomethingInsideItsBox) {
  Desk desk;
  for (int number = 0; number < kIcons; ++number) {
    for (const float size : {16.0F, 20.0F, 40.0F}) {
      desk.frame([&] { draw_icon(*desk.ui.draw, static_cast<Icon>(number), 100, 200, size, 0xFF000000); });
      const Rect drawn = desk.drawn();
      // Smoothed edges reach half a pixel further.
      EXPECT_GE(drawn.left, 99.5F) << "icon " << number;
      EXPECT_GE(drawn.top, 199.5F) << "icon " << number;
      EXPECT_LE(drawn.right, 100.5F + size) << "icon " << number;
      EXPECT_LE(drawn.bottom, 200.5F + size) << "icon " << number;
      EXPECT_GT(std::max(drawn.width(), drawn.height()), size / 2) << "icon " << number;
    }
  }
}

TEST(Icons, AStrokeIsAsWideAsItsSizeWants) {
  Desk desk;
  // A plus: its horizontal line is as high as the stroke is wide.
  const auto height_of = [&](float size) {
    desk.frame([&] { draw_icon(*desk.ui.draw, Icon::kMore, 0, 0, size, 0xFF000000); });
    return desk.drawn().height();
  };
  EXPECT_NEAR(height_of(48) - height_of(24), height_of(72) - height_of(48), 0.1F);
  EXPECT_GT(height_of(48), height_of(24) * 1.5F);
}

}  // namespace
}  // namespace sidetone::shell
