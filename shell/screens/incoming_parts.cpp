#include "shell/screens/incoming_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "shell/screens/message_menu.hpp"
#include "shell/screens/person_parts.hpp"

namespace sidetone::shell {
namespace {

constexpr std::size_t kForwardPeople = 4;
constexpr int kReplies = 3;

using Part = IncomingState::Part;
using People = std::vector<protocol::UserId>;

Part part_of(const Scene& scene, const model::Call& call) {
  const auto& state = scene.app.incoming;
  return state.call == call.call ? state.part : Part::kButtons;
}

void open_part(Scene& scene, const model::Call& call, Part part, NodeId button) {
  IncomingState state;
  state.call = call.call;
  state.part = part;
  state.button = button;
  state.wants_focus = true;
  scene.app.incoming = std::move(state);
}

void leave_part(Scene& scene) {
  scene.ui.request_focus(scene.app.incoming.button);
  scene.app.incoming = {};
}

float part_button(const Scene& scene) { return scene.phone() ? size::kControlTouch : size::kControlSmall; }
float part_strip(const Scene& scene) { return scene.ui.px(scene.phone() ? size::kControlTouch : size::kControlField); }
float reply_row(const Scene& scene) {
  const auto& ui = scene.ui;
  const float least = ui.px(scene.phone() ? size::kControlTouch : size::kControlField);
  return std::max(least, ui.line_height(TextStyle::kBody) + ui.px(size::kSpace4));
}

/// Onwards, in the direction in which one reads; replying points the other way.
Icon forward_icon(const Ui& ui) { return ui.rtl() ? Icon::kReply : Icon::kForward; }

/// The way back at the leading edge of the strip.
/// @return it was pressed.
bool draw_part_back(Scene& scene, Rect& strip) {
  auto& ui = scene.ui;
  const float edge = strip.height();
  const bool pressed =
      ui::icon_button(ui, ui.cut_leading(strip, edge), "back", ui.rtl() ? Icon::kChevronRight : Icon::kChevronLeft,
                      ui.tr("frame.back_to_call"));
  ui.cut_leading(strip, ui.px(size::kSpace2));
  return pressed;
}

void draw_part_buttons(Scene& scene, Rect strip, const model::Call& call) {
  auto& ui = scene.ui;
  ui::ButtonOptions options;
  options.height = part_button(scene);
  options.disabled = !scene.online();
  const float half = std::floor((strip.width() - ui.px(size::kSpace3)) / 2);
  const auto button = [&](std::string_view name, const std::string& words, Icon icon, Part opens) {
    options.icon = icon;
    const Rect place = ui.cut_leading(strip, scene.phone() ? half : ui::button_width(ui, words, options));
    ui.cut_leading(strip, ui.px(size::kSpace3));
    if (ui::button(ui, place, name, words, options)) open_part(scene, call, opens, ui.id(name));
  };
  button("forward", ui.tr("call.forward"), forward_icon(ui), Part::kForward);
  button("reply", ui.tr("call.reply"), ui.rtl() ? Icon::kForward : Icon::kReply, Part::kReply);
}

// --- forwarding ---

/// Those who fit what is typed and to whom the call can go; while nothing is typed the favourites first.
People forward_people(Scene& scene, const model::Call& call) {
  auto& index = scene.app.contacts.index;
  const auto& directory = scene.client.directory;
  index.update(directory.contacts, directory.version, scene.client.account.user, scene.client.favourites.users);
  People people;
  for (const auto user : index.find(scene.app.incoming.find).people) {
    if (people.size() == kForwardPeople) break;
    if (user != call.other && user != call.forwarded_by) people.push_back(user);
  }
  return people;
}

bool can_forward(const Scene& scene) { return scene.online() && scene.app.incoming.intent == 0; }

void forward_call(Scene& scene, const client::ForwardCall& message, std::string to) {
  auto& state = scene.app.incoming;
  state.refusal.clear();
  state.intent = scene.out.send(message);
  // For the case that the card is left meanwhile.
  scene.app.failed_intents[state.intent] = scene.ui.tr("call.forward_refused", {{"name", to}});
  state.to = std::move(to);
}
void forward_to_person(Scene& scene, const model::Call& call, protocol::UserId user) {
  forward_call(scene, {call.call, user, std::nullopt}, scene.name_of(user));
}
void forward_to_number(Scene& scene, const model::Call& call) {
  std::string number = scene.app.incoming.find.substr(0, protocol::limits::kNumberBytes);
  forward_call(scene, {call.call, std::nullopt, number}, number);
}

std::string forward_refusal(const Scene& scene) {
  const auto& state = scene.app.incoming;
  if (state.refusal == "not_found") return scene.ui.tr("contacts.no_such_number", {{"text", state.to}});
  const std::string_view key = state.refusal == "unavailable" ? "call.end.unreachable"
                               : state.refusal == "conflict"  ? "call.end.busy"
                                                              : "call.forward_refused";
  return scene.ui.tr(key, {{"name", state.to}});
}

float refusal_height(Scene& scene, float width) {
  if (scene.app.incoming.refusal.empty()) return 0;
  return scene.ui.paragraph_height(forward_refusal(scene), TextStyle::kSmall, width) + scene.ui.px(size::kSpace3);
}

float forward_row(const Scene& scene) { return row_height(scene, size::kRowContact); }

void draw_forward_field(Scene& scene, const Rect& strip) {
  auto& ui = scene.ui;
  auto& state = scene.app.incoming;
  ui::FieldOptions options;
  const auto hint = ui.tr("contacts.find");
  options.hint = hint;
  options.icon = Icon::kSearch;
  options.autocomplete = "off";
  if (ui::text_field(ui, strip, "find", hint, state.find, options)) state.refusal.clear();
}

void draw_forward_refusal(Scene& scene, Rect& area) {
  auto& ui = scene.ui;
  const float height = refusal_height(scene, area.width());
  if (height == 0) return;
  const auto words = forward_refusal(scene);
  Rect place = area.cut_top(height);
  place.cut_top(ui.px(size::kSpace3));
  ui.paragraph(place, words, TextStyle::kSmall, Color::kDanger);
  ui.semantics.add(ui.id("refusal"), Role::kAlert, words, place).text_px = ui.text_px(TextStyle::kSmall);
}

/// Enter in the field, and arrows between it and the list.
void forward_keys(Scene& scene, const model::Call& call, const People& people) {
  auto& ui = scene.ui;
  auto& state = scene.app.incoming;
  const auto focused =
      std::find_if(people.begin(), people.end(), [&](auto user) { return ui.focused(ui.id("person", user)); });
  const bool in_field = ui.focused(ui.id("find"));
  if (!in_field && focused == people.end()) return;
  if (in_field && can_forward(scene) && ui.take_key("Enter")) {
    if (looks_like_number(state.find))
      forward_to_number(scene, call);
    else if (people.size() == 1)
      forward_to_person(scene, call, people.front());
  }
  if (in_field && !ui.key("ArrowDown")) return;
  const int at = in_field ? -1 : static_cast<int>(focused - people.begin());
  if (const auto next = list_step(ui, at, static_cast<int>(people.size())))
    ui.request_focus(ui.id("person", people[static_cast<std::size_t>(*next)]));
}

void draw_forward_people(Scene& scene, Rect area, const model::Call& call, const People& people) {
  auto& ui = scene.ui;
  ui.semantics.begin(ui.id("people"), Role::kListbox, ui.tr("call.forward_to"), area);
  const auto count = static_cast<int>(people.size());
  for (int i = 0; i < count; ++i) {
    const auto user = people[static_cast<std::size_t>(i)];
    scene.watch(user);
    const auto words = ui::presence_words(ui, scene.presence(user), scene.online());
    const PersonRow row{
        user, words, false, i + 1, count, scene.client.favourites.users.count(user) != 0, !can_forward(scene), true};
    if (person_row(scene, area.cut_top(forward_row(scene)), row, 0)) forward_to_person(scene, call, user);
  }
  ui.semantics.end();
}

void draw_forward_nobody(Scene& scene, Rect area, const model::Call& call) {
  auto& ui = scene.ui;
  const auto& state = scene.app.incoming;
  if (!looks_like_number(state.find)) {
    ui.label(area, ui.tr("dial_pad.fits_nobody"), TextStyle::kBody, Color::kTextMuted);
    return;
  }
  ui::ButtonOptions options;
  options.icon = forward_icon(ui);
  options.height = part_button(scene);
  options.disabled = !can_forward(scene);
  const auto words = ui.tr("call.forward_number", {{"number", state.find}});
  const float wide = std::min(ui::button_width(ui, words, options), area.width());
  if (ui::button(ui, ui.cut_leading(area, wide).middle(wide, ui.px(options.height)), "number", words, options))
    forward_to_number(scene, call);
}

void draw_forward(Scene& scene, Rect area, const model::Call& call) {
  auto& ui = scene.ui;
  auto& state = scene.app.incoming;
  Rect strip = area.cut_top(part_strip(scene));
  const bool back = draw_part_back(scene, strip);
  draw_forward_field(scene, strip);
  // A finger would get a keyboard over the list.
  if (std::exchange(state.wants_focus, false)) ui.request_focus(ui.id(ui.input.touch ? "back" : "find"));
  draw_forward_refusal(scene, area);
  area.cut_top(ui.px(size::kSpace3));
  auto people = forward_people(scene, call);
  const auto fit = static_cast<std::size_t>(std::max(area.height() / forward_row(scene), 1.0F));
  if (people.size() > fit) people.resize(fit);
  forward_keys(scene, call, people);
  if (people.empty())
    draw_forward_nobody(scene, area.cut_top(forward_row(scene)), call);
  else
    draw_forward_people(scene, area.inset(-ui.px(size::kSpace5), 0), call, people);  // pictures at the field's edge
  if (back) leave_part(scene);
}

// --- declining with a message ---

void decline_with(Scene& scene, const model::Call& call, std::string text) {
  scene.out.send(client::DeclineCall{call.call});
  const auto intent = scene.out.send(client::SendChat{call.other, std::move(text)});
  scene.app.failed_intents[intent] = scene.ui.tr("call.reply_not_sent");
}

void draw_reply(Scene& scene, Rect area, const model::Call& call) {
  auto& ui = scene.ui;
  Rect strip = area.cut_top(part_strip(scene));
  const bool back = draw_part_back(scene, strip);
  const auto title = ui.tr("call.reply_title");
  ui.heading(strip, title, TextStyle::kBodyStrong, 3);
  area.cut_top(ui.px(size::kSpace2));
  ui.semantics.begin(ui.id("replies"), Role::kGroup, title, area);
  const std::array<std::string, kReplies> texts{ui.tr("call.reply_later"), ui.tr("call.reply_meeting"),
                                                ui.tr("call.reply_subject")};
  if (std::exchange(scene.app.incoming.wants_focus, false)) ui.request_focus(ui.id(texts.front()));
  for (const auto& text : texts)
    if (menu_row(ui, area.cut_top(reply_row(scene)), text, Icon::kChat, text, Color::kText, !scene.online()))
      decline_with(scene, call, text);
  ui.semantics.end();
  if (back) leave_part(scene);
}

}  // namespace

float incoming_part_height(Scene& scene, const model::Call& call, float width, float room) {
  auto& ui = scene.ui;
  switch (part_of(scene, call)) {
    case Part::kForward: {
      const float fixed = part_strip(scene) + refusal_height(scene, width) + ui.px(size::kSpace3);
      const auto rows = static_cast<float>(std::max<std::size_t>(forward_people(scene, call).size(), 1));
      const float fit = std::max(std::floor((room - fixed) / forward_row(scene)), 1.0F);
      return fixed + std::min(rows, fit) * forward_row(scene);
    }
    case Part::kReply:
      return part_strip(scene) + ui.px(size::kSpace2) + kReplies * reply_row(scene);
    case Part::kButtons:
      break;
  }
  return ui.px(part_button(scene));
}

void draw_incoming_part(Scene& scene, Rect area, const model::Call& call) {
  switch (part_of(scene, call)) {
    case Part::kForward:
      return draw_forward(scene, area, call);
    case Part::kReply:
      return draw_reply(scene, area, call);
    case Part::kButtons:
      return draw_part_buttons(scene, area, call);
  }
}

void close_incoming_part(Scene& scene) {
  auto& state = scene.app.incoming;
  if (state.part == Part::kButtons) return;
  const auto found = scene.client.calls.find(state.call);
  if (found == scene.client.calls.end() || found->second.call.phase != model::CallPhase::kIncoming)
    state = {};
  else if (!scene.app.toast && scene.ui.take_key("Escape"))
    leave_part(scene);
}

}  // namespace sidetone::shell
