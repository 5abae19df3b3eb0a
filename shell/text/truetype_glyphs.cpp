#include "shell/text/truetype_glyphs.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "shell/text/arabic_forms.hpp"
#include "shell/text/unicode.hpp"

// ImGui has the same functions for itself: this copy is this file's own.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#define STBTT_STATIC
#define STB_TRUETYPE_IMPLEMENTATION
#include <imstb_truetype.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace sidetone::shell::text {
namespace {

/// From the order of reading to that of the pen, right to left; numbers and Latin words inside stay as they are.
void turn_around(std::vector<char32_t>& codes) {
  const auto forward = [](char32_t code) { return is_strong_left_to_right(code) || (code >= '0' && code <= '9'); };
  std::reverse(codes.begin(), codes.end());
  for (auto at = codes.begin(); at != codes.end();) {
    const auto first = std::find_if(at, codes.end(), forward);
    at = std::find_if_not(first, codes.end(), forward);
    std::reverse(first, at);
  }
}

}  // namespace

struct TrueTypeGlyphs::Impl {
  struct Face {
    stbtt_fontinfo info{};
    bool strong = false;
  };
  struct Placed {
    const Face* face = nullptr;
    int glyph = 0;
    float scale = 0;
    int x = 0;  ///< pen
    int left = 0, top = 0, right = 0, bottom = 0;
  };

  const Face* face_for(char32_t code, bool strong, int& glyph) const {
    for (const bool weight : {strong, !strong})
      for (const Face& face : faces)
        if (face.strong == weight)
          if (glyph = stbtt_FindGlyphIndex(&face.info, static_cast<int>(code)); glyph != 0) return &face;
    return nullptr;
  }

  std::vector<Face> faces;
};

TrueTypeGlyphs::TrueTypeGlyphs() : impl_(std::make_unique<Impl>()) {}
TrueTypeGlyphs::~TrueTypeGlyphs() = default;

bool TrueTypeGlyphs::add(std::span<const std::uint8_t> bytes, bool strong) {
  if (bytes.size() < 12) return false;
  const int offset = stbtt_GetFontOffsetForIndex(bytes.data(), 0);
  Impl::Face face;
  face.strong = strong;
  if (offset < 0 || stbtt_InitFont(&face.info, bytes.data(), offset) == 0) return false;
  impl_->faces.push_back(face);
  return true;
}

bool TrueTypeGlyphs::rasterize(const GlyphRequest& request, GlyphBitmap& out) {
  std::vector<char32_t> codes;
  for (std::string_view rest = request.utf8; !rest.empty();) {
    const char32_t code = take_code(rest);
    if (!is_dropped(code)) codes.push_back(code);
  }
  join_arabic(codes);
  if (request.right_to_left) turn_around(codes);
  std::vector<Impl::Placed> placed;
  int pen = 0;
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  for (const char32_t code : codes) {
    Impl::Placed one;
    one.face = impl_->face_for(code, request.strong, one.glyph);
    if (one.face == nullptr) return false;
    one.scale = stbtt_ScaleForMappingEmToPixels(&one.face->info, request.size_px);
    int advance = 0;
    int bearing = 0;
    stbtt_GetGlyphHMetrics(&one.face->info, one.glyph, &advance, &bearing);
    stbtt_GetGlyphBitmapBox(&one.face->info, one.glyph, one.scale, one.scale, &one.left, &one.top, &one.right,
                            &one.bottom);
    one.x = pen;
    if (one.right > one.left && one.bottom > one.top) {
      left = placed.empty() ? pen + one.left : std::min(left, pen + one.left);
      right = placed.empty() ? pen + one.right : std::max(right, pen + one.right);
      top = placed.empty() ? one.top : std::min(top, one.top);
      bottom = placed.empty() ? one.bottom : std::max(bottom, one.bottom);
      placed.push_back(one);
    }
    pen += static_cast<int>(std::lround(static_cast<float>(advance) * one.scale));
  }
  out.advance = static_cast<float>(pen);
  if (request.advance_only) return true;
  out.width = right - left;
  out.height = bottom - top;
  out.left = left;
  out.top = -top;
  out.colored = false;
  out.pixels.assign(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height), 0x00FFFFFFU);
  std::vector<unsigned char> coverage;
  for (const Impl::Placed& one : placed) {
    const int width = one.right - one.left;
    const int height = one.bottom - one.top;
    coverage.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
    stbtt_MakeGlyphBitmap(&one.face->info, coverage.data(), width, height, width, one.scale, one.scale, one.glyph);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const std::uint32_t alpha = coverage[static_cast<std::size_t>(y) * width + x];
        std::uint32_t& pixel =
            out.pixels[static_cast<std::size_t>(one.top - top + y) * out.width + one.x + one.left - left + x];
        pixel = std::max(pixel >> 24U, alpha) << 24U | 0x00FFFFFFU;
      }
  }
  return true;
}

}  // namespace sidetone::shell::text
