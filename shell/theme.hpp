#pragma once

#include <cstddef>
#include <cstdint>

/// Colours, type and measures out of shell/design/tokens.json; the build makes theme_tokens.hpp of it. Nothing else in
/// shell/ holds a colour or a font size.
#include "shell/theme_tokens.hpp"

namespace sidetone::shell {

/// Generated: enum class Color { kCanvas, kSurface, … }; enum class TextStyle { kCaption, kCaptionStrong, kSmall, … };
/// enum class ThemeName { kLight, kDark, kContrast }; namespace size { constexpr float kHeader = 56; … } in CSS pixels.
/// A colour as ImGui has it: 0xAABBGGRR.
using Abgr = std::uint32_t;

Abgr color_of(ThemeName theme, Color color);

struct TextMetrics {
  float size = 14;  ///< CSS pixels
  float line = 20;
  bool strong = false;  ///< weight 600
};
TextMetrics metrics_of(TextStyle style);

}  // namespace sidetone::shell
