#include <imgui.h>

#include <cmath>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell::ui {
namespace {

Color dot_color(Dot dot) {
  switch (dot) {
    case Dot::kFree:
      return Color::kPresenceFree;
    case Dot::kBusy:
    case Dot::kInCall:
      return Color::kPresenceBusy;
    case Dot::kDoNotDisturb:
      return Color::kPresenceDnd;
    case Dot::kAway:
      return Color::kPresenceAway;
    case Dot::kRinging:
      return Color::kPresenceRinging;
    case Dot::kOffline:
      break;
  }
  return Color::kPresenceOffline;
}

std::string_view dot_key(Dot dot) {
  switch (dot) {
    case Dot::kFree:
      return "presence.free";
    case Dot::kBusy:
      return "presence.busy";
    case Dot::kInCall:
      return "presence.in_call";
    case Dot::kDoNotDisturb:
      return "presence.dnd";
    case Dot::kAway:
      return "presence.away";
    case Dot::kRinging:
      return "presence.ringing";
    case Dot::kOffline:
      break;
  }
  return "presence.offline";
}

/// A line with round ends, inside a dot. Lengths are shares of its edge.
void draw_dot_line(Ui& ui, const Rect& dot, float x1, float y1, float x2, float y2, float width, Color color) {
  const ImVec2 ends[] = {{dot.left + x1 * dot.width(), dot.top + y1 * dot.width()},
                         {dot.left + x2 * dot.width(), dot.top + y2 * dot.width()}};
  const Abgr paint = ui.color(color);
  ui.draw->AddPolyline(ends, 2, paint, 0, width);
  ui.draw->AddCircleFilled(ends[0], width / 2, paint, 8);
  ui.draw->AddCircleFilled(ends[1], width / 2, paint, 8);
}

/// FNV-1a, so that neighbours in the directory get different fills.
std::size_t avatar_fill(std::uint64_t user) {
  std::uint32_t hash = 2166136261U;
  for (int i = 0; i < 8; ++i) hash = (hash ^ static_cast<std::uint32_t>((user >> (8 * i)) & 0xFFU)) * 16777619U;
  return (hash >> 8) % 6;
}

}  // namespace

Dot dot_of(const model::Presence* presence, bool service_online) {
  if (presence == nullptr || !service_online) return Dot::kOffline;
  if (presence->lamp == protocol::BusyLamp::kInCall) return Dot::kInCall;
  if (presence->lamp == protocol::BusyLamp::kRinging) return Dot::kRinging;
  switch (presence->availability) {
    case protocol::Availability::kOnline:
      return Dot::kFree;
    case protocol::Availability::kAway:
      return Dot::kAway;
    case protocol::Availability::kDoNotDisturb:
      return Dot::kDoNotDisturb;
    case protocol::Availability::kOffline:
      break;
  }
  return Dot::kOffline;
}

std::string presence_words(Ui& ui, const model::Presence* presence, bool service_online) {
  if (presence == nullptr) return ui.tr(service_online ? "presence.offline" : "presence.unknown");
  std::string state = ui.tr(dot_key(dot_of(presence, true)));
  if (presence->text && !presence->text->empty())
    state = ui.tr("presence.with_text", {{"state", state}, {"text", *presence->text}});
  return service_online ? state : ui.tr("presence.last_known", {{"state", state}});
}

void presence_dot(Ui& ui, float center_x, float center_y, float size_css, Dot dot, Color rim) {
  const float edge = ui.px(size_css);
  const float rim_width = ui.px(size_css > size::kDotRow ? size::kDotRim + 1 : size::kDotRim);
  const Rect box{std::round(center_x - edge / 2), std::round(center_y - edge / 2),
                 std::round(center_x - edge / 2) + edge, std::round(center_y - edge / 2) + edge};
  const ImVec2 center(box.center_x(), box.center_y());
  const Abgr paint = ui.color(dot_color(dot));
  const Abgr under = ui.color(rim);
  if (dot == Dot::kBusy || dot == Dot::kInCall) {
    const Rect square = box.inset(-rim_width);
    ui.fill(square, rim, size_css / 4 + rim_width / ui.scale);
    ui.fill(box, dot_color(dot), size_css / 4);
    if (dot == Dot::kBusy) return;
    const float width = 1.5F * ui.scale;
    draw_dot_line(ui, box, 0.3F, 0.38F, 0.3F, 0.62F, width, rim);
    draw_dot_line(ui, box, 0.5F, 0.24F, 0.5F, 0.76F, width, rim);
    draw_dot_line(ui, box, 0.7F, 0.38F, 0.7F, 0.62F, width, rim);
    return;
  }
  ui.draw->AddCircleFilled(center, edge / 2 + rim_width, under);
  ui.draw->AddCircleFilled(center, edge / 2, paint);
  switch (dot) {
    case Dot::kDoNotDisturb:
      ui.fill(box.middle(std::round(edge * 0.56F / 2) * 2, ui.px(2)), rim);
      break;
    case Dot::kAway:
      draw_dot_line(ui, box, 0.5F, 0.22F, 0.5F, 0.5F, 1.5F * ui.scale, rim);
      draw_dot_line(ui, box, 0.5F, 0.5F, 0.74F, 0.5F, 1.5F * ui.scale, rim);
      break;
    case Dot::kRinging:
      ui.draw->AddCircleFilled(center, edge / 2 - 1.5F * ui.scale, under);
      ui.draw->AddCircleFilled(center, edge * 0.26F, paint);
      break;
    case Dot::kOffline:
      ui.draw->AddCircleFilled(center, edge / 2 - 2 * ui.scale, under);
      break;
    case Dot::kFree:
    case Dot::kBusy:
    case Dot::kInCall:
      break;
  }
}

void avatar(Ui& ui, const Rect& square, const Face& face, std::optional<Dot> dot, Color rim) {
  static constexpr Color kFills[6][2] = {
      {Color::kAvatar1, Color::kAvatar1Text}, {Color::kAvatar2, Color::kAvatar2Text},
      {Color::kAvatar3, Color::kAvatar3Text}, {Color::kAvatar4, Color::kAvatar4Text},
      {Color::kAvatar5, Color::kAvatar5Text}, {Color::kAvatar6, Color::kAvatar6Text}};
  if (ui.pictures == nullptr || !ui.pictures->draw(*ui.draw, square, face.picture, ui.now_ms)) {
    const Color(&fill)[2] = kFills[avatar_fill(face.user)];
    ui.draw->AddCircleFilled(ImVec2(square.center_x(), square.center_y()), square.width() / 2, ui.color(fill[0]));
    ui.text_of_size(square, text::TextEngine::initials(face.name), square.width() * 0.36F, true, fill[1]);
  }
  if (!dot) return;
  // Small ones overhang the avatar by three pixels, with their rim.
  const bool large = square.width() >= ui.px(size::kAvatarTile);
  const float inward = ui.px(large ? 11 : 5);
  presence_dot(ui, ui.rtl() ? square.left + inward : square.right - inward, square.bottom - inward,
               large ? size::kDotLarge : size::kDotRow, *dot, rim);
}

}  // namespace sidetone::shell::ui
