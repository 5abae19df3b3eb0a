#include "shell/render/raster.hpp"

#include <algorithm>
#include <bit>

#include <imgui.h>
#include "shell/render/fill.hpp"
#include "shell/render/primitives.hpp"

namespace sidetone::shell::render {
namespace {

// A line of text is about a tile high; wide, since most of what changes is text.
constexpr int kTileWidth = 32;
constexpr int kTileHeight = 16;
// More rectangles than this cost the page more than the pixels between them. Sets of them are bits of a number.
constexpr std::size_t kDirtyRects = 32;

}  // namespace

struct Raster::Impl {
  /// What is drawn over every tile, as one number.
  void hash_tiles(std::uint32_t background) {
    tiles.assign(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), background + 1ULL);
    for (const Primitive& primitive : primitives) {
      const IntRect& bounds = primitive.bounds;
      for (int row = bounds.top / kTileHeight; row <= (bounds.bottom - 1) / kTileHeight; ++row)
        for (int column = bounds.left / kTileWidth; column <= (bounds.right - 1) / kTileWidth; ++column) {
          std::uint64_t& tile = tiles[static_cast<std::size_t>(row) * columns + column];
          tile = (tile ^ primitive.hash) * 0x9E3779B97F4A7C15U;
          tile ^= tile >> 31U;
        }
    }
  }

  /// Tiles that differ, as rectangles: runs of a row, joined with equal ones of the row above.
  [[nodiscard]] std::vector<IntRect> changed() const {
    std::vector<IntRect> rects;
    for (int row = 0; row < rows; ++row)
      for (int column = 0; column < columns;) {
        const auto differs = [&](int at) {
          const std::size_t tile = static_cast<std::size_t>(row) * columns + at;
          return tiles[tile] != drawn[tile];
        };
        if (!differs(column)) {
          ++column;
          continue;
        }
        int end = column;
        while (end < columns && differs(end)) ++end;
        const IntRect run{column * kTileWidth, row * kTileHeight, end * kTileWidth, (row + 1) * kTileHeight};
        column = end;
        const auto above = std::find_if(rects.begin(), rects.end(), [&](const IntRect& rect) {
          return rect.left == run.left && rect.right == run.right && rect.bottom == run.top;
        });
        if (above != rects.end()) {
          above->bottom = run.bottom;
        } else {
          rects.push_back(run);
        }
      }
    if (rects.size() > kDirtyRects) {
      IntRect all = rects.front();
      for (const IntRect& rect : rects) all = all.united(rect);
      rects.assign(1, all);
    }
    for (IntRect& rect : rects) rect = rect.clipped(screen);
    return rects;
  }

  /// Draw everything anew in these rectangles, none of which overlaps another.
  void redraw(const std::vector<IntRect>& rects, std::uint32_t background) {
    const Canvas canvas{pixels.get(), screen.right};
    rects_in_row.assign(static_cast<std::size_t>(rows), 0);
    for (std::size_t i = 0; i < rects.size(); ++i) {
      clear(canvas, rects[i], background | 0xFF000000U);
      for (int row = rects[i].top / kTileHeight; row * kTileHeight < rects[i].bottom; ++row)
        rects_in_row[static_cast<std::size_t>(row)] |= 1U << i;
    }
    for (const Primitive& primitive : primitives) {
      std::uint32_t touched = 0;
      for (int row = primitive.bounds.top / kTileHeight; row * kTileHeight < primitive.bounds.bottom; ++row)
        touched |= rects_in_row[static_cast<std::size_t>(row)];
      for (; touched != 0; touched &= touched - 1)
        draw(canvas, primitive, rects[static_cast<std::size_t>(std::countr_zero(touched))]);
    }
  }

  IntRect screen;
  int columns = 0;
  int rows = 0;
  std::unique_ptr<std::uint32_t[]> pixels;  ///< what they are first is never seen: a new size is drawn as a whole
  std::vector<std::uint64_t> tiles;
  std::vector<std::uint64_t> drawn;  ///< the tiles of the frame before; empty: nothing was drawn
  std::vector<Primitive> primitives;
  std::vector<std::uint32_t> rects_in_row;  ///< which of those that are drawn anew cross each row of tiles
  TextureHashes hashes;
};

Raster::Raster() : impl_(std::make_unique<Impl>()) { resize(1, 1); }
Raster::~Raster() = default;

void Raster::resize(int width, int height) {
  Impl& impl = *impl_;
  const IntRect screen{0, 0, std::clamp(width, 1, kLargestEdge), std::clamp(height, 1, kLargestEdge)};
  if (screen != impl.screen) impl.pixels.reset(new std::uint32_t[static_cast<std::size_t>(screen.area())]);
  impl.screen = screen;
  impl.columns = (impl.screen.right + kTileWidth - 1) / kTileWidth;
  impl.rows = (impl.screen.bottom + kTileHeight - 1) / kTileHeight;
  impl.drawn.clear();
}

std::vector<IntRect> Raster::render(ImDrawData& data, std::uint32_t background, bool full) {
  Impl& impl = *impl_;
  impl.hashes.serve(data);
  impl.primitives.clear();
  collect_primitives(data, impl.screen, impl.hashes, impl.primitives);
  impl.hash_tiles(background);
  std::vector<IntRect> rects;
  if (full || impl.drawn.empty()) {
    rects.push_back(impl.screen);
  } else {
    rects = impl.changed();
  }
  impl.redraw(rects, background);
  impl.drawn.swap(impl.tiles);
  return rects;
}

const std::uint32_t* Raster::pixels() const { return impl_->pixels.get(); }
int Raster::width() const { return impl_->screen.right; }
int Raster::height() const { return impl_->screen.bottom; }

}  // namespace sidetone::shell::render
