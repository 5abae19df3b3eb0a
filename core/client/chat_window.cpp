#include <algorithm>

#include "core/client/turn.hpp"

/// The messages of one conversation. Numbers are consecutive from 1, so a hole shows itself.
namespace sidetone::client::detail {
namespace {

constexpr std::uint32_t kPage = 50;
constexpr std::uint64_t kWidestHole =
    300;  ///< a wider one is not filled: what lies below it is forgotten and paged in on demand
constexpr std::int64_t kTypingFadesMs = 5'000;

struct Hole {
  std::uint64_t below = 0;  ///< the last message under it
  std::uint64_t above = 0;  ///< the first message over it
};

/// The hole nearest to the newest message.
std::optional<Hole> newest_hole(const ConversationEntry& entry) {
  std::uint64_t above = entry.last_number + 1;
  for (auto it = entry.messages.rbegin(); it != entry.messages.rend(); ++it) {
    if (it->first + 1 < above) return Hole{it->first, above};
    above = it->first;
  }
  return std::nullopt;
}

void ask(Turn& turn, ConversationEntry& entry, const protocol::ChatHistory& what,
         std::optional<std::uint32_t> intent = std::nullopt) {
  entry.filling = true;
  turn.request(what, {Purpose::kChatPage, intent, {}, entry.conversation, {}});
}

model::Marker& own_marker(Turn& turn, ConversationEntry& entry) {
  auto& marker = entry.members[turn.state.account.user];
  marker.user = turn.state.account.user;
  return marker;
}

/// Number of the newest message of somebody else, once nothing below it is missing; else 0.
std::uint64_t newest_received(Turn& turn, const ConversationEntry& entry) {
  if (newest_hole(entry)) return 0;
  const auto found = std::find_if(entry.messages.rbegin(), entry.messages.rend(),
                                  [&](const auto& one) { return one.second.sender != turn.state.account.user; });
  return found == entry.messages.rend() ? 0 : found->first;
}

void start_typing_timer(Turn& turn, std::int64_t after_ms) {
  turn.command(StartTimer{"typing", static_cast<std::uint32_t>(after_ms)});
}

}  // namespace

void fill(Turn& turn, ConversationEntry& entry) {
  if (!turn.online() || entry.filling) return;
  const auto& own = own_marker(turn, entry);
  if (entry.messages.empty()) {
    const bool news = entry.last_number > std::min(own.delivered, own.read);
    if (entry.last_number > 0 && (entry.open || news))
      ask(turn, entry, {entry.conversation, std::nullopt, std::nullopt, kPage});
    return;
  }
  if (const auto hole = newest_hole(entry)) {
    if (hole->above - hole->below <= kWidestHole)
      return ask(turn, entry, {entry.conversation, std::nullopt, hole->below, kPage});
    entry.messages.erase(entry.messages.begin(), entry.messages.lower_bound(hole->above));
    return fill(turn, entry);
  }
  const auto first = entry.messages.begin()->first;
  if (entry.open && first > 1 && entry.messages.size() < kPage)
    ask(turn, entry, {entry.conversation, first, std::nullopt, kPage});
}

void mark(Turn& turn, ConversationEntry& entry) {
  if (!turn.online() || entry.marking) return;
  auto& own = own_marker(turn, entry);
  protocol::ChatMark message{entry.conversation, std::nullopt, std::nullopt};
  const auto received = newest_received(turn, entry);
  if (received > own.delivered) message.delivered = entry.delivered_asked = received;
  if (entry.read_wanted > own.read) message.read = entry.read_asked = entry.read_wanted;
  if (!message.delivered && !message.read) return;
  entry.marking = true;
  turn.request(message, {Purpose::kMark, std::nullopt, {}, entry.conversation, {}});
}

void marked(Turn& turn, ConversationEntry& entry) {
  auto& own = own_marker(turn, entry);
  own.delivered = std::max(own.delivered, entry.delivered_asked);
  own.read = std::max(own.read, entry.read_asked);
  turn.keep(Kept::kConversation, entry.conversation);
  turn.keep(Kept::kRead, entry.conversation);
  mark(turn, entry);
}

model::Message known_message(const Turn& turn, const ConversationEntry& entry, const protocol::ChatMessage& message) {
  const auto sender = message.sender.value_or(entry.with);
  const bool own = sender == turn.state.account.user;
  model::Message known{message.number,
                       message.time,
                       sender,
                       own ? message.client_message_id.value_or("") : "",
                       message.text,
                       own ? model::MessageState::kSent : model::MessageState::kReceived,
                       {},
                       message.edited.value_or(0),
                       message.removed,
                       {}};
  for (const auto& one : message.reactions) known.reactions.push_back({one.user, one.emoji});
  return known;
}

void take_message(Turn& turn, ConversationEntry& entry, const protocol::ChatMessage& message) {
  const auto known = known_message(turn, entry, message);
  // Whatever comes now comes after all changes that were told of.
  if (entry.messages.empty()) entry.changes = entry.changes_there;
  entry.messages[message.number] = known;
  entry.last_number = std::max(entry.last_number, message.number);
  entry.last_time = std::max(entry.last_time, message.time);
  entry.typing.erase(known.sender);
  if (!known.client_message_id.empty()) acknowledge(turn, entry, known.client_message_id, message.number);
}

void on(Turn& turn, const protocol::ChatMessage& message) {
  auto* entry = find_conversation(turn, message.conversation);
  if (entry == nullptr) {
    // Its conversation has not been announced: take the whole list again, the message comes with its page.
    turn.command(Report{"a message of an unknown conversation has arrived"});
    turn.request(protocol::ConversationList{0}, {Purpose::kConversations, std::nullopt, {}, 0, {}});
    return;
  }
  const bool known = entry->messages.count(message.number) != 0;
  take_message(turn, *entry, message);
  keep_conversation(turn, entry->conversation);
  const auto sender = message.sender.value_or(entry->with);
  if (!known && sender != turn.state.account.user) turn.command(Notify{Notice::kMessage, sender, message.text});
  fill(turn, *entry);
  mark(turn, *entry);
}

void on(Turn& turn, const protocol::ChatPage& page, const std::optional<Pending>& pending) {
  auto* entry = find_conversation(turn, page.conversation);
  if (entry == nullptr || !pending) return;
  entry->changes_there = std::max(entry->changes_there, page.changes.value_or(0));
  if (pending->purpose == Purpose::kExcerpt) return take_excerpt(turn, *entry, page, *pending);
  entry->filling = false;
  const auto before = entry->messages.size();
  for (const auto& message : page.messages) take_message(turn, *entry, message);
  keep_conversation(turn, entry->conversation);
  turn.done(pending->intent, std::to_string(entry->messages.size() - before));
  if (entry->messages.size() > before) fill(turn, *entry);
  mark(turn, *entry);
  catch_up(turn, *entry);
  pump_outbox(turn);
}

void on(Turn& turn, const OlderMessages& older) {
  if (!turn.need_online()) return;
  auto* entry = find_conversation(turn, older.conversation);
  if (entry == nullptr) return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no such conversation");
  entry->open = true;
  if (!entry->excerpt.empty()) return older_of_excerpt(turn, *entry);
  if (entry->messages.empty())
    return ask(turn, *entry, {entry->conversation, std::nullopt, std::nullopt, kPage}, turn.moment.intent);
  const auto first = entry->messages.begin()->first;
  if (first <= 1) return turn.done(turn.moment.intent, "0");
  ask(turn, *entry, {entry->conversation, first, std::nullopt, kPage}, turn.moment.intent);
}

void on(Turn& turn, const ReadChat& read) {
  auto* entry = find_conversation(turn, read.conversation);
  if (entry == nullptr) return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no such conversation");
  entry->read_wanted = std::max(entry->read_wanted, entry->last_number);
  turn.keep(Kept::kRead, entry->conversation);
  mark(turn, *entry);
  turn.done(turn.moment.intent);
}

void on(Turn& turn, const protocol::ChatMarked& marked) {
  auto* entry = find_conversation(turn, marked.conversation);
  if (entry == nullptr) return;
  auto& marker = entry->members[marked.marker.user];
  marker = {marked.marker.user, std::max(marker.delivered, marked.marker.delivered),
            std::max(marker.read, marked.marker.read)};
  turn.keep(Kept::kConversation, marked.conversation);
}

void on(Turn& turn, const protocol::ChatTypingBy& typing) {
  auto* entry = find_conversation(turn, typing.conversation);
  if (entry == nullptr || typing.user == turn.state.account.user) return;
  entry->typing[typing.user] = turn.moment.now_ms + kTypingFadesMs;
  start_typing_timer(turn, kTypingFadesMs);
}

void typing_timer(Turn& turn) {
  std::int64_t next = 0;
  for (auto& [number, entry] : turn.state.chat.conversations) {
    for (auto it = entry.typing.begin(); it != entry.typing.end();) {
      if (it->second <= turn.moment.now_ms) {
        it = entry.typing.erase(it);
        continue;
      }
      next = next == 0 ? it->second : std::min(next, it->second);
      ++it;
    }
  }
  if (next != 0) start_typing_timer(turn, next - turn.moment.now_ms);
}

}  // namespace sidetone::client::detail
