#include <algorithm>
#include <cmath>
#include <utility>

#include "core/client/view.hpp"
#include "shell/screens/call_words.hpp"
#include "shell/screens/incoming_parts.hpp"

/// The card of a call that rings on this device. It never takes the focus.
namespace sidetone::shell {
namespace {

constexpr float kCardWidth = 520;
constexpr float kSecondCardHeight = 64;
constexpr float kFlashWidth = 10;

std::vector<const client::CallEntry*> ringing_here(const client::State& client) {
  std::vector<const client::CallEntry*> out;
  for (const auto& [id, entry] : client.calls)
    if (entry.call.phase == model::CallPhase::kIncoming) out.push_back(&entry);
  std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->call.began < b->call.began; });
  return out;
}

void answer_ringing(Scene& scene, const model::Call& call) {
  scene.out.send(client::AnswerCall{call.call});
  scene.app.call.call = call.call;
  scene.app.in_call_view = true;
}

void decline_ringing(Scene& scene, const model::Call& call) { scene.out.send(client::DeclineCall{call.call}); }

std::string ringing_below_name(const Scene& scene, const model::Call& call) {
  const auto* person = scene.contact(call.other);
  if (person == nullptr || person->number.empty()) return {};
  return scene.ui.tr("call.extension", {{"number", person->number}});
}

/// "Forwarded by Bob"; empty: it was not.
std::string ringing_forwarded(const Scene& scene, const model::Call& call) {
  if (!call.forwarded_by) return {};
  return scene.ui.tr("call.forwarded_by", {{"name", scene.name_of(*call.forwarded_by)}});
}

/// Of the lines beside the picture.
float card_words_height(const Scene& scene, const model::Call& call) {
  const auto& ui = scene.ui;
  const float lines =
      ui.line_height(TextStyle::kSmall) + ui.line_height(TextStyle::kHeading) + ui.line_height(TextStyle::kBody);
  return call.forwarded_by ? lines + ui.line_height(TextStyle::kBody) : lines;
}

/// What blinks while it rings is lit now. With less motion it stays lit.
bool ringing_is_lit(Scene& scene) {
  auto& ui = scene.ui;
  const double half = size::kMotionRingBlink / 2;
  const auto step = static_cast<std::int64_t>(std::floor(scene.now_ms / half));
  if (!ui.less_motion) ui.wake_at(static_cast<double>(step + 1) * half);
  return ui.less_motion || step % 2 == 0;
}

void draw_ringing_sideline(Scene& scene, const Rect& card) {
  if (ringing_is_lit(scene)) ui::sideline(scene.ui, card.inset(0, scene.ui.px(size::kSpace5)), Color::kPresenceRinging);
}

/// For who does not hear it. Once a second is far from what can harm anybody (WCAG 2.3.1: three times).
void flash_window(Scene& scene, const Rect& screen) {
  if (scene.facts.ring_flash && ringing_is_lit(scene)) scene.ui.border(screen, Color::kPresenceRinging, 0, kFlashWidth);
}

void draw_card_words(Scene& scene, Rect words, const model::Call& call, std::string_view name) {
  auto& ui = scene.ui;
  const auto below = ringing_below_name(scene, call);
  const auto forwarded = ringing_forwarded(scene, call);
  const float upper = ui.line_height(TextStyle::kSmall);
  const float middle = ui.line_height(TextStyle::kHeading);
  const float lower = below.empty() ? 0 : ui.line_height(TextStyle::kBody);
  const float last = forwarded.empty() ? 0 : ui.line_height(TextStyle::kBody);
  Rect lines = words.middle(words.width(), upper + middle + lower + last);
  Rect first = lines.cut_top(upper);
  const auto incoming = ui.tr("call.incoming");
  const float wide = ui.text_width(incoming, TextStyle::kSmallStrong) + ui.px(1);
  ui.label(ui.cut_leading(first, std::min(wide, first.width())), incoming, TextStyle::kSmallStrong, Color::kAccent);
  ui.cut_leading(first, ui.px(size::kSpace3));
  const auto rings = std::max<std::int64_t>(scene.unix_s - call.began, 0);
  ui.text(first, ui.locale.duration(rings), TextStyle::kSmall, Color::kTextMuted);
  ui.wake_at(scene.next_second_ms);
  ui.heading(lines.cut_top(middle), name, TextStyle::kHeading, 2);
  if (!below.empty()) ui.label(lines.cut_top(lower), below, TextStyle::kBody, Color::kTextMuted);
  if (!forwarded.empty()) ui.label(lines, forwarded, TextStyle::kBodyStrong, Color::kText);
}

