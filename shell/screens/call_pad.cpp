#include <algorithm>

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

bool device_chosen(const Facts& facts, bool input, std::string_view id) {
  return (input ? facts.microphone : facts.speaker) == id;
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

float device_rows_height(Scene& scene, bool input) {
  const auto& devices = scene.facts.devices;
  const auto count = std::count_if(devices.begin(), devices.end(), [&](const auto& one) { return one.input == input; });
  return scene.ui.px(scene.phone() ? size::kControlTouch : size::kRowCompact) * static_cast<float>(count + 1);
}

float device_rows(Scene& scene, Rect area, bool input) {
  auto& ui = scene.ui;
  const float row = ui.px(scene.phone() ? size::kControlTouch : size::kRowCompact);
  const float height = device_rows_height(scene, input);
  const std::string_view request = input ? "choose_microphone" : "choose_speaker";
  ui.push_scope(request);
  ui.semantics.begin(ui.id("devices"), Role::kRadioGroup, ui.tr(input ? "devices.microphone" : "devices.speaker"),
                     Rect{area.left, area.top, area.right, area.top + height});
  if (ui::radio(ui, area.cut_top(row), "default", ui.tr("devices.default"), device_chosen(scene.facts, input, {})))
    scene.out.request(request, {});
  for (const auto& device : scene.facts.devices) {
    if (device.input != input) continue;
    const auto label = device.label.empty() ? ui.tr("devices.unnamed") : device.label;
    if (ui::radio(ui, area.cut_top(row), device.id, label, device_chosen(scene.facts, input, device.id)))
      scene.out.request(request, device.id);
  }
  ui.semantics.end();
  ui.pop_scope();
  return height;
}

void call_devices(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  area = area.inset(ui.px(size::kSpace6), ui.px(size::kSpace5));
  const float head = ui.line_height(TextStyle::kBodyStrong) + ui.px(size::kSpace2);
  const float wanted =
      device_rows_height(scene, true) + device_rows_height(scene, false) + 2 * head + ui.px(size::kSpace6);
  const float width = std::min(area.width(), ui.px(size::kFramePanelWide));
  Rect column = area.middle(width, area.height());
  ui::Scroll scroll(ui, column, "devices_scroll", scene.app.call.scroll, wanted);
  Rect rest = scroll.place(0, wanted);
  ui.heading(rest.cut_top(head), ui.tr("devices.microphone"), TextStyle::kBodyStrong, 2);
  rest.cut_top(device_rows(scene, rest, true));
  rest.cut_top(ui.px(size::kSpace6));
  ui.heading(rest.cut_top(head), ui.tr("devices.speaker"), TextStyle::kBodyStrong, 2);
  device_rows(scene, rest, false);
}

}  // namespace sidetone::shell
