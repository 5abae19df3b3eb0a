#pragma once

#include <memory>

struct ImDrawData;
struct ImDrawList;
struct ImFontAtlas;
struct ImTextureData;

namespace sidetone::shell {

/// What Dear ImGui draws with, without what it draws of its own accord: one draw list, one atlas of glyphs, and the
/// textures that a renderer has to serve. There are no ImGui windows, so that none of them is in the page's module.
/// @thread one
class DrawContext {
 public:
  DrawContext();
  ~DrawContext();
  DrawContext(const DrawContext&) = delete;
  DrawContext& operator=(const DrawContext&) = delete;

  [[nodiscard]] ImFontAtlas& atlas();
  /// A texture beside the atlas. It outlives this, or is taken out before.
  void add_texture(ImTextureData& texture);
  void remove_texture(ImTextureData& texture);

  /// Begin a frame of so many pixels with an empty list. The first needs a font in the atlas.
  ImDrawList& begin(float width, float height);
  /// @return what the frame draws, until the next one begins.
  ImDrawData& end();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sidetone::shell
