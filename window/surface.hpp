#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "shell/render/int_rect.hpp"

struct SDL_Window;
struct SDL_Renderer;
struct SDL_Texture;

namespace sidetone::window {

/// The window on the screen: a streaming texture as large as it is.
class Surface {
 public:
  /// @error kUnavailable: there is no display, or SDL cannot use it.
  static Result<std::unique_ptr<Surface>> open();
  ~Surface();
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;

  /// Shown with the first size. @error kUnavailable
  Status resize(int width, int height);
  /// Bring parts of a picture before the person. @param pixels  rows of `width` R, G, B, A
  void present(const std::uint32_t* pixels, int width, int height, const std::vector<shell::render::IntRect>& rects);
  /// The same picture once more: the system has lost it.
  void repeat();

 private:
  Surface() = default;
  SDL_Window* window_ = nullptr;
  SDL_Renderer* renderer_ = nullptr;
  SDL_Texture* texture_ = nullptr;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace sidetone::window
