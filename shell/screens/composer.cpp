#include "shell/screens/composer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shell/screens/conversation_rows.hpp"

namespace sidetone::shell {
namespace {

constexpr double kTypingEveryMs = 3'000;
constexpr float kComposerLines = 6;

void send_draft(Scene& scene, protocol::UserId with, std::string& draft) {
  const auto text = trimmed(draft);
  if (text.empty()) return;
  if (text.size() > protocol::limits::kChatTextBytes) {
    scene.say(scene.ui.tr("chat.too_long"));
    return;
  }
  scene.out.send(client::SendChat{with, std::string(text)});
  draft.clear();
  scene.app.chats.scrolls[with].at_end = true;
  const auto* entry = conversation_with(scene.client, with);
  if (entry != nullptr && !entry->excerpt.empty()) scene.out.send(client::LeaveExcerpt{entry->conversation});
}

void leave_edit(Scene& scene) {
  scene.app.chats.edit.reset();
  scene.app.chats.focus_composer = true;
}

void send_edit(Scene& scene) {
  const auto& edit = *scene.app.chats.edit;
  const auto text = trimmed(edit.text);
  const auto* entry = conversation_with(scene.client, edit.with);
  if (text.empty() || entry == nullptr || !scene.online()) return;
  if (text.size() > protocol::limits::kChatTextBytes) return scene.say(scene.ui.tr("chat.too_long"));
  const auto& messages = shown_messages(*entry);
  const auto found = messages.find(edit.number);
  if (found == messages.end() || found->second.text != text) {
    const auto intent = scene.out.send(client::EditMessage{entry->conversation, edit.number, std::string(text)});
    scene.app.failed_intents[intent] = scene.ui.tr("chat.not_changed");
  }
  leave_edit(scene);
}

/// The newest message that one can rewrite.
void edit_last(Scene& scene, protocol::UserId with) {
  const auto* entry = conversation_with(scene.client, with);
  if (entry == nullptr) return;
  const auto& messages = shown_messages(*entry);
  const auto last = std::find_if(messages.rbegin(), messages.rend(), [&](const auto& one) {
    return one.second.sender == scene.client.account.user && !one.second.removed;
  });
  if (last != messages.rend()) edit_message(scene, with, last->first, last->second.text);
}

void tell_typing(Scene& scene, protocol::UserId with) {
  auto& window = scene.app.chats.windows[with];
  const auto* entry = conversation_with(scene.client, with);
  if (entry == nullptr || scene.now_ms - window.typing_told_ms < kTypingEveryMs) return;
  window.typing_told_ms = scene.now_ms;
  scene.out.send(client::Typing{entry->conversation});
}

float composer_field_height(Scene& scene, const std::string& draft, float width) {
  auto& ui = scene.ui;
  const float line = ui.line_height(TextStyle::kBody);
  const float lines = ui.paragraph_height(draft, TextStyle::kBody, width - 2 * ui.px(size::kSpace4));
  const float pad = ui.px(size::kFrameComposerMin) - ui.px(size::kSpace6 - size::kSpace2);
  return std::max(ui.px(size::kFrameComposerMin), std::min(lines, line * kComposerLines) + pad);
}

/// What is going on, above the field, and the way out of it.
void draw_edit_head(Scene& scene, Rect strip) {
  auto& ui = scene.ui;
  const float edge = strip.height();
  if (ui::icon_button(ui, ui.cut_trailing(strip, edge), "stop_editing", Icon::kClose, ui.tr("chat.stop_editing")))
    leave_edit(scene);
  ui.icon(Icon::kEdit, ui.cut_leading(strip, ui.px(size::kIconSmall)), size::kIconSmall, Color::kAccent);
  ui.cut_leading(strip, ui.px(size::kSpace3));
  ui.label(strip, ui.tr("chat.editing"), TextStyle::kSmallStrong, Color::kAccent);
}

bool struck(const Ui& ui, std::string_view chord, NodeId field) {
  return std::any_of(ui.input.keys.begin(), ui.input.keys.end(),
                     [&](const Input::Key& key) { return key.chord == chord && key.focus == field; });
}

std::string composer_note(const Scene& scene, bool editing) {
  if (!scene.online()) return scene.ui.tr(editing ? "chat.changed_later" : "chat.sent_later");
  return scene.ui.tr(editing ? "chat.edit_keys" : "chat.keys");
}

}  // namespace

void edit_message(Scene& scene, protocol::UserId with, std::uint64_t number, std::string_view text) {
  scene.app.chats.edit = MessageEdit{with, number, std::string(text)};
  scene.app.chats.focus_composer = true;
}

void draw_composer(Scene& scene, Rect& area, protocol::UserId with) {
  auto& ui = scene.ui;
  auto& chats = scene.app.chats;
  if (chats.edit && chats.edit->with != with) chats.edit.reset();
  const bool editing = chats.edit.has_value();
  auto& draft = editing ? chats.edit->text : chats.drafts[with];
  const float gutter = ui.px(scene.phone() ? size::kSpace3 : size::kSpace6);
  const float button = ui.px(size::kControlTouch);
  const float inner = std::min(area.width() - 2 * gutter, ui.px(kChatColumnWidest));
  const float field_width = inner - button - ui.px(size::kSpace3);
  const float field_height = composer_field_height(scene, draft, field_width);
  const bool words_below = !scene.phone();
  const float head = editing ? ui.px(size::kControlDefault) : 0;
  const float below = words_below ? ui.line_height(TextStyle::kCaption) + ui.px(size::kSpace2) : 0;
  Rect strip = area.cut_bottom(head + field_height + below + 2 * ui.px(size::kSpace3));
  const float left = std::floor(area.center_x() - inner / 2);
  strip = Rect{left, strip.top, left + inner, strip.bottom}.inset(0, ui.px(size::kSpace3));
  const Rect above = strip.cut_top(head);
  Rect line = strip.cut_top(field_height);
  const Rect send = ui.cut_trailing(line, button).cut_bottom(button);
  ui.cut_trailing(line, ui.px(size::kSpace3));

  ui.push_scope(editing ? "edit" : "composer", editing ? chats.edit->number : with);
  const auto label = editing ? ui.tr("chat.editing") : ui.tr("chat.write_to", {{"name", scene.name_of(with)}});
  ui::FieldOptions options;
  options.multiline = true;
  options.hint = label;
  if (ui::text_field(ui, line, "text", label, draft, options) && !draft.empty() && !editing) tell_typing(scene, with);
  const auto field = ui.id("text");
  if (std::exchange(chats.focus_composer, false)) ui.request_focus(field);
  const bool enter = struck(ui, "Enter", field);
  if (enter) ui.take_key("Enter");
  const bool up = !editing && draft.empty() && struck(ui, "ArrowUp", field);
  ui::IconButtonOptions look;
  look.disabled = trimmed(draft).empty() || (editing && !scene.online());
  // Its fill is the accent; under the pointer it is the fill of every button of icons.
  const bool filled = !look.disabled && !ui.hovered(send);
  if (filled) ui.fill(send, Color::kAccent, size::kRadiusControl);
  look.color = filled ? Color::kAccentText : Color::kAccent;
  const bool pressed = ui::icon_button(ui, send, "send", editing ? Icon::kCheck : Icon::kSend,
                                       ui.tr(editing ? "chat.save" : "chat.send"), look);
  if (words_below) {
    strip.cut_top(ui.px(size::kSpace2));
    ui.text(strip, composer_note(scene, editing), TextStyle::kCaption, Color::kTextMuted);
  }
  if (editing) draw_edit_head(scene, above);
  ui.pop_scope();
  if (up) edit_last(scene, with);
  if (!editing && (enter || pressed)) send_draft(scene, with, draft);
  if (editing && chats.edit && (enter || pressed)) send_edit(scene);
  if (editing && chats.edit && ui.take_key("Escape")) leave_edit(scene);
}

}  // namespace sidetone::shell
