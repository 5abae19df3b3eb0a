#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell::ui {

void sideline(Ui& ui, const Rect& rect, Color color) {
  Rect rest = rect;
  const Rect bar = ui.cut_leading(rest, ui.px(size::kFrameSideline));
  const ImDrawFlags inner = ui.rtl() ? ImDrawFlags_RoundCornersLeft : ImDrawFlags_RoundCornersRight;
  ui.draw->AddRectFilled(ImVec2(std::round(bar.left), std::round(bar.top)),
                         ImVec2(std::round(bar.right), std::round(bar.bottom)), ui.color(color), 2 * ui.scale, inner);
}

void focus_ring(Ui& ui, const Rect& rect, NodeId node, float radius_css, bool inside) {
  if (!ui.input.focus_visible || !ui.focused(node)) return;
  if (inside) {
    ui.border(rect, Color::kFocus, radius_css, 2);
  } else {
    ui.border(rect.inset(-ui.px(4)), Color::kFocus, radius_css + 4, 2);
  }
}

bool row(Ui& ui, const Rect& rect, std::string_view name, std::uint64_t number, std::string_view label,
         const RowOptions& options) {
  const NodeId id = ui.id(name, number);
  const bool hovered = !options.disabled && ui.hovered(rect);
  if (options.selected) {
    ui.fill(rect, Color::kAccentSoft);
  } else if (hovered || options.focused_look) {
    ui.fill(rect, hovered && ui.input.pointer_down ? Color::kPressed : Color::kHover);
  }
  const std::optional<Color> side = options.sideline || !options.selected ? options.sideline : Color::kAccent;
  if (side) sideline(ui, rect.inset(0, ui.px(size::kSpace3)), *side);
  Node& node = ui.semantics.add(id, options.role, label, rect);
  node.description = options.description;
  node.position = options.position;
  node.count = options.count;
  if (options.selected) node.flags |= kSelected;
  if (options.disabled) node.flags |= kDisabled;
  focus_ring(ui, rect, id, 0, true);
  return !options.disabled && ui.clicked(id);
}

void section_head(Ui& ui, const Rect& rect, std::string_view text, std::string_view trailing, bool told) {
  Rect place = rect.inset(ui.px(size::kSpace5), 0);
  if (!trailing.empty()) {
    const float width = ui.text_width(trailing, TextStyle::kCaptionStrong);
    ui.text(ui.cut_trailing(place, width), trailing, TextStyle::kCaptionStrong, Color::kTextMuted);
    ui.cut_trailing(place, ui.px(size::kSpace3));
  }
  constexpr int kLevel = 2;
  if (told)
    ui.heading(place, text, TextStyle::kCaptionStrong, kLevel, Color::kTextMuted);
  else
    ui.text(place, text, TextStyle::kCaptionStrong, Color::kTextMuted);
}

float badge(Ui& ui, float trailing, float center_y, std::int64_t count) {
  if (count <= 0) return 0;
  constexpr std::int64_t kMost = 99;
  constexpr float kEdge = 18;
  const std::string text = count > kMost ? ui.locale.number(kMost) + "+" : ui.locale.number(count);
  const float height = std::max(ui.px(kEdge), ui.line_height(TextStyle::kCaptionStrong));
  const float width = std::max(height, ui.text_width(text, TextStyle::kCaptionStrong) + 2 * ui.px(5));
  const float left = std::round(ui.rtl() ? trailing : trailing - width);
  const float top = std::round(center_y - height / 2);
  const Rect box{left, top, left + width, top + height};
  ui.fill(box, Color::kBadge, size::kRadiusRound);
  ui.text(box, text, TextStyle::kCaptionStrong, Color::kBadgeText, 0.5F);
  return width;
}

constexpr float kTagPad = 6;

float tag_width(Ui& ui, std::string_view text, std::optional<Icon> icon) {
  const float icon_width = icon ? ui.px(size::kIconSmall) + ui.px(size::kSpace2) : 0;
  return 2 * ui.px(kTagPad) + icon_width + ui.text_width(text, TextStyle::kSmallStrong);
}

float tag(Ui& ui, const Rect& rect, std::string_view text, Color fill, Color color, std::optional<Icon> icon) {
  constexpr float kHeight = 20;
  const float width = std::min(tag_width(ui, text, icon), rect.width());
  Rect rest = rect;
  const float height = std::max(ui.px(kHeight), ui.line_height(TextStyle::kSmallStrong));
  const Rect box = ui.cut_leading(rest, width).middle(width, height);
  ui.fill(box, fill, size::kRadiusTag);
  if (fill == Color::kRaised || fill == Color::kSurface) ui.border(box, Color::kLine, size::kRadiusTag);
  Rect content = box.inset(ui.px(kTagPad), 0);
  if (icon) {
    ui.icon(*icon, ui.cut_leading(content, ui.px(size::kIconSmall)), size::kIconSmall, color);
    ui.cut_leading(content, ui.px(size::kSpace2));
  }
  ui.label(content, text, TextStyle::kSmallStrong, color, 0, false);
  return width;
}

}  // namespace sidetone::shell::ui
