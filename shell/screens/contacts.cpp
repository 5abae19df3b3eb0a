#include <algorithm>
#include <cmath>

#include "shell/screens/contact_rows.hpp"
#include "shell/screens/person_parts.hpp"

namespace sidetone::shell {
namespace {

using People = std::vector<protocol::UserId>;

/// A key that was struck in the field or in the list, not elsewhere on the screen.
bool contacts_has_focus(const Ui& ui, NodeId find, const People& people, int& at) {
  at = -1;
  if (ui.focused(find)) return true;
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (!ui.focused(ui.id("person", people[i]))) continue;
    at = static_cast<int>(i);
    return true;
  }
  return false;
}

void contacts_open(Scene& scene, protocol::UserId user) {
  scene.app.contacts.selected = user;
  scene.app.detail_open = true;
}

/// Enter takes the first, or dials what is a number; Ctrl+Enter calls.
void contacts_enter(Scene& scene, const People& people, int at) {
  auto& ui = scene.ui;
  const auto& typed = scene.app.contacts.find;
  const protocol::UserId first = people.empty() ? 0 : people[static_cast<std::size_t>(std::max(at, 0))];
  if (ui.take_key("Ctrl+Enter")) {
    if (first != 0 && scene.can_call()) scene.place_call(first);
    return;
  }
  // A row opens by its own click.
  if (at >= 0 || !ui.take_key("Enter")) return;
  if (looks_like_number(typed)) {
    if (scene.can_call()) scene.place_call(typed);
  } else if (first != 0) {
    contacts_open(scene, first);
  }
}

void contacts_keys(Scene& scene, NodeId find, const People& people, ui::Scroll& scroll, const ContactRows& rows) {
  auto& ui = scene.ui;
  if (ui.input.keys.empty()) return;
  int at = -1;
  if (!contacts_has_focus(ui, find, people, at)) return;
  const bool in_field = at < 0;
  // In the field Home and End belong to the text.
  if (!in_field || ui.key("ArrowDown")) {
    if (const auto next = list_step(ui, at, static_cast<int>(people.size()))) {
      const auto at_row = static_cast<std::size_t>(*next);
      const auto user = people[at_row];
      scene.app.contacts.selected = user;
      scroll.reveal(rows.top(at_row), row_height(scene, size::kRowContact));
      ui.request_focus(ui.id("person", user));
    }
  }
  contacts_enter(scene, people, at);
}

/// The find field. @return its id
NodeId contacts_field(Scene& scene, Rect& area) {
  auto& ui = scene.ui;
  const float height = ui.px(scene.phone() ? size::kControlTouch : size::kControlField);
  const float pad = ui.px(10);
  Rect strip = area.cut_top(height + 2 * pad).inset(ui.px(size::kSpace4), pad);
  const NodeId id = ui.id("find");
  if (ui.take_key("Ctrl+K")) ui.request_focus(id);
  auto& state = scene.app.contacts;
  ui::FieldOptions options;
  const std::string hint = ui.tr("contacts.find");
  options.hint = hint;
  options.icon = Icon::kSearch;
  options.autocomplete = "off";
  if (!scene.phone()) options.key = "Ctrl K";
  if (ui::text_field(ui, strip, "find", hint, state.find, options)) state.scroll = {};
  if (!state.find.empty() && !scene.app.toast && ui.take_key("Escape")) state.find.clear();
  return id;
}

/// Chat and call of the row that the pointer or the choice is at; on a phone the call of every row.
int contacts_actions(const Scene& scene, const Rect& rect, protocol::UserId user) {
  if (scene.phone()) return 1;
  const auto& ui = scene.ui;
  const bool shown = ui.hovered(rect) || scene.app.contacts.selected == user || ui.focused(ui.id("person", user));
  return shown ? 2 : 0;
}

void contacts_row_buttons(Scene& scene, const Rect& rect, protocol::UserId user, int actions) {
  auto& ui = scene.ui;
  const std::string name = scene.name_of(user);
  ui.push_scope("actions", user);
  if (actions > 1 &&
      ui::icon_button(ui, row_action(ui, rect, 1), "chat", Icon::kChat, ui.tr("contacts.chat_with", {{"name", name}})))
    scene.open_chat(user);
  ui::IconButtonOptions call;
  call.disabled = !scene.can_call();
  if (ui::icon_button(ui, row_action(ui, rect, 0), "call", Icon::kPhone,
                      ui.tr("contacts.call_somebody", {{"name", name}}), call))
    scene.place_call(user);
  ui.pop_scope();
}

void contacts_nobody(Scene& scene, const Rect& area) {
  auto& ui = scene.ui;
  const auto& typed = scene.app.contacts.find;
  if (typed.empty()) {
    const bool known = scene.client.directory.version != 0;
    ui::empty_state(ui, area, Icon::kContacts, ui.tr(known ? "contacts.none" : "contacts.loading"), {});
    return;
  }
  const bool number = looks_like_number(typed);
  const std::string action = number && scene.can_call() ? ui.tr("contacts.call_number", {{"number", typed}}) : "";
  if (ui::empty_state(ui, area, Icon::kSearch,
                      ui.tr(number ? "contacts.no_such_number" : "contacts.nobody_called", {{"text", typed}}),
                      ui.tr(number ? "contacts.number_hint" : "contacts.name_hint"), action))
    scene.place_call(typed);
}

std::string contacts_section_word(const Ui& ui, const ContactSection& section) {
  switch (section.kind) {
    case ContactSection::Kind::kFound:
      return ui.tr("contacts.found");
    case ContactSection::Kind::kFavourites:
      return ui.tr("contacts.favourites");
    case ContactSection::Kind::kEverybody:
      return ui.tr("contacts.everybody");
    case ContactSection::Kind::kLetter:
      return section.letter;
  }
  return {};
}

void contacts_section_head(Ui& ui, const Rect& rect, const ContactSection& section, bool told) {
  ui::section_head(ui, rect, contacts_section_word(ui, section),
                   ui.locale.number(static_cast<std::int64_t>(section.count)), told);
}

/// Shows only those rows that are seen, and watches their presence.
/// @param headed  the section whose head stands above the list.
void contacts_rows(Scene& scene, const Rect& area, NodeId find, const ContactListing& listing, const ContactRows& rows,
                   std::size_t headed) {
  struct Seen {
    Rect rect;
    protocol::UserId user = 0;
    int actions = 0;
  };
  auto& ui = scene.ui;
  auto& state = scene.app.contacts;
  const auto& people = listing.people;
  const float height = row_height(scene, size::kRowContact);
  std::vector<Seen> seen;
  ui.semantics.begin(ui.id("people"), Role::kListbox, ui.tr("frame.contacts"), area);
  ui::Scroll scroll(ui, area, "people", state.scroll, rows.height());
  contacts_keys(scene, find, people, scroll, rows);
  auto section = rows.section_at(state.scroll.offset);
  if (section != headed) ui.wake_at(ui.now_ms);
  for (std::size_t i = rows.person_at(state.scroll.offset); i < people.size(); ++i) {
    if (section + 1 < listing.sections.size() && i == listing.sections[section + 1].first) {
      const float head = rows.head_top(++section);
      contacts_section_head(ui, scroll.place(head, rows.top(i) - head), listing.sections[section], false);
    }
    if (!scroll.visible(rows.top(i), height)) break;
    const Rect rect = scroll.place(rows.top(i), height);
    const auto user = people[i];
    scene.watch(user);
    const std::string words = ui::presence_words(ui, scene.presence(user), scene.online());
    const int actions = contacts_actions(scene, rect, user);
    const bool favourite = scene.client.favourites.users.count(user) != 0;
    const PersonRow row{
        user, words, state.selected == user, static_cast<int>(i) + 1, static_cast<int>(people.size()), favourite};
    if (person_row(scene, rect, row, actions)) contacts_open(scene, user);
    if (actions > 0) seen.push_back({rect, user, actions});
  }
  ui.semantics.end();
  if (seen.empty()) return;
  ui.semantics.begin(ui.id("row_actions"), Role::kGroup, ui.tr("contacts.actions"), area);
  for (const auto& one : seen) contacts_row_buttons(scene, one.rect, one.user, one.actions);
  ui.semantics.end();
}

void contacts_facts(Scene& scene, Rect& area, const model::Contact& person) {
  auto& ui = scene.ui;
  card_head(ui, area, ui.tr("contacts.numbers"));
  card_line(ui, area, ui.tr("contacts.extension"), person.number);
  if (person.address) card_line(ui, area, ui.tr("contacts.address"), *person.address);
  if (person.robot) card_line(ui, area, ui.tr("contacts.robot"), ui.tr("contacts.robot_words"));
  area.cut_top(ui.px(size::kSpace6));
}

}  // namespace

