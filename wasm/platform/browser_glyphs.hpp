#pragma once

#include "shell/text/glyph_source.hpp"

namespace sidetone::page {

/// The browser's own fonts, shaping and emoji, by a canvas that nobody sees; its dictionaries, by Intl.Segmenter.
class BrowserGlyphs final : public shell::text::GlyphSource {
 public:
  bool rasterize(const shell::text::GlyphRequest& request, shell::text::GlyphBitmap& out) override;
  void part_words(std::string_view utf8, std::vector<std::size_t>& starts) override;
};

}  // namespace sidetone::page
