#include <GLES3/gl3.h>
#include <emscripten/emscripten.h>

#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>
#include "wasm/platform/present.hpp"

// Emscripten's own functions for contexts look for elements by name as soon as they are loaded, and node has none.
// @return handle of the context; 0: there is no WebGL2 here
EM_JS(int, sidetone_webgl_create, (), {
  if (!Module.canvas) return 0;
  return GL.createContext(Module.canvas, {
    majorVersion : 2,
    minorVersion : 0,
    alpha : false,
    depth : false,
    stencil : false,
    antialias : false,
    enableExtensionsByDefault : false
  });
});
EM_JS(void, sidetone_webgl_use, (int context), { GL.makeContextCurrent(context); });
EM_JS(void, sidetone_webgl_destroy, (int context), { GL.deleteContext(context); });

namespace sidetone::page {
namespace {

/// All that decides the picture, as one number: the same again is not drawn.
ImGuiID hash_of(const ImDrawData& data) {
  ImGuiID hash = 0;
  for (const ImDrawList* list : data.CmdLists) {
    hash = ImHashData(list->VtxBuffer.Data, static_cast<std::size_t>(list->VtxBuffer.size_in_bytes()), hash);
    hash = ImHashData(list->IdxBuffer.Data, static_cast<std::size_t>(list->IdxBuffer.size_in_bytes()), hash);
    for (const ImDrawCmd& command : list->CmdBuffer) {
      hash = ImHashData(&command.ClipRect, sizeof command.ClipRect, hash);
      hash = ImHashData(&command.ElemCount, sizeof command.ElemCount, hash);
    }
  }
  return hash;
}

class WebglScreen final : public Screen {
 public:
  explicit WebglScreen(int context) : context_(context) {
    sidetone_webgl_use(context_);
    ImGui_ImplOpenGL3_Init("#version 300 es");
  }
  ~WebglScreen() override {
    ImGui::SetCurrentContext(imgui_);
    sidetone_webgl_use(context_);
    ImGui_ImplOpenGL3_Shutdown();
    sidetone_webgl_destroy(context_);
  }

  void resize(int width, int height) override {
    width_ = width;
    height_ = height;
    fresh_ = true;
  }

  std::int64_t show(ImDrawData& data, std::uint32_t background) override {
    bool same = !fresh_ && background == background_;
    if (data.Textures != nullptr)
      for (const ImTextureData* texture : *data.Textures) same = same && texture->Status == ImTextureStatus_OK;
    const ImGuiID hash = hash_of(data);
    if (same && hash == hash_) return 0;
    hash_ = hash;
    background_ = background;
    fresh_ = false;
    sidetone_webgl_use(context_);
    ImGui_ImplOpenGL3_NewFrame();
    const auto part = [&](unsigned shift) { return static_cast<float>(background >> shift & 0xFFU) / 255; };
    glViewport(0, 0, width_, height_);
    glDisable(GL_SCISSOR_TEST);
    glClearColor(part(0), part(8), part(16), 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(&data);
    return std::int64_t{width_} * height_;
  }

 private:
  int context_;
  ImGuiContext* imgui_ = ImGui::GetCurrentContext();
  int width_ = 1;
  int height_ = 1;
  bool fresh_ = true;
  ImGuiID hash_ = 0;
  std::uint32_t background_ = 0;
};

}  // namespace

std::unique_ptr<Screen> make_webgl_screen() {
  const int context = sidetone_webgl_create();
  if (context <= 0) return nullptr;
  return std::make_unique<WebglScreen>(context);
}

}  // namespace sidetone::page
