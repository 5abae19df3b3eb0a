#include <algorithm>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell::ui {
namespace {

struct BannerLook {
  Color fill;
  Color side;
  Color icon;
};

BannerLook banner_look(BannerKind kind) {
  switch (kind) {
    case BannerKind::kWarning:
      return {Color::kWarningSoft, Color::kWarningFill, Color::kWarning};
    case BannerKind::kDanger:
      return {Color::kDangerSoft, Color::kDangerFill, Color::kDanger};
    case BannerKind::kPositive:
      break;
  }
  return {Color::kPositiveSoft, Color::kPositiveFill, Color::kPositive};
}

void draw_tooltip(Ui& ui, const Rect& rect, std::string_view text) {
  const TextStyle style = TextStyle::kSmall;
  const float gap = ui.px(6);
  const float pad = ui.px(size::kSpace3);
  const float width = std::min(ui.text_width(text, style) + 2 * pad, ui.screen.width() - 2 * pad);
  const float height = ui.line_height(style) + 2 * ui.px(size::kSpace2);
  const float most = std::max(ui.screen.right - pad - width, ui.screen.left + pad);
  const float left = std::clamp(rect.center_x() - width / 2, ui.screen.left + pad, most);
  const bool below = rect.bottom + gap + height <= ui.screen.bottom;
  const float top = below ? rect.bottom + gap : rect.top - gap - height;
  const Rect box{left, top, left + width, top + height};
  ui.fill(box, Color::kTooltip, size::kRadiusTag);
  ui.text(box.inset(pad, 0), text, style, Color::kTooltipText);
}

}  // namespace

void tooltip(Ui& ui, const Rect& rect, NodeId node, std::string_view text, std::string_view key) {
  if (text.empty() || !ui.wants_tip(rect, node)) return;
  std::string words = key.empty() ? std::string(text) : ui.tr("tooltip.with_key", {{"text", text}, {"key", key}});
  ui.draw_above([&ui, rect, words = std::move(words)] { draw_tooltip(ui, rect, words); });
}

void floating(Ui& ui, const Rect& rect) {
  const float rim = ui.px(size::kFrameRim);
  ui.fill(rect.inset(-rim), Color::kCanvas, size::kRadiusCard + size::kFrameRim);
  ui.fill(rect, Color::kRaised, size::kRadiusCard);
  ui.border(rect, Color::kLineStrong, size::kRadiusCard);
}

void toast(Ui& ui, std::string_view text) {
  constexpr float kMost = 420;
  const TextStyle style = TextStyle::kBody;
  const float pad = ui.px(size::kSpace5);
  const float most = std::min(ui.px(kMost), ui.screen.width() - 2 * pad) - 2 * pad;
  const float width = std::min(ui.text_width(text, style), most);
  const float text_height = ui.paragraph_height(text, style, width);
  const float height = text_height + 2 * ui.px(size::kSpace4);
  const float bottom = ui.screen.bottom - ui.px(size::kSpace6);
  const Rect box = Rect{ui.screen.left, bottom - height, ui.screen.right, bottom}.middle(width + 2 * pad, height);
  floating(ui, box);
  ui.paragraph(box.inset(pad, ui.px(size::kSpace4)), text, style, Color::kText);
  ui.semantics.add(ui.id("toast"), Role::kStatus, text, box).text_px = ui.text_px(style);
}

