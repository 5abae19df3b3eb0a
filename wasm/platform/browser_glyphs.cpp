#include "wasm/platform/browser_glyphs.hpp"

#include <emscripten/emscripten.h>

#include <algorithm>
#include <string>

// Draws the text in white on nothing and leaves it in Module.glyphCanvas; with `advance_only` it is measured alone.
// Measures: width, height, left, top, advance × 64, colours. Firefox gives boxes of right-to-left text that are too
// narrow, so that the wider of box and advance counts.
// @return 0: nothing to be seen
EM_JS(int, sidetone_draw_glyph,
      (const char* utf8, double size, int strong, int right_to_left, int advance_only, int* measures), {
        var glyphs = Module.glyphCanvas;
        if (!glyphs) {
          var made = document.createElement("canvas");
          made.width = made.height = 256;
          glyphs = Module.glyphCanvas = {canvas : made, context : made.getContext("2d", {willReadFrequently : true})};
        }
        var context = glyphs.context;
        var text = UTF8ToString(utf8);
        var prepare = function() {
          var font = (strong ? "600 " : "400 ") + size + 'px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif';
          // Setting even the same font once more costs a look for it.
          if (glyphs.font != font) context.font = glyphs.font = font;
          context.direction = right_to_left ? "rtl" : "ltr";
          context.textAlign = "left";
          context.textBaseline = "alphabetic";
          context.fillStyle = "#fff";
        };
        prepare();
        var m = context.measureText(text);
        var at = measures >> 2;
        HEAP32[at + 4] = Math.round(m.width * 64);
        if (advance_only) return 0;
        var left = Math.max(Math.ceil(m.actualBoundingBoxLeft || 0), 0) + 1;
        var right = Math.ceil(Math.max(m.actualBoundingBoxRight || 0, m.width)) + 1;
        var up = Math.ceil(m.actualBoundingBoxAscent || 0) + 1;
        var down = Math.ceil(m.actualBoundingBoxDescent || 0) + 1;
        var width = Math.min(left + right, 2048);
        var height = Math.min(up + down, 512);
        if (!(width > 0 && height > 0)) return 0;
        if (glyphs.canvas.width < width || glyphs.canvas.height < height) {
          glyphs.canvas.width = Math.max(glyphs.canvas.width, width);
          glyphs.canvas.height = Math.max(glyphs.canvas.height, height);
          glyphs.font = "";
          prepare();
        }
        context.clearRect(0, 0, width, height);
        context.fillText(text, left, up);
        var image = context.getImageData(0, 0, width, height);
        var data = new Uint32Array(image.data.buffer);
        // Only what is seen goes into the atlas.
        var x0 = width, y0 = height, x1 = -1, y1 = -1, colors = 0;
        for (var y = 0, i = 0; y < height; ++y)
          for (var x = 0; x < width; ++x, ++i) {
            var pixel = data[i];
            var alpha = pixel >>> 24;
            if (!alpha) continue;
            if (x < x0) x0 = x;
            if (x > x1) x1 = x;
            if (y < y0) y0 = y;
            y1 = y;
            // Thin white comes back from premultiplied alpha as nearly white.
            if (alpha > 64 && ((pixel & 255) < 200 || (pixel >> 8 & 255) < 200 || (pixel >> 16 & 255) < 200))
              colors = 1;
          }
        if (x1 < 0) return 0;
        HEAP32[at] = x1 - x0 + 1;
        HEAP32[at + 1] = y1 - y0 + 1;
        HEAP32[at + 2] = x0 - left;
        HEAP32[at + 3] = up - y0;
        HEAP32[at + 5] = colors;
        glyphs.drawn = {data : data, row : width, x : x0, y : y0};
        return 1;
      });

EM_JS(void, sidetone_take_glyph, (std::uint32_t * pixels, int width, int height), {
  var drawn = Module.glyphCanvas.drawn;
  for (var y = 0; y < height; ++y) {
    var from = (drawn.y + y) * drawn.row + drawn.x;
    HEAPU32.set(drawn.data.subarray(from, from + width), (pixels >> 2) + y * width);
  }
  Module.glyphCanvas.drawn = null;
});

// Byte offsets of the words. @return how many there are, at most `most`; 0: the browser does not know
EM_JS(int, sidetone_part_words, (const char* utf8, std::size_t bytes, std::size_t* starts, int most), {
  if (!Intl.Segmenter) return 0;
  var segmenter = Module.segmenter || (Module.segmenter = new Intl.Segmenter(undefined, {granularity : "word"}));
  var words = Array.from(segmenter.segment(UTF8ToString(utf8, bytes)));
  var count = Math.min(words.length, most);
  for (var i = 0, at = 0; i < count; ++i) {
    HEAPU32[(starts >> 2) + i] = at;
    at += lengthBytesUTF8(words[i].segment);
  }
  return count;
});

namespace sidetone::page {

void BrowserGlyphs::part_words(std::string_view utf8, std::vector<std::size_t>& starts) {
  // A word has a byte at least.
  starts.resize(utf8.size());
  starts.resize(static_cast<std::size_t>(
      sidetone_part_words(utf8.data(), utf8.size(), starts.data(), static_cast<int>(starts.size()))));
}

bool BrowserGlyphs::rasterize(const shell::text::GlyphRequest& request, shell::text::GlyphBitmap& out) {
  const std::string utf8(request.utf8);
  int measures[6] = {};
  const int seen = sidetone_draw_glyph(utf8.c_str(), static_cast<double>(request.size_px), request.strong ? 1 : 0,
                                       request.right_to_left ? 1 : 0, request.advance_only ? 1 : 0, measures);
  out = {};
  out.advance = static_cast<float>(measures[4]) / 64;
  if (seen == 0) return true;
  out.width = measures[0];
  out.height = measures[1];
  out.left = measures[2];
  out.top = measures[3];
  out.colored = measures[5] != 0;
  out.pixels.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height));
  sidetone_take_glyph(out.pixels.data(), out.width, out.height);
  if (!out.colored)
    for (std::uint32_t& pixel : out.pixels) pixel |= 0x00FFFFFFU;
  return true;
}

}  // namespace sidetone::page
