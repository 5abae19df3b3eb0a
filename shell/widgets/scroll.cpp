#include <algorithm>
#include <cmath>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell::ui {
namespace {

constexpr float kScrollBar = 10;
constexpr float kScrollThumb = 4;
constexpr float kScrollThumbLeast = 32;

/// Where the bar runs: at the trailing edge.
Rect scroll_track(Ui& ui, Rect area) { return ui.cut_trailing(area, ui.px(kScrollBar)); }

float scroll_thumb_length(Ui& ui, const Rect& area, float content) {
  return std::min(std::max(area.height() * area.height() / content, ui.px(kScrollThumbLeast)), area.height());
}

}  // namespace

Scroll::Scroll(Ui& ui, const Rect& area, std::string_view name, ScrollState& state, float content_height,
               bool stays_at_end)
    : ui_(ui), area_(area), state_(state), content_height_(content_height), node_(ui.id(name)) {
  const float most = std::max(content_height_ - area_.height(), 0.0F);
  if (stays_at_end && state_.at_end) state_.offset = most;
  const bool hovered = ui_.hovered(area_);
  if (hovered && ui_.input.wheel != 0 && most > 0) state_.offset += ui_.input.wheel;
  for (const Input::Value& value : ui_.input.values)
    if (value.node == node_) state_.offset = value.value;
  if (most > 0) {
    const Rect track = scroll_track(ui_, area_);
    const float length = scroll_thumb_length(ui_, area_, content_height_);
    const float room = std::max(area_.height() - length, 1.0F);
    const float y = ui_.input.pointer_y;
    if (ui_.pressed_now() && ui_.hovered(track)) {
      const float top = area_.top + std::clamp(state_.offset / most, 0.0F, 1.0F) * room;
      const bool on_thumb = y >= top && y < top + length;
      ui_.drag = Ui::Drag{node_, on_thumb ? y - top : length / 2};
    }
    if (ui_.drag && ui_.drag->node == node_) state_.offset = (y - ui_.drag->grab - area_.top) / room * most;
  }
  state_.offset = std::round(std::clamp(state_.offset, 0.0F, most));
  state_.at_end = state_.offset >= most - 1;
  ui_.push_clip(area_);
}

Scroll::~Scroll() {
  ui_.pop_clip();
  const float most = content_height_ - area_.height();
  const bool dragged = ui_.drag && ui_.drag->node == node_;
  if (most <= 0 || !(dragged || ui_.hovered(area_))) return;
  const float length = scroll_thumb_length(ui_, area_, content_height_);
  const float top = area_.top + std::clamp(state_.offset / most, 0.0F, 1.0F) * (area_.height() - length);
  const Rect track = scroll_track(ui_, area_);
  const Rect thumb = Rect{track.left, top, track.right, top + length}.middle(ui_.px(kScrollThumb), length);
  ui_.fill(thumb.inset(0, ui_.px(2)), Color::kLineStrong, size::kRadiusRound);
}

Rect Scroll::place(float y, float height) const {
  const float top = area_.top + y - state_.offset;
  return {area_.left, top, area_.right, top + height};
}

bool Scroll::visible(float y, float height) const {
  return y + height > state_.offset && y < state_.offset + area_.height();
}

void Scroll::reveal(float y, float height) {
  const float most = std::max(content_height_ - area_.height(), 0.0F);
  if (y + height > state_.offset + area_.height()) state_.offset = y + height - area_.height();
  if (y < state_.offset) state_.offset = y;
  state_.offset = std::round(std::clamp(state_.offset, 0.0F, most));
  state_.at_end = state_.offset >= most - 1;
}

}  // namespace sidetone::shell::ui
