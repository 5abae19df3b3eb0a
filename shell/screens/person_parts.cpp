#include "shell/screens/person_parts.hpp"

#include <algorithm>

namespace sidetone::shell {
namespace {

constexpr int kPersonCalls = 5;
constexpr int kPersonMessages = 3;

/// A line of the history: an icon, words, and when it was.
void person_line(Scene& scene, Rect& area, Icon icon, std::string_view words, Color color, std::int64_t time) {
  auto& ui = scene.ui;
  Rect line = area.cut_top(std::max(ui.px(size::kRowCompact), ui.line_height(TextStyle::kBody)));
  ui.icon(icon, ui.cut_leading(line, ui.px(size::kSpace5)), size::kIconSmall,
          color == Color::kText ? Color::kTextMuted : color);
  ui.cut_leading(line, ui.px(size::kSpace4));
  const std::string when = ui.locale.day_alone(time, scene.unix_s);
  const Rect place = ui.cut_trailing(line, std::min(line.width(), ui.text_width(when, TextStyle::kSmall)));
  ui.cut_trailing(line, ui.px(size::kSpace4));
  ui.label(line, words, TextStyle::kBody, color);
  ui.label(place, when, TextStyle::kSmall, Color::kTextMuted, 1);
}

struct PersonEvent {
  std::int64_t time = 0;
  const model::CallRecord* call = nullptr;
  const model::Message* message = nullptr;
};

std::vector<PersonEvent> person_events(const Scene& scene, protocol::UserId user, std::uint64_t except) {
  std::vector<PersonEvent> events;
  const auto& records = scene.client.history.records;
  for (auto it = records.rbegin(); it != records.rend() && static_cast<int>(events.size()) < kPersonCalls; ++it)
    if (it->second.other == user && it->first != except) events.push_back({it->second.time, &it->second, nullptr});
  const auto& chat = scene.client.chat;
  const auto found = chat.by_person.find(user);
  const auto entry = found == chat.by_person.end() ? chat.conversations.end() : chat.conversations.find(found->second);
  if (entry != chat.conversations.end()) {
    const auto& messages = entry->second.messages;
    int left = kPersonMessages;
    for (auto it = messages.rbegin(); it != messages.rend() && left > 0; ++it, --left)
      events.push_back({it->second.time, nullptr, &it->second});
  }
  std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.time > b.time; });
  return events;
}

std::string_view person_first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

void person_star(Scene& scene, const Rect& rect, protocol::UserId user, const std::string& name) {
  auto& ui = scene.ui;
  const auto& favourites = scene.client.favourites.users;
  const bool is_one = favourites.count(user) != 0;
  ui::IconButtonOptions options;
  options.toggle = true;
  options.selected = is_one;
  options.key = "Ctrl+Shift+F";
  const bool pressed = ui::icon_button(ui, rect, "favourite", is_one ? Icon::kStarFilled : Icon::kStar,
                                       ui.tr("contacts.favourite"), options);
  if (!pressed && !ui.take_key(options.key)) return;
  if (!is_one && favourites.size() >= protocol::limits::kFavourites)
    return scene.say(ui.tr("contacts.favourites_full", {{"count", ui.locale.number(protocol::limits::kFavourites)}}));
  const auto intent = scene.out.send(client::SetFavourite{user, !is_one});
  scene.app.failed_intents[intent] =
      ui.tr(is_one ? "contacts.favourite_stays" : "contacts.favourite_refused", {{"name", name}});
}

}  // namespace

