#include "shell/render/fill.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <imgui.h>

namespace sidetone::shell::render {
namespace {

constexpr std::int64_t kSubpixels = 256;
constexpr float kFarthestCorner = 32768;

/// x × y / 255, rounded, for both in 0 … 255.
std::uint32_t scaled_255(std::uint32_t x, std::uint32_t y) {
  const std::uint32_t product = x * y + 128;
  return (product + (product >> 8U)) >> 8U;
}

/// Two channels at once: each over 0xFF00FF.
std::uint32_t blended_pair(std::uint32_t below, std::uint32_t above, std::uint32_t alpha) {
  const std::uint32_t sum = above * alpha + below * (255 - alpha) + 0x00800080U;
  return (sum + (sum >> 8U & 0x00FF00FFU)) >> 8U & 0x00FF00FFU;
}

/// Over an opaque pixel; what comes out is opaque.
std::uint32_t blended(std::uint32_t below, std::uint32_t above, std::uint32_t alpha) {
  const std::uint32_t red_blue = blended_pair(below & 0x00FF00FFU, above & 0x00FF00FFU, alpha);
  const std::uint32_t green = blended_pair(below >> 8U & 0xFFU, above >> 8U & 0xFFU, alpha);
  return 0xFF000000U | green << 8U | red_blue;
}

/// A page's first frame runs code that the browser has not optimised yet, 8 ns a pixel in this loop; copying is the
/// browser's own.
void fill_span(std::uint32_t* pixel, std::uint32_t* end, std::uint32_t color) {
  // Emscripten copies from 512 bytes on by the browser's own function.
  constexpr std::ptrdiff_t kCopied = 128;
  const std::ptrdiff_t count = end - pixel;
  std::ptrdiff_t filled = std::min(count, kCopied);
  std::fill(pixel, pixel + filled, color);
  while (filled < count) {
    const std::ptrdiff_t more = std::min(filled, count - filled);
    std::memcpy(pixel + filled, pixel, static_cast<std::size_t>(more) * sizeof color);
    filled += more;
  }
}

void blend_span(std::uint32_t* pixel, std::uint32_t* end, std::uint32_t color) {
  const std::uint32_t alpha = color >> 24U;
  if (alpha == 255) {
    fill_span(pixel, end, color);
    return;
  }
  if (alpha == 0) return;
  for (; pixel != end; ++pixel) *pixel = blended(*pixel, color, alpha);
}

std::uint32_t* row_of(const Canvas& canvas, int y) {
  return canvas.pixels + static_cast<std::ptrdiff_t>(y) * canvas.width;
}

const std::uint32_t* texels_of(const ImTextureData& texture) {
  // ImGui allocates them with malloc: aligned for any of its types.
  return static_cast<const std::uint32_t*>(static_cast<const void*>(texture.Pixels));
}

std::uint32_t times(std::uint32_t color, std::uint32_t texel) {
  std::uint32_t out = 0;
  for (unsigned shift = 0; shift < 32; shift += 8)
    out |= scaled_255(color >> shift & 0xFFU, texel >> shift & 0xFFU) << shift;
  return out;
}

void draw_glyph(const Canvas& canvas, const Primitive& glyph, const IntRect& rect) {
  const std::uint32_t* texels = texels_of(*glyph.texture);
  const std::uint32_t alpha = glyph.color >> 24U;
  for (int y = rect.top; y < rect.bottom; ++y) {
    const std::uint32_t* source =
        texels + static_cast<std::ptrdiff_t>(y + glyph.texel_y) * glyph.texture->Width + glyph.texel_x;
    std::uint32_t* row = row_of(canvas, y);
    for (int x = rect.left; x < rect.right; ++x) {
      const std::uint32_t texel = source[x];
      if (texel >> 24U == 0) continue;
      const std::uint32_t coverage = scaled_255(texel >> 24U, alpha);
      const bool white = (texel & 0x00FFFFFFU) == 0x00FFFFFFU;
      row[x] = blended(row[x], white ? glyph.color : times(glyph.color, texel), coverage);
    }
  }
}

/// Where a triangle's edge lets pixels through: value(x) = start + x · step ≥ 0, in whole numbers.
struct Edge {
  std::int64_t start = 0;  ///< at pixel (0, 0)
  std::int64_t step_x = 0;
  std::int64_t step_y = 0;
  std::int64_t bias = 0;  ///< −1 where pixels on the edge belong to the neighbour

