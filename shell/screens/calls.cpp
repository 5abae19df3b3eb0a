#include <algorithm>
#include <cmath>

#include "shell/screens/person_parts.hpp"

namespace sidetone::shell {
namespace {

/// A line of the list: a day's head, or a call.
struct CallsLine {
  const model::CallRecord* record = nullptr;
  std::string day;
  float top = 0;
  float height = 0;
  int position = 0;
};

struct CallsLines {
  std::vector<CallsLine> lines;
  std::vector<const model::CallRecord*> records;
  float height = 0;
};

std::string calls_day(const Scene& scene, std::int64_t time) {
  const auto& locale = scene.ui.locale;
  const std::int64_t today = locale.day_number(scene.unix_s);
  const std::int64_t day = locale.day_number(time);
  if (day == today) return scene.ui.tr("calls.today");
  if (day == today - 1) return scene.ui.tr("calls.yesterday");
  return locale.day(time, scene.unix_s);
}

CallsLines calls_lines(const Scene& scene) {
  const auto& ui = scene.ui;
  const float head = std::max(ui.px(size::kRowSection), ui.line_height(TextStyle::kCaptionStrong));
  const float height = row_height(scene, size::kRowCall);
  CallsLines out;
  for (const auto& [number, record] : scene.client.history.records)
    if (!scene.app.calls.missed_only || record.kind == protocol::RecordKind::kMissed) out.records.push_back(&record);
  std::stable_sort(out.records.begin(), out.records.end(), [](const auto* a, const auto* b) {
    return a->time != b->time ? a->time > b->time : a->record > b->record;
  });
  std::string day;
  int position = 0;
  for (const auto* record : out.records) {
    auto this_day = calls_day(scene, record->time);
    if (this_day != day) {
      out.lines.push_back({nullptr, this_day, out.height, head, 0});
      out.height += head;
      day = std::move(this_day);
    }
    out.lines.push_back({record, {}, out.height, height, ++position});
    out.height += height;
  }
  return out;
}

void calls_filter(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  auto& state = scene.app.calls;
  const std::string all = ui.tr("calls.all");
  const std::string missed = ui.tr("calls.missed");
  ui.semantics.begin(ui.id("filter"), Role::kTablist, ui.tr("calls.filter"), area);
  const auto chip = [&](std::string_view name, const std::string& label, bool chosen, int position) {
    const Rect place = ui.cut_leading(area, ui::chip_width(ui, label));
    ui.cut_leading(area, ui.px(size::kSpace3));
    return ui::chip(ui, place, name, label, chosen, position, 2);
  };
  bool missed_only = state.missed_only;
  if (chip("all", all, !state.missed_only, 1)) missed_only = false;
  if (chip("missed", missed, state.missed_only, 2)) missed_only = true;
  ui.semantics.end();
  if (missed_only != state.missed_only) state.scroll = {};
  state.missed_only = missed_only;
}

void calls_open(Scene& scene, std::uint64_t record) {
  scene.app.calls.selected = record;
  scene.app.detail_open = true;
}

/// @return it was pressed
bool calls_row(Scene& scene, const Rect& rect, const CallsLine& line, int count, bool with_action) {
  auto& ui = scene.ui;
  const auto& record = *line.record;
  const auto look = call_look(ui, record);
  const bool missed = record.kind == protocol::RecordKind::kMissed;
  const std::string name = scene.name_of(record.other);
  const auto* person = scene.contact(record.other);
  const std::string time = ui.locale.clock(record.time);
  const std::string length = call_length(ui, record);
  const std::string description = ui.tr(
      "calls.row", {{"call", look.words}, {"day", calls_day(scene, record.time)}, {"time", time}, {"length", length}});
  ui::RowOptions options;
  options.selected = scene.app.calls.selected == record.record;
  options.focused_look = ui.hovered(rect);
  options.position = line.position;
  options.count = count;
  options.description = description;
  Rect pressable = rect;
  if (with_action) {
    const Rect action = row_action(ui, rect, 0);
    const Rect strip = ui.cut_trailing(pressable, ui.rtl() ? action.right - rect.left : rect.right - action.left);
    if (options.selected || options.focused_look) ui.fill(strip, options.selected ? Color::kAccentSoft : Color::kHover);
  }
  const bool pressed = ui::row(ui, pressable, "record", record.record, name, options);
  Rect content = pressable;
  ui.cut_leading(content, ui.px(size::kSpace5));
  ui.cut_trailing(content, ui.px(size::kSpace4));
  ui.icon(look.icon, ui.cut_leading(content, ui.px(size::kIconDefault)), size::kIconDefault, look.color);
  ui.cut_leading(content, ui.px(size::kSpace4));
  const float upper = ui.line_height(TextStyle::kBody);
  Rect lines = content.middle(content.width(), upper + ui.line_height(TextStyle::kSmall));
  Rect first = lines.cut_top(upper);
  const float time_width = ui.text_width(time, TextStyle::kSmall);
  ui.text(ui.cut_trailing(first, time_width), time, TextStyle::kSmall, Color::kTextMuted, 1);
  ui.cut_trailing(first, ui.px(size::kSpace3));
  ui.text(first, name, options.selected ? TextStyle::kBodyStrong : TextStyle::kBody,
          missed ? Color::kDanger : Color::kText);
  const float length_width = std::min(ui.text_width(length, TextStyle::kSmall), lines.width() / 2);
  ui.text(ui.cut_trailing(lines, length_width), length, TextStyle::kSmall, Color::kTextMuted, 1);
  ui.cut_trailing(lines, ui.px(size::kSpace3));
  const std::string second =
      person == nullptr || person->number.empty() ? look.words : ui.tr("calls.extension", {{"number", person->number}});
  ui.text(lines, second, TextStyle::kSmall, Color::kTextMuted);
  return pressed;
}

void calls_keys(Scene& scene, const CallsLines& all, ui::Scroll& scroll) {
  auto& ui = scene.ui;
  if (ui.input.keys.empty()) return;
  const auto focused = std::find_if(all.records.begin(), all.records.end(),
                                    [&](const auto* record) { return ui.focused(ui.id("record", record->record)); });
  if (focused == all.records.end()) return;
  const auto at = static_cast<int>(focused - all.records.begin());
  if (ui.take_key("Ctrl+Enter") && scene.can_call()) scene.place_call((*focused)->other);
  const auto next = list_step(ui, at, static_cast<int>(all.records.size()));
  if (!next) return;
  const auto number = all.records[static_cast<std::size_t>(*next)]->record;
  scene.app.calls.selected = number;
  ui.request_focus(ui.id("record", number));
  for (const auto& line : all.lines)
    if (line.record != nullptr && line.record->record == number) scroll.reveal(line.top, line.height);
}

void calls_rows(Scene& scene, const Rect& area, const CallsLines& all) {
  auto& ui = scene.ui;
  auto& state = scene.app.calls;
  struct Seen {
    Rect rect;
    const model::CallRecord* record;
  };
  std::vector<Seen> seen;
  ui.semantics.begin(ui.id("records"), Role::kListbox, ui.tr("frame.calls"), area);
  ui::Scroll scroll(ui, area, "records", state.scroll, all.height);
  calls_keys(scene, all, scroll);
  const auto first = std::partition_point(all.lines.begin(), all.lines.end(), [&](const CallsLine& line) {
    return line.top + line.height <= state.scroll.offset;
  });
  for (auto line = first; line != all.lines.end() && scroll.visible(line->top, line->height); ++line) {
    const Rect rect = scroll.place(line->top, line->height);
    if (line->record == nullptr) {
      const Rect place = rect.inset(ui.px(size::kSpace5), 0);
      ui.text(place, line->day, TextStyle::kCaptionStrong, Color::kTextMuted);
      continue;
    }
    const auto& record = *line->record;
    scene.watch(record.other);
    const bool action = scene.phone() || ui.hovered(rect) || state.selected == record.record ||
                        ui.focused(ui.id("record", record.record));
    if (calls_row(scene, rect, *line, static_cast<int>(all.records.size()), action)) calls_open(scene, record.record);
    if (action) seen.push_back({rect, &record});
  }
  ui.semantics.end();
  if (seen.empty()) return;
  ui.semantics.begin(ui.id("row_actions"), Role::kGroup, ui.tr("contacts.actions"), area);
  for (const auto& one : seen) {
    ui::IconButtonOptions call;
    call.disabled = !scene.can_call();
    ui.push_scope("actions", one.record->record);
    if (ui::icon_button(ui, row_action(ui, one.rect, 0), "call", Icon::kPhone,
                        ui.tr("calls.call_back_to", {{"name", scene.name_of(one.record->other)}}), call))
      scene.place_call(one.record->other);
    ui.pop_scope();
  }
  ui.semantics.end();
}

void calls_facts(Scene& scene, Rect& area, const model::CallRecord& record) {
  auto& ui = scene.ui;
  card_head(ui, area, ui.tr("calls.this_call"));
  card_line(ui, area, ui.tr("calls.kind"), call_look(ui, record).words);
  card_line(
      ui, area, ui.tr("calls.when"),
      ui.tr("calls.day_and_time", {{"day", calls_day(scene, record.time)}, {"time", ui.locale.clock(record.time)}}));
  const std::string length = call_length(ui, record);
  if (!length.empty()) card_line(ui, area, ui.tr(record.duration_s > 0 ? "calls.length" : "calls.ended"), length);
  const auto* person = scene.contact(record.other);
  if (person != nullptr && !person->number.empty()) card_line(ui, area, ui.tr("contacts.extension"), person->number);
  area.cut_top(ui.px(size::kSpace6));
}

}  // namespace

void calls_list(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  if (scene.client.history.records.empty()) {
    if (ui::empty_state(ui, area, Icon::kHistory, ui.tr("calls.none"), ui.tr("calls.none_hint"),
                        ui.tr("frame.dial_pad")))
      scene.app.screen = Screen::kDialPad;
    return;
  }
  const float chips = ui.px(scene.phone() ? size::kControlField : size::kControlSmall);
  const float pad = ui.px(size::kSpace4);
  calls_filter(scene, area.cut_top(chips + 2 * pad).inset(pad, pad));
  const auto all = calls_lines(scene);
  if (all.records.empty()) {
    ui::empty_state(ui, area, Icon::kPhoneMissed, ui.tr("calls.none_missed"), {});
    return;
  }
  calls_rows(scene, area, all);
}

void call_record_detail(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  auto& state = scene.app.calls;
  const auto found = scene.client.history.records.find(state.selected);
  if (found == scene.client.history.records.end()) {
    ui::empty_state(ui, area, Icon::kHistory, ui.tr("calls.choose"), ui.tr("calls.choose_hint"));
    return;
  }
  const auto& record = found->second;
  constexpr float kTwoColumnsFrom = 720;
  const float gutter = ui.px(ui.screen.width() < ui.px(size::kBreakpointsThreePane) ? size::kSpace5 : size::kSpace6);
  ui.semantics.begin(ui.id("card"), Role::kGroup, scene.name_of(record.other), area);
  ui::Scroll scroll(ui, area, "card", state.card_scroll, state.card_height);
  constexpr float kFar = 1e6F;
  const Rect content = scroll.place(0, kFar);
  Rect card = content.inset(gutter, gutter);
  person_header(scene, card, record.other, ui.tr("calls.call_back"));
  ui.line(area.left, card.top, area.right, card.top, Color::kLine);
  card.cut_top(ui.px(size::kSpace5));
  float bottom = 0;
  if (area.width() >= ui.px(kTwoColumnsFrom)) {
    Rect right = ui.cut_trailing(card, std::round((card.width() - 2 * gutter) / 2));
    ui.cut_trailing(card, 2 * gutter);
    person_history(scene, right, record.other, record.record);
    bottom = right.top;
  }
  calls_facts(scene, card, record);
  if (bottom == 0) person_history(scene, card, record.other, record.record);
  state.card_height = std::max(bottom, card.top) - content.top + gutter;
  ui.semantics.end();
}

}  // namespace sidetone::shell
