#include "shell/screens/saved_numbers.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/utf8.hpp"
#include "shell/screens/line_cursor.hpp"
#include "shell/screens/person_parts.hpp"

namespace sidetone::shell {
namespace {

constexpr std::size_t kSavedFits = 3;

using SavedNumbers = std::vector<protocol::SavedNumber>;

std::string_view name_of_saved(const protocol::SavedNumber& saved) {
  return saved.name.empty() ? saved.number : saved.name;
}

/// By name, as contacts are; the core has them by number.
SavedNumbers saved_by_name(const Scene& scene) {
  std::multimap<std::string, protocol::SavedNumber> keyed;
  for (const auto& [number, name] : scene.client.saved_numbers.names)
    keyed.emplace(fold_words(name.empty() ? number : name), protocol::SavedNumber{number, name});
  SavedNumbers out;
  for (auto& [key, saved] : keyed) out.push_back(std::move(saved));
  return out;
}

/// What a telephone makes of it: "+49 69 5550" is "+49695550".
std::string dialled_signs(std::string_view number) {
  std::string out;
  for (const char c : number)
    if ((c >= '0' && c <= '9') || c == '+' || c == '*' || c == '#') out += c;
  return out;
}

void begin_naming(Scene& scene, const std::string& number) {
  const auto& names = scene.client.saved_numbers.names;
  const auto saved = names.find(number);
  if (saved == names.end() && names.size() >= protocol::limits::kSavedNumbers)
    return scene.say(
        scene.ui.tr("saved_numbers.full", {{"count", scene.ui.locale.number(protocol::limits::kSavedNumbers)}}));
  scene.app.dial.naming = NumberNaming{number, saved == names.end() ? std::string() : saved->second};
  scene.app.dial.lists_open = false;
}

void keep_number(Scene& scene, std::optional<std::string> name) {
  const auto number = scene.app.dial.naming->number;
  const auto intent = scene.out.send(client::SaveNumber{number, std::move(name)});
  scene.app.failed_intents[intent] = scene.ui.tr("saved_numbers.not_changed", {{"number", number}});
}

/// Rows of saved numbers, and what can be done with each.
void saved_rows(Scene& scene, const Rect& area, const SavedNumbers& numbers, ui::ScrollState& state) {
  auto& ui = scene.ui;
  const float height = row_height(scene, size::kRowContact);
  const auto count = static_cast<int>(numbers.size());
  std::vector<std::pair<Rect, const protocol::SavedNumber*>> seen;
  ui.semantics.begin(ui.id("numbers"), Role::kListbox, ui.tr("saved_numbers.title"), area);
  ui::Scroll scroll(ui, area, "numbers", state, height * static_cast<float>(count));
  for (int i = 0; i < count; ++i) {
    const float top = static_cast<float>(i) * height;
    if (!scroll.visible(top, height)) continue;
    const auto& saved = numbers[static_cast<std::size_t>(i)];
    const Rect rect = scroll.place(top, height);
    const std::string_view second = saved.name.empty() ? std::string_view() : saved.number;
    const PicturedRow row{saved.number, 0, name_of_saved(saved), second, second, false, i + 1, count, 2};
    if (pictured_row(scene, rect, row, [&](const Rect& square, Color) {
          ui.icon(Icon::kStarFilled, square.middle(ui.px(size::kIconDefault), ui.px(size::kIconDefault)),
                  size::kIconDefault, Color::kTextMuted);
        }))
      take_number(scene, saved.number);
    seen.emplace_back(rect, &saved);
  }
  ui.semantics.end();
  ui.semantics.begin(ui.id("number_actions"), Role::kGroup, ui.tr("contacts.actions"), area);
  for (const auto& [rect, saved] : seen) {
    ui::IconButtonOptions call;
    call.disabled = !scene.can_call();
    ui.push_scope(saved->number);
    const auto name = name_of_saved(*saved);
    if (ui::icon_button(ui, row_action(ui, rect, 0), "call", Icon::kPhone,
                        ui.tr("contacts.call_somebody", {{"name", name}}), call))
      scene.place_call(saved->number);
    if (ui::icon_button(ui, row_action(ui, rect, 1), "change", Icon::kEdit,
                        ui.tr("saved_numbers.change_one", {{"name", name}}))) {
      scene.app.dial.number = saved->number;
      begin_naming(scene, saved->number);
    }
    ui.pop_scope();
  }
  ui.semantics.end();
}

void lists_button(Scene& scene, const Rect& line) {
  auto& ui = scene.ui;
  if (!scene.phone()) return;
  ui::ButtonOptions lists;
  lists.kind = ui::ButtonKind::kQuiet;
  lists.icon = Icon::kHistory;
  const auto words = ui.tr("dial_pad.lists");
  if (ui::button(ui, line.middle(std::min(ui::button_width(ui, words, lists), line.width()), line.height()), "lists",
                 words, lists))
    scene.app.dial.lists_open = true;
}

}  // namespace

void take_number(Scene& scene, const std::string& number) {
  scene.app.dial.number = number;
  scene.app.dial.naming.reset();
  scene.app.dial.lists_open = false;
}

void saved_number_line(Scene& scene, const Rect& line) {
  auto& ui = scene.ui;
  const std::string number(trimmed(scene.app.dial.number));
  if (number.empty()) return lists_button(scene, line);
  if (number.size() > protocol::limits::kNumberBytes) return;
  const auto& names = scene.client.saved_numbers.names;
  const auto saved = names.find(number);
  ui::ButtonOptions keep;
  keep.kind = ui::ButtonKind::kQuiet;
  std::string words = ui.tr("saved_numbers.save");
  std::string change;
  keep.icon = Icon::kStar;
  if (saved != names.end()) {
    words = saved->second.empty() ? ui.tr("saved_numbers.saved") : saved->second;
    change = ui.tr("saved_numbers.change");
    keep.description = change;
    keep.icon = Icon::kStarFilled;
  }
  const float width = std::min(ui::button_width(ui, words, keep), line.width());
  if (ui::button(ui, line.middle(width, line.height()), "keep", words, keep)) begin_naming(scene, number);
}

void name_saved_number(Scene& scene, const Rect& column) {
  auto& ui = scene.ui;
  auto& naming = *scene.app.dial.naming;
  const bool saved = scene.client.saved_numbers.names.count(naming.number) != 0;
  const float touch = ui.px(scene.phone() ? size::kControlTouch : size::kControlField);
  LineCursor cursor(ui, column);
  const NodeId form = ui.id("naming");
  ui.semantics.begin(form, Role::kForm, ui.tr(saved ? "saved_numbers.change" : "saved_numbers.save"), column);
  cursor.paragraph(naming.number, TextStyle::kHeading, Color::kText);
  cursor.gap(size::kSpace5);
  ui.text(cursor.line(TextStyle::kSmallStrong), ui.tr("saved_numbers.name"), TextStyle::kSmallStrong,
          Color::kTextMuted);
  cursor.gap(size::kSpace2);
  ui::FieldOptions options;
  const auto hint = ui.tr("saved_numbers.hint");
  options.hint = hint;
  options.autocomplete = "off";
  ui::text_field(ui, cursor.take(touch), "name", ui.tr("saved_numbers.name"), naming.name, options);
  if (std::exchange(naming.wants_focus, false)) ui.request_focus(ui.id("name"));
  cursor.gap(size::kSpace5);
  Rect buttons = cursor.take(ui.px(size::kControlTouch));
  Rect first = ui.cut_leading(buttons, std::floor((buttons.width() - ui.px(size::kSpace3)) / 2));
  ui.cut_leading(buttons, ui.px(size::kSpace3));
  ui::ButtonOptions keep;
  keep.kind = ui::ButtonKind::kPrimary;
  keep.height = size::kControlTouch;
  keep.submit = true;
  ui::ButtonOptions cancel;
  cancel.height = size::kControlTouch;
  const bool kept = ui::button(ui, first, "save", ui.tr("saved_numbers.keep"), keep);
  const bool cancelled = ui::button(ui, buttons, "cancel", ui.tr("saved_numbers.cancel"), cancel);
  ui::ButtonOptions remove;
  remove.kind = ui::ButtonKind::kQuiet;
  remove.icon = Icon::kTrash;
  remove.height = size::kControlTouch;
  cursor.gap(size::kSpace3);
  const bool removed =
      saved && ui::button(ui, cursor.take(ui.px(size::kControlTouch)), "remove", ui.tr("saved_numbers.remove"), remove);
  ui.semantics.end();
  if (kept || ui.submitted(form))
    keep_number(scene, std::string(utf8_prefix(trimmed(naming.name), protocol::limits::kSavedNameBytes)));
  else if (removed)
    keep_number(scene, std::nullopt);
  else if (!cancelled && (scene.app.toast || !ui.take_key("Escape")))
    return;
  scene.app.dial.naming.reset();
  scene.app.dial.wants_focus = true;
}

void saved_numbers_list(Scene& scene, Rect& area) {
  auto& ui = scene.ui;
  const auto numbers = saved_by_name(scene);
  if (numbers.empty()) return;
  ui::section_head(ui, area.cut_top(ui.px(size::kControlTouch)), ui.tr("saved_numbers.title"));
  const float rows = row_height(scene, size::kRowContact) * static_cast<float>(numbers.size());
  ui.push_scope("saved");
  saved_rows(scene, area.cut_top(std::min(rows, std::floor(area.height() / 2))), numbers, scene.app.dial.saved_scroll);
  ui.pop_scope();
}

bool saved_numbers_that_fit(Scene& scene, Rect& area) {
  const auto typed = dialled_signs(scene.app.dial.number);
  if (typed.empty()) return false;
  auto numbers = saved_by_name(scene);
  numbers.erase(std::remove_if(numbers.begin(), numbers.end(),
                               [&](const auto& one) { return dialled_signs(one.number).rfind(typed, 0) != 0; }),
                numbers.end());
  if (numbers.empty()) return false;
  if (numbers.size() > kSavedFits) numbers.resize(kSavedFits);
  ui::ScrollState still;
  const float rows = row_height(scene, size::kRowContact) * static_cast<float>(numbers.size());
  scene.ui.push_scope("saved_fits");
  saved_rows(scene, area.cut_top(rows), numbers, still);
  scene.ui.pop_scope();
  return true;
}

}  // namespace sidetone::shell
