#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "shell/text/glyph_source.hpp"

namespace sidetone::shell::text {

/// Glyphs out of TrueType files, for tests and windows that have no browser. Arabic letters are joined; other scripts
/// are not shaped: a run is drawn character by character in its direction, marks over their bases as the font's own
/// advances have them.
class TrueTypeGlyphs final : public GlyphSource {
 public:
  TrueTypeGlyphs();
  ~TrueTypeGlyphs() override;
  TrueTypeGlyphs(const TrueTypeGlyphs&) = delete;
  TrueTypeGlyphs& operator=(const TrueTypeGlyphs&) = delete;

  /// Add a font; characters are looked for in the order of adding, in those of the weight first.
  /// @param bytes  trusted: the parser does not check its offsets. Outlive this.
  /// @return false: not a font.
  bool add(std::span<const std::uint8_t> bytes, bool strong);

  bool rasterize(const GlyphRequest& request, GlyphBitmap& out) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sidetone::shell::text
