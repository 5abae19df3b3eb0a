#include <algorithm>
#include <limits>

#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

constexpr std::uint32_t kOutboxRetryMs = 1'000;
constexpr std::int64_t kTypingEveryMs = 3'000;
constexpr std::size_t kFetchedUnasked = 20;  ///< conversations whose newest page is fetched without being looked at

void list(Turn& turn, std::uint32_t offset) {
  turn.request(protocol::ConversationList{offset}, {Purpose::kConversations, std::nullopt, {}, offset, {}});
}

auto find_item(Chat& chat, const std::string& id) {
  return std::find_if(chat.outbox.begin(), chat.outbox.end(), [&](const auto& item) { return item.id == id; });
}

std::optional<std::uint32_t> take_intent(Chat& chat, const std::string& id) {
  const auto found = chat.intents.find(id);
  if (found == chat.intents.end()) return std::nullopt;
  const auto intent = found->second;
  chat.intents.erase(found);
  return intent;
}

/// A text within its limit may be longer on the wire, where some characters are escaped. Nobody would answer a frame
/// that is too long with the number of its request.
bool fits_a_frame(const std::string& text) {
  constexpr auto kLargest = std::numeric_limits<protocol::ConversationId>::max();
  const protocol::ChatSend longest{kLargest, std::string(protocol::limits::kTokenBytes, 'x'), text};
  return protocol::encode(longest, {std::numeric_limits<std::uint32_t>::max(), std::nullopt}).size() <=
         protocol::limits::kFrameBytes;
}

/// Whether the same message may be taken another time.
bool passes(const protocol::Failure& failure) {
  const auto code = error_code_from_name(failure.code);
  return code == ErrorCode::kRateLimited || code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout ||
         code == ErrorCode::kInternal;
}

void message_refused(Turn& turn, const std::string& id, const protocol::Failure& failure) {
  auto& chat = turn.state.chat;
  for (auto& [number, entry] : chat.conversations)
    if (entry.sending == id) entry.sending.clear();
  if (passes(failure)) {
    turn.command(StartTimer{"outbox", failure.retry_after_ms.value_or(kOutboxRetryMs)});
    return;
  }
  const auto item = find_item(chat, id);
  if (item == chat.outbox.end()) return;
  item->failure = failure.text.empty() ? failure.code : failure.text;
  turn.refuse(take_intent(chat, id), failure);
  turn.persist();
  pump_outbox(turn);
}

/// All conversations are known: the newest ones shall be there when the service is not.
void listed(Turn& turn) {
  auto& chat = turn.state.chat;
  chat.listed = true;
  std::vector<ConversationEntry*> entries;
  for (auto& [number, entry] : chat.conversations) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) { return a->last_time > b->last_time; });
  entries.resize(std::min(entries.size(), kFetchedUnasked));
  for (auto* entry : entries) {
    entry->open = true;
    fill(turn, *entry);
  }
}

void opening_refused(Turn& turn, const Pending& pending, const protocol::Failure& failure) {
  auto& chat = turn.state.chat;
  const auto with = static_cast<UserId>(pending.number);
  chat.opening.erase(with);
  turn.refuse(pending.intent, failure);
  std::vector<std::string> waiting;
  for (const auto& item : chat.outbox)
    if (item.with == with && item.failure.empty()) waiting.push_back(item.id);
  for (const auto& id : waiting) message_refused(turn, id, failure);
}

}  // namespace

void chat_signed_in(Turn& turn, bool resumed) {
  auto& chat = turn.state.chat;
  chat.opening.clear();
  for (auto& [number, entry] : chat.conversations) {
    entry.filling = entry.marking = entry.catching_up = false;
    entry.sending.clear();
  }
  if (!resumed || !chat.listed) {
    chat.listed = false;
    list(turn, 0);
  }
  if (resumed) {
    for (auto& [number, entry] : chat.conversations) {
      fill(turn, entry);
      mark(turn, entry);
      catch_up(turn, entry);
    }
  }
  search_signed_in(turn, resumed);
  pump_outbox(turn);
}

ConversationEntry* find_conversation(Turn& turn, ConversationId conversation) {
  const auto found = turn.state.chat.conversations.find(conversation);
  return found == turn.state.chat.conversations.end() ? nullptr : &found->second;
}

ConversationEntry& learn_conversation(Turn& turn, const protocol::ConversationInfo& info) {
  auto& chat = turn.state.chat;
  auto& entry = chat.conversations[info.conversation];
  entry.conversation = info.conversation;
  entry.with = turn.state.account.user;
  for (const auto& member : info.members) {
    if (member.user != turn.state.account.user) entry.with = member.user;
    auto& marker = entry.members[member.user];
    marker = {member.user, std::max(marker.delivered, member.delivered), std::max(marker.read, member.read)};
  }
  entry.last_number = std::max(entry.last_number, info.last_number);
  entry.last_time = std::max(entry.last_time, info.last_time);
  entry.changes_there = std::max(entry.changes_there, info.changes.value_or(0));
  chat.by_person[entry.with] = info.conversation;
  return entry;
}

void on(Turn& turn, const protocol::Conversation& message, const std::optional<Pending>& pending) {
  auto& entry = learn_conversation(turn, message.info);
  keep_conversation(turn, entry.conversation);
  turn.state.chat.opening.erase(entry.with);
  if (pending && pending->intent) {
    entry.open = true;
    turn.done(pending->intent, std::to_string(entry.conversation));
  }
  fill(turn, entry);
  mark(turn, entry);
  catch_up(turn, entry);
  pump_outbox(turn);
}

