#include "shell/text/font_loader.hpp"

#include <algorithm>
#include <cmath>

#include <imgui.h>
#include <imgui_internal.h>
#include <misc/freetype/imgui_freetype.h>
#include "shell/text/unicode.hpp"

namespace sidetone::shell::text {
namespace {

// The em box's share above the baseline: capitals stand in the middle of a line as high as its text.
constexpr float kAscent = 0.85F;
// ImGui numbers a size's glyphs with 16 bits and never reuses a number: well before the end the size is made anew.
constexpr int kGlyphsOfSize = 16384;
// IndexLookup of a character that was not asked for; ImGui keeps the name of it to itself.
constexpr ImU16 kNotAsked = 0xFFFF;
constexpr int kBitmapWidth = 2048;
constexpr int kBitmapHeight = 512;

LoadedFont& loaded_font(const ImFontConfig* config) { return *static_cast<LoadedFont*>(config->FontLoaderData); }

/// A hollow box: nothing could draw this.
void draw_missing(float size, GlyphBitmap& out) {
  out.height = std::max(6, static_cast<int>(size * 0.66F));
  out.width = std::max(4, static_cast<int>(size * 0.46F));
  out.left = 1;
  out.top = out.height;
  out.advance = static_cast<float>(out.width + 2);
  out.colored = false;
  out.pixels.assign(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height), 0x00FFFFFFU);
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x)
      if (x == 0 || y == 0 || x == out.width - 1 || y == out.height - 1)
        out.pixels[static_cast<std::size_t>(y) * out.width + x] = 0x80FFFFFFU;
}

/// What is larger than any line of text can show.
void crop_bitmap(GlyphBitmap& bitmap) {
  const int width = std::min(bitmap.width, kBitmapWidth);
  const int height = std::min(bitmap.height, kBitmapHeight);
  if (width == bitmap.width && height == bitmap.height) return;
  std::vector<std::uint32_t> pixels;
  pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    const auto row = bitmap.pixels.begin() + static_cast<std::ptrdiff_t>(y) * bitmap.width;
    pixels.insert(pixels.end(), row, row + width);
  }
  bitmap.pixels.swap(pixels);
  bitmap.width = width;
  bitmap.height = height;
}

bool loader_source_init(ImFontAtlas*, ImFontConfig* config) {
  config->FontLoaderData = *static_cast<LoadedFont**>(config->FontData);
  return true;
}
void loader_source_destroy(ImFontAtlas*, ImFontConfig* config) { config->FontLoaderData = nullptr; }
bool loader_contains(ImFontAtlas*, ImFontConfig*, ImWchar) { return true; }

bool loader_size_init(ImFontAtlas*, ImFontConfig*, ImFontBaked* baked, void*) {
  baked->Ascent = std::round(baked->Size * kAscent);
  baked->Descent = baked->Ascent - baked->Size;
  return true;
}

