#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "shell/render/int_rect.hpp"

struct ImDrawData;

namespace sidetone::shell::render {

/// Draws ImGui's triangles into memory, and only where they differ from the frame before. A pixel's colour depends on
/// what covers it alone, never on where redrawing begins: what is kept is what a whole redraw would give.
/// @thread one
class Raster {
 public:
  static constexpr int kLargestEdge = 8192;

  Raster();
  ~Raster();
  Raster(const Raster&) = delete;
  Raster& operator=(const Raster&) = delete;

  /// The next frame is drawn as a whole. Edges are held within 1 … kLargestEdge.
  void resize(int width, int height);
  /// Positions of `data` are pixels. Serves its requests for textures, which are read where ImGui keeps them.
  /// @param background  0xAABBGGRR; drawn opaque. @param full  redraw everything.
  /// @return what was drawn anew; no two overlap.
  std::vector<IntRect> render(ImDrawData& data, std::uint32_t background, bool full);
  /// Rows of `width` pixels from the top, bytes R, G, B, A as canvas has them; opaque, once they have been rendered.
  [[nodiscard]] const std::uint32_t* pixels() const;
  [[nodiscard]] int width() const;
  [[nodiscard]] int height() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sidetone::shell::render
