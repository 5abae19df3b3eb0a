#include "shell/theme.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace sidetone::shell {
namespace {

/// @source WCAG 2.2, definition of relative luminance
double theme_luminance(Abgr color) {
  const auto channel = [](Abgr byte) {
    const double value = static_cast<double>(byte & 0xFFU) / 255;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(color) + 0.7152 * channel(color >> 8) + 0.0722 * channel(color >> 16);
}

double theme_contrast(Abgr one, Abgr other) {
  const double a = theme_luminance(one);
  const double b = theme_luminance(other);
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

TEST(Theme, ContrastIsMeasuredAsTheGuidelineDoes) {
  EXPECT_NEAR(theme_contrast(0xFF000000, 0xFFFFFFFF), 21, 0.001);
  // #777777 on white is the well-known near miss of 4.5.
  EXPECT_NEAR(theme_contrast(0xFF777777, 0xFFFFFFFF), 4.48, 0.005);
}

TEST(Theme, EveryTextAndShapeCanBeTold) {
  for (int theme = 0; theme < kThemes; ++theme) {
    const auto name = static_cast<ThemeName>(theme);
    for (const ColorPair& pair : kTextPairs)
      EXPECT_GE(theme_contrast(color_of(name, pair.front), color_of(name, pair.back)), kTextContrast[theme])
          << "theme " << theme << ", text " << static_cast<int>(pair.front) << " on " << static_cast<int>(pair.back);
    for (const ColorPair& pair : kShapePairs)
      EXPECT_GE(theme_contrast(color_of(name, pair.front), color_of(name, pair.back)), kShapeContrast[theme])
          << "theme " << theme << ", shape " << static_cast<int>(pair.front) << " on " << static_cast<int>(pair.back);
  }
}

TEST(Theme, WeightsComeFromTheTokens) {
  EXPECT_FALSE(metrics_of(TextStyle::kBody).strong);
  EXPECT_TRUE(metrics_of(TextStyle::kBodyStrong).strong);
  EXPECT_EQ(metrics_of(TextStyle::kBody).size, 14);
  EXPECT_EQ(metrics_of(TextStyle::kBody).line, 20);
}

}  // namespace
}  // namespace sidetone::shell
