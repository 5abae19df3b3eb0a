#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell::ui {
namespace {

// In every theme: a camera looks for dark on light.
constexpr ImU32 kQrLight = IM_COL32(255, 255, 255, 255);
constexpr ImU32 kQrDark = IM_COL32(0, 0, 0, 255);
constexpr std::uint32_t kQrQuietZone = 4;  ///< modules. ISO/IEC 18004 §6.3.8

}  // namespace

float qr_code_edge(std::uint32_t side, float most) {
  const auto modules = static_cast<float>(side + 2 * kQrQuietZone);
  return std::max(1.0F, std::floor(most / modules)) * modules;
}

void qr_code(Ui& ui, const Rect& square, std::string_view name, std::string_view label, std::uint32_t side,
             std::string_view modules) {
  ui.semantics.add(ui.id(name), Role::kImage, label, square);
  if (side == 0 || modules.size() != std::size_t{side} * side) return;
  const float module = std::floor(square.width() / static_cast<float>(side + 2 * kQrQuietZone));
  const float left = std::floor(square.left) + module * kQrQuietZone;
  const float top = std::floor(square.top) + module * kQrQuietZone;
  ui.draw->AddRectFilled(ImVec2(square.left, square.top), ImVec2(square.right, square.bottom), kQrLight,
                         ui.px(size::kRadiusCard));
  ui.border(square, Color::kLine, size::kRadiusCard);
  for (std::uint32_t y = 0; y < side; ++y) {
    const auto row = modules.substr(std::size_t{y} * side, side);
    const float at = top + module * static_cast<float>(y);
    // A rectangle a run of dark modules.
    for (std::size_t x = row.find('1'); x != std::string_view::npos;) {
      const auto end = std::min(row.find('0', x), row.size());
      ui.draw->AddRectFilled(ImVec2(left + module * static_cast<float>(x), at),
                             ImVec2(left + module * static_cast<float>(end), at + module), kQrDark);
      x = row.find('1', end);
    }
  }
}

}  // namespace sidetone::shell::ui
