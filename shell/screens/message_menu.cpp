#include "shell/screens/message_menu.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "shell/screens/composer.hpp"
#include "shell/screens/line_cursor.hpp"

namespace sidetone::shell {
namespace {

constexpr std::array<std::string_view, 6> kQuickReactions{"👍", "❤️", "😂", "😮", "😢", "🎉"};
constexpr float kQuickEdge = 40;
constexpr float kQuickEmoji = 20;
constexpr float kMenuRow = 36;
constexpr float kMenuQuestionWidth = 300;

struct ReactionCount {
  std::string_view emoji;
  std::int64_t count = 0;
  bool mine = false;
  std::string names;
};

std::vector<ReactionCount> count_reactions(const Scene& scene, const std::vector<model::Reaction>& reactions) {
  std::vector<ReactionCount> counts;
  for (const auto& one : reactions) {
    auto found = std::find_if(counts.begin(), counts.end(),
                              [&](const ReactionCount& known) { return known.emoji == one.emoji; });
    if (found == counts.end()) found = counts.insert(counts.end(), {one.emoji, 0, false, {}});
    const bool mine = one.user == scene.client.account.user;
    ++found->count;
    found->mine = found->mine || mine;
    if (!found->names.empty()) found->names += scene.ui.tr("list.comma");
    found->names += mine ? scene.ui.tr("chat.you") : scene.name_of(one.user);
  }
  return counts;
}

std::string_view my_reaction(const Scene& scene, const std::vector<model::Reaction>& reactions) {
  for (const auto& one : reactions)
    if (one.user == scene.client.account.user) return one.emoji;
  return {};
}

void react(Scene& scene, protocol::UserId with, std::uint64_t number, std::string_view emoji) {
  const auto* entry = conversation_with(scene.client, with);
  if (entry == nullptr) return;
  const auto intent = scene.out.send(client::ReactToMessage{entry->conversation, number, std::string(emoji)});
  scene.app.failed_intents[intent] = scene.ui.tr("chat.not_changed");
}

const model::Message* message_of(const Scene& scene, const MessageMenu& menu) {
  const auto* entry = conversation_with(scene.client, menu.with);
  if (entry == nullptr) return nullptr;
  const auto found = shown_messages(*entry).find(menu.number);
  return found == shown_messages(*entry).end() || found->second.removed ? nullptr : &found->second;
}

void close_menu(Scene& scene) {
  scene.ui.request_focus(scene.app.chats.menu->item);
  scene.app.chats.menu.reset();
}

/// Where it fits: below the button or above it.
Rect menu_place(const Ui& ui, const Rect& beside, float width, float height) {
  const float margin = ui.px(size::kSpace3);
  const float gap = ui.px(size::kSpace2);
  const bool below = beside.bottom + gap + height <= ui.screen.bottom - margin;
  const float top = std::max(margin, below ? beside.bottom + gap : beside.top - gap - height);
  const float left =
      std::clamp(beside.center_x() - width / 2, margin, std::max(margin, ui.screen.right - margin - width));
  return {std::floor(left), std::floor(top), std::floor(left) + width, std::floor(top) + height};
}

void draw_quick_reactions(Scene& scene, const MessageMenu& menu, const model::Message& message, Rect strip) {
  auto& ui = scene.ui;
  const auto mine = my_reaction(scene, message.reactions);
  for (const auto emoji : kQuickReactions) {
    const Rect key = ui.cut_leading(strip, ui.px(kQuickEdge)).inset(ui.px(size::kSpace1));
    const bool chosen = emoji == mine;
    const NodeId id = ui.id(emoji);
    if (chosen)
      ui.fill(key, Color::kAccentSoft, size::kRadiusControl);
    else if (ui.hovered(key))
      ui.fill(key, Color::kHover, size::kRadiusControl);
    ui.text_of_size(key, emoji, ui.px(kQuickEmoji), false, Color::kText);
    auto& node = ui.semantics.add(id, Role::kToggle, emoji, key);
    if (chosen) node.flags |= kPressed;
    if (!scene.online()) node.flags |= kDisabled;
    ui::focus_ring(ui, key, id, size::kRadiusControl);
    if (!ui.clicked(id) || !scene.online()) continue;
    react(scene, menu.with, menu.number, chosen ? std::string_view() : emoji);
    close_menu(scene);
    return;
  }
}

void draw_actions(Scene& scene, const Rect& screen) {
  auto& ui = scene.ui;
  auto& menu = *scene.app.chats.menu;
  const auto* message = message_of(scene, menu);
  const bool mine = message->sender == scene.client.account.user;
  const float row = std::max(ui.px(kMenuRow), ui.line_height(TextStyle::kBody) + ui.px(size::kSpace4));
  const float pad = ui.px(size::kSpace3);
  const float width = static_cast<float>(kQuickReactions.size()) * ui.px(kQuickEdge) + 2 * pad;
  const float height = ui.px(kQuickEdge) + (mine ? 3.0F : 1.0F) * row + 2 * pad;
  const Rect card = menu_place(ui, menu.beside, std::min(width, screen.width()), height);
  const auto title = ui.tr("chat.actions");
  ui::floating(ui, card);
  auto& dialog = ui.semantics.begin(ui.id("message_menu"), Role::kDialog, title, card);
  dialog.flags |= kModal;
  Rect rest = card.inset(pad);
  const auto first = ui.id(kQuickReactions.front());
  const bool online = scene.online();
  draw_quick_reactions(scene, menu, *message, rest.cut_top(ui.px(kQuickEdge)));
  const bool open = scene.app.chats.menu.has_value();
  const bool copies = menu_row(ui, rest.cut_top(row), "copy", Icon::kNote, ui.tr("chat.copy"), Color::kText, false);
  const bool edits =
      mine && menu_row(ui, rest.cut_top(row), "edit", Icon::kEdit, ui.tr("chat.edit"), Color::kText, !online);
  const bool removes =
      mine && menu_row(ui, rest.cut_top(row), "remove", Icon::kTrash, ui.tr("chat.remove"), Color::kDanger, !online);
  ui.semantics.end();
  if (!open) return;
  if (std::exchange(menu.wants_focus, false)) ui.request_focus(first);
  const bool elsewhere = ui.pressed_now() && !card.contains(ui.input.pointer_x, ui.input.pointer_y);
  if (removes) {
    menu.asks = menu.wants_focus = true;
  } else if (edits) {
    const auto what = menu;
    scene.app.chats.menu.reset();
    edit_message(scene, what.with, what.number, message->text);
  } else if (copies) {
    scene.out.request("copy", message->text);
    close_menu(scene);
  } else if (elsewhere) {
    close_menu(scene);
  }
}

/// Nothing brings a removed message back: that is asked first.
void draw_question(Scene& scene, const Rect& screen) {
  auto& ui = scene.ui;
  auto& menu = *scene.app.chats.menu;
  const auto title = ui.tr("chat.remove_title");
  const auto words = ui.tr("chat.remove_text");
  const float pad = ui.px(size::kSpace5);
  const float width = std::min(ui.px(kMenuQuestionWidth), screen.width() - 2 * ui.px(size::kSpace5));
  const float button = ui.px(size::kControlTouch);
  const float height = 2 * pad + ui.paragraph_height(title, TextStyle::kTitle, width - 2 * pad) +
                       ui.paragraph_height(words, TextStyle::kBody, width - 2 * pad) + ui.px(size::kSpace3) +
                       ui.px(size::kSpace5) + button;
  ui.fill(screen, Color::kScrim);
  const Rect card = screen.middle(width, height);
  ui::floating(ui, card);
  auto& dialog = ui.semantics.begin(ui.id("remove_message"), Role::kDialog, title, card);
  dialog.flags |= kModal;
  LineCursor cursor(ui, card.inset(pad));
  cursor.paragraph(title, TextStyle::kTitle, Color::kText);
  cursor.gap(size::kSpace3);
  cursor.paragraph(words, TextStyle::kBody, Color::kText);
  Rect buttons = card.inset(pad).cut_bottom(button);
  ui::ButtonOptions end;
  end.kind = ui::ButtonKind::kEnd;
  const auto remove = ui.tr("chat.remove");
  const auto keep = ui.tr("chat.keep");
  const float strip_height = ui.px(end.height);
  const float remove_width = ui::button_width(ui, remove, end);
  const Rect remove_place = ui.cut_trailing(buttons, remove_width).middle(remove_width, strip_height);
  ui.cut_trailing(buttons, ui.px(size::kSpace3));
  const float keep_width = ui::button_width(ui, keep);
  const Rect keep_place = ui.cut_trailing(buttons, keep_width).middle(keep_width, strip_height);
  const bool kept = ui::button(ui, keep_place, "keep", keep);
  const bool removed = ui::button(ui, remove_place, "remove_now", remove, end);
  ui.semantics.end();
  if (std::exchange(menu.wants_focus, false)) ui.request_focus(ui.id("keep"));
  if (removed) {
    const auto* entry = conversation_with(scene.client, menu.with);
    const auto intent = scene.out.send(client::RemoveMessage{entry->conversation, menu.number});
    scene.app.failed_intents[intent] = ui.tr("chat.not_changed");
  }
  if (removed || kept) close_menu(scene);
}

}  // namespace

bool menu_row(Ui& ui, const Rect& place, std::string_view name, Icon icon, std::string_view words, Color color,
              bool disabled) {
  ui::RowOptions options;
  options.role = Role::kButton;
  options.disabled = disabled;
  const bool pressed = ui::row(ui, place, name, 0, words, options);
  Rect line = place.inset(ui.px(size::kSpace4), 0);
  const auto shown = disabled ? Color::kTextDisabled : color;
  ui.icon(icon, ui.cut_leading(line, ui.px(size::kIconDefault)), size::kIconDefault, shown);
  ui.cut_leading(line, ui.px(size::kSpace4));
  ui.text(line, words, TextStyle::kBody, shown);
  return pressed;
}

void draw_message_button(Scene& scene, const MessageRow& message, const Rect& row, const Rect& place, NodeId item) {
  auto& ui = scene.ui;
  auto& menu = scene.app.chats.menu;
  const auto with = scene.app.chats.with;
  const NodeId id = ui.id("actions");
  const bool open = menu && menu->with == with && menu->number == message.number;
  const bool by_key = ui.focused(item) && ui.take_key("Shift+F10");
  const bool there = ui.hovered(row) || ui.focused(item) || ui.focused(id) || open || ui.input.touch || by_key;
  if (!there) return;
  ui::IconButtonOptions options;
  options.selected = open;
  if (!ui::icon_button(ui, place, "actions", Icon::kMore, ui.tr("chat.actions"), options) && !by_key) return;
  menu = MessageMenu{with, message.number, place, item};
}

std::string reaction_words(const Scene& scene, const MessageRow& message) {
  std::string out;
  if (!message.has_reactions()) return out;
  for (const auto& one : count_reactions(scene, *message.reactions)) {
    if (!out.empty()) out += scene.ui.tr("list.comma");
    out += scene.ui.tr("chat.reaction", {{"emoji", one.emoji}, {"names", one.names}});
  }
  return out;
}

void draw_reactions(Scene& scene, const MessageRow& message, Rect& strip) {
  auto& ui = scene.ui;
  const auto cut = [&](float by) { return message.mine ? ui.cut_trailing(strip, by) : ui.cut_leading(strip, by); };
  auto counts = count_reactions(scene, *message.reactions);
  if (message.mine) std::reverse(counts.begin(), counts.end());
  const float height = std::max(ui.px(kReactionHeight), ui.line_height(TextStyle::kSmall) + ui.px(size::kSpace2));
  for (const auto& one : counts) {
    const auto words = std::string(one.emoji) + ' ' + ui.locale.number(one.count);
    const float width = ui.text_width(words, TextStyle::kSmall) + 2 * ui.px(size::kSpace3);
    if (width > strip.width()) return;
    const Rect chip = cut(width).middle(width, height);
    const NodeId id = ui.id(one.emoji);
    ui.fill(chip,
            one.mine           ? Color::kAccentSoft
            : ui.hovered(chip) ? Color::kHover
                               : Color::kRaised,
            size::kRadiusRound);
    ui.border(chip, one.mine ? Color::kAccent : Color::kLine, size::kRadiusRound);
    ui.text(chip, words, TextStyle::kSmall, one.mine ? Color::kAccentSoftText : Color::kText, 0.5F);
    const auto name = ui.tr("chat.reaction", {{"emoji", one.emoji}, {"names", one.names}});
    auto& node = ui.semantics.add(id, Role::kToggle, name, chip);
    if (one.mine) node.flags |= kPressed;
    if (!scene.online()) node.flags |= kDisabled;
    ui::focus_ring(ui, chip, id, size::kRadiusRound);
    ui::tooltip(ui, chip, id, one.names);
    if (ui.clicked(id) && scene.online())
      react(scene, scene.app.chats.with, message.number, one.mine ? std::string_view() : one.emoji);
    cut(ui.px(size::kSpace2));
  }
}

void close_message_menu_by_key(Scene& scene, protocol::UserId with) {
  auto& menu = scene.app.chats.menu;
  if (!menu) return;
  if (menu->with != with || message_of(scene, *menu) == nullptr)
    menu.reset();
  else if (scene.ui.take_key("Escape"))
    close_menu(scene);
}

void draw_message_menu(Scene& scene, protocol::UserId with) {
  const auto& menu = scene.app.chats.menu;
  if (!menu || menu->with != with) return;
  const Rect screen = scene.ui.screen;
  scene.ui.draw_above([&scene, screen] {
    if (!scene.app.chats.menu) return;
    if (scene.app.chats.menu->asks)
      draw_question(scene, screen);
    else
      draw_actions(scene, screen);
  });
}

}  // namespace sidetone::shell