/// What is read out when the call arrives: it must not change while it rings, or it would be read again.
void announce_ringing(Scene& scene, const Rect& card, const model::Call& call, std::string_view name) {
  auto& ui = scene.ui;
  auto words = ui.tr("call.announce", {{"name", name}});
  if (const auto forwarded = ringing_forwarded(scene, call); !forwarded.empty()) words += ' ' + forwarded;
  ui.semantics.add(ui.id("announcement"), Role::kAlert, words,
                   {card.left, card.top, card.left + ui.px(1), card.top + ui.px(1)});
}

float draw_first_card(Scene& scene, const Rect& screen, const model::Call& call) {
  auto& ui = scene.ui;
  const float margin = ui.px(scene.phone() ? size::kSpace3 : size::kSpace5);
  const float pad = ui.px(scene.phone() ? size::kSpace5 : size::kSpace6);
  const float avatar = ui.px(size::kAvatarTile);
  const float keys = ui.px(size::kControlCall);
  const float foot = ui.px(size::kFrameFoot);
  const float words = std::max(avatar, card_words_height(scene, call));
  const float gap = ui.px(size::kSpace4);
  const float fixed = pad + words + ui.px(size::kSpace5) + keys + gap + gap + foot;
  Rect outer = screen.inset(margin);
  const float width = std::min(ui.px(kCardWidth), outer.width());
  const float part = incoming_part_height(scene, call, width - 2 * pad, outer.height() - fixed);
  Rect card = ui.cut_trailing(outer, width).cut_top(fixed + part);
  const auto name = call_name(scene, call);
  ui::floating(ui, card);
  ui.semantics.begin(ui.id("card"), Role::kDialog, ui.tr("call.card", {{"name", name}}), card);
  announce_ringing(scene, card, call, name);
  draw_ringing_sideline(scene, card);

  Rect rest = card;
  Rect strip = rest.cut_bottom(foot);
  ui.line(strip.left + ui.px(1), strip.top, strip.right - ui.px(1), strip.top, Color::kLine);
  rest = {rest.left + pad, rest.top + pad, rest.right - pad, rest.bottom - gap};
  Rect head = rest.cut_top(words);
  ui::avatar(ui, ui.cut_leading(head, avatar).middle(avatar, avatar), scene.face(call.other, name), ui::Dot::kRinging,
             Color::kRaised);
  ui.cut_leading(head, ui.px(size::kSpace5));
  draw_card_words(scene, head, call, name);

  const Rect below = rest.cut_bottom(part);
  rest.cut_bottom(gap);
  Rect line = rest.cut_bottom(keys);
  Rect left = ui.cut_leading(line, std::floor((line.width() - ui.px(size::kSpace3)) / 2));
  ui.cut_leading(line, ui.px(size::kSpace3));
  ui::ButtonOptions answer;
  answer.kind = ui::ButtonKind::kAnswer;
  answer.icon = Icon::kPhone;
  answer.description = "F8";
  answer.height = size::kControlCall;
  answer.disabled = client::choose_voice(scene.client).way == model::VoiceWay::kNone;
  ui::ButtonOptions decline;
  decline.kind = ui::ButtonKind::kEnd;
  decline.icon = Icon::kPhoneEnd;
  decline.description = "F9";
  decline.height = size::kControlCall;
  const bool answered = ui::button(ui, left, "answer", ui.tr("call.answer"), answer);
  const bool declined = ui::button(ui, line, "decline", ui.tr("call.decline"), decline);
  if (answered || (!answer.disabled && ui.take_key("F8")))
    answer_ringing(scene, call);
  else if (declined || ui.take_key("F9"))
    decline_ringing(scene, call);
  draw_incoming_part(scene, below, call);

  strip = strip.inset(pad, 0);
  const auto shortcuts = ui.tr("call.card_keys", {{"answer", "F8"}, {"decline", "F9"}});
  if (!scene.phone()) {
    const float wide = ui.text_width(shortcuts, TextStyle::kSmall) + ui.px(1);
    ui.label(ui.cut_trailing(strip, std::min(wide, strip.width() / 2)), shortcuts, TextStyle::kSmall,
             Color::kTextMuted);
  }
  ui.icon(Icon::kHeadset, ui.cut_leading(strip, ui.px(size::kIconSmall)), size::kIconSmall, Color::kTextMuted);
  ui.cut_leading(strip, ui.px(size::kSpace3));
  ui.label(strip, scene.voice_words(), TextStyle::kSmall, Color::kTextMuted);
  ui.semantics.end();
  return card.bottom;
}

