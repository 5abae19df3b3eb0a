#include <algorithm>

#include "core/client/view.hpp"
#include "shell/screens/bubbles.hpp"
#include "shell/screens/chat_row.hpp"
#include "shell/screens/contact_index.hpp"
#include "shell/screens/message_search.hpp"

/// The list of conversations, newest first.
namespace sidetone::shell {
namespace {

struct ChatLine {
  protocol::UserId with = 0;
  const client::ConversationEntry* entry = nullptr;
  const client::OutboxItem* waiting = nullptr;  ///< the newest one
  std::int64_t time = 0;
};

std::vector<ChatLine> chat_lines(const Scene& scene) {
  std::map<protocol::UserId, ChatLine> by_person;
  for (const auto& [id, entry] : scene.client.chat.conversations) {
    const bool open = entry.with == scene.app.chats.with;
    if (entry.last_number == 0 && !open) continue;
    by_person[entry.with] = {entry.with, &entry, nullptr, entry.last_time};
  }
  for (const auto& item : scene.client.chat.outbox) {
    auto& line = by_person[item.with];
    line.with = item.with;
    line.waiting = &item;
    line.time = std::max(line.time, item.time);
  }
  for (const auto& [user, draft] : scene.app.chats.drafts)
    if (!draft.empty()) by_person[user].with = user;
  if (scene.app.chats.with != 0) by_person[scene.app.chats.with].with = scene.app.chats.with;
  std::vector<ChatLine> out;
  for (const auto& [user, line] : by_person) out.push_back(line);
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.time > b.time; });
  return out;
}

/// What the second line of a conversation says.
struct ChatSummary {
  std::string text;
  Color color = Color::kTextMuted;
  std::optional<Icon> mark;
};

ChatSummary chat_summary(Scene& scene, const ChatLine& line, bool unread) {
  auto& ui = scene.ui;
  if (line.entry != nullptr && !line.entry->typing.empty()) return {ui.tr("chat.typing"), Color::kAccent, std::nullopt};
  const auto draft = scene.app.chats.drafts.find(line.with);
  if (draft != scene.app.chats.drafts.end() && !draft->second.empty() && line.with != scene.app.chats.with)
    return {ui.tr("chat.draft", {{"text", draft->second}}), Color::kAccent, Icon::kEdit};
  if (line.waiting != nullptr) {
    const bool failed = !line.waiting->failure.empty();
    return {ui.tr("chat.you_wrote", {{"text", line.waiting->text}}), failed ? Color::kDanger : Color::kTextMuted,
            failed ? Icon::kAlert : Icon::kClock};
  }
  if (line.entry == nullptr || line.entry->messages.empty()) return {};
  const auto& last = line.entry->messages.rbegin()->second;
  const auto color = unread ? Color::kText : Color::kTextMuted;
  if (last.removed) return {ui.tr("chat.removed"), color, std::nullopt};
  if (last.sender == scene.client.account.user)
    return {ui.tr("chat.you_wrote", {{"text", last.text}}), color, std::nullopt};
  return {last.text, color, std::nullopt};
}

/// What is seen has its newest message: the core keeps those of open conversations only.
void chat_fetch_newest(Scene& scene, const client::ConversationEntry& entry) {
  const bool unknown = entry.messages.empty() && entry.last_number > 0;
  if (unknown && !entry.open && !entry.filling && scene.online())
    scene.out.send(client::OlderMessages{entry.conversation});
}