void person_header(Scene& scene, Rect& area, protocol::UserId user, std::string_view call_words) {
  auto& ui = scene.ui;
  const std::string name = scene.name_of(user);
  const auto* presence = scene.presence(user);
  scene.watch(user);
  const float square = ui.px(size::kAvatarCard);
  const float name_height = ui.line_height(TextStyle::kHeading);
  const float line_height = ui.line_height(TextStyle::kBody);
  Rect head = area.cut_top(std::max(square, name_height + line_height + ui.px(size::kSpace2)));
  ui::avatar(ui, ui.cut_leading(head, square).middle(square, square), scene.face(user, name),
             ui::dot_of(presence, scene.online()), Color::kRaised);
  ui.cut_leading(head, ui.px(size::kSpace5) + ui.px(size::kSpace2));
  if (scene.contact(user) != nullptr && user != scene.client.account.user) {
    const float edge = ui.px(scene.phone() ? size::kControlTouch : size::kControlDefault);
    person_star(scene, ui.cut_trailing(head, edge).middle(edge, edge), user, name);
    ui.cut_trailing(head, ui.px(size::kSpace3));
  }
  Rect lines = head.middle(head.width(), name_height + ui.px(size::kSpace2) + line_height);
  ui.heading(lines.cut_top(name_height), name, TextStyle::kHeading, 1);
  ui.label(lines.cut_bottom(line_height), ui::presence_words(ui, presence, scene.online()), TextStyle::kBody,
           Color::kTextMuted);

  area.cut_top(ui.px(size::kSpace5));
  const float height = scene.phone() ? size::kControlTouch : size::kControlLarge;
  Rect buttons = area.cut_top(ui.px(height));
  ui::ButtonOptions call;
  call.kind = ui::ButtonKind::kPrimary;
  call.icon = Icon::kPhone;
  call.height = height;
  call.disabled = !scene.can_call();
  ui::ButtonOptions chat;
  chat.icon = Icon::kChat;
  chat.height = height;
  const std::string chat_words = ui.tr("contacts.chat");
  const float chat_width = ui::button_width(ui, chat_words, chat);
  const float gap = ui.px(size::kSpace3);
  const float call_width =
      std::min(ui::button_width(ui, call_words, call), std::max(gap, buttons.width() - chat_width - gap));
  if (ui::button(ui, ui.cut_leading(buttons, call_width), "call", call_words, call)) scene.place_call(user);
  ui.cut_leading(buttons, gap);
  if (ui::button(ui, ui.cut_leading(buttons, chat_width), "chat", chat_words, chat)) scene.open_chat(user);
  area.cut_top(ui.px(size::kSpace6));
}

void card_head(Ui& ui, Rect& area, std::string_view words) {
  constexpr int kLevel = 2;
  ui.heading(area.cut_top(std::max(ui.px(size::kRowSection), ui.line_height(TextStyle::kSmallStrong))), words,
             TextStyle::kSmallStrong, kLevel, Color::kTextMuted);
}

void card_line(Ui& ui, Rect& area, std::string_view name, std::string_view value) {
  constexpr float kName = 116;
  Rect line = area.cut_top(std::max(ui.px(size::kRowSetting), ui.line_height(TextStyle::kBody) + ui.px(size::kSpace3)));
  ui.line(line.left, line.top, line.right, line.top, Color::kLine);
  const float least = ui.text_width(name, TextStyle::kSmall) + ui.px(size::kSpace4);
  ui.label(ui.cut_leading(line, std::min(std::max(ui.px(kName), least), line.width() / 2)), name, TextStyle::kSmall,
           Color::kTextMuted);
  ui.label(line, value, TextStyle::kBody, Color::kText);
}

CallLook call_look(const Ui& ui, const model::CallRecord& record) {
  switch (record.kind) {
    case protocol::RecordKind::kMissed:
      return {Icon::kPhoneMissed, Color::kDanger, ui.tr("calls.missed_call")};
    case protocol::RecordKind::kReceived:
      return {Icon::kPhoneIncoming, Color::kTextMuted, ui.tr("calls.received_call")};
    case protocol::RecordKind::kDialled:
      return {Icon::kPhoneOutgoing, Color::kTextMuted, ui.tr("calls.dialled_call")};
  }
  return {};
}

std::string call_length(const Ui& ui, const model::CallRecord& record) {
  if (record.duration_s > 0) return ui.locale.duration(record.duration_s);
  if (!record.reason) return {};
  switch (*record.reason) {
    case protocol::EndReason::kDeclined:
      return ui.tr("calls.declined");
    case protocol::EndReason::kBusy:
      return ui.tr("calls.busy");
    case protocol::EndReason::kNoAnswer:
      return ui.tr("calls.no_answer");
    case protocol::EndReason::kCancelled:
      return ui.tr("calls.cancelled");
    case protocol::EndReason::kUnreachable:
      return ui.tr("calls.unreachable");
    case protocol::EndReason::kAnsweredElsewhere:
      return ui.tr("calls.answered_elsewhere");
    case protocol::EndReason::kForwarded:
      return ui.tr("calls.forwarded");
    default:
      return ui.tr("calls.failed");
  }
}

