#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "shell/render/int_rect.hpp"
#include "wasm/page_program.hpp"

namespace sidetone::page {

/// Put parts of a picture onto Module.canvas, which has its size.
void present_on_canvas(const std::uint32_t* pixels, int width, int height,
                       const std::vector<shell::render::IntRect>& rects);

/// Draws with WebGL2 on Module.canvas, for the current ImGui context.
/// @return nullptr: there is no WebGL2 here.
std::unique_ptr<Screen> make_webgl_screen();

}  // namespace sidetone::page
