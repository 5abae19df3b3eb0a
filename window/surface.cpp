#include "window/surface.hpp"

#include <SDL.h>

#include <algorithm>

namespace sidetone::window {
namespace {

Error unavailable(const char* what) { return {ErrorCode::kUnavailable, SDL_GetError(), what}; }

}  // namespace

Result<std::unique_ptr<Surface>> Surface::open() {
  // Without a choice SDL would end at a driver whose windows nobody sees.
  SDL_SetHint(SDL_HINT_VIDEODRIVER, "x11,wayland");
  SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
  if (SDL_Init(SDL_INIT_VIDEO) != 0) return unavailable("no display");
  return std::unique_ptr<Surface>(new Surface);
}

Surface::~Surface() {
  if (texture_ != nullptr) SDL_DestroyTexture(texture_);
  if (renderer_ != nullptr) SDL_DestroyRenderer(renderer_);
  if (window_ != nullptr) SDL_DestroyWindow(window_);
  SDL_Quit();
}

Status Surface::resize(int width, int height) {
  if (window_ == nullptr) {
    window_ = SDL_CreateWindow("Sidetone", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, width, height,
                               SDL_WINDOW_RESIZABLE);
    if (window_ == nullptr) return unavailable("window");
    // The picture is made on the processor: a graphics card would only get copies of it.
    renderer_ = SDL_CreateRenderer(window_, -1, SDL_RENDERER_SOFTWARE);
    if (renderer_ == nullptr) return unavailable("renderer");
    SDL_StartTextInput();
  } else {
    int had_width = 0;
    int had_height = 0;
    SDL_GetWindowSize(window_, &had_width, &had_height);
    if (had_width != width || had_height != height) SDL_SetWindowSize(window_, width, height);
  }
  if (texture_ != nullptr && width == width_ && height == height_) return {};
  if (texture_ != nullptr) SDL_DestroyTexture(texture_);
  texture_ = SDL_CreateTexture(renderer_, SDL_PIXELFORMAT_RGBA32, SDL_TEXTUREACCESS_STREAMING, width, height);
  if (texture_ == nullptr) return unavailable("texture");
  SDL_SetTextureBlendMode(texture_, SDL_BLENDMODE_NONE);
  width_ = width;
  height_ = height;
  return {};
}

void Surface::present(const std::uint32_t* pixels, int width, int height,
                      const std::vector<shell::render::IntRect>& rects) {
  if (width != width_ || height != height_) return;
  for (const shell::render::IntRect& rect : rects) {
    const SDL_Rect part{rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top};
    const std::uint32_t* first = pixels + static_cast<std::ptrdiff_t>(rect.top) * width + rect.left;
    SDL_UpdateTexture(texture_, &part, first, width * static_cast<int>(sizeof *pixels));
  }
  repeat();
}

void Surface::repeat() {
  if (texture_ == nullptr) return;
  SDL_RenderCopy(renderer_, texture_, nullptr, nullptr);
  SDL_RenderPresent(renderer_);
}

}  // namespace sidetone::window
