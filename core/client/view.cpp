#include "core/client/view.hpp"

#include <algorithm>

namespace sidetone::client {
namespace {

using model::MessageState;

MessageState progress(const State& state, const ConversationEntry& entry, const model::Message& message) {
  if (message.sender != state.account.user) return MessageState::kReceived;
  auto best = MessageState::kSent;
  for (const auto& [user, marker] : entry.members) {
    if (user == state.account.user) continue;
    if (marker.read >= message.number) return MessageState::kRead;
    if (marker.delivered >= message.number) best = MessageState::kDelivered;
  }
  return best;
}

model::Message waiting(const State& state, const OutboxItem& item) {
  return {0,
          item.time,
          state.account.user,
          item.id,
          item.text,
          item.failure.empty() ? MessageState::kSending : MessageState::kFailed,
          item.failure,
          0,
          false,
          {}};
}

std::vector<model::Conversation> view_conversations(const State& state) {
  std::vector<model::Conversation> out;
  for (const auto& [id, entry] : state.chat.conversations) out.push_back(view_conversation(state, entry));
  // What was written to somebody without a conversation yet stands in one that has no number.
  for (const auto& item : state.chat.outbox) {
    if (state.chat.by_person.count(item.with) != 0) continue;
    auto found = std::find_if(out.begin(), out.end(),
                              [&](const auto& one) { return one.conversation == 0 && one.with == item.with; });
    if (found == out.end()) {
      out.emplace_back().with = item.with;
      found = out.end() - 1;
    }
    found->messages.push_back(waiting(state, item));
    found->last_time = item.time;
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.last_time > b.last_time; });
  return out;
}

}  // namespace

std::uint64_t unread_messages(const State& state, const ConversationEntry& entry) {
  const auto own = entry.members.find(state.account.user);
  const std::uint64_t read = std::max(own == entry.members.end() ? 0 : own->second.read, entry.read_wanted);
  if (entry.messages.empty()) return entry.last_number > read ? entry.last_number - read : 0;
  const auto first = entry.messages.begin()->first;
  const std::uint64_t unknown = first > read + 1 ? first - read - 1 : 0;
  return unknown + static_cast<std::uint64_t>(
                       std::count_if(entry.messages.upper_bound(read), entry.messages.end(),
                                     [&](const auto& one) { return one.second.sender != state.account.user; }));
}

model::Conversation view_conversation(const State& state, const ConversationEntry& entry) {
  model::Conversation out;
  out.conversation = entry.conversation;
  out.with = entry.with;
  out.last_number = entry.last_number;
  out.last_time = entry.last_time;
  out.unread = unread_messages(state, entry);
  out.complete = entry.last_number == 0 || (!entry.messages.empty() && entry.messages.begin()->first == 1);
  for (const auto& [user, marker] : entry.members) out.members.push_back(marker);
  for (const auto& [number, message] : entry.messages) {
    out.messages.push_back(message);
    out.messages.back().state = progress(state, entry, message);
  }
  for (const auto& item : state.chat.outbox)
    if (item.with == entry.with) out.messages.push_back(waiting(state, item));
  for (const auto& [user, until] : entry.typing) out.typing.push_back(user);
  return out;
}

View make_view(const State& state, unsigned lists) {
  View view;
  view.connection = state.connection.phase;
  view.reason = state.connection.reason;
  view.user = state.account.user;
  view.name = state.account.name;
  view.device = state.account.device;
  view.devices = state.account.devices;
  view.second_factor = state.second_factor.known;
  view.second_factor_secret = state.second_factor.setting_up;
  view.recovery_codes = state.second_factor.recovery_codes;
  view.directory_version = state.directory.version;
  view.directory_ready = !state.connection.session.empty() && state.directory.version != 0 &&
                         !state.directory.syncing && !state.directory.fetching;
  if ((lists & kContacts) != 0)
    for (const auto& [user, contact] : state.directory.contacts) view.contacts.push_back(contact);
  for (const auto user : state.favourites.users)
    if (state.directory.contacts.count(user) != 0) view.favourites.push_back(user);
  for (const auto& [number, name] : state.saved_numbers.names) view.saved_numbers.push_back({number, name});
  if ((lists & kPresence) != 0)
    for (const auto& [user, presence] : state.presence.people) view.presence.push_back(presence);
  view.chat_ready = state.chat.listed;
  for (const auto& [id, entry] : state.chat.conversations) view.unread += unread_messages(state, entry);
  if ((lists & kConversations) != 0) {
    view.conversations = view_conversations(state);
    view.found = state.chat.search.found;
  }
  view.search = state.chat.search.text;
  view.search_answered = state.chat.search.answered;
  for (const auto& [id, entry] : state.calls) view.calls.push_back(entry.call);
  std::stable_sort(view.calls.begin(), view.calls.end(),
                   [](const auto& a, const auto& b) { return a.began < b.began; });
  view.history_version = state.history.version;
  if ((lists & kHistory) != 0)
    for (auto it = state.history.records.rbegin(); it != state.history.records.rend(); ++it)
      view.history.push_back(it->second);
  for (const auto& [id, host] : state.hosts.hosts) view.hosts.push_back(host);
  view.pairing = state.hosts.pairing;
  view.voice = choose_voice(state);
  const auto& c = state.counters;
  view.counters = {c.malformed_frames, c.unknown_types, c.sequence_gaps, c.duplicates, c.stale_events,
                   c.refused_events,   c.unusable_kept, c.resumptions,   c.resets};
  return view;
}

}  // namespace sidetone::client
