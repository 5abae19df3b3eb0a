#include <algorithm>
#include <cmath>

#include "shell/screens/settings_parts.hpp"

/// What others see of me, my picture first; appearance.
namespace sidetone::shell {
namespace {

constexpr std::size_t kStatusCharacters = 80;
constexpr float kChoiceHeight = 64;
constexpr std::int64_t kStatusSeconds[] = {30 * 60, 60 * 60, 4 * 60 * 60};
constexpr std::string_view kStatusChoices[] = {"status.half_hour", "status.hour", "status.four_hours",
                                               "status.until_changed"};

struct StatusEntry {
  protocol::Availability availability;
  std::string_view key;
  ui::Dot dot;
};
constexpr StatusEntry kStatusEntries[] = {
    {protocol::Availability::kOnline, "presence.free", ui::Dot::kFree},
    {protocol::Availability::kDoNotDisturb, "presence.dnd", ui::Dot::kDoNotDisturb},
    {protocol::Availability::kAway, "presence.away", ui::Dot::kAway},
    {protocol::Availability::kOffline, "status.appear_offline", ui::Dot::kOffline},
};

/// What I have set, or what the service says that I am.
client::SetStatus own_status(const Scene& scene) {
  if (scene.client.presence.unsent_status) return *scene.client.presence.unsent_status;
  const auto* presence = scene.presence(scene.client.account.user);
  if (presence == nullptr) return {};
  return {presence->availability, presence->text, presence->until};
}

std::size_t utf8_length(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

void send_status(Scene& scene, protocol::Availability availability) {
  const auto& settings = scene.app.settings;
  client::SetStatus status;
  status.availability = availability;
  if (!settings.status_text.empty()) status.text = settings.status_text;
  const auto choice = static_cast<std::size_t>(settings.status_choice);
  if (choice < std::size(kStatusSeconds)) status.until = scene.unix_s + kStatusSeconds[choice];
  scene.out.send(status);
}

/// A card with a sign and a word: one of a radio group.
bool choice_card(Scene& scene, const Rect& card, std::string_view name, const std::string& words, bool chosen,
                 ui::Dot dot) {
  auto& ui = scene.ui;
  const auto node = ui.id(name);
  const auto fill = chosen ? Color::kAccentSoft : ui.hovered(card) ? Color::kHover : Color::kRaised;
  ui.fill(card, fill, size::kRadiusCard);
  ui.border(card, chosen ? Color::kAccent : Color::kLine, size::kRadiusCard, chosen ? 2 : 1);
  Rect inside = card.inset(ui.px(size::kSpace4), ui.px(size::kSpace3));
  const float mark = ui.px(size::kDotLarge);
  const Rect at = ui.cut_leading(inside, mark).middle(mark, mark);
  ui.cut_leading(inside, ui.px(size::kSpace3));
  ui::presence_dot(ui, at.center_x(), at.center_y(), size::kDotLarge, dot, fill);
  ui.text(inside, words, chosen ? TextStyle::kBodyStrong : TextStyle::kBody, Color::kText);
  auto& made = ui.semantics.add(node, Role::kRadio, words, card);
  if (chosen) made.flags |= kChecked;
  ui::focus_ring(ui, card, node, size::kRadiusCard);
  return ui.clicked(node);
}

void draw_availabilities(Scene& scene, LineCursor& cursor, const client::SetStatus& now) {
  auto& ui = scene.ui;
  const std::size_t columns = scene.phone() ? 2 : 4;
  const float gap = ui.px(size::kSpace3);
  const float wide = std::floor((cursor.width() - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  const float lines = std::ceil(static_cast<float>(std::size(kStatusEntries)) / static_cast<float>(columns));
  const Rect whole = cursor.rest(lines * ui.px(kChoiceHeight) + (lines - 1) * gap);
  ui.semantics.begin(ui.id("availability"), Role::kRadioGroup, ui.tr("status.others_see"), whole);
  Rect line;
  for (std::size_t i = 0; i < std::size(kStatusEntries); ++i) {
    if (i % columns == 0) {
      if (i > 0) cursor.gap(size::kSpace3);
      line = cursor.take(ui.px(kChoiceHeight));
    }
    const auto& entry = kStatusEntries[i];
    const Rect card = ui.cut_leading(line, wide);
    ui.cut_leading(line, gap);
    if (choice_card(scene, card, entry.key, ui.tr(entry.key), now.availability == entry.availability, entry.dot))
      send_status(scene, entry.availability);
  }
  ui.semantics.end();
}

void draw_status_text(Scene& scene, LineCursor& cursor, const client::SetStatus& now) {
  auto& ui = scene.ui;
  auto& settings = scene.app.settings;
  const Rect whole = cursor.take(ui.px(scene.phone() ? size::kControlTouch : size::kControlField));
  const auto form = ui.id("status_form");
  ui.semantics.begin(form, Role::kForm, ui.tr("status.text"), whole);
  Rect line = whole;
  ui::ButtonOptions options;
  options.submit = true;
  options.height = scene.phone() ? size::kControlTouch : size::kControlField;
  const bool long_text = utf8_length(settings.status_text) > kStatusCharacters ||
                         settings.status_text.size() > protocol::limits::kStatusTextBytes;
  options.disabled = long_text || settings.status_text == now.text.value_or(std::string());
  const auto words = ui.tr("status.set");
  const Rect button = ui.cut_trailing(line, std::min(ui::button_width(ui, words, options), line.width() / 2));
  ui.cut_trailing(line, ui.px(size::kSpace3));
  ui::FieldOptions field;
  const auto hint = ui.tr("status.text_hint");
  const auto error = long_text ? ui.tr("status.too_long") : std::string();
  field.hint = hint;
  field.error = error;
  ui::text_field(ui, line, "status_text", ui.tr("status.text"), settings.status_text, field);
  const bool pressed = ui::button(ui, button, "set_status", words, options);
  ui.semantics.end();
  if ((pressed || ui.submitted(form)) && !options.disabled) send_status(scene, now.availability);
  cursor.gap(size::kSpace2);
  if (long_text) cursor.paragraph(error, TextStyle::kSmall, Color::kDanger);
}

void draw_status_end(Scene& scene, LineCursor& cursor, const client::SetStatus& now) {
  auto& ui = scene.ui;
  auto& settings = scene.app.settings;
  ui.label(cursor.line(TextStyle::kSmall), ui.tr("status.until"), TextStyle::kSmall, Color::kTextMuted);
  cursor.gap(size::kSpace2);
  const float height = ui.px(scene.phone() ? size::kControlTouch : size::kControlSmall);
  const float gap = ui.px(size::kSpace3);
  Rect line = cursor.take(height);
  ui.semantics.begin(ui.id("until"), Role::kTablist, ui.tr("status.until"), line);
  constexpr int kCount = static_cast<int>(std::size(kStatusChoices));
  for (int i = 0; i < kCount; ++i) {
    const auto words = ui.tr(kStatusChoices[i]);
    const float wide = ui::chip_width(ui, words);
    if (wide > line.width()) {
      cursor.gap(size::kSpace3);
      line = cursor.take(height);
    }
    const Rect place = ui.cut_leading(line, wide);
    ui.cut_leading(line, gap);
    if (!ui::chip(ui, place, kStatusChoices[i], words, settings.status_choice == i, i + 1, kCount)) continue;
    settings.status_choice = i;
    send_status(scene, now.availability);
  }
  ui.semantics.end();
  if (!now.until || *now.until <= scene.unix_s) return;
  cursor.gap(size::kSpace3);
  const auto ends = ui.locale.day(*now.until, scene.unix_s);
  ui.label(cursor.line(TextStyle::kSmall), ui.tr("status.ends", {{"time", ends}}), TextStyle::kSmall,
           Color::kTextMuted);
}

/// What others see instead of my initials.
void draw_own_picture(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  const auto me = scene.client.account.user;
  const auto name = scene.name_of(me);
  const auto face = scene.face(me, name);
  ui.heading(cursor.line(TextStyle::kBodyStrong), ui.tr("profile.picture"), TextStyle::kBodyStrong, 2);
  cursor.gap(size::kSpace3);
  const float square = ui.px(size::kAvatarCard);
  Rect line = cursor.take(square);
  ui::avatar(ui, ui.cut_leading(line, square), face, std::nullopt, Color::kRaised);
  ui.cut_leading(line, ui.px(size::kSpace5));
  const float height = ui.px(scene.phone() ? size::kControlTouch : size::kControlDefault);
  line = line.middle(line.width(), height);
  const auto choose = ui.tr("profile.choose");
  const float wide = std::min(ui::button_width(ui, choose), line.width());
  const auto chosen = ui::file_button(ui, ui.cut_leading(line, wide), "picture", choose, "image/*");
  if (chosen && chosen->empty()) scene.say(ui.tr("profile.unreadable"));
  if (chosen && !chosen->empty())
    scene.app.failed_intents[scene.out.send(client::SetPicture{*chosen})] = ui.tr("profile.refused");
  if (!face.picture.empty()) {
    ui.cut_leading(line, ui.px(size::kSpace3));
    ui::ButtonOptions quiet;
    quiet.kind = ui::ButtonKind::kQuiet;
    const auto remove = ui.tr("profile.remove");
    const float own = std::min(ui::button_width(ui, remove, quiet), line.width());
    if (ui::button(ui, ui.cut_leading(line, own), "remove_picture", remove, quiet))
      scene.app.failed_intents[scene.out.send(client::SetPicture{})] = ui.tr("profile.not_removed");
  }
  cursor.gap(size::kSpace3);
  cursor.paragraph(ui.tr("profile.hint"), TextStyle::kSmall, Color::kTextMuted);
  cursor.gap(size::kSpace6);
}

struct ThemeEntry {
  std::string_view name;
  std::string_view key;
};
constexpr ThemeEntry kThemeEntries[] = {{"system", "appearance.system"},
                                        {"light", "appearance.light"},
                                        {"dark", "appearance.dark"},
                                        {"contrast", "appearance.contrast"}};
constexpr ThemeEntry kLanguageEntries[] = {{"ar", "language.ar"}, {"de", "language.de"}, {"en", "language.en"},
                                           {"es", "language.es"}, {"fr", "language.fr"}, {"ja", "language.ja"}};
constexpr float kSmallestText = 0.85F;
constexpr float kLargestText = 1.5F;
constexpr float kTextStep = 0.05F;

}  // namespace

void status_section(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  auto& settings = scene.app.settings;
  scene.watch(scene.client.account.user);
  const auto now = own_status(scene);
  if (!settings.status_taken) {
    settings.status_taken = true;
    settings.status_text = now.text.value_or(std::string());
  }
  draw_own_picture(scene, cursor);
  ui.heading(cursor.line(TextStyle::kBodyStrong), ui.tr("status.others_see"), TextStyle::kBodyStrong, 2);
  cursor.gap(size::kSpace3);
  draw_availabilities(scene, cursor, now);
  cursor.gap(size::kSpace4);
  draw_status_text(scene, cursor, now);
  cursor.gap(size::kSpace3);
  draw_status_end(scene, cursor, now);
}

void appearance_section(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  const float row = ui.px(scene.phone() ? size::kControlTouch : size::kRowCompact);
  const auto group = [&](std::string_view heading, const ThemeEntry* entries, std::size_t count, std::string& chosen,
                         std::string_view request) {
    ui.push_scope(heading);
    const auto words = ui.tr(heading);
    ui.heading(cursor.line(TextStyle::kBodyStrong), words, TextStyle::kBodyStrong, 2);
    cursor.gap(size::kSpace2);
    ui.semantics.begin(ui.id("group"), Role::kRadioGroup, words, cursor.rest(row * static_cast<float>(count)));
    for (std::size_t i = 0; i < count; ++i) {
      if (!ui::radio(ui, cursor.take(row), entries[i].name, ui.tr(entries[i].key), chosen == entries[i].name)) continue;
      chosen = std::string(entries[i].name);
      scene.out.request(request, chosen);
    }
    ui.semantics.end();
    ui.pop_scope();
    cursor.gap(size::kSpace6);
  };
  group("appearance.theme", kThemeEntries, std::size(kThemeEntries), scene.app.theme, "set_theme");
  group("appearance.language", kLanguageEntries, std::size(kLanguageEntries), scene.app.language, "set_language");
  const auto words = ui.tr("appearance.text_size");
  Rect head = cursor.line(TextStyle::kBodyStrong);
  const auto percent = ui.tr("call.percent", {{"value", std::to_string(std::lround(ui.text_scale * 100))}});
  ui.text(ui.cut_trailing(head, std::min(ui.text_width(percent, TextStyle::kBody) + ui.px(2), head.width())), percent,
          TextStyle::kBody, Color::kTextMuted, 1);
  ui.heading(head, words, TextStyle::kBodyStrong, 2);
  cursor.gap(size::kSpace3);
  float scale = ui.text_scale;
  if (ui::slider(ui, cursor.take(ui.px(size::kControlDefault)), "text_size", words, scale, kSmallestText, kLargestText,
                 kTextStep)) {
    const auto hundredths = std::lround(scale * 100);
    const auto rest = std::to_string(hundredths % 100);
    scene.out.request("set_text_scale", std::to_string(hundredths / 100) + "." + (rest.size() < 2 ? "0" : "") + rest);
  }
}

}  // namespace sidetone::shell