bool loader_load(ImFontAtlas* atlas, ImFontConfig* config, ImFontBaked* baked, void*, ImWchar number,
                 ImFontGlyph* glyph, float* advance) {
  if (number == '\t') return false;  // ImGui makes it of the space
  LoadedFont& font = loaded_font(config);
  GlyphRequest request;
  request.size_px = baked->Size;
  request.strong = font.strong;
  request.advance_only = advance != nullptr;
  std::string single;
  if (const Run* run = font.runs->find(number); run != nullptr) {
    request.utf8 = run->utf8;
    request.right_to_left = run->right_to_left;
  } else {
    append_code(single, is_private(number) ? kReplacement : static_cast<char32_t>(number));
    request.utf8 = single;
  }
  GlyphBitmap bitmap;
  if (!font.source->rasterize(request, bitmap)) draw_missing(baked->Size, bitmap);
  crop_bitmap(bitmap);
  // Whole pixels: the next character stands as sharp as the first.
  const float whole_advance = std::round(std::clamp(bitmap.advance, 0.0F, static_cast<float>(kBitmapWidth)));
  if (advance != nullptr) {
    *advance = whole_advance;
    return true;
  }
  *glyph = ImFontGlyph();
  glyph->Codepoint = number;
  glyph->AdvanceX = whole_advance;
  glyph->PackId = ImFontAtlasRectId_Invalid;
  const auto count =
      static_cast<std::size_t>(std::max(0, bitmap.width)) * static_cast<std::size_t>(std::max(0, bitmap.height));
  if (count == 0 || bitmap.pixels.size() != count) return true;
  const ImFontAtlasRectId place = ImFontAtlasPackAddRect(atlas, bitmap.width, bitmap.height);
  if (place == ImFontAtlasRectId_Invalid) {
    font.atlas_full = true;
    return true;  // its room stays free until the next frame
  }
  ImTextureRect* rect = ImFontAtlasPackGetRect(atlas, place);
  glyph->X0 = static_cast<float>(bitmap.left);
  glyph->Y0 = baked->Ascent - static_cast<float>(bitmap.top);
  glyph->X1 = glyph->X0 + static_cast<float>(bitmap.width);
  glyph->Y1 = glyph->Y0 + static_cast<float>(bitmap.height);
  glyph->Visible = true;
  glyph->Colored = bitmap.colored;
  glyph->PackId = place;
  ImFontAtlasBakedSetFontGlyphBitmap(atlas, baked, config, glyph, rect,
                                     reinterpret_cast<const unsigned char*>(bitmap.pixels.data()),
                                     ImTextureFormat_RGBA32, bitmap.width * 4);
  return true;
}

const ImFontLoader& glyph_source_loader() {
  static const ImFontLoader loader = [] {
    ImFontLoader made;
    made.Name = "sidetone";
    made.FontSrcInit = loader_source_init;
    made.FontSrcDestroy = loader_source_destroy;
    made.FontSrcContainsGlyph = loader_contains;
    made.FontBakedInit = loader_size_init;
    made.FontBakedLoadGlyph = loader_load;
    return made;
  }();
  return loader;
}

}  // namespace

ImFont* add_font(ImFontAtlas& atlas, LoadedFont& font) {
  LoadedFont* data = &font;
  ImFontConfig config;
  ImFormatString(config.Name, sizeof config.Name, "%s", font.strong ? "strong" : "regular");
  config.FontLoader = &glyph_source_loader();
  // The atlas copies what is "font data" here: where the font is.
  config.FontData = &data;
  config.FontDataSize = static_cast<int>(sizeof(void*));
  config.FontDataOwnedByAtlas = false;
  config.EllipsisChar = 0x2026;
  config.OversampleH = config.OversampleV = 1;
  config.PixelSnapH = true;
  return atlas.AddFont(&config);
}

void forget_character(ImFontAtlas& atlas, char32_t number) {
  if (atlas.Builder == nullptr) return;
  for (int i = 0; i < atlas.Builder->BakedPool.Size; ++i) {
    ImFontBaked& baked = atlas.Builder->BakedPool[i];
    const int code = static_cast<int>(number);
    if (baked.WantDestroy || code >= baked.IndexLookup.Size) continue;
    const ImU16 index = baked.IndexLookup[code];
    if (index < baked.Glyphs.Size)
      ImFontAtlasBakedDiscardFontGlyph(&atlas, baked.ContainerFont, &baked, &baked.Glyphs[index]);
    baked.IndexLookup[code] = kNotAsked;
    baked.IndexAdvanceX[code] = -1;
  }
}

void make_space(ImFontAtlas& atlas, bool full) {
  if (atlas.Builder == nullptr) return;
  if (full) {
    ImFontAtlasBuildDiscardBakes(&atlas, 0);
    return;
  }
  for (int i = 0; i < atlas.Builder->BakedPool.Size; ++i) {
    ImFontBaked& baked = atlas.Builder->BakedPool[i];
    if (!baked.WantDestroy && baked.Glyphs.Size > kGlyphsOfSize)
      ImFontAtlasBakedDiscard(&atlas, baked.ContainerFont, &baked);
  }
}

}  // namespace sidetone::shell::text

// Dear ImGui's default, under the name that it knows; see cmake/dependencies.cmake.
const ImFontLoader* ImGuiFreeType::GetFontLoader() { return &sidetone::shell::text::glyph_source_loader(); }
