#include <algorithm>
#include <utility>

#include "core/base/utf8.hpp"
#include "shell/screens/person_parts.hpp"
#include "shell/screens/saved_numbers.hpp"

namespace sidetone::shell {
namespace {

constexpr float kDialWidth = 280;
constexpr float kDialField = 52;
constexpr float kDialGap = 8;
constexpr float kDialKeyLeast = 40;
/// Wider, those who fit what was typed stand beside the keys.
constexpr float kDialPanelFrom = 720;
constexpr int kDialFits = 6;
/// A tone is seen for as long at least.
constexpr double kDialSoundsMs = 120;

struct DialKey {
  std::string_view digit;
  std::string_view letters;
};
/// @source ITU-T E.161
constexpr DialKey kDialKeys[] = {{"1", ""},     {"2", "ABC"}, {"3", "DEF"},  {"4", "GHI"}, {"5", "JKL"}, {"6", "MNO"},
                                 {"7", "PQRS"}, {"8", "TUV"}, {"9", "WXYZ"}, {"*", ""},    {"0", "+"},   {"#", ""}};

/// The call in which a key is heard at the far end.
const model::Call* dial_talks(const Scene& scene) {
  const auto* here = scene.call_here();
  return here != nullptr && here->call.phase == model::CallPhase::kInCall ? &here->call : nullptr;
}

void dial_sound(Scene& scene, std::string_view digit) {
  auto& state = scene.app.dial;
  state.sounding = digit;
  state.sounding_until_ms = scene.now_ms + kDialSoundsMs;
  if (const auto* call = dial_talks(scene)) scene.out.request("dtmf", call->call + ":" + std::string(digit));
}

bool dial_has_tone(char c) { return (c >= '0' && c <= '9') || c == '*' || c == '#'; }

/// Whom one has dialled, the last first.
std::vector<protocol::UserId> dialled_people(const Scene& scene) {
  std::vector<protocol::UserId> people;
  std::set<protocol::UserId> known;
  const auto& records = scene.client.history.records;
  for (auto it = records.rbegin(); it != records.rend(); ++it) {
    const auto& record = it->second;
    if (record.kind == protocol::RecordKind::kDialled && scene.contact(record.other) != nullptr &&
        known.insert(record.other).second)
      people.push_back(record.other);
  }
  return people;
}

void dial_call(Scene& scene) {
  auto& number = scene.app.dial.number;
  if (trimmed(number).empty() || !scene.can_call()) return;
  scene.place_call(trimmed(number));
  number.clear();
}

/// The number, with what takes it away again beside it.
void dial_field(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  auto& state = scene.app.dial;
  const float edge = ui.px(scene.phone() ? size::kControlTouch : size::kControlField);
  const Rect clear = ui.cut_trailing(area, edge).middle(edge, edge);
  ui.cut_trailing(area, ui.px(size::kSpace2));
  ui::FieldOptions options;
  const std::string hint = ui.tr("dial_pad.hint");
  options.hint = hint;
  options.autocomplete = "off";
  const std::string before = state.number;
  if (ui::text_field(ui, area, "number", ui.tr("dial_pad.number"), state.number, options)) {
    const bool added = state.number.size() > before.size() && state.number.compare(0, before.size(), before) == 0;
    for (std::size_t i = before.size(); added && i < state.number.size(); ++i)
      if (dial_has_tone(state.number[i])) dial_sound(scene, std::string_view(state.number).substr(i, 1));
  }
  if (std::exchange(state.wants_focus, false)) ui.request_focus(ui.id("number"));
  ui::IconButtonOptions wipe;
  wipe.disabled = state.number.empty();
  wipe.key = "Esc";
  const bool cleared = ui::icon_button(ui, clear, "clear", Icon::kClose, ui.tr("dial_pad.clear"), wipe);
  if (cleared || (!state.number.empty() && !scene.app.toast && ui.take_key("Escape"))) state.number.clear();
}

void dial_keys(Scene& scene, Rect area, float key_height) {
  auto& ui = scene.ui;
  auto& state = scene.app.dial;
  const float gap = ui.px(kDialGap);
  const float width = (area.width() - 2 * gap) / 3;
  const bool sounds = scene.now_ms < state.sounding_until_ms;
  if (sounds) ui.wake_at(state.sounding_until_ms);
  int index = 0;
  for (const auto& key : kDialKeys) {
    const int row = index / 3;
    const float left = area.left + static_cast<float>(index % 3) * (width + gap);
    const float top = area.top + static_cast<float>(row) * (key_height + gap);
    ++index;
    if (!ui::dial_key(ui, {left, top, left + width, top + key_height}, key.digit, key.letters,
                      sounds && state.sounding == key.digit))
      continue;
    state.number += key.digit;
    dial_sound(scene, key.digit);
  }
}

void dial_column(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  const float gap = ui.px(size::kSpace5);
  const float field = ui.px(kDialField);
  const float line = ui.px(size::kControlDefault);
  const float button = ui.px(size::kControlCall);
  const float key_gaps = 3 * ui.px(kDialGap);
  const float hint = ui.line_height(TextStyle::kSmall);
  const float rest = area.height() - field - line - button - hint - 5 * gap - key_gaps;
  const float key = std::clamp(rest / 4, ui.px(kDialKeyLeast),
                               std::max(ui.px(size::kControlDialKeyHeight),
                                        ui.line_height(TextStyle::kKeypad) + ui.line_height(TextStyle::kCaption)));
  const float height = field + line + gap + 4 * key + key_gaps + gap + button + gap + hint;
  Rect column = area.middle(std::min(ui.px(kDialWidth), area.width() - 2 * gap), height);
  if (scene.app.dial.naming) return name_saved_number(scene, column);
  const NodeId form = ui.id("form");
  ui.semantics.begin(form, Role::kForm, ui.tr("frame.dial_pad"), column);
  dial_field(scene, column.cut_top(field));
  saved_number_line(scene, column.cut_top(line));
  column.cut_top(gap);
  dial_keys(scene, column.cut_top(4 * key + key_gaps), key);
  column.cut_top(gap);
  ui::ButtonOptions call;
  call.kind = ui::ButtonKind::kAnswer;
  call.icon = Icon::kPhone;
  call.height = size::kControlCall;
  call.submit = true;
  const bool redials = trimmed(scene.app.dial.number).empty();
  const auto dialled = redials ? dialled_people(scene) : std::vector<protocol::UserId>();
  call.disabled = (redials && dialled.empty()) || !scene.can_call();
  const auto words =
      dialled.empty() ? ui.tr("contacts.call") : ui.tr("dial_pad.redial", {{"name", scene.name_of(dialled.front())}});
  const bool pressed = ui::button(ui, column.cut_top(button), "call", words, call);
  ui.semantics.end();
  // Enter in an empty field calls nobody.
  if (pressed && !dialled.empty())
    scene.place_call(dialled.front());
  else if (pressed || ui.submitted(form))
    dial_call(scene);
  column.cut_top(gap);
  const std::string_view key_words = dial_talks(scene) != nullptr ? "dial_pad.in_call"
                                     : scene.can_call()           ? "dial_pad.keys"
                                     : scene.online()             ? "voice.none"
                                                                  : "frame.no_service";
  ui.label(column, ui.tr(key_words), TextStyle::kSmall, Color::kTextMuted, 0.5F);
}

/// A list of people with their numbers, each with a button that calls.
template <class Press>
void dial_people(Scene& scene, const Rect& area, std::string_view name, std::string_view label,
                 const std::vector<protocol::UserId>& people, ui::ScrollState& state, Press press) {
  auto& ui = scene.ui;
  const float height = row_height(scene, size::kRowContact);
  const auto count = static_cast<int>(people.size());
  std::vector<std::pair<Rect, protocol::UserId>> seen;
  ui.push_scope(name);
  ui.semantics.begin(ui.id("people"), Role::kListbox, label, area);
  ui::Scroll scroll(ui, area, "people", state, height * static_cast<float>(count));
  for (int i = 0; i < count; ++i) {
    const float top = static_cast<float>(i) * height;
    if (!scroll.visible(top, height)) continue;
    const auto user = people[static_cast<std::size_t>(i)];
    const auto* person = scene.contact(user);
    scene.watch(user);
    const Rect rect = scroll.place(top, height);
    const PersonRow row{user, person == nullptr ? std::string_view() : std::string_view(person->number), false, i + 1,
                        count};
    if (person_row(scene, rect, row, 1)) press(user);
    seen.emplace_back(rect, user);
  }
  ui.semantics.end();
  ui.semantics.begin(ui.id("row_actions"), Role::kGroup, ui.tr("contacts.actions"), area);
  for (const auto& [rect, user] : seen) {
    ui::IconButtonOptions call;
    call.disabled = !scene.can_call();
    ui.push_scope("actions", user);
    if (ui::icon_button(ui, row_action(ui, rect, 0), "call", Icon::kPhone,
                        ui.tr("contacts.call_somebody", {{"name", scene.name_of(user)}}), call))
      scene.place_call(user);
    ui.pop_scope();
  }
  ui.semantics.end();
  ui.pop_scope();
}

void dial_take_number(Scene& scene, protocol::UserId user) {
  const auto* person = scene.contact(user);
  if (person != nullptr) take_number(scene, person->number);
}

/// Who fits what was typed, beside the keys.
void dial_fits(Scene& scene, Rect panel) {
  auto& ui = scene.ui;
  auto& contacts = scene.app.contacts;
  const auto& directory = scene.client.directory;
  ui.fill(panel, Color::kSurface);
  const float edge = ui.rtl() ? panel.right : panel.left;
  ui.line(edge, panel.top, edge, panel.bottom, Color::kLine);
  ui::section_head(ui, panel.cut_top(ui.px(size::kControlTouch)), ui.tr("dial_pad.fits"));
  contacts.index.update(directory.contacts, directory.version, scene.client.account.user,
                        scene.client.favourites.users);
  auto people = contacts.index.find(scene.app.dial.number).people;
  const bool saved = saved_numbers_that_fit(scene, panel);
  if (people.empty()) {
    if (saved) return;
    ui.label(panel.cut_top(ui.px(size::kRowCompact)).inset(ui.px(size::kSpace5), 0), ui.tr("dial_pad.fits_nobody"),
             TextStyle::kBody, Color::kTextMuted);
    return;
  }
  if (people.size() > kDialFits) people.resize(kDialFits);
  ui::ScrollState still;
  dial_people(scene, panel, "fits", ui.tr("dial_pad.fits"), people, still,
              [&scene](protocol::UserId user) { dial_take_number(scene, user); });
}

}  // namespace

void dial_list(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  const auto people = dialled_people(scene);
  saved_numbers_list(scene, area);
  if (people.empty()) {
    if (!scene.client.saved_numbers.names.empty()) return;
    ui::empty_state(ui, area, Icon::kPhoneOutgoing, ui.tr("dial_pad.none_dialled"),
                    ui.tr("dial_pad.none_dialled_hint"));
    return;
  }
  ui::section_head(ui, area.cut_top(ui.px(size::kControlTouch)), ui.tr("dial_pad.last_dialled"));
  dial_people(scene, area, "dialled", ui.tr("dial_pad.last_dialled"), people, scene.app.dial.scroll,
              [&scene](protocol::UserId user) { dial_take_number(scene, user); });
}

void dial_pad_screen(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  if (!scene.phone()) {
    Rect head = area.cut_top(ui.px(size::kFrameHeader));
    ui.line(head.left, head.bottom - ui.px(size::kFrameLine), head.right, head.bottom - ui.px(size::kFrameLine),
            Color::kLine);
    ui.heading(head.inset(ui.px(size::kSpace6), 0), ui.tr("frame.dial_pad"), TextStyle::kTitle, 1);
  }
  if (area.width() >= ui.px(kDialPanelFrom)) {
    const Rect panel = ui.cut_trailing(area, ui.px(size::kFramePanel));
    dial_column(scene, area);
    if (!scene.app.dial.number.empty() && !scene.app.dial.naming) dial_fits(scene, panel);
    return;
  }
  dial_column(scene, area);
}

}  // namespace sidetone::shell
