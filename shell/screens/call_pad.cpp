#include <algorithm>
#include <cmath>

#include "shell/screens/call_parts.hpp"

/// What takes the place of the stage: the dial pad of a running call, and its devices.
namespace sidetone::shell {
namespace {

struct PadKey {
  std::string_view digit;
  std::string_view letters;
};
constexpr PadKey kPadKeys[] = {{"1", ""},     {"2", "ABC"}, {"3", "DEF"},  {"4", "GHI"}, {"5", "JKL"}, {"6", "MNO"},
                               {"7", "PQRS"}, {"8", "TUV"}, {"9", "WXYZ"}, {"*", ""},    {"0", "+"},   {"#", ""}};
constexpr double kShortestToneMs = 120;
constexpr std::size_t kDigitsShown = 24;
constexpr float kVolumeStep = 5;
constexpr float kVolumeName = 88;

struct DeviceChoice {
  std::string_view request;
  std::string_view words;
  std::string_view chosen;
};

DeviceChoice device_choice(const Facts& facts, DeviceUse use) {
  switch (use) {
    case DeviceUse::kMicrophone:
      return {"choose_microphone", "devices.microphone", facts.microphone};
    case DeviceUse::kSpeaker:
      return {"choose_speaker", "devices.speaker", facts.speaker};
    case DeviceUse::kRing:
      break;
  }
  return {"choose_ring_device", "devices.ring", facts.ring_device};
}

}  // namespace

void call_dial_pad(Scene& scene, Rect area, const model::Call& call) {
  auto& ui = scene.ui;
  auto& view = scene.app.call;
  const float gap = ui.px(size::kSpace3);
  const float width = std::min(ui.px(size::kControlDialKeyWidth), (area.width() - 4 * gap) / 3);
  const float line = ui.line_height(TextStyle::kKeypad);
  const float height = std::min(ui.px(size::kControlDialKeyHeight), (area.height() - line - 6 * gap) / 4);
  Rect rest = area.middle(3 * width + 2 * gap, line + 2 * gap + 4 * height + 3 * gap);
  ui.semantics.begin(ui.id("pad"), Role::kGroup, ui.tr("call.dial_pad"), rest);
  Rect shown = rest.cut_top(line);
  rest.cut_top(2 * gap);
  const auto digits = std::string_view(view.digits);
  const auto last = digits.substr(digits.size() - std::min(digits.size(), kDigitsShown));
  if (last.empty())
    ui.label(shown, ui.tr("call.pad_hint"), TextStyle::kSmall, Color::kTextMuted, 0.5F);
  else
    ui.label(shown, last, TextStyle::kKeypad, Color::kText, 0.5F);
  const bool sounds = scene.now_ms < view.sounding_until_ms;
  if (sounds) ui.wake_at(view.sounding_until_ms);
  for (std::size_t i = 0; i < std::size(kPadKeys); ++i) {
    const auto& key = kPadKeys[i];
    const std::size_t row = i / 3;
    const float left = rest.left + static_cast<float>(i % 3) * (width + gap);
    const float top = rest.top + static_cast<float>(row) * (height + gap);
    if (!ui::dial_key(ui, {left, top, left + width, top + height}, key.digit, key.letters,
                      sounds && view.sounding == key.digit))
      continue;
    scene.out.request("dtmf", call.call + ":" + std::string(key.digit));
    view.digits += key.digit;
    view.sounding = key.digit;
    view.sounding_until_ms = scene.now_ms + kShortestToneMs;
    ui.wake_at(view.sounding_until_ms);
  }
  ui.semantics.end();
}

float device_rows_height(Scene& scene, DeviceUse use) {
  const auto& devices = scene.facts.devices;
  const bool input = use == DeviceUse::kMicrophone;
  const auto count = std::count_if(devices.begin(), devices.end(), [&](const auto& one) { return one.input == input; });
  return scene.ui.px(scene.phone() ? size::kControlTouch : size::kRowCompact) * static_cast<float>(count + 1);
}

float device_rows(Scene& scene, Rect area, DeviceUse use) {
  auto& ui = scene.ui;
  const float row = ui.px(scene.phone() ? size::kControlTouch : size::kRowCompact);
  const float height = device_rows_height(scene, use);
  const DeviceChoice choice = device_choice(scene.facts, use);
  ui.push_scope(choice.request);
  ui.semantics.begin(ui.id("devices"), Role::kRadioGroup, ui.tr(choice.words),
                     Rect{area.left, area.top, area.right, area.top + height});
  if (ui::radio(ui, area.cut_top(row), "default", ui.tr("devices.default"), choice.chosen.empty()))
    scene.out.request(choice.request, {});
  for (const auto& device : scene.facts.devices) {
    if (device.input != (use == DeviceUse::kMicrophone)) continue;
    const auto label = device.label.empty() ? ui.tr("devices.unnamed") : device.label;
    if (ui::radio(ui, area.cut_top(row), device.id, label, choice.chosen == device.id))
      scene.out.request(choice.request, device.id);
  }
  ui.semantics.end();
  ui.pop_scope();
  return height;
}

void volume_slider(Scene& scene, Rect line, float name_css, std::string_view request, std::string_view label,
                   std::uint32_t percent) {
  auto& ui = scene.ui;
  ui.text(ui.cut_leading(line, ui.px(name_css)), ui.tr("devices.volume"), TextStyle::kSmall, Color::kTextMuted);
  const auto words = ui.tr("call.percent", {{"value", std::to_string(percent)}});
  const auto widest = ui.tr("call.percent", {{"value", "100"}});
  const Rect number = ui.cut_trailing(line, ui.text_width(widest, TextStyle::kSmall) + ui.px(size::kSpace3));
  ui.text(number, words, TextStyle::kSmall, Color::kTextMuted, 1);
  auto value = static_cast<float>(percent);
  if (ui::slider(ui, line, request, ui.tr(label), value, 0, 100, kVolumeStep))
    scene.out.request(request, std::to_string(std::lround(value)));
}

void call_devices(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  area = area.inset(ui.px(size::kSpace6), ui.px(size::kSpace5));
  const float head = ui.line_height(TextStyle::kBodyStrong) + ui.px(size::kSpace2);
  const float wanted = device_rows_height(scene, DeviceUse::kMicrophone) +
                       device_rows_height(scene, DeviceUse::kSpeaker) + 2 * head + ui.px(size::kSpace6) +
                       ui.px(size::kControlTouch);
  const float width = std::min(area.width(), ui.px(size::kFramePanelWide));
  Rect column = area.middle(width, area.height());
  ui::Scroll scroll(ui, column, "devices_scroll", scene.app.call.scroll, wanted);
  Rect rest = scroll.place(0, wanted);
  ui.heading(rest.cut_top(head), ui.tr("devices.microphone"), TextStyle::kBodyStrong, 2);
  rest.cut_top(device_rows(scene, rest, DeviceUse::kMicrophone));
  rest.cut_top(ui.px(size::kSpace6));
  ui.heading(rest.cut_top(head), ui.tr("devices.speaker"), TextStyle::kBodyStrong, 2);
  rest.cut_top(device_rows(scene, rest, DeviceUse::kSpeaker));
  volume_slider(scene, rest.cut_top(ui.px(size::kControlTouch)), kVolumeName, "set_speaker_volume",
                "devices.speaker_volume", scene.facts.speaker_volume);
}

}  // namespace sidetone::shell
