#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell::ui {
namespace {

void draw_choice_disc(Ui& ui, const Rect& square, Color color) {
  ui.draw->AddCircleFilled(ImVec2(square.center_x(), square.center_y()), square.width() / 2, ui.color(color));
}

/// Box or disc and words; the whole row is pressed.
Node& choice_row(Ui& ui, const Rect& rect, NodeId id, Role role, std::string_view label, const Rect& mark) {
  Rect place = rect;
  ui.cut_leading(place, mark.width() + ui.px(size::kSpace3));
  ui.text(place, label, TextStyle::kBody, Color::kText);
  Node& node = ui.semantics.add(id, role, label, rect);
  node.text_px = ui.text_px(TextStyle::kBody);
  return node;
}

Rect choice_mark(Ui& ui, const Rect& rect) {
  Rect rest = rect;
  return ui.cut_leading(rest, ui.px(16)).middle(ui.px(16), ui.px(16));
}

}  // namespace

bool switch_row(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, bool& on) {
  const NodeId id = ui.id(name);
  const bool pressed = ui.clicked(id);
  if (pressed) on = !on;
  Rect place = rect;
  const float width = ui.px(size::kControlSwitchWidth);
  const Rect track = ui.cut_trailing(place, width).middle(width, ui.px(size::kControlSwitchHeight));
  ui.cut_trailing(place, ui.px(size::kSpace4));
  ui.text(place, label, TextStyle::kBody, Color::kText);

  const bool hovered = ui.hovered(rect);
  ui.fill(track,
          on        ? hovered ? Color::kAccentHover : Color::kAccent
          : hovered ? Color::kHover
                    : Color::kRaised,
          size::kRadiusRound);
  if (!on) ui.border(track, Color::kLineStrong, size::kRadiusRound);
  Rect knob = track.inset(ui.px(4));
  knob = on != ui.rtl() ? knob.cut_right(knob.height()) : knob.cut_left(knob.height());
  draw_choice_disc(ui, knob, on ? Color::kAccentText : Color::kLineStrong);

  Node& node = ui.semantics.add(id, Role::kSwitch, label, rect);
  node.text_px = ui.text_px(TextStyle::kBody);
  if (on) node.flags |= kChecked;
  focus_ring(ui, track, id, size::kControlSwitchHeight / 2);
  return pressed;
}

bool checkbox(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, bool& on) {
  const NodeId id = ui.id(name);
  const bool pressed = ui.clicked(id);
  if (pressed) on = !on;
  const Rect box = choice_mark(ui, rect);
  const bool hovered = ui.hovered(rect);
  ui.fill(box,
          on        ? hovered ? Color::kAccentHover : Color::kAccent
          : hovered ? Color::kHover
                    : Color::kRaised,
          size::kRadiusTag);
  if (on) {
    ui.icon(Icon::kCheck, box, size::kIconSmall - 2, Color::kAccentText);
  } else {
    ui.border(box, Color::kLineStrong, size::kRadiusTag);
  }
  if (Node& node = choice_row(ui, rect, id, Role::kCheckbox, label, box); on) node.flags |= kChecked;
  focus_ring(ui, box, id, size::kRadiusTag);
  return pressed;
}

bool radio(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, bool chosen) {
  const NodeId id = ui.id(name);
  const Rect disc = choice_mark(ui, rect);
  const bool hovered = ui.hovered(rect);
  if (chosen) {
    draw_choice_disc(ui, disc, hovered ? Color::kAccentHover : Color::kAccent);
    draw_choice_disc(ui, disc.inset(ui.px(5)), Color::kRaised);
  } else {
    draw_choice_disc(ui, disc, hovered ? Color::kHover : Color::kRaised);
    ui.border(disc, Color::kLineStrong, size::kRadiusRound);
  }
  if (Node& node = choice_row(ui, rect, id, Role::kRadio, label, disc); chosen) node.flags |= kChecked;
  focus_ring(ui, disc, id, 8);
  return ui.clicked(id) && !chosen;
}

bool slider(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, float& value, float low,
            float high, float step) {
  const NodeId id = ui.id(name);
  bool changed = false;
  for (const Input::Value& moved : ui.input.values) {
    const float wanted = std::clamp(moved.value, low, high);
    if (moved.node != id || wanted == value) continue;
    value = wanted;
    changed = true;
  }
  const float knob = ui.px(16);
  const float share = high > low ? std::clamp((value - low) / (high - low), 0.0F, 1.0F) : 0;
  const Rect track = rect.middle(rect.width() - knob, ui.px(4));
  const float x = ui.rtl() ? track.right - share * track.width() : track.left + share * track.width();
  ui.fill(track, Color::kMeterOff, 2);
  ui.fill(ui.rtl() ? Rect{x, track.top, track.right, track.bottom} : Rect{track.left, track.top, x, track.bottom},
          Color::kAccent, 2);
  const Rect disc{std::round(x - knob / 2), rect.center_y() - knob / 2, std::round(x - knob / 2) + knob,
                  rect.center_y() + knob / 2};
  draw_choice_disc(ui, disc, Color::kAccent);
  draw_choice_disc(ui, disc.inset(ui.px(2)), ui.hovered(rect) ? Color::kHover : Color::kRaised);

  Node& node = ui.semantics.add(id, Role::kSlider, label, rect);
  node.low = low;
  node.high = high;
  node.now = value;
  node.step = step;
  focus_ring(ui, disc, id, 8);
  return changed;
}

float chip_width(Ui& ui, std::string_view label) {
  // As wide as when it is chosen: nothing moves then.
  return ui.text_width(label, TextStyle::kSmallStrong) + 2 * (ui.px(10) + ui.px(size::kFrameLine));
}

bool chip(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, bool chosen, int position,
          int count) {
  const NodeId id = ui.id(name);
  if (chosen) {
    ui.fill(rect, Color::kAccentSoft, size::kRadiusRound);
  } else {
    if (ui.hovered(rect)) ui.fill(rect, Color::kHover, size::kRadiusRound);
    ui.border(rect, Color::kLine, size::kRadiusRound);
  }
  const TextStyle style = chosen ? TextStyle::kSmallStrong : TextStyle::kSmall;
  ui.text(rect.inset(ui.px(size::kSpace3), 0), label, style, chosen ? Color::kAccentSoftText : Color::kTextMuted, 0.5F);
  Node& node = ui.semantics.add(id, Role::kTab, label, rect);
  node.text_px = ui.text_px(style);
  node.position = position;
  node.count = count;
  if (chosen) node.flags |= kSelected;
  focus_ring(ui, rect, id, size::kControlSmall / 2);
  return ui.clicked(id);
}

}  // namespace sidetone::shell::ui
