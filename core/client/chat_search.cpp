#include <algorithm>

#include "core/client/turn.hpp"

/// Messages that are looked for, and excerpts of conversations around them. `messages` of a conversation always reaches
/// to its newest one; an excerpt stands beside it until the two meet.
namespace sidetone::client::detail {
namespace {

constexpr std::uint32_t kFoundPage = 30;
constexpr std::uint32_t kExcerptPage = 50;

void ask(Turn& turn) {
  auto& search = turn.state.chat.search;
  if (search.text.empty() || search.asking || !turn.online()) return;
  search.asking = true;
  protocol::ChatSearch message{search.text, std::nullopt, std::nullopt, kFoundPage};
  if (search.conversation != 0) message.conversation = search.conversation;
  if (search.answered) message.below = search.below;
  turn.request(message, {Purpose::kSearch, turn.moment.intent, search.text, search.conversation, {}});
}

void ask_for_excerpt(Turn& turn, ConversationEntry& entry, std::optional<std::uint64_t> before,
                     std::optional<std::uint64_t> after) {
  entry.excerpt_filling = true;
  turn.request(protocol::ChatHistory{entry.conversation, before, after, kExcerptPage},
               {Purpose::kExcerpt, turn.moment.intent, {}, entry.conversation, {}});
}

/// An excerpt that reaches the newest messages is a part of them.
void join(ConversationEntry& entry) {
  if (entry.excerpt.empty() || entry.messages.empty()) return;
  if (entry.excerpt.rbegin()->first + 1 < entry.messages.begin()->first) return;
  entry.messages.merge(entry.excerpt);
  entry.excerpt.clear();
}

}  // namespace

void on(Turn& turn, const SearchChats& wanted) {
  auto& search = turn.state.chat.search;
  search.text = wanted.text;
  search.conversation = wanted.conversation;
  search.answered = false;
  search.below.reset();
  if (wanted.text.empty()) {
    search.found.clear();
    return turn.done(turn.moment.intent);
  }
  if (!turn.need_online()) return;
  // Whoever waits for an answer to these words gets one; else the last wish is asked when the one before is answered.
  if (search.asking) return turn.done(turn.moment.intent);
  ask(turn);
}

void on(Turn& turn, const MoreFound&) {
  auto& search = turn.state.chat.search;
  if (!turn.need_online()) return;
  if (!search.answered || !search.below || search.asking) return turn.done(turn.moment.intent);
  ask(turn);
}

void on(Turn& turn, const protocol::ChatFound& found, const std::optional<Pending>& pending) {
  if (!pending) return;
  auto& search = turn.state.chat.search;
  search.asking = false;
  turn.done(pending->intent, std::to_string(found.messages.size()));
  if (pending->subject != search.text || pending->number != search.conversation) return ask(turn);
  if (!std::exchange(search.answered, true)) search.found.clear();
  for (const auto& message : found.messages) {
    const auto* entry = find_conversation(turn, message.conversation);
    if (entry != nullptr)
      search.found.push_back({message.conversation, entry->with, known_message(turn, *entry, message)});
  }
  search.below = found.below;
}

void on(Turn& turn, const ShowMessage& show) {
  auto* entry = find_conversation(turn, show.conversation);
  if (entry == nullptr || show.number == 0 || show.number > entry->last_number)
    return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no such message");
  entry->open = true;
  if (!entry->messages.empty() && show.number >= entry->messages.begin()->first) {
    entry->excerpt.clear();
    return turn.done(turn.moment.intent);
  }
  if (entry->excerpt.count(show.number) != 0) return turn.done(turn.moment.intent);
  if (!turn.need_online()) return;
  entry->excerpt.clear();
  constexpr std::uint64_t kAbove = kExcerptPage / 2;
  ask_for_excerpt(turn, *entry, std::nullopt, show.number > kAbove ? show.number - kAbove : 0);
}

void on(Turn& turn, const NewerMessages& newer) {
  if (!turn.need_online()) return;
  auto* entry = find_conversation(turn, newer.conversation);
  if (entry == nullptr) return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no such conversation");
  if (entry->excerpt.empty() || entry->excerpt_filling) return turn.done(turn.moment.intent);
  ask_for_excerpt(turn, *entry, std::nullopt, entry->excerpt.rbegin()->first);
}

void on(Turn& turn, const LeaveExcerpt& leave) {
  auto* entry = find_conversation(turn, leave.conversation);
  if (entry == nullptr) return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no such conversation");
  entry->excerpt.clear();
  turn.done(turn.moment.intent);
}

void older_of_excerpt(Turn& turn, ConversationEntry& entry) {
  const auto first = entry.excerpt.begin()->first;
  if (first <= 1 || entry.excerpt_filling) return turn.done(turn.moment.intent);
  ask_for_excerpt(turn, entry, first, std::nullopt);
}

void take_excerpt(Turn& turn, ConversationEntry& entry, const protocol::ChatPage& page, const Pending& pending) {
  entry.excerpt_filling = false;
  turn.done(pending.intent);
  if (page.messages.empty()) return;
  // It was left, or another one was begun, while this page was on its way: only what touches it belongs to it.
  if (!entry.excerpt.empty() && (page.messages.back().number + 1 < entry.excerpt.begin()->first ||
                                 page.messages.front().number > entry.excerpt.rbegin()->first + 1))
    return;
  for (const auto& message : page.messages) entry.excerpt[message.number] = known_message(turn, entry, message);
  join(entry);
}

void search_signed_in(Turn& turn, bool resumed) {
  auto& chat = turn.state.chat;
  chat.search.asking = false;
  for (auto& [number, entry] : chat.conversations) {
    entry.excerpt_filling = false;
    // Nobody tells what has changed of it meanwhile.
    if (!resumed) entry.excerpt.clear();
  }
  if (!chat.search.answered) ask(turn);
}

void search_answered(Turn& turn, const Pending& pending, const protocol::Failure& failure) {
  if (pending.purpose == Purpose::kSearch) {
    auto& search = turn.state.chat.search;
    search.asking = false;
    if (pending.subject != search.text || pending.number != search.conversation) ask(turn);
  } else if (auto* entry = find_conversation(turn, static_cast<ConversationId>(pending.number))) {
    entry->excerpt_filling = false;
  }
  turn.refuse(pending.intent, failure);
}

}  // namespace sidetone::client::detail
