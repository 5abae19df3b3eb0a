#pragma once

#include "shell/text/glyph_source.hpp"

namespace sidetone::page {

/// The browser's own fonts, shaping and emoji, by a canvas that nobody sees.
class BrowserGlyphs final : public shell::text::GlyphSource {
 public:
  bool rasterize(const shell::text::GlyphRequest& request, shell::text::GlyphBitmap& out) override;
};

}  // namespace sidetone::page