void on(Turn& turn, const protocol::Conversations& page, const std::optional<Pending>& pending) {
  for (const auto& info : page.conversations) {
    auto& entry = learn_conversation(turn, info);
    keep_conversation(turn, entry.conversation);
    fill(turn, entry);
    mark(turn, entry);
    catch_up(turn, entry);
  }
  if (!pending) return;
  if (page.more && !page.conversations.empty())
    list(turn, static_cast<std::uint32_t>(pending->number + page.conversations.size()));
  else
    listed(turn);
  pump_outbox(turn);
}

void on(Turn& turn, const OpenConversation& open) {
  auto& chat = turn.state.chat;
  const auto known = chat.by_person.find(open.with);
  if (known != chat.by_person.end()) {
    auto& entry = chat.conversations[known->second];
    entry.open = true;
    if (turn.online()) fill(turn, entry);
    return turn.done(turn.moment.intent, std::to_string(entry.conversation));
  }
  if (!turn.need_online()) return;
  turn.request(protocol::ConversationOpen{open.with},
               {Purpose::kOpenConversation, turn.moment.intent, {}, open.with, {}});
}

void on(Turn& turn, const SendChat& send) {
  auto& state = turn.state;
  if (state.account.token.empty())
    return turn.refuse(turn.moment.intent, ErrorCode::kUnauthenticated, "nobody is signed in");
  if (!fits_a_frame(send.text))
    return turn.refuse(turn.moment.intent, ErrorCode::kTooLarge,
                       "the text takes more than " + std::to_string(protocol::limits::kFrameBytes) +
                           " bytes on the wire: control characters take six each");
  state.chat.outbox.push_back(
      {turn.moment.random, send.with, 0, send.text, turn.moment.unix_s + state.connection.clock_offset_s, {}});
  if (turn.moment.intent) state.chat.intents[turn.moment.random] = *turn.moment.intent;
  turn.persist();
  pump_outbox(turn);
}

void on(Turn& turn, const DropMessage& drop) {
  auto& chat = turn.state.chat;
  const auto item = find_item(chat, drop.id);
  if (item == chat.outbox.end() || item->failure.empty())
    return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no refused message has this id");
  chat.outbox.erase(item);
  turn.persist();
  turn.done(turn.moment.intent);
}

void pump_outbox(Turn& turn) {
  if (!turn.online()) return;
  auto& chat = turn.state.chat;
  for (auto& item : chat.outbox) {
    if (!item.failure.empty()) continue;
    const auto known = chat.by_person.find(item.with);
    if (known == chat.by_person.end()) {
      if (chat.listed && chat.opening.insert(item.with).second)
        turn.request(protocol::ConversationOpen{item.with},
                     {Purpose::kOpenConversation, std::nullopt, {}, item.with, {}});
      continue;
    }
    auto& entry = chat.conversations[known->second];
    if (!entry.sending.empty()) continue;
    entry.sending = item.id;
    item.conversation = entry.conversation;
    turn.request(protocol::ChatSend{entry.conversation, item.id, item.text},
                 {Purpose::kChatSend, std::nullopt, item.id, entry.conversation, {}});
  }
}

void acknowledge(Turn& turn, ConversationEntry& entry, const std::string& id, std::uint64_t number) {
  auto& chat = turn.state.chat;
  if (entry.sending == id) entry.sending.clear();
  const auto item = find_item(chat, id);
  if (item == chat.outbox.end()) return;
  chat.outbox.erase(item);
  turn.done(take_intent(chat, id), std::to_string(number));
  turn.persist();
}

void on(Turn& turn, const protocol::ChatSent& sent, const std::optional<Pending>& pending) {
  auto* entry = find_conversation(turn, sent.conversation);
  if (!pending || pending->purpose != Purpose::kChatSend || entry == nullptr) return;
  const auto item = find_item(turn.state.chat, pending->subject);
  if (item != turn.state.chat.outbox.end())
    take_message(turn, *entry,
                 {sent.conversation, sent.number, sent.time, turn.state.account.user, item->id, item->text});
  keep_conversation(turn, sent.conversation);
  fill(turn, *entry);
  mark(turn, *entry);
  pump_outbox(turn);
}

void outbox_timer(Turn& turn) { pump_outbox(turn); }

void chat_answered(Turn& turn, const Pending& pending, const protocol::Failure* failure) {
  auto* entry = find_conversation(turn, static_cast<ConversationId>(pending.number));
  switch (pending.purpose) {
    case Purpose::kChatSend:
      if (failure != nullptr) message_refused(turn, pending.subject, *failure);
      return;
    case Purpose::kOpenConversation:
      if (failure != nullptr) opening_refused(turn, pending, *failure);
      return;
    case Purpose::kChatPage:
      if (entry != nullptr) entry->filling = false;
      if (failure != nullptr) turn.refuse(pending.intent, *failure);
      return;
    case Purpose::kChangeMessage:
      if (failure != nullptr) turn.refuse(pending.intent, *failure);
      return;
    case Purpose::kChanges:
      if (entry != nullptr) entry->catching_up = false;
      if (failure != nullptr) turn.command(Report{"chat: " + failure->text});
      return;
    case Purpose::kMark:
      if (entry == nullptr) return;
      entry->marking = false;
      if (failure == nullptr) marked(turn, *entry);
      return;
    default:
      if (failure != nullptr) turn.command(Report{"chat: " + failure->text});
  }
}

void on(Turn& turn, const Typing& typing) {
  auto* entry = find_conversation(turn, typing.conversation);
  if (entry == nullptr || !turn.online() || turn.moment.now_ms - entry->typing_sent_ms < kTypingEveryMs) return;
  entry->typing_sent_ms = turn.moment.now_ms;
  turn.send(protocol::ChatTyping{typing.conversation});
}

}  // namespace sidetone::client::detail