void person_history(Scene& scene, Rect& area, protocol::UserId user, std::uint64_t except) {
  auto& ui = scene.ui;
  card_head(ui, area, ui.tr("contacts.you_and", {{"name", scene.name_of(user)}}));
  const auto events = person_events(scene, user, except);
  if (events.empty()) {
    ui.label(area.cut_top(ui.line_height(TextStyle::kBody)),
             ui.tr(except == 0 ? "contacts.nothing_yet" : "contacts.nothing_else"), TextStyle::kBody,
             Color::kTextMuted);
    return;
  }
  for (const auto& event : events) {
    if (event.message != nullptr) {
      const bool mine = event.message->sender == scene.client.account.user;
      const std::string text(person_first_line(event.message->text));
      person_line(scene, area, Icon::kChat, ui.tr(mine ? "contacts.you_wrote" : "contacts.wrote", {{"text", text}}),
                  Color::kText, event.time);
      continue;
    }
    const auto look = call_look(ui, *event.call);
    const std::string length = call_length(ui, *event.call);
    const std::string words =
        length.empty() ? look.words : ui.tr("calls.call_with_length", {{"call", look.words}, {"length", length}});
    person_line(scene, area, look.icon, words, look.color == Color::kDanger ? Color::kDanger : Color::kText,
                event.time);
  }
}

float row_height(const Scene& scene, float css) {
  const auto& ui = scene.ui;
  const float lines = ui.line_height(TextStyle::kBody) + ui.line_height(TextStyle::kSmall);
  return std::max(ui.px(scene.phone() ? size::kRowPhone : css), lines + ui.px(size::kSpace5));
}

Rect row_action(const Ui& ui, const Rect& row, int index) {
  const float edge = ui.px(size::kControlDefault);
  Rect rest = row;
  // The scroll bar runs at the edge.
  ui.cut_trailing(rest, ui.px(size::kSpace4) + static_cast<float>(index) * (edge + ui.px(size::kSpace1)));
  return ui.cut_trailing(rest, edge).middle(edge, edge);
}

bool pictured_row(Scene& scene, const Rect& rect, const PicturedRow& row,
                  const std::function<void(const Rect& square, Color below)>& draw_picture) {
  auto& ui = scene.ui;
  ui::RowOptions options;
  options.selected = row.selected;
  options.focused_look = !row.disabled && ui.hovered(rect);
  options.disabled = row.disabled;
  options.position = row.position;
  options.count = row.count;
  options.description = row.description;
  Rect pressable = rect;
  if (row.actions > 0) {
    const Rect last = row_action(ui, rect, row.actions - 1);
    const Rect strip = ui.cut_trailing(pressable, ui.rtl() ? last.right - rect.left : rect.right - last.left);
    if (row.selected || options.focused_look) ui.fill(strip, row.selected ? Color::kAccentSoft : Color::kHover);
  }
  const bool pressed = ui::row(ui, pressable, row.id, row.number, row.first, options);
  Rect content = pressable;
  ui.cut_leading(content, ui.px(size::kSpace5));
  ui.cut_trailing(content, ui.px(size::kSpace4));
  const float square = ui.px(size::kAvatarRow);
  draw_picture(ui.cut_leading(content, square).middle(square, square), row.selected           ? Color::kAccentSoft
                                                                       : options.focused_look ? Color::kHover
                                                                       : row.floats           ? Color::kRaised
                                                                                              : Color::kSurface);
  ui.cut_leading(content, ui.px(size::kSpace4));
  const float upper = ui.line_height(TextStyle::kBody);
  Rect lines = content.middle(content.width(), upper + (row.second.empty() ? 0 : ui.line_height(TextStyle::kSmall)));
  ui.text(lines.cut_top(upper), row.first, row.selected ? TextStyle::kBodyStrong : TextStyle::kBody,
          row.disabled ? Color::kTextDisabled : Color::kText);
  ui.text(lines, row.second, TextStyle::kSmall, Color::kTextMuted);
  return pressed;
}

bool person_row(Scene& scene, const Rect& rect, const PersonRow& row, int actions) {
  auto& ui = scene.ui;
  const std::string name = scene.name_of(row.user);
  const std::string described =
      row.favourite ? ui.tr("contacts.favourite_row", {{"state", row.second}}) : std::string(row.second);
  const PicturedRow look{"person",     row.user,  name,    row.second,   described, row.selected,
                         row.position, row.count, actions, row.disabled, row.floats};
  return pictured_row(scene, rect, look, [&](const Rect& square, Color below) {
    ui::avatar(ui, square, scene.face(row.user, name), ui::dot_of(scene.presence(row.user), scene.online()), below);
  });
}

std::optional<int> list_step(Ui& ui, int current, int count) {
  if (count == 0) return std::nullopt;
  if (ui.take_key("ArrowDown")) return std::min(current + 1, count - 1);
  if (ui.take_key("ArrowUp")) return std::max(current - 1, 0);
  if (ui.take_key("Home")) return 0;
  if (ui.take_key("End")) return count - 1;
  return std::nullopt;
}

}  // namespace sidetone::shell