  void limit(std::int64_t row, std::int64_t& first, std::int64_t& last) const {
    const std::int64_t value = row + bias;
    if (step_x == 0) {
      if (value < 0) last = first - 1;
    } else if (step_x > 0) {
      if (value < 0) first = std::max(first, (-value + step_x - 1) / step_x);
    } else if (value < 0) {
      last = std::min<std::int64_t>(last, -1);
    } else {
      last = std::min(last, value / -step_x);
    }
  }
};

struct Corner {
  std::int64_t x = 0;
  std::int64_t y = 0;
  const ImDrawVert* vertex = nullptr;
};

Edge edge_between(const Corner& a, const Corner& b) {
  const std::int64_t dx = b.x - a.x;
  const std::int64_t dy = b.y - a.y;
  Edge edge;
  edge.start = dx * (kSubpixels / 2 - a.y) - dy * (kSubpixels / 2 - a.x);
  edge.step_x = -dy * kSubpixels;
  edge.step_y = dx * kSubpixels;
  edge.bias = dy < 0 || (dy == 0 && dx > 0) ? 0 : -1;
  return edge;
}

std::uint32_t bilinear_texel(const ImTextureData& texture, float u, float v) {
  const float x = u * static_cast<float>(texture.Width) - 0.5F;
  const float y = v * static_cast<float>(texture.Height) - 0.5F;
  const float left = std::floor(x);
  const float top = std::floor(y);
  const auto part_x = static_cast<std::uint32_t>((x - left) * 256);
  const auto part_y = static_cast<std::uint32_t>((y - top) * 256);
  const auto held = [](float value, int size) { return std::min(std::max(static_cast<int>(value), 0), size - 1); };
  const int x0 = held(left, texture.Width);
  const int x1 = held(left + 1, texture.Width);
  const std::uint32_t* texels = texels_of(texture);
  const std::uint32_t* upper = texels + static_cast<std::ptrdiff_t>(held(top, texture.Height)) * texture.Width;
  const std::uint32_t* lower = texels + static_cast<std::ptrdiff_t>(held(top + 1, texture.Height)) * texture.Width;
  std::uint32_t out = 0;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    const auto channel = [shift](std::uint32_t texel) { return texel >> shift & 0xFFU; };
    const std::uint32_t above = channel(upper[x0]) * (256 - part_x) + channel(upper[x1]) * part_x;
    const std::uint32_t below = channel(lower[x0]) * (256 - part_x) + channel(lower[x1]) * part_x;
    out |= (above * (256 - part_y) + below * part_y + 32768) >> 16U << shift;
  }
  return out;
}

class TriangleFill {
 public:
  explicit TriangleFill(const Primitive& primitive) : primitive_(primitive) {
    Corner corners[3];
    for (int i = 0; i < 3; ++i) {
      const ImDrawVert* vertex = primitive.corners[i];
      corners[i] = {subpixel(vertex->pos.x), subpixel(vertex->pos.y), vertex};
    }
    std::int64_t area = doubled_area(corners);
    if (area < 0) {
      std::swap(corners[1], corners[2]);
      area = -area;
    }
    if (area == 0) return;
    filled_ = true;
    for (int i = 0; i < 3; ++i) {
      // The edge opposite to a corner grows towards it: its share of the area is the corner's weight.
      edges_[i] = edge_between(corners[(i + 1) % 3], corners[(i + 2) % 3]);
      vertices_[i] = corners[i].vertex;
    }
    per_area_ = 1.0F / static_cast<float>(area);
  }

  void draw(const Canvas& canvas, const IntRect& rect) const {
    if (!filled_) return;
    for (int y = rect.top; y < rect.bottom; ++y) {
      std::int64_t first = rect.left;
      std::int64_t last = rect.right - 1;
      std::int64_t rows[3];
      for (int i = 0; i < 3; ++i) {
        rows[i] = edges_[i].start + y * edges_[i].step_y;
        edges_[i].limit(rows[i], first, last);
      }
      if (first > last) continue;
      std::uint32_t* row = row_of(canvas, y);
      if (primitive_.flat) {
        blend_span(row + first, row + last + 1, primitive_.color);
      } else {
        draw_shaded(row, rows, static_cast<int>(first), static_cast<int>(last));
      }
    }
  }

 private:
  static std::int64_t subpixel(float value) {
    const float held = std::fmin(std::fmax(value, -kFarthestCorner), kFarthestCorner);
    return static_cast<std::int64_t>(std::floor(held * static_cast<float>(kSubpixels) + 0.5F));
  }
  static std::int64_t doubled_area(const Corner (&c)[3]) {
    return (c[1].x - c[0].x) * (c[2].y - c[0].y) - (c[1].y - c[0].y) * (c[2].x - c[0].x);
  }

  void draw_shaded(std::uint32_t* row, const std::int64_t (&rows)[3], int first, int last) const {
    for (int x = first; x <= last; ++x) {
      float weights[3];
      for (int i = 0; i < 3; ++i) weights[i] = static_cast<float>(rows[i] + x * edges_[i].step_x) * per_area_;
      std::uint32_t color = 0;
      for (unsigned shift = 0; shift < 32; shift += 8) {
        float channel = 0.5F;
        for (int i = 0; i < 3; ++i) channel += weights[i] * static_cast<float>(vertices_[i]->col >> shift & 0xFFU);
        color |= static_cast<std::uint32_t>(std::min(channel, 255.0F)) << shift;
      }
      if (primitive_.texture != nullptr) {
        float u = 0;
        float v = 0;
        for (int i = 0; i < 3; ++i) {
          u += weights[i] * vertices_[i]->uv.x;
          v += weights[i] * vertices_[i]->uv.y;
        }
        color = times(color, bilinear_texel(*primitive_.texture, u, v));
      }
      row[x] = blended(row[x], color, color >> 24U);
    }
  }

  const Primitive& primitive_;
  Edge edges_[3];
  const ImDrawVert* vertices_[3] = {};
  float per_area_ = 0;
  bool filled_ = false;
};

}  // namespace

void clear(const Canvas& canvas, const IntRect& rect, std::uint32_t color) {
  for (int y = rect.top; y < rect.bottom; ++y) {
    std::uint32_t* row = row_of(canvas, y);
    fill_span(row + rect.left, row + rect.right, color);
  }
}

void draw(const Canvas& canvas, const Primitive& primitive, const IntRect& clip) {
  const IntRect rect = primitive.bounds.clipped(clip);
  if (rect.empty()) return;
  switch (primitive.kind) {
    case Primitive::Kind::kRect:
      for (int y = rect.top; y < rect.bottom; ++y) {
        std::uint32_t* row = row_of(canvas, y);
        blend_span(row + rect.left, row + rect.right, primitive.color);
      }
      break;
    case Primitive::Kind::kGlyph:
      draw_glyph(canvas, primitive, rect);
      break;
    case Primitive::Kind::kTriangle:
      TriangleFill(primitive).draw(canvas, rect);
      break;
  }
}

}  // namespace sidetone::shell::render
