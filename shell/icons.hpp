#pragma once

#include "shell/icon_paths.hpp"
#include "shell/theme.hpp"

struct ImDrawList;

namespace sidetone::shell {

/// Draw an icon of shell/design/icons.json.
/// @param left, top  device pixels. @param size  edge, device pixels.
void draw_icon(ImDrawList& list, Icon icon, float left, float top, float size, Abgr color);

}  // namespace sidetone::shell
