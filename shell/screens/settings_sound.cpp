#include <algorithm>
#include <iterator>

#include "core/client/view.hpp"
#include "shell/screens/call_parts.hpp"
#include "shell/screens/settings_parts.hpp"

/// Microphone, loudspeaker and ringing: which devices, how loud, how high, and for who does not hear it.
namespace sidetone::shell {
namespace {

constexpr float kGoodLevelFrom = 0.1F;
constexpr float kNameColumn = 184;
constexpr float kShortName = 88;
constexpr float kSideBySide = 560;

struct Pitch {
  std::string_view key;
  std::uint32_t percent;
};
constexpr Pitch kPitches[] = {{"devices.pitch_low", 75}, {"devices.pitch_usual", 100}, {"devices.pitch_high", 140}};

bool side_by_side(const Scene& scene, const LineCursor& cursor) { return cursor.width() >= scene.ui.px(kSideBySide); }

/// While a microphone is open outside of a call, it is said.
void draw_open_microphone(Scene& scene, Rect line) {
  auto& ui = scene.ui;
  ui.icon(Icon::kMic, ui.cut_leading(line, ui.px(size::kIconLarge)), size::kIconLarge, Color::kDanger);
  ui.cut_leading(line, ui.px(size::kSpace3));
  ui.label(line, ui.tr("devices.microphone_open"), TextStyle::kSmall, Color::kText);
}

/// What it is, the choice, and a button to try it: beside each other where there is room, below each other elsewhere.
/// @return the button was pressed
bool draw_device_use(Scene& scene, LineCursor& cursor, DeviceUse use, std::string_view head, std::string_view button,
                     const std::string& words) {
  auto& ui = scene.ui;
  const float rows = device_rows_height(scene, use);
  if (!side_by_side(scene, cursor)) {
    draw_setting_head(scene, cursor, head);
    device_rows(scene, cursor.take(rows), use);
    Rect line = cursor.take(setting_row(scene));
    return trailing_button(scene, line, button, words);
  }
  Rect area = cursor.take(rows);
  Rect name = ui.cut_leading(area, ui.px(kNameColumn));
  ui.heading(name.cut_top(ui.px(size::kRowCompact)), ui.tr(head), TextStyle::kBodyStrong, 2);
  const float wide = ui::button_width(ui, words, {}) + ui.px(size::kSpace5);
  Rect choice = area;
  Rect first = ui.cut_trailing(choice, std::min(wide, area.width() / 2)).cut_top(ui.px(size::kRowCompact));
  device_rows(scene, choice, use);
  return trailing_button(scene, first, button, words);
}

/// Where voices are heard, or where it rings, and a tone to hear it.
void draw_output(Scene& scene, LineCursor& cursor, DeviceUse use) {
  const bool ring = use == DeviceUse::kRing;
  const std::string_view request = ring ? "test_ring" : "test_speaker";
  const auto words = scene.ui.tr(ring ? "devices.play_ring" : "devices.play_tone");
  if (draw_device_use(scene, cursor, use, ring ? "devices.ring" : "devices.speaker", request, words))
    scene.out.request(request);
  const auto& facts = scene.facts;
  const float name = side_by_side(scene, cursor) ? kNameColumn : kShortName;
  volume_slider(scene, cursor.take(setting_row(scene)), name, ring ? "set_ring_volume" : "set_speaker_volume",
                ring ? "devices.ring_volume" : "devices.speaker_volume",
                ring ? facts.ring_volume : facts.speaker_volume);
}

/// How high it rings: not everybody hears all tones.
void draw_pitch(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  const auto words = ui.tr("devices.ring_pitch");
  const bool beside = side_by_side(scene, cursor);
  if (!beside) ui.text(cursor.line(TextStyle::kSmall), words, TextStyle::kSmall, Color::kTextMuted);
  const float height = ui.px(scene.phone() ? size::kControlTouch : size::kControlSmall);
  Rect line = cursor.take(beside ? setting_row(scene) : height);
  if (beside) ui.text(ui.cut_leading(line, ui.px(kNameColumn)), words, TextStyle::kSmall, Color::kTextMuted);
  ui.push_scope("ring_pitch");
  ui.semantics.begin(ui.id("pitches"), Role::kTablist, words, line);
  const int count = static_cast<int>(std::size(kPitches));
  for (int i = 0; i < count; ++i) {
    const auto label = ui.tr(kPitches[i].key);
    const float wide = ui::chip_width(ui, label);
    const Rect place = ui.cut_leading(line, wide).middle(wide, height);
    ui.cut_leading(line, ui.px(size::kSpace3));
    if (ui::chip(ui, place, kPitches[i].key, label, scene.facts.ring_pitch == kPitches[i].percent, i + 1, count))
      scene.out.request("set_ring_pitch", std::to_string(kPitches[i].percent));
  }
  ui.semantics.end();
  ui.pop_scope();
}

/// A switch and what it does. @param request  to the page: "on" or "off"
void draw_switch(Scene& scene, LineCursor& cursor, std::string_view request, const std::string& words,
                 const std::string& consequence, bool on) {
  if (ui::switch_row(scene.ui, cursor.take(setting_row(scene)), request, words, on))
    scene.out.request(request, on ? "on" : "off");
  cursor.paragraph(consequence, TextStyle::kSmall, Color::kTextMuted);
}

/// What the microphone hears while it is tried, and that it is open.
void draw_microphone_test(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  const auto level = static_cast<float>(scene.facts.microphone_level);
  const bool good = level >= kGoodLevelFrom;
  const float inset = side_by_side(scene, cursor) ? ui.px(kNameColumn) : 0;
  Rect meter = cursor.take(ui.px(size::kRowCompact));
  Rect open = cursor.take(ui.px(size::kIconLarge));
  ui.text(ui.cut_leading(meter, inset), ui.tr("devices.level"), TextStyle::kSmall, Color::kTextMuted);
  ui.cut_leading(open, inset);
  ui::level_meter(ui, meter.middle(meter.width(), ui.px(size::kSpace4)), ui.tr("devices.level"), level);
  const auto verdict = ui.tr(good ? "devices.level_good" : "devices.speak_now");
  const float wide = std::min(ui.text_width(verdict, TextStyle::kSmall), open.width() / 2);
  ui.label(ui.cut_trailing(open, wide), verdict, TextStyle::kSmall, good ? Color::kPositive : Color::kTextMuted);
  ui.cut_trailing(open, ui.px(size::kSpace3));
  draw_open_microphone(scene, open);
}

}  // namespace

void sound_section(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  const auto& facts = scene.facts;
  scene.app.settings.meter_shown = true;
  const auto voice = client::choose_voice(scene.client);
  const auto host = voice.host ? scene.client.hosts.hosts.find(*voice.host) : scene.client.hosts.hosts.end();
  cursor.paragraph(host == scene.client.hosts.hosts.end() ? ui.tr("devices.of_browser")
                                                          : ui.tr("devices.of_host", {{"name", host->second.name}}),
                   TextStyle::kSmall, Color::kTextMuted);
  if (facts.sound_fault)
    cursor.paragraph(ui.tr("devices.fault", {{"reason", *facts.sound_fault}}), TextStyle::kSmall, Color::kDanger);
  cursor.gap(size::kSpace4);

  const bool testing = facts.testing_microphone;
  if (draw_device_use(scene, cursor, DeviceUse::kMicrophone, "devices.microphone", "test_microphone",
                      ui.tr(testing ? "devices.test_stop" : "devices.test_microphone")))
    scene.out.request("test_microphone", testing ? "off" : "on");
  if (testing) draw_microphone_test(scene, cursor);
  const Rect around = cursor.rest(0);
  cursor.rule(around);
  draw_output(scene, cursor, DeviceUse::kSpeaker);
  cursor.rule(around);
  draw_output(scene, cursor, DeviceUse::kRing);
  draw_pitch(scene, cursor);
  cursor.rule(around);
  draw_switch(scene, cursor, "set_ring_flash", ui.tr("devices.ring_flash"), ui.tr("devices.ring_flash_text"),
              facts.ring_flash);
  draw_switch(scene, cursor, "set_auto_answer", ui.tr("devices.auto_answer"), ui.tr("devices.auto_answer_text"),
              facts.auto_answer);
}

}  // namespace sidetone::shell
