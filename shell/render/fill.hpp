#pragma once

#include <cstdint>

#include "shell/render/int_rect.hpp"
#include "shell/render/primitives.hpp"

namespace sidetone::shell::render {

struct Canvas {
  std::uint32_t* pixels = nullptr;
  int width = 0;  ///< of a row
};

/// Set every pixel of `rect`.
void clear(const Canvas& canvas, const IntRect& rect, std::uint32_t color);
/// Blend the part of a primitive that lies in `clip` over what is there.
void draw(const Canvas& canvas, const Primitive& primitive, const IntRect& clip);

}  // namespace sidetone::shell::render
