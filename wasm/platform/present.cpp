#include "wasm/platform/present.hpp"

#include <emscripten/emscripten.h>

// The picture is looked at where it lies: the memory may have moved since the last frame, so that nothing is kept.
EM_JS(void, sidetone_put_pixels, (const std::uint32_t* pixels, int width, int height, const int* rects, int count), {
  var canvas = Module.canvas;
  if (!canvas) return;
  var context = Module.canvasContext || (Module.canvasContext = canvas.getContext("2d", {alpha : false}));
  var image = new ImageData(new Uint8ClampedArray(HEAPU8.buffer, pixels, width * height * 4), width, height);
  for (var i = 0, at = rects >> 2; i < count; ++i, at += 4)
    context.putImageData(image, 0, 0, HEAP32[at], HEAP32[at + 1], HEAP32[at + 2] - HEAP32[at],
                         HEAP32[at + 3] - HEAP32[at + 1]);
});

namespace sidetone::page {

void present_on_canvas(const std::uint32_t* pixels, int width, int height,
                       const std::vector<shell::render::IntRect>& rects) {
  static_assert(sizeof(shell::render::IntRect) == 4 * sizeof(int));
  sidetone_put_pixels(pixels, width, height, &rects.front().left, static_cast<int>(rects.size()));
}

}  // namespace sidetone::page