/// A further call: a low card below.
void draw_second_card(Scene& scene, const Rect& place, const model::Call& call) {
  auto& ui = scene.ui;
  const auto name = call_name(scene, call);
  ui.push_scope("second", 0);
  ui::floating(ui, place);
  ui.semantics.begin(ui.id("card"), Role::kDialog, ui.tr("call.card", {{"name", name}}), place);
  announce_ringing(scene, place, call, name);
  draw_ringing_sideline(scene, place);
  Rect rest = place.inset(ui.px(size::kSpace5), 0);
  const float square = ui.px(size::kAvatarRow);
  ui::avatar(ui, ui.cut_leading(rest, square).middle(square, square), scene.face(call.other, name), ui::Dot::kRinging,
             Color::kRaised);
  ui.cut_leading(rest, ui.px(size::kSpace4));
  const float edge = ui.px(size::kControlTouch);
  ui::IconButtonOptions decline;
  decline.color = Color::kDanger;
  if (ui::icon_button(ui, ui.cut_trailing(rest, edge).middle(edge, edge), "decline", Icon::kPhoneEnd,
                      ui.tr("call.decline_name", {{"name", name}}), decline))
    decline_ringing(scene, call);
  ui::IconButtonOptions answer;
  answer.color = Color::kPositive;
  if (ui::icon_button(ui, ui.cut_trailing(rest, edge).middle(edge, edge), "answer", Icon::kPhone,
                      ui.tr("call.answer_name", {{"name", name}}), answer))
    answer_ringing(scene, call);
  const float upper = ui.line_height(TextStyle::kBody);
  const float lower = ui.line_height(TextStyle::kSmall);
  Rect lines = rest.middle(rest.width(), upper + lower);
  ui.label(lines.cut_top(upper), name, TextStyle::kBodyStrong, Color::kText);
  ui.label(lines, call.forwarded_by ? ringing_forwarded(scene, call) : ui.tr("call.incoming"), TextStyle::kSmall,
           Color::kTextMuted);
  ui.semantics.end();
  ui.pop_scope();
}

/// What had the focus in a card that is gone gives it back.
void give_focus_back(Scene& scene) {
  auto& ui = scene.ui;
  auto& shown = scene.app.shown;
  if (!std::exchange(shown.focus_in_card, false) || scene.app.in_call_view || ui.input.touch) return;
  if (ui.semantics.find(ui.input.focus) == nullptr && ui.semantics.find(shown.focus_beside_card) != nullptr)
    ui.request_focus(shown.focus_beside_card);
}

}  // namespace

void incoming_card(Scene& scene, Rect screen) {
  auto& ui = scene.ui;
  const auto calls = ringing_here(scene.client);
  if (calls.empty()) return give_focus_back(scene);
  const bool elsewhere = ui.semantics.find(ui.input.focus) != nullptr;
  flash_window(scene, screen);
  ui.push_scope("incoming");
  const float margin = ui.px(scene.phone() ? size::kSpace3 : size::kSpace5);
  Rect outer = screen.inset(margin);
  ui.push_scope(calls.front()->call.call);
  const float bottom = draw_first_card(scene, screen, calls.front()->call);
  ui.pop_scope();
  outer = ui.cut_trailing(outer, std::min(ui.px(kCardWidth), outer.width()));
  outer.top = bottom;
  for (std::size_t i = 1; i < calls.size(); ++i) {
    outer.cut_top(ui.px(size::kSpace4));
    const Rect place = outer.cut_top(ui.px(kSecondCardHeight));
    if (place.height() < ui.px(kSecondCardHeight)) break;
    ui.push_scope(calls[i]->call.call);
    draw_second_card(scene, place, calls[i]->call);
    ui.pop_scope();
  }
  ui.pop_scope();
  auto& shown = scene.app.shown;
  shown.focus_in_card = !elsewhere && ui.semantics.find(ui.input.focus) != nullptr;
  if (elsewhere) shown.focus_beside_card = ui.input.focus;
}

}  // namespace sidetone::shell