std::optional<std::size_t> banner(Ui& ui, const Rect& rect, BannerKind kind, Icon icon, std::string_view fact,
                                  std::string_view consequence, std::initializer_list<BannerAction> actions) {
  const BannerLook look = banner_look(kind);
  ui.push_scope("banner", static_cast<std::uint64_t>(icon));
  ui.fill(rect, look.fill);
  Rect content = rect;
  ui.fill(ui.cut_leading(content, ui.px(size::kFrameSideline)), look.side);
  ui.cut_leading(content, ui.px(size::kSpace5) - ui.px(size::kFrameSideline));
  ui.cut_trailing(content, ui.px(size::kSpace4));
  ui.icon(icon, ui.cut_leading(content, ui.px(size::kIconDefault)), size::kIconDefault, look.icon);
  ui.cut_leading(content, ui.px(size::kSpace4));

  std::string words(fact);
  if (!consequence.empty()) words.append(" ").append(consequence);
  const Role role = kind == BannerKind::kDanger ? Role::kAlert : Role::kStatus;
  const NodeId said = ui.id("words");
  ui.semantics.add(said, role, words, rect).text_px = ui.text_px(TextStyle::kBodyStrong);

  // The last action stands at the edge, and the reading order is that of the list.
  ButtonOptions options;
  options.height = size::kControlSmall;
  float width = 0;
  for (const BannerAction& action : actions) width += button_width(ui, action.label, options) + ui.px(size::kSpace3);
  Rect buttons = ui.cut_trailing(content, width);
  std::optional<std::size_t> pressed;
  std::size_t index = 0;
  for (const BannerAction& action : actions) {
    ui.cut_leading(buttons, ui.px(size::kSpace3));
    const float own = button_width(ui, action.label, options);
    const Rect place = ui.cut_leading(buttons, own);
    if (button(ui, place.middle(own, ui.px(size::kControlSmall)), action.name, action.label, options)) pressed = index;
    ++index;
  }

  const float fact_width = ui.text_width(fact, TextStyle::kBodyStrong);
  const float gap = ui.px(size::kSpace3);
  if (consequence.empty()) {
    ui.text(content, fact, TextStyle::kBodyStrong, Color::kText);
  } else if (fact_width + gap + ui.text_width(consequence, TextStyle::kBody) <= content.width()) {
    ui.text(ui.cut_leading(content, fact_width), fact, TextStyle::kBodyStrong, Color::kText);
    ui.cut_leading(content, gap);
    ui.text(content, consequence, TextStyle::kBody, Color::kText);
  } else {
    const float first = ui.line_height(TextStyle::kBodyStrong);
    const float more = ui.paragraph_height(consequence, TextStyle::kSmall, content.width());
    const bool fits = first + more <= content.height();
    Rect lines = content.middle(content.width(), first + (fits ? more : ui.line_height(TextStyle::kSmall)));
    ui.text(lines.cut_top(first), fact, TextStyle::kBodyStrong, Color::kText);
    if (fits)
      ui.paragraph(lines, consequence, TextStyle::kSmall, Color::kText);
    else
      ui.text(lines, consequence, TextStyle::kSmall, Color::kText);
  }
  ui.pop_scope();
  return pressed;
}

bool empty_state(Ui& ui, const Rect& rect, Icon icon, std::string_view title, std::string_view text,
                 std::string_view action) {
  constexpr float kMost = 360;
  const float width = std::min(ui.px(kMost), rect.width() - 2 * ui.px(size::kSpace5));
  const float gap = ui.px(size::kSpace3);
  const float title_height = ui.line_height(TextStyle::kTitle);
  const float text_height = text.empty() ? 0 : ui.paragraph_height(text, TextStyle::kBody, width);
  const float icon_edge = ui.px(size::kIconEmpty);
  ButtonOptions options;
  options.kind = ButtonKind::kPrimary;
  const float button_height = action.empty() ? 0 : ui.px(size::kSpace5) + ui.px(options.height);
  Rect content =
      rect.middle(width, icon_edge + ui.px(size::kSpace4) + title_height + gap + text_height + button_height);
  ui.icon(icon, content.cut_top(icon_edge), size::kIconEmpty, Color::kTextMuted);
  content.cut_top(ui.px(size::kSpace4));
  const Rect title_rect = content.cut_top(title_height);
  const float title_width = std::min(ui.text_width(title, TextStyle::kTitle), width);
  constexpr int kLevel = 2;
  ui.heading(title_rect.middle(title_width, title_height), title, TextStyle::kTitle, kLevel);
  content.cut_top(gap);
  if (!text.empty()) ui.label_paragraph(content.cut_top(text_height), text, TextStyle::kBody, Color::kTextMuted, 0.5F);
  if (action.empty()) return false;
  content.cut_top(ui.px(size::kSpace5));
  const float own = std::min(button_width(ui, action, options), width);
  return button(ui, content.middle(own, ui.px(options.height)), "empty_action", action, options);
}

}  // namespace sidetone::shell::ui
