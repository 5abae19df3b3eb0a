#include "shell/render/primitives.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include <imgui.h>

namespace sidetone::shell::render {
namespace {

constexpr int kKnownTextureParts = 20000;
constexpr float kFarthest = 16384;  // pixels from the origin; what lies beyond is moved there

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
  return hash ^ hash >> 29U;
}

std::uint64_t mixed_rect(std::uint64_t hash, const IntRect& rect) {
  const auto both = [](int first, int second) {
    return std::uint64_t{static_cast<std::uint32_t>(first)} << 32U | static_cast<std::uint32_t>(second);
  };
  return mixed(mixed(hash, both(rect.left, rect.top)), both(rect.right, rect.bottom));
}

std::uint64_t mixed_pair(std::uint64_t hash, float first, float second) {
  std::uint32_t bits[2];
  std::memcpy(&bits[0], &first, sizeof first);
  std::memcpy(&bits[1], &second, sizeof second);
  return mixed(hash, std::uint64_t{bits[0]} << 32U | bits[1]);
}

/// What is no number counts as the farthest. Not by fmin and fmax, which WebAssembly has to call: thousands of corners
/// a frame come here.
float within_reach(float value) {
  if (!(value > -kFarthest)) return -kFarthest;
  return value < kFarthest ? value : kFarthest;
}
int pixel_floor(float value) { return static_cast<int>(std::floor(within_reach(value))); }
int pixel_ceil(float value) { return static_cast<int>(std::ceil(within_reach(value))); }
/// First pixel whose middle is not before this edge.
int first_pixel(float edge) { return pixel_ceil(edge - 0.5F); }

bool is_whole(float value) { return value == std::floor(value) && std::fabs(value) < kFarthest; }

float least_of(float a, float b, float c) { return std::min(std::min(a, b), c); }
float most_of(float a, float b, float c) { return std::max(std::max(a, b), c); }

bool same_point(const ImVec2& a, const ImVec2& b) { return a.x == b.x && a.y == b.y; }

/// The texel at a point of a texture; white without one.
std::uint32_t texel_at(const ImTextureData* texture, const ImVec2& uv) {
  if (texture == nullptr) return 0xFFFFFFFFU;
  const int x = std::min(std::max(static_cast<int>(uv.x * static_cast<float>(texture->Width)), 0), texture->Width - 1);
  const int y =
      std::min(std::max(static_cast<int>(uv.y * static_cast<float>(texture->Height)), 0), texture->Height - 1);
  std::uint32_t texel = 0;
  std::memcpy(
      &texel,
      texture->Pixels +
          (static_cast<std::size_t>(y) * static_cast<std::size_t>(texture->Width) + static_cast<std::size_t>(x)) * 4,
      sizeof texel);
  return texel;
}

std::uint32_t modulated(std::uint32_t color, std::uint32_t texel) {
  if (texel == 0xFFFFFFFFU) return color;
  std::uint32_t out = 0;
  for (unsigned shift = 0; shift < 32; shift += 8)
    out |= ((color >> shift & 0xFFU) * (texel >> shift & 0xFFU) + 127) / 255 << shift;
  return out;
}

class Collector {
 public:
  Collector(TextureHashes& hashes, std::vector<Primitive>& out) : hashes_(hashes), out_(out) {}

  void add_command(const ImDrawList& list, const ImDrawCmd& command, const IntRect& clip) {
    clip_ = clip;
    texture_ = command.TexRef._TexData;
    last_texel_.reset();
    // A texture of another format, or one that is not in memory, has nothing that could be drawn.
    if (texture_ != nullptr && (texture_->Pixels == nullptr || texture_->Format != ImTextureFormat_RGBA32)) return;
    const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
    const ImDrawIdx* indices = list.IdxBuffer.Data + command.IdxOffset;
    const unsigned count = command.ElemCount;
    for (unsigned i = 0; i + 3 <= count;) {
      const ImDrawIdx* at = indices + i;
      if (i + 6 <= count && at[3] == at[0] && at[4] == at[2] &&
          add_quad(vertices[at[0]], vertices[at[1]], vertices[at[2]], vertices[at[5]])) {
        i += 6;
        continue;
      }
      add_triangle(vertices[at[0]], vertices[at[1]], vertices[at[2]]);
      i += 3;
    }
  }

