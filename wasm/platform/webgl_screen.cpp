#include <emscripten/emscripten.h>

#include <cstddef>

#include <imgui.h>
#include <imgui_internal.h>
#include "wasm/platform/present.hpp"

// Straight to the browser: Emscripten's own layer for OpenGL would be half as large again as all of this page's loader.
// Module.webgl holds the context and what lives in it.
// @return 0: there is no WebGL2 here
EM_JS(int, sidetone_webgl_create, (), {
  var gl = Module.canvas &&
           Module.canvas.getContext("webgl2", {alpha : false, depth : false, stencil : false, antialias : false});
  if (!gl) return 0;
  var shader = function(type, source) {
    var made = gl.createShader(type);
    gl.shaderSource(made, "#version 300 es\nprecision highp float;" + source);
    gl.compileShader(made);
    return made;
  };
  var program = gl.createProgram();
  gl.attachShader(
      program,
      shader(gl.VERTEX_SHADER,
             "uniform vec2 size;" +
                 "layout(location=0)in vec2 position;layout(location=1)in vec2 uv;layout(location=2)in vec4 color;" +
                 "out vec2 place;out vec4 shade;" +
                 "void main(){place=uv;shade=color;gl_Position=vec4(position/size*2.-1.,0,1)*vec4(1,-1,1,1);}"));
  gl.attachShader(
      program,
      shader(gl.FRAGMENT_SHADER,
             "uniform sampler2D picture;" +
                 "in vec2 place;in vec4 shade;out vec4 color;void main(){color=shade*texture(picture,place);}"));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return 0;
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  for (var i = 0; i < 3; ++i) gl.enableVertexAttribArray(i);
  gl.enable(gl.BLEND);
  gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  Module.webgl = {gl : gl, size : gl.getUniformLocation(program, "size"), textures : {}};
  return 1;
});
EM_JS(void, sidetone_webgl_destroy, (), {
  var lose = Module.webgl.gl.getExtension("WEBGL_lose_context");
  if (lose) lose.loseContext();
  Module.webgl = null;
});

// `part` of the texture's pixels, rows of `width`, at x, y of what lies in the context; the whole makes it anew.
EM_JS(void, sidetone_webgl_texture,
      (int id, const void* pixels, int width, int height, int x, int y, int part_width, int part_height), {
        var gl = Module.webgl.gl;
        var textures = Module.webgl.textures;
        var whole = part_width == width && part_height == height;
        gl.bindTexture(gl.TEXTURE_2D, textures[id] || (textures[id] = gl.createTexture()));
        gl.pixelStorei(gl.UNPACK_ROW_LENGTH, width);
        var from = HEAPU8.subarray(pixels + (y * width + x) * 4, pixels + width * height * 4);
        if (whole) {
          gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, from);
          gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
          gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
          gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
        } else {
          gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, part_width, part_height, gl.RGBA, gl.UNSIGNED_BYTE, from);
        }
      });
EM_JS(void, sidetone_webgl_drop_texture, (int id), {
  Module.webgl.gl.deleteTexture(Module.webgl.textures[id]);
  delete Module.webgl.textures[id];
});

EM_JS(void, sidetone_webgl_clear, (int width, int height, unsigned background), {
  var gl = Module.webgl.gl;
  gl.viewport(0, 0, width, height);
  gl.uniform2f(Module.webgl.size, width, height);
  gl.disable(gl.SCISSOR_TEST);
  gl.clearColor((background & 255) / 255, (background >> 8 & 255) / 255, (background >> 16 & 255) / 255, 1);
  gl.clear(gl.COLOR_BUFFER_BIT);
  gl.enable(gl.SCISSOR_TEST);
});
EM_JS(void, sidetone_webgl_list, (const void* vertices, int vertex_bytes, const void* indices, int index_bytes), {
  var gl = Module.webgl.gl;
  gl.bufferData(gl.ARRAY_BUFFER, HEAPU8.subarray(vertices, vertices + vertex_bytes), gl.STREAM_DRAW);
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, HEAPU8.subarray(indices, indices + index_bytes), gl.STREAM_DRAW);
});
// @param first  index, @param vertex  that index 0 means; the rectangle counts from the lower edge
EM_JS(void, sidetone_webgl_draw,
      (int texture, int left, int bottom, int width, int height, int first, int count, int vertex), {
        var gl = Module.webgl.gl;
        gl.bindTexture(gl.TEXTURE_2D, Module.webgl.textures[texture]);
        gl.scissor(left, bottom, width, height);
        gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 20, vertex * 20);
        gl.vertexAttribPointer(1, 2, gl.FLOAT, false, 20, vertex * 20 + 8);
        gl.vertexAttribPointer(2, 4, gl.UNSIGNED_BYTE, true, 20, vertex * 20 + 16);
        gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_SHORT, first * 2);
      });

