#include <algorithm>
#include <limits>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell::ui {
namespace {

/// A key's name in a frame, at the trailing edge. @return what it took with the gap before it, device pixels.
float draw_field_key(Ui& ui, const Rect& rect, std::string_view key) {
  const float width = ui.text_width(key, TextStyle::kCaption) + 2 * ui.px(6);
  Rect rest = rect;
  const Rect box = ui.cut_trailing(rest, width).middle(width, ui.line_height(TextStyle::kCaption) + ui.px(2));
  ui.fill(box, Color::kCanvas, size::kRadiusTag);
  ui.border(box, Color::kLine, size::kRadiusTag);
  ui.text(box, key, TextStyle::kCaption, Color::kTextMuted, 0.5F);
  return width + ui.px(size::kSpace3);
}

std::string field_dots(std::string_view text) {
  std::string dots;
  for (const char character : text)
    if ((static_cast<unsigned char>(character) & 0xC0U) != 0x80U) dots += "•";
  return dots;
}

void draw_field_text(Ui& ui, const Rect& place, std::string_view text, const FieldOptions& options) {
  const std::string shown = options.password ? field_dots(text) : std::string(text.empty() ? options.hint : text);
  const bool hint = text.empty();
  const std::string_view what = hint ? options.hint : std::string_view(shown);
  const Color color = options.disabled ? Color::kTextDisabled : hint ? Color::kTextMuted : Color::kText;
  if (!options.multiline) {
    ui.text(place, what, TextStyle::kBody, color);
    return;
  }
  ui.push_clip(place);
  ui.paragraph(place, what, TextStyle::kBody, color);
  ui.pop_clip();
}

/// Dots have no direction.
bool field_right_to_left(const Ui& ui, std::string_view text, const FieldOptions& options) {
  if (options.password) return ui.rtl();
  return ui.reads_right_to_left(text.empty() ? options.hint : text);
}

/// Behind the first bytes of the text, as far as they are in the field. Text of either direction stands at the leading
/// edge.
void draw_field_caret(Ui& ui, const Rect& place, std::string_view text, std::size_t at, const FieldOptions& options) {
  const auto shown = [&](std::size_t bytes) {
    return options.password ? field_dots(text.substr(0, bytes)) : std::string(text.substr(0, bytes));
  };
  const auto lines_of = [&](const std::string& beginning) {
    const float edge = options.multiline ? place.width() : std::numeric_limits<float>::max();
    return ui.text_engine.wrap(beginning, false, ui.text_px(TextStyle::kBody), edge);
  };
  const std::string all = shown(text.size());
  const std::string before = shown(std::min(at, text.size()));
  const auto seen = lines_of(all);
  const auto passed = lines_of(before);
  const bool behind_feed = !before.empty() && before.back() == '\n';
  const std::size_t line_index = passed.empty() || behind_feed ? passed.size() : passed.size() - 1;
  const float passed_width = passed.empty() || behind_feed ? 0 : passed.back().width;
  const float width = line_index < seen.size() ? seen[line_index].width : passed_width;
  const float left = ui.rtl() ? place.right - width : place.left;
  const float along = field_right_to_left(ui, text, options) ? width - passed_width : passed_width;
  const float x = std::clamp(left + along, place.left, place.right);
  const float line = ui.line_height(TextStyle::kBody);
  const float top = options.multiline ? place.top + line * static_cast<float>(line_index) : place.center_y() - line / 2;
  ui.line(x, top, x, std::min(top + line, place.bottom), Color::kText);
}

}  // namespace

bool text_field(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, std::string& text,
                const FieldOptions& options) {
  const NodeId id = ui.id(name);
  bool changed = false;
  if (!options.disabled) {
    for (const Input::Text& typed : ui.input.texts) {
      if (typed.node != id || typed.text == text) continue;
      text = typed.text;
      changed = true;
    }
  }
  const bool focused = ui.focused(id) && !options.disabled;
  const bool wrong = !options.error.empty();
  ui.fill(rect, options.disabled ? Color::kSurface : Color::kRaised, size::kRadiusControl);
  if (focused) {
    ui.border(rect, wrong ? Color::kDanger : Color::kAccent, size::kRadiusControl, 2);
  } else {
    ui.border(rect,
              wrong              ? Color::kDanger
              : options.disabled ? Color::kLine
                                 : Color::kLineStrong,
              size::kRadiusControl);
  }

  Rect place = rect.inset(ui.px(10), 0);
  if (options.icon) {
    ui.icon(*options.icon, ui.cut_leading(place, ui.px(size::kIconSmall)), size::kIconSmall, Color::kText);
    ui.cut_leading(place, ui.px(size::kSpace3));
  }
  if (wrong) {
    ui.icon(Icon::kAlert, ui.cut_trailing(place, ui.px(size::kIconSmall)), size::kIconSmall, Color::kDanger);
    ui.cut_trailing(place, ui.px(size::kSpace3));
  } else if (!options.key.empty()) {
    ui.cut_trailing(place, draw_field_key(ui, place, options.key));
  }
  if (options.multiline) place = place.inset(0, ui.px(size::kSpace4));
  // While it has the focus the element itself shows its text, its caret and what an input method composes.
  if (!focused || ui.input.caret) draw_field_text(ui, place, text, options);
  if (focused && ui.input.caret) draw_field_caret(ui, place, text, *ui.input.caret, options);

  Node& node = ui.semantics.add(id, Role::kTextField, label, place);
  node.value = text;
  node.description = options.error.empty() ? options.key : options.error;
  node.hint = options.hint;
  node.autocomplete = options.autocomplete;
  node.text_px = ui.text_px(TextStyle::kBody);
  if (options.password) node.flags |= kPassword;
  if (options.multiline) node.flags |= kMultiline;
  if (options.disabled) node.flags |= kDisabled;
  if (wrong) node.flags |= kInvalid;
  if (field_right_to_left(ui, text, options)) node.flags |= kRightToLeft;
  return changed;
}

}  // namespace sidetone::shell::ui
