#include <algorithm>
#include <cmath>

#include "core/client/view.hpp"
#include "shell/screens/frame_parts.hpp"

namespace sidetone::shell {
namespace {

constexpr float kRailItemHeight = 56;
constexpr float kRailItemWide = 40;
constexpr float kRailIcon = 22;
constexpr float kRailWideFrom = 120;

struct RailItem {
  const ScreenName& name;
  std::string word;
  std::int64_t unread = 0;
  bool chosen = false;
};

RailItem rail_item(const Scene& scene, const ScreenName& name) {
  const bool chats = name.screen == Screen::kChats;
  // A call covers the screen that it was begun from.
  const Screen shown = scene.app.in_call_view ? Screen::kCalls : scene.app.screen;
  return {name, scene.ui.tr(name.key), chats ? unread_chats(scene) : 0, shown == name.screen};
}

/// Its element; @return it was pressed.
bool rail_pressed(Ui& ui, const RailItem& item, const Rect& rect) {
  const NodeId id = ui.id(item.name.key);
  const std::string label =
      item.unread == 0 ? item.word : ui.locale.text_for("frame.with_unread", item.unread, {{"screen", item.word}});
  auto& node = ui.semantics.add(id, Role::kToggle, label, rect);
  node.description = item.name.chord;
  node.flags = item.chosen ? kPressed : 0U;
  ui::focus_ring(ui, rect, id, size::kRadiusControl, true);
  ui::tooltip(ui, rect, id, item.word, item.name.chord);
  return ui.clicked(id);
}

/// Trailing edge of the badge, which grows with the text and leaves the icon to be seen.
float rail_badge_edge(const Ui& ui, const Rect& icon) {
  const float out = ui.px(20) * std::max(1.0F, ui.text_scale);
  return icon.center_x() + (ui.rtl() ? -out : out);
}

/// @return it was pressed
bool rail_draw(Ui& ui, const RailItem& item, Rect rect, bool wide) {
  const Rect edge = rect;
  rect = rect.inset(ui.px(6), ui.px(1));
  const Color color = item.chosen ? Color::kAccentSoftText : Color::kTextMuted;
  if (item.chosen || ui.hovered(rect))
    ui.fill(rect, item.chosen ? Color::kAccentSoft : Color::kHover, size::kRadiusControl);
  if (item.chosen) ui::sideline(ui, edge, Color::kAccent);
  const bool pressed = rail_pressed(ui, item, rect);
  if (wide) {
    Rect line = rect.inset(ui.px(size::kSpace4), 0);
    const Rect icon = ui.cut_leading(line, ui.px(kRailIcon));
    ui.icon(item.name.icon, icon, kRailIcon, color);
    ui::badge(ui, ui.rtl() ? icon.left - ui.px(size::kSpace3) : icon.right + ui.px(size::kSpace3),
              icon.center_y() - ui.px(size::kSpace3), item.unread);
    ui.cut_leading(line, ui.px(size::kSpace4));
    ui.text(line, item.word, item.chosen ? TextStyle::kBodyStrong : TextStyle::kBody, color);
    return pressed;
  }
  const float word_height = ui.line_height(TextStyle::kCaption);
  Rect stack = rect.middle(rect.width(), ui.px(kRailIcon) + ui.px(size::kSpace1) + word_height);
  const Rect icon = stack.cut_top(ui.px(kRailIcon));
  ui.icon(item.name.icon, icon, kRailIcon, color);
  ui::badge(ui, rail_badge_edge(ui, icon), icon.top + ui.px(size::kSpace2), item.unread);
  ui.text(stack.cut_bottom(word_height), item.word, item.chosen ? TextStyle::kCaptionStrong : TextStyle::kCaption,
          color, 0.5F);
  return pressed;
}

void rail_mark(Ui& ui, Rect head, bool wide) {
  constexpr float kHeights[] = {22, 12, 5};
  Rect mark = wide ? ui.cut_leading(head, ui.px(56)) : head;
  for (int i = 0; i < 3; ++i) {
    const float offset = ui.px(static_cast<float>(i - 1) * 8) * (ui.rtl() ? -1.0F : 1.0F);
    ui.fill(mark.moved(offset, 0).middle(ui.px(5), ui.px(kHeights[i])), Color::kAccent, 2.5F);
  }
  if (wide) ui.text(head, ui.tr("product.name"), TextStyle::kBodyStrong, Color::kText);
}

/// Who is signed in, and what the others see.
void rail_self(Scene& scene, Rect area, bool wide) {
  auto& ui = scene.ui;
  const auto user = scene.client.account.user;
  const std::string name = scene.name_of(user);
  const auto* presence = scene.presence(user);
  const std::string words = ui::presence_words(ui, presence, scene.online());
  // Just after signing in nothing is known yet.
  const bool known = presence != nullptr || !scene.online();
  const auto dot = known ? std::optional(ui::dot_of(presence, scene.online())) : std::nullopt;
  const float square = ui.px(size::kAvatarRow);
  ui.semantics.add(ui.id("self"), Role::kImage, ui.tr("frame.self", {{"name", name}, {"presence", words}}),
                   area.inset(ui.px(size::kSpace3), 0));
  if (!wide) return ui::avatar(ui, area.middle(square, square), scene.face(user, name), dot, Color::kCanvas);
  Rect line = area.inset(ui.px(size::kSpace5), 0);
  ui::avatar(ui, ui.cut_leading(line, square).middle(square, square), scene.face(user, name), dot, Color::kCanvas);
  ui.cut_leading(line, ui.px(size::kSpace4));
  const float upper = ui.line_height(TextStyle::kBody);
  Rect lines = line.middle(line.width(), upper + ui.line_height(TextStyle::kSmall));
  ui.text(lines.cut_top(upper), name, TextStyle::kBodyStrong, Color::kText);
  ui.text(lines, words, TextStyle::kSmall, Color::kTextMuted);
}

}  // namespace

std::int64_t unread_chats(const Scene& scene) {
  std::uint64_t sum = 0;
  for (const auto& [id, entry] : scene.client.chat.conversations) sum += client::unread_messages(scene.client, entry);
  return static_cast<std::int64_t>(sum);
}

void frame_rail(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  const bool wide = area.width() > ui.px(kRailWideFrom);
  const float words = wide ? ui.line_height(TextStyle::kBody) : ui.line_height(TextStyle::kCaption) + ui.px(kRailIcon);
  const float height =
      std::max(ui.px(wide ? kRailItemWide : kRailItemHeight), words + ui.px(size::kSpace5)) + ui.px(size::kSpace1);
  ui.semantics.begin(ui.id("rail"), Role::kNavigation, ui.tr("frame.navigation"), area);
  ui.push_scope("rail");
  rail_mark(ui, area.cut_top(ui.px(size::kFrameHeader)), wide);
  area.cut_top(ui.px(size::kSpace2));
  rail_self(scene, area.cut_bottom(ui.px(60)), wide);
  Rect last = area.cut_bottom(height);
  for (const auto& name : kScreens) {
    const auto item = rail_item(scene, name);
    const Rect rect = name.screen == Screen::kSettings ? last : area.cut_top(height);
    if (rail_draw(ui, item, rect, wide)) go_to(scene, name.screen);
  }
  ui.pop_scope();
  ui.semantics.end();
}

void frame_tab_bar(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  ui.fill(area, Color::kCanvas);
  ui.line(area.left, area.top, area.right, area.top, Color::kLine);
  ui.semantics.begin(ui.id("rail"), Role::kNavigation, ui.tr("frame.navigation"), area);
  ui.push_scope("rail");
  float left_over = static_cast<float>(std::size(kScreens));
  for (const auto& name : kScreens) {
    const auto item = rail_item(scene, name);
    const Rect rect = ui.cut_leading(area, std::floor(area.width() / left_over--));
    const Color color = item.chosen ? Color::kAccentSoftText : Color::kTextMuted;
    if (item.chosen) {
      const Rect bar = rect.middle(ui.px(32), rect.height());
      ui.fill({bar.left, bar.top, bar.right, bar.top + ui.px(size::kFrameSideline)}, Color::kAccent);
    }
    if (rail_pressed(ui, item, rect)) go_to(scene, name.screen);
    const float word_height = ui.line_height(TextStyle::kCaption);
    Rect stack = rect.middle(rect.width(), ui.px(kRailIcon) + word_height);
    const Rect icon = stack.cut_top(ui.px(kRailIcon));
    ui.icon(name.icon, icon, kRailIcon, color);
    ui::badge(ui, rail_badge_edge(ui, icon), icon.top + ui.px(size::kSpace2), item.unread);
    ui.text(stack, item.word, item.chosen ? TextStyle::kCaptionStrong : TextStyle::kCaption, color, 0.5F);
  }
  ui.pop_scope();
  ui.semantics.end();
}

void frame_foot(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  ui.line(area.left, area.top, area.right, area.top, Color::kLine);
  Rect line = area.inset(ui.px(size::kSpace5), 0);
  const auto way = client::choose_voice(scene.client).way;
  Icon icon = way == model::VoiceWay::kHost ? Icon::kPathDirect : Icon::kPathBrowser;
  Color color = way == model::VoiceWay::kHost      ? Color::kPositive
                : way == model::VoiceWay::kBrowser ? Color::kTextMuted
                                                   : Color::kWarning;
  std::string words = scene.voice_words();
  if (!scene.online()) {
    icon = Icon::kWifiOff;
    color = Color::kWarning;
    const bool waiting = scene.client.connection.phase == client::ConnectionPhase::kWaiting;
    words = ui.tr(waiting ? "frame.no_service" : "frame.connecting");
  }
  ui.icon(icon, ui.cut_leading(line, ui.px(size::kIconSmall)), size::kIconSmall, color);
  ui.cut_leading(line, ui.px(size::kSpace3));
  const auto& devices = scene.facts.devices;
  const auto device = std::find_if(devices.begin(), devices.end(), [&](const AudioDevice& one) {
    return one.input && one.id == scene.facts.microphone;
  });
  const float wanted = ui.text_width(words, TextStyle::kSmall);
  Rect voice = ui.cut_leading(line, std::min(wanted, line.width()));
  auto& node = ui.semantics.add(ui.id("voice"), Role::kStatus, words, voice);
  node.value = words;
  node.text_px = ui.text_px(TextStyle::kSmall);
  ui.text(voice, words, TextStyle::kSmall, color == Color::kWarning ? Color::kWarning : Color::kTextMuted);
  if (device == devices.end() || !scene.online()) return;
  const float label = ui.text_width(device->label, TextStyle::kSmall);
  const float mark = ui.px(size::kIconSmall) + ui.px(size::kSpace3);
  ui.cut_leading(line, ui.px(size::kSpace3));
  if (line.width() < mark + ui.px(size::kSpace8)) return;
  Rect trailing = ui.cut_trailing(line, std::min(line.width(), label + mark));
  ui.icon(Icon::kHeadset, ui.cut_leading(trailing, ui.px(size::kIconSmall)), size::kIconSmall, Color::kTextMuted);
  ui.cut_leading(trailing, ui.px(size::kSpace3));
  ui.label(trailing, device->label, TextStyle::kSmall, Color::kTextMuted, 1);
}

}  // namespace sidetone::shell
