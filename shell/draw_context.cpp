#include "shell/draw_context.hpp"

#include <imgui.h>
#include <imgui_internal.h>

namespace sidetone::shell {
namespace {

// As in ImGui's own style: the furthest that a curve or a circle's edge may be from the true one, in pixels.
constexpr float kCurveTolerance = 1.25F;
constexpr float kCircleTolerance = 0.3F;

}  // namespace

struct DrawContext::Impl {
  ImFontAtlas atlas;
  ImDrawListSharedData shared;
  std::unique_ptr<ImDrawList> list;
  ImDrawData data;
  ImVector<ImTextureData*> own_textures;
  ImVector<ImTextureData*> textures;  ///< of the frame
  int frames = 0;

  Impl() {
    shared.FontAtlas = &atlas;
    shared.CurveTessellationTol = kCurveTolerance;
    shared.SetCircleTessellationMaxError(kCircleTolerance);
    shared.InitialFlags = ImDrawListFlags_AntiAliasedLines | ImDrawListFlags_AntiAliasedLinesUseTex |
                          ImDrawListFlags_AntiAliasedFill | ImDrawListFlags_AllowVtxOffset;
    atlas.RendererHasTextures = true;
    ImFontAtlasAddDrawListSharedData(&atlas, &shared);
    list = std::make_unique<ImDrawList>(&shared);
  }
  ~Impl() {
    list.reset();
    ImFontAtlasRemoveDrawListSharedData(&atlas, &shared);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
};

DrawContext::DrawContext() : impl_(std::make_unique<Impl>()) {}
DrawContext::~DrawContext() = default;

ImFontAtlas& DrawContext::atlas() { return impl_->atlas; }

void DrawContext::add_texture(ImTextureData& texture) { impl_->own_textures.push_back(&texture); }

void DrawContext::remove_texture(ImTextureData& texture) { impl_->own_textures.find_erase_unsorted(&texture); }

ImDrawList& DrawContext::begin(float width, float height) {
  Impl& impl = *impl_;
  ImFontAtlasUpdateNewFrame(&impl.atlas, ++impl.frames, true);
  impl.shared.ClipRectFullscreen = ImVec4(0, 0, width, height);
  impl.data.Clear();
  impl.data.DisplaySize = ImVec2(width, height);
  impl.data.FramebufferScale = ImVec2(1, 1);
  impl.list->_ResetForNewFrame();
  impl.list->PushTexture(impl.atlas.TexRef);
  impl.list->PushClipRectFullScreen();
  return *impl.list;
}

ImDrawData& DrawContext::end() {
  Impl& impl = *impl_;
  impl.textures.resize(0);
  for (ImTextureData* texture : impl.atlas.TexList) impl.textures.push_back(texture);
  for (ImTextureData* texture : impl.own_textures) impl.textures.push_back(texture);
  impl.data.Textures = &impl.textures;
  impl.data.Valid = true;
  impl.list->_PopUnusedDrawCmd();
  if (!impl.list->CmdBuffer.empty()) impl.data.AddDrawList(impl.list.get());
  return impl.data;
}

}  // namespace sidetone::shell
