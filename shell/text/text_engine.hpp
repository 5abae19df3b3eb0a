#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shell/text/glyph_source.hpp"

struct ImFont;
struct ImFontAtlas;

/// Text in every script through ImGui's atlas. Complex runs become one "glyph" each, numbered from the private use
/// area (U+E000 …), so that ImGui can measure and draw them like characters.
namespace sidetone::shell::text {

class TextEngine {
 public:
  struct Line {
    std::string_view text;  ///< as of shape()
    float width = 0;        ///< device pixels
  };

  /// Puts two fonts, regular and strong, into the atlas. @param source, atlas  outlive this.
  TextEngine(GlyphSource& source, ImFontAtlas& atlas);
  ~TextEngine();
  TextEngine(const TextEngine&) = delete;
  TextEngine& operator=(const TextEngine&) = delete;

  [[nodiscard]] ImFont* font(bool strong) const;

  /// The text as it is drawn: complex runs replaced, its words in the order in which they are seen; control characters,
  /// bidi overrides and isolates are dropped, line feeds kept. Plain text comes back as it is. Valid until 4 frames
  /// unused. One line: wrap() for more, since words change their places only within a line.
  std::string_view shape(std::string_view utf8);
  /// The text broken into lines of at most `width` device pixels, each as of shape(). Words that are too long are cut.
  /// At most kLines lines. @param size_px  device pixels
  std::vector<Line> wrap(std::string_view utf8, bool strong, float size_px, float width);
  static constexpr std::size_t kLines = 1000;
  /// As much of one line, from where it is read first, as is not wider than `width` device pixels, as of shape().
  std::string_view beginning(std::string_view utf8, bool strong, float size_px, float width);
  /// First strong direction of the text (UAX #9 P2): true for Hebrew, Arabic …
  static bool is_right_to_left(std::string_view utf8);
  /// First one or two grapheme clusters: initials.
  /// @return empty where there is no letter
  static std::string initials(std::string_view name);

  /// Once a frame: gives back runs that have not been used for long.
  void end_frame();

 private:
  class LineBreaker;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sidetone::shell::text