 private:
  /// @return false: not one that is drawn faster than two triangles.
  bool add_quad(const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c, const ImDrawVert& d) {
    if (a.col != b.col || a.col != c.col || a.col != d.col || a.pos.y != b.pos.y || b.pos.x != c.pos.x ||
        c.pos.y != d.pos.y || d.pos.x != a.pos.x || a.pos.x > c.pos.x || a.pos.y > c.pos.y)
      return false;
    Primitive quad;
    quad.bounds = IntRect{first_pixel(a.pos.x), first_pixel(a.pos.y), first_pixel(c.pos.x), first_pixel(c.pos.y)};
    if (same_point(a.uv, c.uv) && same_point(a.uv, b.uv) && same_point(a.uv, d.uv)) {
      quad.color = modulated(a.col, texel(a.uv));
      add(quad, quad.color);
      return true;
    }
    if (texture_ == nullptr || a.uv.y != b.uv.y || b.uv.x != c.uv.x || c.uv.y != d.uv.y || d.uv.x != a.uv.x ||
        !is_whole(a.pos.x) || !is_whole(a.pos.y) || !is_whole(c.pos.x) || !is_whole(c.pos.y))
      return false;
    IntRect texels;
    if (!whole_texel(a.uv.x, texture_->Width, texels.left) || !whole_texel(a.uv.y, texture_->Height, texels.top) ||
        !whole_texel(c.uv.x, texture_->Width, texels.right) || !whole_texel(c.uv.y, texture_->Height, texels.bottom) ||
        texels.width() != quad.bounds.width() || texels.height() != quad.bounds.height())
      return false;
    quad.kind = Primitive::Kind::kGlyph;
    quad.color = a.col;
    quad.texel_x = texels.left - quad.bounds.left;
    quad.texel_y = texels.top - quad.bounds.top;
    quad.texture = texture_;
    if (!texels.empty()) add(quad, mixed(quad.color, hashes_.of(*texture_, texels)));
    return true;
  }

  /// What has no picture has the same white one everywhere.
  std::uint32_t texel(const ImVec2& uv) {
    if (!last_texel_ || !same_point(last_texel_->uv, uv)) last_texel_ = Texel{uv, texel_at(texture_, uv)};
    return last_texel_->color;
  }

  static bool whole_texel(float part, int size, int& out) {
    const float texel = part * static_cast<float>(size);
    out = static_cast<int>(std::floor(texel + 0.5F));
    return std::fabs(texel - static_cast<float>(out)) < 0.02F && out >= 0 && out <= size;
  }

  void add_triangle(const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c) {
    Primitive triangle;
    triangle.kind = Primitive::Kind::kTriangle;
    triangle.texture = texture_;
    triangle.bounds =
        IntRect{pixel_floor(least_of(within_reach(a.pos.x), within_reach(b.pos.x), within_reach(c.pos.x))),
                pixel_floor(least_of(within_reach(a.pos.y), within_reach(b.pos.y), within_reach(c.pos.y))),
                pixel_ceil(most_of(within_reach(a.pos.x), within_reach(b.pos.x), within_reach(c.pos.x))),
                pixel_ceil(most_of(within_reach(a.pos.y), within_reach(b.pos.y), within_reach(c.pos.y)))};
    triangle.corners[0] = &a;
    triangle.corners[1] = &b;
    triangle.corners[2] = &c;
    std::uint64_t hash = 0;
    if (same_point(a.uv, b.uv) && same_point(a.uv, c.uv) && texel(a.uv) == 0xFFFFFFFFU) triangle.texture = nullptr;
    triangle.flat = triangle.texture == nullptr && a.col == b.col && a.col == c.col;
    triangle.color = a.col;
    if (triangle.texture != nullptr) {
      const auto width = static_cast<float>(texture_->Width);
      const auto height = static_cast<float>(texture_->Height);
      const IntRect texels{static_cast<int>(least_of(a.uv.x, b.uv.x, c.uv.x) * width) - 1,
                           static_cast<int>(least_of(a.uv.y, b.uv.y, c.uv.y) * height) - 1,
                           static_cast<int>(most_of(a.uv.x, b.uv.x, c.uv.x) * width) + 2,
                           static_cast<int>(most_of(a.uv.y, b.uv.y, c.uv.y) * height) + 2};
      hash = hashes_.of(*texture_, texels.clipped({0, 0, texture_->Width, texture_->Height}));
      hash = mixed(hash, static_cast<std::uint64_t>(texture_->Width) << 32U | static_cast<unsigned>(texture_->Height));
      for (const ImDrawVert* corner : triangle.corners) hash = mixed_pair(hash, corner->uv.x, corner->uv.y);
    }
    for (const ImDrawVert* corner : triangle.corners)
      hash = mixed(mixed_pair(hash, corner->pos.x, corner->pos.y), corner->col);
    add(triangle, hash);
  }

