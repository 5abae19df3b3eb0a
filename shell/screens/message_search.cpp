#include "shell/screens/message_search.hpp"

#include <algorithm>
#include <utility>

#include "core/base/utf8.hpp"
#include "shell/screens/chat_row.hpp"

namespace sidetone::shell {
namespace {

constexpr double kSearchAfterMs = 200;
constexpr float kFoundHead = 32;
/// So many bytes may stand before the word in a preview, of which one line is seen.
constexpr std::size_t kBeforeWord = 24;

/// A single letter would find half of all messages; a single character of another script may be a word.
bool search_worth(std::string_view text) { return text.size() > 1; }

/// One line that shows the first word that was looked for.
std::string found_preview(std::string_view text, std::string_view wanted) {
  const auto same = [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return lower(a) == lower(b);
  };
  const auto word = wanted.substr(0, wanted.find(' '));
  const auto found = std::search(text.begin(), text.end(), word.begin(), word.end(), same);
  auto at = found == text.end() ? 0 : static_cast<std::size_t>(found - text.begin());
  std::string out;
  if (at > 2 * kBeforeWord) {
    const auto blank = text.find(' ', at - kBeforeWord);
    at = blank != std::string_view::npos && blank < at ? blank + 1 : utf8_prefix(text, at).size();
    out = "… ";
    text.remove_prefix(at);
  }
  out += utf8_prefix(text, 512);
  return one_line(std::move(out));
}

/// What is said where no messages stand.
std::string found_words(const Scene& scene) {
  const auto& search = scene.client.chat.search;
  if (!scene.online()) return scene.ui.tr("chat.search_offline");
  if (!search.answered || search.text != scene.app.chats.search.wanted) return scene.ui.tr("chat.searching");
  return search.found.empty() ? scene.ui.tr("chat.no_message_found") : std::string();
}

void open_found(Scene& scene, const model::FoundMessage& found) {
  auto& chats = scene.app.chats;
  scene.open_chat(found.with);
  chats.focus_composer = false;
  chats.target = MessageTarget{found.with, found.message.number, std::nullopt, false};
  scene.out.send(client::ShowMessage{found.conversation, found.message.number});
}

void draw_found_message(Scene& scene, const model::FoundMessage& found, Rect row, std::size_t position) {
  auto& ui = scene.ui;
  const auto name = scene.name_of(found.with);
  const bool mine = found.message.sender == scene.client.account.user;
  const auto preview = found_preview(found.message.text, scene.client.chat.search.text);
  const auto text = mine ? ui.tr("chat.you_wrote", {{"text", preview}}) : preview;
  const auto description =
      ui.tr("chat.line", {{"text", text}, {"time", ui.locale.day(found.message.time, scene.unix_s)}});
  ui::RowOptions options;
  options.position = static_cast<int>(position) + 1;
  options.count = static_cast<int>(scene.client.chat.search.found.size());
  options.description = description;
  const auto& target = scene.app.chats.target;
  options.selected = target && target->with == found.with && target->number == found.message.number;
  ui.push_scope("found", found.conversation);
  if (ui::row(ui, row, "message", found.message.number, name, options)) open_found(scene, found);
  ui.pop_scope();

  const auto when = ui.locale.day_alone(found.message.time, scene.unix_s);
  ui.text(draw_chat_row(scene, row, found.with, name, {when}), text, TextStyle::kSmall, Color::kTextMuted);
}

}  // namespace

void tell_message_search(Scene& scene) {
  auto& search = scene.app.chats.search;
  auto wanted = std::string(trimmed(utf8_prefix(scene.app.chats.find, protocol::limits::kSearchBytes)));
  if (!search_worth(wanted)) wanted.clear();
  if (wanted != search.wanted) {
    search.wanted = std::move(wanted);
    search.due_ms = scene.now_ms + kSearchAfterMs;
  }
  if (search.wanted == search.told || (!scene.online() && !search.wanted.empty())) return;
  if (!search.wanted.empty() && scene.now_ms < search.due_ms) return scene.ui.wake_at(search.due_ms);
  search.told = search.wanted;
  scene.out.send(client::SearchChats{search.wanted, 0});
}

float found_messages_height(Scene& scene, float row_height) {
  if (scene.app.chats.search.wanted.empty()) return 0;
  const auto rows = found_words(scene).empty() ? scene.client.chat.search.found.size() : 1;
  return scene.ui.px(kFoundHead) + row_height * static_cast<float>(rows);
}

void draw_found_messages(Scene& scene, const ui::Scroll& scroll, float top, float row_height) {
  auto& ui = scene.ui;
  if (scene.app.chats.search.wanted.empty()) return;
  const auto title = ui.tr("chat.found_messages");
  const float head = ui.px(kFoundHead);
  if (scroll.visible(top, head)) ui::section_head(ui, scroll.place(top, head), title);
  top += head;
  if (const auto words = found_words(scene); !words.empty()) {
    const Rect place = scroll.place(top, row_height).inset(ui.px(size::kSpace5), 0);
    ui.text(place, words, TextStyle::kSmall, Color::kTextMuted);
    ui.semantics.add(ui.id("found_words"), Role::kStatus, words, place).text_px = ui.text_px(TextStyle::kSmall);
    return;
  }
  const auto& found = scene.client.chat.search.found;
  if (!scroll.visible(top, row_height * static_cast<float>(found.size()))) return;
  ui.semantics.begin(ui.id("found_messages"), Role::kListbox, title,
                     scroll.place(top, row_height * static_cast<float>(found.size())).clipped(ui.clip()));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const float y = top + row_height * static_cast<float>(i);
    if (scroll.visible(y, row_height)) draw_found_message(scene, found[i], scroll.place(y, row_height), i);
  }
  ui.semantics.end();
}

void fetch_more_found(Scene& scene, const ui::ScrollState& scroll, float content_height, float area_height) {
  const auto& search = scene.client.chat.search;
  const bool near_end = scroll.offset + 2 * area_height > content_height;
  if (scene.app.chats.search.wanted.empty() || !near_end || !search.answered || !search.below || search.asking) return;
  if (scene.online()) scene.out.send(client::MoreFound{});
}

}  // namespace sidetone::shell