namespace sidetone::page {
namespace {

static_assert(sizeof(ImDrawVert) == 20 && offsetof(ImDrawVert, uv) == 8 && offsetof(ImDrawVert, col) == 16);
static_assert(sizeof(ImDrawIdx) == 2);

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
  ~WebglScreen() override { sidetone_webgl_destroy(); }

  void resize(int width, int height) override {
    width_ = width;
    height_ = height;
    fresh_ = true;
  }

  std::int64_t show(ImDrawData& data, std::uint32_t background) override {
    bool same = !fresh_ && background == background_;
    if (data.Textures != nullptr)
      for (ImTextureData* texture : *data.Textures) {
        same = same && texture->Status == ImTextureStatus_OK;
        serve(*texture);
      }
    const ImGuiID hash = hash_of(data);
    if (same && hash == hash_) return 0;
    hash_ = hash;
    background_ = background;
    fresh_ = false;
    sidetone_webgl_clear(width_, height_, background);
    for (const ImDrawList* list : data.CmdLists) draw(*list);
    return std::int64_t{width_} * height_;
  }

 private:
  static void serve(ImTextureData& texture) {
    const int id = texture.UniqueID;
    const auto upload = [&](int x, int y, int width, int height) {
      sidetone_webgl_texture(id, texture.Pixels, texture.Width, texture.Height, x, y, width, height);
    };
    switch (texture.Status) {
      case ImTextureStatus_WantCreate:
        upload(0, 0, texture.Width, texture.Height);
        texture.SetTexID(static_cast<ImTextureID>(id) + 1);
        texture.SetStatus(ImTextureStatus_OK);
        break;
      case ImTextureStatus_WantUpdates:
        for (const ImTextureRect& part : texture.Updates) upload(part.x, part.y, part.w, part.h);
        texture.SetStatus(ImTextureStatus_OK);
        break;
      case ImTextureStatus_WantDestroy:
        if (texture.UnusedFrames == 0) break;
        sidetone_webgl_drop_texture(id);
        texture.SetTexID(ImTextureID_Invalid);
        texture.SetStatus(ImTextureStatus_Destroyed);
        break;
      default:
        break;
    }
  }

  void draw(const ImDrawList& list) const {
    sidetone_webgl_list(list.VtxBuffer.Data, list.VtxBuffer.size_in_bytes(), list.IdxBuffer.Data,
                        list.IdxBuffer.size_in_bytes());
    for (const ImDrawCmd& command : list.CmdBuffer) {
      const ImTextureData* texture = command.TexRef._TexData;
      const auto held = [](float edge, int most) { return std::min(std::max(static_cast<int>(edge), 0), most); };
      const int left = held(command.ClipRect.x, width_);
      const int top = held(command.ClipRect.y, height_);
      const int right = held(command.ClipRect.z, width_);
      const int bottom = held(command.ClipRect.w, height_);
      if (texture == nullptr || command.ElemCount == 0 || right <= left || bottom <= top) continue;
      sidetone_webgl_draw(texture->UniqueID, left, height_ - bottom, right - left, bottom - top,
                          static_cast<int>(command.IdxOffset), static_cast<int>(command.ElemCount),
                          static_cast<int>(command.VtxOffset));
    }
  }

  int width_ = 1;
  int height_ = 1;
  bool fresh_ = true;
  ImGuiID hash_ = 0;
  std::uint32_t background_ = 0;
};

}  // namespace

std::unique_ptr<Screen> make_webgl_screen() {
  if (sidetone_webgl_create() == 0) return nullptr;
  return std::make_unique<WebglScreen>();
}

}  // namespace sidetone::page