  void add(Primitive& primitive, std::uint64_t hash) {
    const IntRect whole = primitive.bounds;
    primitive.bounds = whole.clipped(clip_);
    if (primitive.bounds.empty()) return;
    hash = mixed_rect(mixed(hash, static_cast<std::uint64_t>(primitive.kind) + 1), primitive.bounds);
    // A clipped glyph shows another part of itself.
    if (primitive.kind == Primitive::Kind::kGlyph) hash = mixed_rect(hash, whole);
    primitive.hash = hash;
    out_.push_back(primitive);
  }

  struct Texel {
    ImVec2 uv;
    std::uint32_t color = 0;
  };
  TextureHashes& hashes_;
  std::vector<Primitive>& out_;
  std::optional<Texel> last_texel_;
  IntRect clip_;
  const ImTextureData* texture_ = nullptr;
};

}  // namespace

std::size_t TextureHashes::KeyHash::operator()(const Key& key) const {
  return static_cast<std::size_t>(mixed_rect(static_cast<std::uint64_t>(key.texture), key.texels));
}

void TextureHashes::serve(ImDrawData& data) {
  if (known_.size() > kKnownTextureParts) known_.clear();
  if (data.Textures == nullptr) return;
  for (ImTextureData* texture : *data.Textures) {
    const IntRect whole{0, 0, texture->Width, texture->Height};
    switch (texture->Status) {
      case ImTextureStatus_WantCreate:
        forget(*texture, {whole});
        texture->SetTexID(static_cast<ImTextureID>(texture->UniqueID) + 1);
        texture->SetStatus(ImTextureStatus_OK);
        break;
      case ImTextureStatus_WantUpdates: {
        std::vector<IntRect> parts;
        for (const ImTextureRect& part : texture->Updates)
          parts.push_back({part.x, part.y, part.x + part.w, part.y + part.h});
        forget(*texture, parts);
        texture->SetStatus(ImTextureStatus_OK);
        break;
      }
      case ImTextureStatus_WantDestroy:
        if (texture->UnusedFrames == 0) break;
        forget(*texture, {whole});
        texture->SetTexID(ImTextureID_Invalid);
        texture->SetStatus(ImTextureStatus_Destroyed);
        break;
      default:
        break;
    }
  }
}

void TextureHashes::forget(const ImTextureData& texture, const std::vector<IntRect>& parts) {
  if (parts.empty()) return;
  IntRect around = parts.front();
  for (const IntRect& part : parts) around = around.united(part);
  for (auto entry = known_.begin(); entry != known_.end();) {
    const IntRect& texels = entry->first.texels;
    const auto meets = [&](const IntRect& part) { return !texels.clipped(part).empty(); };
    const bool touched =
        entry->first.texture == texture.UniqueID && meets(around) && std::any_of(parts.begin(), parts.end(), meets);
    entry = touched ? known_.erase(entry) : std::next(entry);
  }
}

std::uint64_t TextureHashes::of(const ImTextureData& texture, const IntRect& texels) {
  const auto [entry, fresh] = known_.try_emplace(Key{texture.UniqueID, texels});
  if (!fresh) return entry->second;
  std::uint64_t hash = mixed_rect(1, {0, 0, texels.width(), texels.height()});
  for (int y = texels.top; y < texels.bottom; ++y)
    for (int x = texels.left; x < texels.right; ++x) {
      std::uint32_t texel = 0;
      const std::size_t index =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(texture.Width) + static_cast<std::size_t>(x);
      std::memcpy(&texel, texture.Pixels + index * 4, sizeof texel);
      hash = mixed(hash, texel);
    }
  entry->second = hash;
  return hash;
}

void collect_primitives(const ImDrawData& data, const IntRect& screen, TextureHashes& hashes,
                        std::vector<Primitive>& out) {
  Collector collector(hashes, out);
  for (const ImDrawList* list : data.CmdLists)
    for (const ImDrawCmd& command : list->CmdBuffer) {
      if (command.UserCallback != nullptr || command.ElemCount == 0) continue;
      const IntRect clip{pixel_floor(command.ClipRect.x), pixel_floor(command.ClipRect.y),
                         pixel_floor(command.ClipRect.z), pixel_floor(command.ClipRect.w)};
      const IntRect visible = clip.clipped(screen);
      if (!visible.empty()) collector.add_command(*list, command, visible);
    }
}

}  // namespace sidetone::shell::render
