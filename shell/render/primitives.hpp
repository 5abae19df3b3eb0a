#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "shell/render/int_rect.hpp"

struct ImDrawData;
struct ImDrawList;
struct ImDrawCmd;
struct ImDrawVert;
struct ImTextureData;

/// Draw lists taken apart into what the rasteriser draws, each with a hash of all that decides its pixels.
namespace sidetone::shell::render {

struct Primitive {
  enum class Kind : std::uint8_t {
    kRect,      ///< axis-aligned, one colour
    kGlyph,     ///< axis-aligned, one texel a pixel
    kTriangle,  ///< any other
  };
  Kind kind = Kind::kRect;
  bool flat = false;        ///< triangle: one colour, no texture
  std::uint32_t color = 0;  ///< 0xAABBGGRR, of rect, glyph and flat triangle
  IntRect bounds;           ///< what it may touch, clipped
  int texel_x = 0;          ///< glyph: texel of pixel (0, 0)
  int texel_y = 0;
  const ImTextureData* texture = nullptr;
  const ImDrawVert* corners[3] = {};  ///< triangle
  std::uint64_t hash = 0;
};

/// Hashes of parts of textures, kept until the part changes: a glyph that moved within the atlas is still the same.
class TextureHashes {
 public:
  /// Serve ImGui's requests: nothing is copied, so all are done at once.
  void serve(ImDrawData& data);
  std::uint64_t of(const ImTextureData& texture, const IntRect& texels);

 private:
  struct Key {
    int texture = 0;
    IntRect texels;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  void forget(const ImTextureData& texture, const std::vector<IntRect>& parts);
  std::unordered_map<Key, std::uint64_t, KeyHash> known_;
};

/// Append what `data` draws on `screen`, in its order.
void collect_primitives(const ImDrawData& data, const IntRect& screen, TextureHashes& hashes,
                        std::vector<Primitive>& out);

}  // namespace sidetone::shell::render
