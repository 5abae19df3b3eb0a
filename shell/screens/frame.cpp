#include <algorithm>
#include <cmath>

#include "shell/screens/frame_parts.hpp"
#include "shell/screens/incoming_parts.hpp"

namespace sidetone::shell {
namespace {

struct FramePanes {
  Rect rail;
  Rect list;
  Rect foot;
  Rect detail;
};

constexpr float kFrameWideFrom = 1600;
constexpr float kFramePhoneBack = 48;

/// Of the narrow rail: its words must not be cut. Wider it would be the rail that has them beside the icons.
float frame_rail_width(Ui& ui) {
  constexpr float kMost = 116;
  float widest = 0;
  for (const auto& one : kScreens) widest = std::max(widest, ui.text_width(ui.tr(one.key), TextStyle::kCaptionStrong));
  return std::clamp(std::ceil(widest) + ui.px(size::kSpace4 + size::kSpace1), ui.px(size::kFrameRail), ui.px(kMost));
}

FramePanes frame_cut(Ui& ui, Rect area) {
  const float width = area.width();
  const bool wide = width >= ui.px(kFrameWideFrom);
  FramePanes panes;
  panes.rail = ui.cut_leading(area, wide ? ui.px(size::kFrameRailWide) : frame_rail_width(ui));
  const bool narrow = width < ui.px(size::kBreakpointsThreePane);
  panes.list = ui.cut_leading(area, ui.px(wide     ? size::kFrameListWide
                                          : narrow ? size::kFrameListNarrow
                                                   : size::kFrameList));
  panes.foot = panes.list.cut_bottom(ui.px(size::kFrameFoot));
  panes.detail = area;
  return panes;
}

void frame_edge(Ui& ui, const Rect& pane, bool trailing) {
  const float line = ui.px(size::kFrameLine);
  const float x = trailing != ui.rtl() ? pane.right - line : pane.left;
  ui.line(x, pane.top, x, pane.bottom, Color::kLine);
}

/// A call that has begun or been answered here moves the view; where it is gone the view returns.
void frame_follow_call(Scene& scene) {
  auto& app = scene.app;
  const auto* here = scene.call_here();
  if (here != nullptr && here->call.call != app.call.call) {
    app.call.call = here->call.call;
    app.in_call_view = true;
  }
  if (scene.call_shown() != nullptr) return;
  app.call.call.clear();
  app.in_call_view = false;
}

void frame_keys(Scene& scene) {
  auto& ui = scene.ui;
  for (const auto& one : kScreens)
    if (ui.take_key(one.chord)) go_to(scene, one.screen);
  if (ui.key("Ctrl+K") && (scene.app.screen != Screen::kContacts || scene.app.in_call_view || scene.app.detail_open))
    go_to(scene, Screen::kContacts);
}

/// What is on top goes first; what a screen closes by itself it has taken already.
void frame_escape(Scene& scene) {
  auto& app = scene.app;
  if (!scene.ui.key("Escape")) return;
  if (app.toast)
    app.toast.reset();
  else if (app.in_call_view)
    app.in_call_view = false;
  else if (scene.phone() && (app.detail_open || app.dial.lists_open))
    app.detail_open = app.dial.lists_open = false;
  else
    return;
  scene.ui.take_key("Escape");
}

void frame_list(Scene& scene, Rect area) {
  switch (scene.app.screen) {
    case Screen::kContacts:
      return contacts_list(scene, area);
    case Screen::kChats:
      return chats_list(scene, area);
    case Screen::kCalls:
      return calls_list(scene, area);
    case Screen::kDialPad:
      return dial_list(scene, area);
    case Screen::kSettings:
      return settings_list(scene, area);
  }
}

void frame_detail(Scene& scene, Rect area) {
  switch (scene.app.screen) {
    case Screen::kContacts:
      return contact_detail(scene, area);
    case Screen::kChats:
      return chat_detail(scene, area);
    case Screen::kCalls:
      return call_record_detail(scene, area);
    case Screen::kDialPad:
      return dial_pad_screen(scene, area);
    case Screen::kSettings:
      return settings_detail(scene, area);
  }
}

std::string frame_screen_word(const Scene& scene) {
  const auto* const found = std::find_if(std::begin(kScreens), std::end(kScreens),
                                         [&](const ScreenName& one) { return one.screen == scene.app.screen; });
  return scene.ui.tr(found->key);
}

/// Draw a pane of the screen in a region of its own.
template <class Draw>
void frame_region(Scene& scene, std::string_view name, Role role, std::string_view label, const Rect& area, Draw draw) {
  auto& ui = scene.ui;
  ui.semantics.begin(ui.id(name), role, label, area);
  ui.push_clip(area);
  ui.push_scope(name);
  draw();
  ui.pop_scope();
  ui.pop_clip();
  ui.semantics.end();
}

void frame_on_phone(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  auto& app = scene.app;
  // At the dial pad it is the lists that cover the keys.
  const bool dial_pad = app.screen == Screen::kDialPad;
  const bool detail = dial_pad ? app.dial.lists_open : app.detail_open;
  if (!detail && !app.in_call_view) frame_tab_bar(scene, area.cut_bottom(ui.px(size::kFrameTabBar)));
  frame_banners(scene, area);
  if (!app.in_call_view) frame_call_strip(scene, area);
  if (app.in_call_view) {
    frame_region(scene, "detail", Role::kMain, ui.tr("frame.call"), area, [&] { call_screen(scene, area); });
    return;
  }
  const std::string word = frame_screen_word(scene);
  ui.fill(area, detail ? Color::kRaised : Color::kSurface);
  if (detail) {
    Rect strip = area.cut_top(ui.px(kFramePhoneBack));
    const float edge = ui.px(size::kControlTouch);
    strip = strip.inset(ui.px(size::kSpace1), 0);
    if (ui::icon_button(ui, ui.cut_leading(strip, edge).middle(edge, edge), "back",
                        ui.rtl() ? Icon::kChevronRight : Icon::kChevronLeft, ui.tr("frame.back", {{"screen", word}})))
      app.detail_open = app.dial.lists_open = false;
    ui.text(strip, word, TextStyle::kBodyStrong, Color::kText);
  }
  frame_region(scene, "detail", Role::kMain, word, area, [&] {
    if (detail != dial_pad)
      frame_detail(scene, area);
    else
      frame_list(scene, area);
  });
}

void frame_in_panes(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  const bool in_call = scene.app.in_call_view;
  const std::string word = frame_screen_word(scene);
  FramePanes panes = frame_cut(ui, area);
  ui.fill(panes.rail, Color::kCanvas);
  frame_rail(scene, panes.rail);
  frame_edge(ui, panes.rail, true);
  if (in_call && area.width() < ui.px(kFrameWideFrom)) {
    panes.detail = {std::min(panes.list.left, panes.detail.left), panes.detail.top,
                    std::max(panes.list.right, panes.detail.right), panes.detail.bottom};
  } else {
    ui.fill({panes.list.left, panes.list.top, panes.list.right, panes.foot.bottom}, Color::kSurface);
    frame_region(scene, "list", Role::kRegion, word, panes.list, [&] { frame_list(scene, panes.list); });
    frame_foot(scene, panes.foot);
    frame_edge(ui, {panes.list.left, panes.list.top, panes.list.right, panes.foot.bottom}, true);
  }
  ui.fill(panes.detail, Color::kRaised);
  frame_banners(scene, panes.detail);
  if (!in_call) frame_call_strip(scene, panes.detail);
  frame_region(scene, "detail", Role::kMain, in_call ? ui.tr("frame.call") : word, panes.detail, [&] {
    if (in_call)
      call_screen(scene, panes.detail);
    else
      frame_detail(scene, panes.detail);
  });
}

// --- the way from pane to pane by keyboard ---

bool frame_takes_focus(const Node& node) { return (node.flags & kDisabled) == 0 && is_interactive(node.role); }

/// The outermost container that it stands in.
NodeId frame_pane_of(const Semantics& semantics, NodeId id) {
  NodeId pane = 0;
  for (const Node* node = semantics.find(id); node != nullptr; node = semantics.find(node->parent)) {
    pane = node->id;
    if (node->parent == 0) break;
  }
  return pane;
}

void frame_next_pane(Ui& ui) {
  struct Stop {
    NodeId pane;
    NodeId first;
    bool floats;
  };
  std::vector<Stop> stops;
  for (const auto& node : ui.semantics.nodes()) {
    if (!frame_takes_focus(node)) continue;
    const NodeId pane = frame_pane_of(ui.semantics, node.id);
    const bool known = std::any_of(stops.begin(), stops.end(), [&](const Stop& stop) { return stop.pane == pane; });
    const Node* container = ui.semantics.find(pane);
    if (!known && pane != node.id) stops.push_back({pane, node.id, container->role == Role::kDialog});
  }
  if (stops.empty()) return;
  std::stable_sort(stops.begin(), stops.end(), [](const Stop& a, const Stop& b) { return a.floats && !b.floats; });
  const NodeId here = frame_pane_of(ui.semantics, ui.input.focus);
  const auto current =
      std::find_if(stops.begin(), stops.end(), [&](const Stop& stop) { return here != 0 && stop.pane == here; });
  const auto next = current == stops.end() || current + 1 == stops.end() ? stops.begin() : current + 1;
  ui.request_focus(next->first);
}

/// Where the keyboard goes on in a pane; 0: nowhere.
NodeId frame_first_in(const Semantics& semantics, NodeId pane) {
  for (const auto& node : semantics.nodes())
    if (frame_takes_focus(node) && frame_pane_of(semantics, node.id) == pane) return node.id;
  return 0;
}

/// Another screen has come and what had the focus is gone: the focus goes into the call, back to where it was before
/// the call, or to the beginning of the list.
void frame_keep_focus(Scene& scene, bool in_call) {
  auto& ui = scene.ui;
  auto& shown = scene.app.shown;
  const bool left_call = shown.in_call_view && !in_call;
  const bool came_to_call = !shown.in_call_view && in_call;
  const bool changed = left_call || came_to_call || shown.screen != scene.app.screen;
  shown.screen = scene.app.screen;
  shown.in_call_view = in_call;
  if (came_to_call) shown.focus_before_call = ui.input.focus;
  if (!changed || ui.focus_request || ui.input.touch) return;
  const bool lost = ui.input.focus != 0 && ui.semantics.find(ui.input.focus) == nullptr;
  const bool returns = left_call && ui.semantics.find(shown.focus_before_call) != nullptr;
  if (!lost && !(returns && ui.input.focus == 0)) return;
  const NodeId list = in_call ? 0 : frame_first_in(ui.semantics, ui.id("list"));
  const NodeId next = returns     ? shown.focus_before_call
                      : list != 0 ? list
                                  : frame_first_in(ui.semantics, ui.id("detail"));
  if (next != 0) ui.request_focus(next);
}

/// As many of those that one writes with as may be watched beside those that are seen, the latest first.
void frame_watch_partners(Scene& scene) {
  auto& visible = scene.app.watch.visible;
  std::vector<const client::ConversationEntry*> partners;
  for (const auto& [id, entry] : scene.client.chat.conversations) partners.push_back(&entry);
  if (visible.size() + partners.size() > protocol::limits::kSubscriptions)
    std::sort(partners.begin(), partners.end(),
              [](const auto* a, const auto* b) { return a->last_time > b->last_time; });
  for (const auto* entry : partners)
    if (visible.size() < protocol::limits::kSubscriptions && entry->with != 0) visible.insert(entry->with);
}

/// Tell the core whose presence is looked at: at once, then four times a second at most while somebody scrolls.
void frame_tell_watch(Scene& scene) {
  constexpr double kEveryMs = 250;
  auto& watch = scene.app.watch;
  watch.visible.erase(0);
  watch.visible.erase(scene.client.account.user);
  frame_watch_partners(scene);
  if (watch.visible == watch.told) return;
  if (watch.told_ms && scene.now_ms - *watch.told_ms < kEveryMs) return scene.ui.wake_at(*watch.told_ms + kEveryMs);
  watch.told = watch.visible;
  watch.told_ms = scene.now_ms;
  client::Watch message;
  message.users.assign(watch.told.begin(), watch.told.end());
  scene.out.send(message);
}

}  // namespace

void go_to(Scene& scene, Screen screen) {
  scene.app.screen = screen;
  scene.app.in_call_view = false;
  scene.app.detail_open = false;
  scene.app.dial.lists_open = false;
}

void frame_screen(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  ui.push_scope("frame");
  scene.app.watch.visible.clear();
  frame_follow_call(scene);
  close_incoming_part(scene);
  frame_keys(scene);
  const bool in_call = scene.app.in_call_view;
  if (scene.phone())
    frame_on_phone(scene, area);
  else
    frame_in_panes(scene, area);
  frame_toast(scene);
  incoming_card(scene, area);
  frame_keep_focus(scene, in_call);
  frame_escape(scene);
  if (ui.take_key("F6")) frame_next_pane(ui);
  frame_tell_watch(scene);
  ui.pop_scope();
}

}  // namespace sidetone::shell
