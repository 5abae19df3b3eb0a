#include <algorithm>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell::ui {
namespace {

struct ButtonMeasures {
  float pad;
  float icon;
  TextStyle style;
};

/// CSS pixels, by the height of the button.
ButtonMeasures button_measures(float height) {
  if (height <= size::kControlSmall) return {10, size::kIconSmall, TextStyle::kSmallStrong};
  if (height <= size::kControlDefault) return {12, size::kIconDefault, TextStyle::kBodyStrong};
  if (height < size::kControlCall) return {16, size::kIconDefault, TextStyle::kBodyStrong};
  return {20, size::kIconDefault, TextStyle::kBodyStrong};
}

struct ButtonLook {
  std::optional<Color> fill;
  std::optional<Color> line;
  Color text = Color::kText;
};

ButtonLook button_look(ButtonKind kind, bool hovered, bool pressed, bool disabled) {
  if (disabled) {
    if (kind == ButtonKind::kQuiet) return {std::nullopt, std::nullopt, Color::kTextDisabled};
    return {Color::kSurface, Color::kLine, Color::kTextDisabled};
  }
  switch (kind) {
    case ButtonKind::kPrimary:
      return {pressed   ? Color::kAccentPressed
              : hovered ? Color::kAccentHover
                        : Color::kAccent,
              std::nullopt, Color::kAccentText};
    case ButtonKind::kAnswer:
      return {hovered ? Color::kPositiveFillHover : Color::kPositiveFill, std::nullopt, Color::kPositiveFillText};
    case ButtonKind::kEnd:
      return {hovered ? Color::kDangerFillHover : Color::kDangerFill, std::nullopt, Color::kDangerFillText};
    case ButtonKind::kQuiet:
      if (!hovered) return {std::nullopt, std::nullopt, Color::kTextMuted};
      return {pressed ? Color::kPressed : Color::kHover, std::nullopt, Color::kText};
    case ButtonKind::kPlain:
      break;
  }
  return {pressed ? Color::kPressed : hovered ? Color::kHover : Color::kRaised, Color::kLineStrong, Color::kText};
}

void draw_button_frame(Ui& ui, const Rect& rect, const ButtonLook& look, float radius) {
  if (look.fill) ui.fill(rect, *look.fill, radius);
  if (look.line) ui.border(rect, *look.line, radius);
}

}  // namespace

float button_width(Ui& ui, std::string_view label, const ButtonOptions& options) {
  const ButtonMeasures measures = button_measures(options.height);
  const float icon = options.icon ? ui.px(measures.icon) + (label.empty() ? 0 : ui.px(size::kSpace3)) : 0;
  return 2 * (ui.px(measures.pad) + ui.px(size::kFrameLine)) + icon + ui.text_width(label, measures.style);
}

bool button(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, const ButtonOptions& options) {
  const NodeId id = ui.id(name);
  const ButtonMeasures measures = button_measures(options.height);
  const bool hovered = !options.disabled && ui.hovered(rect);
  const ButtonLook look = button_look(options.kind, hovered, hovered && ui.input.pointer_down, options.disabled);
  draw_button_frame(ui, rect, look, size::kRadiusControl);

  const float icon = options.icon ? ui.px(measures.icon) : 0;
  const float gap = options.icon && !label.empty() ? ui.px(size::kSpace3) : 0;
  const float most = std::max(rect.width() - 2 * ui.px(size::kSpace2) - icon - gap, 0.0F);
  const float text = std::min(ui.text_width(label, measures.style), most);
  Rect content = rect.middle(icon + gap + text, rect.height());
  if (options.icon) ui.icon(*options.icon, ui.cut_leading(content, icon), measures.icon, look.text);
  ui.cut_leading(content, gap);
  ui.text(content, label, measures.style, look.text);

  Node& node = ui.semantics.add(id, Role::kButton, label, rect);
  node.description = options.description;
  node.text_px = ui.text_px(measures.style);
  if (options.disabled) node.flags |= kDisabled;
  if (options.submit) node.flags |= kSubmit;
  focus_ring(ui, rect, id, size::kRadiusControl);
  return !options.disabled && ui.clicked(id);
}

std::optional<std::string> file_button(Ui& ui, const Rect& rect, std::string_view name, std::string_view label,
                                       std::string_view accept) {
  const NodeId id = ui.id(name);
  const bool hovered = ui.hovered(rect);
  const ButtonLook look = button_look(ButtonKind::kPlain, hovered, hovered && ui.input.pointer_down, false);
  draw_button_frame(ui, rect, look, size::kRadiusControl);
  const float text = std::min(ui.text_width(label, TextStyle::kBodyStrong), rect.width() - 2 * ui.px(size::kSpace2));
  ui.text(rect.middle(text, rect.height()), label, TextStyle::kBodyStrong, look.text);
  ui.semantics.add(id, Role::kFile, label, rect).hint = accept;
  focus_ring(ui, rect, id, size::kRadiusControl);
  for (const Input::Text& chosen : ui.input.texts)
    if (chosen.node == id) return chosen.text;
  return std::nullopt;
}

