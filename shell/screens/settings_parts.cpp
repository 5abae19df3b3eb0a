#include "shell/screens/settings_parts.hpp"

#include <algorithm>

namespace sidetone::shell {

bool trailing_button(Scene& scene, Rect& line, std::string_view name, const std::string& words,
                     ui::ButtonOptions options) {
  auto& ui = scene.ui;
  options.height = scene.phone() ? size::kControlTouch : size::kControlDefault;
  const float wide = std::min(ui::button_width(ui, words, options), line.width());
  const Rect place = ui.cut_trailing(line, wide).middle(wide, ui.px(options.height));
  ui.cut_trailing(line, ui.px(size::kSpace3));
  return ui::button(ui, place, name, words, options);
}

float setting_row(const Scene& scene) { return scene.ui.px(scene.phone() ? size::kSpace8 : size::kRowSetting); }

void draw_setting_head(Scene& scene, LineCursor& cursor, std::string_view key) {
  auto& ui = scene.ui;
  ui.heading(cursor.line(TextStyle::kBodyStrong), ui.tr(key), TextStyle::kBodyStrong, 2);
  cursor.gap(size::kSpace2);
}

}  // namespace sidetone::shell