void contacts_list(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  auto& state = scene.app.contacts;
  const auto& directory = scene.client.directory;
  const NodeId find = contacts_field(scene, area);
  state.index.update(directory.contacts, directory.version, scene.client.account.user, scene.client.favourites.users);
  const auto& listing = state.index.find(state.find);
  const Rect head = area.cut_top(std::max(ui.px(size::kRowSection), ui.line_height(TextStyle::kCaptionStrong)));
  if (listing.people.empty()) {
    if (ui.focused(find)) contacts_enter(scene, listing.people, -1);
    return contacts_nobody(scene, area);
  }
  const ContactRows rows(listing, row_height(scene, size::kRowContact), head.height());
  const auto headed = rows.section_at(state.scroll.offset);
  contacts_section_head(ui, head, listing.sections[headed], true);
  contacts_rows(scene, area, find, listing, rows, headed);
}

void contact_detail(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  auto& state = scene.app.contacts;
  const auto* person = scene.contact(state.selected);
  if (person == nullptr) {
    ui::empty_state(ui, area, Icon::kContacts, ui.tr("contacts.choose"), ui.tr("contacts.choose_hint"));
    return;
  }
  constexpr float kTwoColumnsFrom = 720;
  ui.semantics.begin(ui.id("card"), Role::kGroup, scene.name_of(person->user), area);
  ui::Scroll scroll(ui, area, "card", state.card_scroll, state.card_height);
  const float gutter = ui.px(ui.screen.width() < ui.px(size::kBreakpointsThreePane) ? size::kSpace5 : size::kSpace6);
  constexpr float kFar = 1e6F;
  const Rect content = scroll.place(0, kFar);
  Rect card = content.inset(gutter, gutter);
  person_header(
      scene, card, person->user,
      person->number.empty() ? ui.tr("contacts.call") : ui.tr("contacts.call_number", {{"number", person->number}}));
  ui.line(area.left, card.top, area.right, card.top, Color::kLine);
  card.cut_top(ui.px(size::kSpace5));
  float bottom = 0;
  if (area.width() >= ui.px(kTwoColumnsFrom)) {
    Rect right = ui.cut_trailing(card, std::round((card.width() - 2 * gutter) / 2));
    ui.cut_trailing(card, 2 * gutter);
    person_history(scene, right, person->user, 0);
    bottom = right.top;
  }
  contacts_facts(scene, card, *person);
  if (bottom == 0) person_history(scene, card, person->user, 0);
  state.card_height = std::max(bottom, card.top) - content.top + gutter;
  ui.semantics.end();
}

}  // namespace sidetone::shell