bool icon_button(Ui& ui, const Rect& rect, std::string_view name, Icon icon, std::string_view label,
                 const IconButtonOptions& options) {
  const NodeId id = ui.id(name);
  const bool hovered = !options.disabled && ui.hovered(rect);
  Color color = options.color;
  if (options.disabled) {
    color = Color::kTextDisabled;
  } else if (options.selected) {
    color = Color::kAccentSoftText;
  } else if (hovered && color == Color::kTextMuted) {
    color = Color::kText;
  }
  if (options.selected && !options.disabled) {
    ui.fill(rect, Color::kAccentSoft, size::kRadiusControl);
  } else if (hovered) {
    ui.fill(rect, ui.input.pointer_down ? Color::kPressed : Color::kHover, size::kRadiusControl);
  }
  ui.icon(icon, rect, size::kIconDefault, color);

  Node& node = ui.semantics.add(id, options.toggle ? Role::kToggle : Role::kButton, label, rect);
  node.description = options.key;
  if (options.disabled) node.flags |= kDisabled;
  if (options.toggle && options.selected) node.flags |= kPressed;
  focus_ring(ui, rect, id, size::kRadiusControl);
  tooltip(ui, rect, id, label, options.key);
  return !options.disabled && ui.clicked(id);
}

bool call_key(Ui& ui, const Rect& rect, std::string_view name, Icon icon, std::string_view label,
              const CallKeyOptions& options) {
  const NodeId id = ui.id(name);
  const bool hovered = !options.disabled && ui.hovered(rect);
  const ButtonKind kind = options.end ? ButtonKind::kEnd : options.on ? ButtonKind::kPrimary : ButtonKind::kPlain;
  ButtonLook look = button_look(kind, hovered, hovered && ui.input.pointer_down, options.disabled);
  if (options.broken && !options.disabled && kind == ButtonKind::kPlain) {
    look.line = Color::kDanger;
    look.text = Color::kDanger;
  }
  draw_button_frame(ui, rect, look, size::kRadiusCard);

  constexpr float kEndIcon = 28;
  const float icon_css = options.end ? kEndIcon : size::kIconLarge;
  const TextStyle style = options.end ? TextStyle::kSmallStrong : TextStyle::kSmall;
  Rect content = rect.middle(rect.width() - 2 * ui.px(size::kSpace2),
                             ui.px(icon_css) + ui.px(size::kSpace2) + ui.line_height(style));
  ui.icon(icon, content.cut_top(ui.px(icon_css)), icon_css, look.text);
  ui.text(content.cut_bottom(ui.line_height(style)), label, style, look.text, 0.5F);

  Node& node = ui.semantics.add(id, options.toggle ? Role::kToggle : Role::kButton, label, rect);
  node.description = options.key;
  node.text_px = ui.text_px(style);
  if (options.disabled) node.flags |= kDisabled;
  if (options.toggle && options.on) node.flags |= kPressed;
  focus_ring(ui, rect, id, size::kRadiusCard);
  tooltip(ui, rect, id, label, options.key);
  return !options.disabled && ui.clicked(id);
}

bool dial_key(Ui& ui, const Rect& rect, std::string_view digit, std::string_view letters, bool sounding) {
  ui.push_scope("dial_key");
  const NodeId id = ui.id(digit);
  ui.pop_scope();
  const bool hovered = ui.hovered(rect);
  const ButtonLook look =
      button_look(ButtonKind::kPlain, hovered, sounding || (hovered && ui.input.pointer_down), false);
  draw_button_frame(ui, rect, look, size::kRadiusCard);

  Rect content = rect.middle(rect.width(), ui.line_height(TextStyle::kKeypad) + ui.line_height(TextStyle::kCaption));
  ui.text(content.cut_top(ui.line_height(TextStyle::kKeypad)), digit, TextStyle::kKeypad, Color::kText, 0.5F);
  // Spaced: one letter after the other. They are Latin on every dial pad (ITU-T E.161).
  const float space = ui.px(1);
  float width = -space;
  for (std::size_t i = 0; i < letters.size(); ++i)
    width += ui.text_width(letters.substr(i, 1), TextStyle::kCaption) + space;
  Rect spaced = content.middle(width, content.height());
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const std::string_view letter = letters.substr(i, 1);
    Rect place = spaced.cut_left(ui.text_width(letter, TextStyle::kCaption));
    ui.text(place, letter, TextStyle::kCaption, Color::kTextMuted);
    spaced.cut_left(space);
  }

  std::string label(digit);
  if (digit == "*") label = ui.tr("dial_pad.star");
  if (digit == "#") label = ui.tr("dial_pad.hash");
  if (!letters.empty()) label.append(" ").append(letters);
  ui.semantics.add(id, Role::kButton, label, rect);
  focus_ring(ui, rect, id, size::kRadiusCard);
  return ui.clicked(id);
}

}  // namespace sidetone::shell::ui
