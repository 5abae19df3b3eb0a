#include "shell/screens/chat_row.hpp"

#include <algorithm>

namespace sidetone::shell {

Rect draw_chat_row(Scene& scene, const Rect& row, protocol::UserId with, std::string_view name,
                   const ChatRowLook& look) {
  auto& ui = scene.ui;
  Rect rest = row.inset(ui.px(size::kSpace5), 0);
  const float square = ui.px(size::kAvatarRow);
  ui::avatar(ui, ui.cut_leading(rest, square).middle(square, square), scene.face(with, name), look.dot, look.rim);
  ui.cut_leading(rest, ui.px(size::kSpace4));
  const float upper = ui.line_height(TextStyle::kBody);
  const float lower = ui.line_height(TextStyle::kSmall);
  Rect lines = rest.middle(rest.width(), upper + lower + ui.px(size::kSpace1));
  Rect first = lines.cut_top(upper);
  lines.cut_top(ui.px(size::kSpace1));
  const float clock = ui.text_width(look.when, TextStyle::kSmall) + ui.px(1);
  ui.text(ui.cut_trailing(first, clock), look.when, TextStyle::kSmall, look.when_color, 1);
  ui.cut_trailing(first, ui.px(size::kSpace3));
  ui.text(first, name, look.name_style, Color::kText);
  return lines;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace sidetone::shell
