#pragma once

#include "shell/text/glyph_source.hpp"
#include "shell/text/runs.hpp"

struct ImFont;
struct ImFontAtlas;

/// Glyphs on demand: ImGui asks for one that the atlas has not got yet, a GlyphSource draws it.
namespace sidetone::shell::text {

/// One weight, as the loader sees it.
struct LoadedFont {
  GlyphSource* source = nullptr;
  const RunTable* runs = nullptr;
  bool strong = false;
  bool atlas_full = false;  ///< something did not go in; reset by who makes space
};

/// @param font  outlives the atlas's use of it.
ImFont* add_font(ImFontAtlas& atlas, LoadedFont& font);

/// Take a character out of all sizes, so that it is asked for again. Not while text is being drawn.
void forget_character(ImFontAtlas& atlas, char32_t number);
/// Give back whole sizes that hold too much, or all if the atlas is full. Not while text is being drawn.
void make_space(ImFontAtlas& atlas, bool full);

}  // namespace sidetone::shell::text
