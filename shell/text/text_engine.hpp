#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "shell/text/glyph_source.hpp"

struct ImFont;

/// Text in every script through ImGui's atlas. Complex runs become one "glyph" each, numbered from the private use
/// planes (U+F0000 …), so that ImGui can measure, wrap and draw them like characters.
namespace sidetone::shell::text {

class TextEngine {
 public:
  /// Registers the font loader and two fonts, regular and strong, with the current ImGui context. The context must have
  /// been made with IMGUI_USE_WCHAR32. @param source  outlives this.
  explicit TextEngine(GlyphSource& source);
  ~TextEngine();
  TextEngine(const TextEngine&) = delete;
  TextEngine& operator=(const TextEngine&) = delete;

  [[nodiscard]] ImFont* font(bool strong) const;

  /// The text with its complex runs replaced, split per word so that lines can be broken; control characters, bidi
  /// overrides and isolates are dropped, line feeds kept. Plain text comes back as it is. Valid until 4 frames unused.
  std::string_view shape(std::string_view utf8);
  /// First strong direction of the text (UAX #9 P2): true for Hebrew, Arabic …
  static bool is_right_to_left(std::string_view utf8);
  /// First one or two grapheme clusters: initials.
  static std::string initials(std::string_view name);

  /// Once a frame: gives back runs that have not been used for long.
  void end_frame();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sidetone::shell::text