void draw_chat_line(Scene& scene, const ChatLine& line, Rect row, int position, int count) {
  auto& ui = scene.ui;
  const auto unread = line.entry == nullptr ? 0 : client::unread_messages(scene.client, *line.entry);
  const bool selected = line.with == scene.app.chats.with;
  const auto name = scene.name_of(line.with);
  const auto* presence = scene.presence(line.with);
  scene.watch(line.with);
  if (line.entry != nullptr) chat_fetch_newest(scene, *line.entry);
  const auto summary = chat_summary(scene, line, unread > 0);
  const auto time = line.time == 0 ? std::string() : ui.locale.day(line.time, scene.unix_s);
  const auto text = one_line(summary.text);
  std::string description = ui.tr("chat.line", {{"text", text}, {"time", time}});
  if (unread > 0)
    description = ui.tr("chat.line_unread",
                        {{"line", description},
                         {"unread", ui.locale.text_for("chat.new_messages", static_cast<std::int64_t>(unread))}});
  ui::RowOptions options;
  options.selected = selected;
  options.position = position;
  options.count = count;
  options.description = description;
  if (ui::row(ui, row, "conversation", line.with, name, options)) scene.open_chat(line.with);

  const auto when = line.time == 0 ? std::string() : ui.locale.day_alone(line.time, scene.unix_s);
  ChatRowLook look{when};
  if (unread > 0) look.when_color = Color::kAccent;
  if (selected || unread > 0) look.name_style = TextStyle::kBodyStrong;
  if (selected) look.rim = Color::kAccentSoft;
  look.dot = ui::dot_of(presence, scene.online());
  Rect lines = draw_chat_row(scene, row, line.with, name, look);
  if (unread > 0) {
    const float room = ui.px(size::kSpace7);
    const Rect place = ui.cut_trailing(lines, room);
    ui::badge(ui, ui.rtl() ? place.left : place.right, place.center_y(), static_cast<std::int64_t>(unread));
  } else if (summary.mark) {
    const float icon = ui.px(size::kIconSmall);
    ui.icon(*summary.mark, ui.cut_trailing(lines, icon), size::kIconSmall, summary.color);
    ui.cut_trailing(lines, ui.px(size::kSpace3));
  }
  ui.text(lines, text, TextStyle::kSmall, summary.color);
}

}  // namespace

void chats_list(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  auto& chats = scene.app.chats;
  const float pad = ui.px(size::kSpace4);
  Rect head = area.cut_top(ui.px(size::kFrameHeader)).inset(pad, 0);
  head = head.middle(head.width(), ui.px(scene.phone() ? size::kControlTouch : size::kControlField));
  const auto find = ui.tr("chat.find");
  ui::FieldOptions options;
  options.icon = Icon::kSearch;
  options.hint = find;
  ui::text_field(ui, head, "find_chat", find, chats.find, options);

  auto lines = chat_lines(scene);
  if (lines.empty()) {
    const auto action = ui.tr("chat.to_contacts");
    if (ui::empty_state(ui, area, Icon::kChat, ui.tr("chat.no_chats"), ui.tr("chat.no_chats_text"), action))
      scene.app.screen = Screen::kContacts;
    return;
  }
  if (!chats.find.empty()) {
    const auto wanted = fold_words(chats.find);
    lines.erase(std::remove_if(lines.begin(), lines.end(),
                               [&](const ChatLine& line) {
                                 return fold_words(scene.name_of(line.with)).find(wanted) == std::string::npos;
                               }),
                lines.end());
  }
  tell_message_search(scene);
  if (lines.empty() && chats.search.wanted.empty()) {
    ui::empty_state(ui, area, Icon::kSearch, ui.tr("chat.none_found"), ui.tr("chat.none_found_text"));
    return;
  }
  const float height = std::max(ui.px(scene.phone() ? size::kRowPhone : size::kRowConversation),
                                ui.line_height(TextStyle::kBody) + ui.line_height(TextStyle::kSmall) + ui.px(20));
  const float above = height * static_cast<float>(lines.size());
  const float content = above + found_messages_height(scene, height);
  ui::Scroll scroll(ui, area, "conversations", chats.list_scroll, content);
  fetch_more_found(scene, chats.list_scroll, content, area.height());
  // A list box without an option would be none: they may all be scrolled away, or have other names.
  if (scroll.visible(0, above) && !lines.empty()) {
    ui.semantics.begin(ui.id("conversations"), Role::kListbox, ui.tr("chat.chats"), area);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const float y = height * static_cast<float>(i);
      if (!scroll.visible(y, height)) continue;
      draw_chat_line(scene, lines[i], scroll.place(y, height), static_cast<int>(i) + 1, static_cast<int>(lines.size()));
    }
    ui.semantics.end();
  }
  draw_found_messages(scene, scroll, above, height);
}

}  // namespace sidetone::shell
