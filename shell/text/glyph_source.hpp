#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sidetone::shell::text {

/// What is to be drawn: a character, or a run that has to be shaped as a whole (Arabic, Indic, joined emoji …).
struct GlyphRequest {
  std::string_view utf8;
  float size_px = 14;  ///< device pixels
  bool strong = false;
  bool right_to_left = false;
  bool advance_only = false;  ///< the text is only measured: width, height and pixels may be left as they are
};

struct GlyphBitmap {
  int width = 0;
  int height = 0;
  int left = 0;  ///< from the pen to the bitmap's left edge
  int top = 0;   ///< from the baseline up to the bitmap's upper edge
  float advance = 0;
  bool colored = false;               ///< keeps its colours (emoji) instead of taking the text's
  std::vector<std::uint32_t> pixels;  ///< RGBA as in memory, width × height, not premultiplied; white where not colored
};

/// Draws text that the atlas has not got yet and knows its words: the browser with its own fonts in a page, TrueType
/// files elsewhere.
class GlyphSource {
 public:
  virtual ~GlyphSource() = default;
  /// @return false: nothing there can draw it; a box is drawn instead.
  virtual bool rasterize(const GlyphRequest& request, GlyphBitmap& out) = 0;
  /// Where the words of a text begin whose script has no blanks between them: that takes a dictionary.
  /// @param starts  out, empty before: byte offsets, ascending. Stays empty where nothing there knows the words.
  virtual void part_words(std::string_view /*utf8*/, std::vector<std::size_t>& /*starts*/) {}
};

}  // namespace sidetone::shell::text
