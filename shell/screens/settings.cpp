#include <algorithm>

#include "shell/screens/settings_parts.hpp"

/// The sections of the settings, and the one that is open.
namespace sidetone::shell {
namespace {

constexpr float kSettingsWidest = 740;
constexpr float kSettingsGutter = 40;

struct SettingsEntry {
  std::string_view key;  ///< of its word
  Icon icon;
};
constexpr SettingsEntry kSettingsEntries[kSettingsSections] = {
    {"settings.status", Icon::kClock},       {"settings.sound", Icon::kHeadset},
    {"settings.endpoint", Icon::kHost},      {"settings.appearance", Icon::kSun},
    {"settings.notifications", Icon::kBell}, {"settings.signed_in", Icon::kShieldCheck},
    {"settings.about", Icon::kInfo},
};

void open_section(Scene& scene, int section) {
  auto& settings = scene.app.settings;
  if (settings.section != section) settings.scroll = {};
  settings.section = section;
  settings.devices_asked = false;
  settings.second_factor = {};
  settings.status_taken = false;
  scene.app.detail_open = true;
}

void draw_section(Scene& scene, LineCursor& cursor) {
  switch (static_cast<SettingsSection>(scene.app.settings.section)) {
    case SettingsSection::kStatus:
      return status_section(scene, cursor);
    case SettingsSection::kSound:
      return sound_section(scene, cursor);
    case SettingsSection::kEndpoint:
      return endpoint_section(scene, cursor);
    case SettingsSection::kAppearance:
      return appearance_section(scene, cursor);
    case SettingsSection::kNotifications:
      return notifications_section(scene, cursor);
    case SettingsSection::kSignedIn:
      return signed_in_section(scene, cursor);
    case SettingsSection::kAbout:
      return about_section(scene, cursor);
  }
}

}  // namespace

void settings_list(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  Rect head = area.cut_top(ui.px(size::kFrameHeader)).inset(ui.px(size::kSpace5), 0);
  ui.heading(head, ui.tr("settings.title"), TextStyle::kTitle, 1);
  const float height = std::max(ui.px(size::kRowSetting), ui.line_height(TextStyle::kBody) + ui.px(size::kSpace4));
  Rect foot = area.cut_bottom(height);
  ui.semantics.begin(ui.id("sections"), Role::kListbox, ui.tr("settings.title"), area);
  for (int i = 0; i < kSettingsSections; ++i) {
    const auto& entry = kSettingsEntries[i];
    const auto words = ui.tr(entry.key);
    ui::RowOptions options;
    options.selected = scene.app.settings.section == i && !scene.phone();
    options.position = i + 1;
    options.count = kSettingsSections;
    const Rect row = area.cut_top(height);
    if (ui::row(ui, row, "section", static_cast<std::uint64_t>(i), words, options)) open_section(scene, i);
    Rect rest = row.inset(ui.px(size::kSpace5), 0);
    ui.icon(entry.icon, ui.cut_leading(rest, ui.px(size::kIconDefault)), size::kIconDefault,
            options.selected ? Color::kAccent : Color::kTextMuted);
    ui.cut_leading(rest, ui.px(size::kSpace4));
    ui.text(rest, words, options.selected ? TextStyle::kBodyStrong : TextStyle::kBody, Color::kText);
  }
  ui.semantics.end();
  ui::ButtonOptions leave;
  leave.kind = ui::ButtonKind::kQuiet;
  leave.icon = Icon::kSignOut;
  const auto words = ui.tr("settings.sign_out");
  foot = foot.inset(ui.px(size::kSpace2), 0);
  const float wide = std::min(ui::button_width(ui, words, leave), foot.width());
  if (ui::button(ui, ui.cut_leading(foot, wide).middle(wide, ui.px(leave.height)), "sign_out", words, leave))
    begin_sign_out(scene);
  sign_out_question(scene, ui.screen);
}

void settings_detail(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  auto& settings = scene.app.settings;
  settings.section = std::clamp(settings.section, 0, kSettingsSections - 1);
  ui.push_scope("settings", static_cast<std::uint64_t>(settings.section));
  const float gutter = ui.px(scene.phone() ? size::kSpace5 : kSettingsGutter);
  Rect header = area.cut_top(ui.px(size::kFrameHeader));
  const float line = ui.px(size::kFrameLine);
  ui.line(header.left, header.bottom - line, header.right, header.bottom - line, Color::kLine);
  const auto title = ui.tr(kSettingsEntries[settings.section].key);
  ui.heading(header.inset(gutter, 0), title, TextStyle::kTitle, 1);
  ui.semantics.begin(ui.id("content"), Role::kRegion, title, area);
  {
    ui::Scroll scroll(ui, area, "content", settings.scroll, settings.content_height);
    const Rect content = scroll.place(0, settings.content_height);
    Rect column{area.left, content.top, area.right, content.top};
    column = column.inset(gutter, 0);
    column = ui.cut_leading(column, std::min(column.width(), ui.px(kSettingsWidest)));
    LineCursor cursor(ui, column);
    cursor.gap(size::kSpace5);
    draw_section(scene, cursor);
    cursor.gap(size::kSpace6);
    const float height = cursor.top() - content.top;
    if (height != settings.content_height) ui.wake_at(scene.now_ms);
    settings.content_height = height;
  }
  ui.semantics.end();
  ui.pop_scope();
}

}  // namespace sidetone::shell
