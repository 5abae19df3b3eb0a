#include "shell/screens/conversation_rows.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sidetone::shell {
namespace {

void sync_numbers(ConversationWindow& window, const client::ConversationEntry& entry, float estimate) {
  const auto& messages = shown_messages(entry);
  auto& numbers = window.numbers;
  if (messages.size() == numbers.size() &&
      (numbers.empty() || (messages.begin()->first == numbers.front() && messages.rbegin()->first == numbers.back())))
    return;
  window.heights.truncate(numbers.size());
  window.waiting.clear();
  std::vector<std::uint64_t> before;
  std::vector<std::uint64_t> after;
  if (!numbers.empty()) {
    for (auto it = messages.begin(); it != messages.end() && it->first < numbers.front(); ++it)
      before.push_back(it->first);
    for (auto it = messages.upper_bound(numbers.back()); it != messages.end(); ++it) after.push_back(it->first);
  }
  if (numbers.empty() || before.size() + numbers.size() + after.size() != messages.size()) {
    window.heights.clear();
    numbers.clear();
    std::transform(messages.begin(), messages.end(), std::back_inserter(numbers),
                   [](const auto& one) { return one.first; });
    window.heights.append(numbers.size(), estimate);
    return;
  }
  // The neighbours of what is new may begin or end a group now.
  if (!before.empty()) {
    window.heights.forget(0);
    window.heights.prepend(before.size(), estimate);
    numbers.insert(numbers.begin(), before.begin(), before.end());
  }
  if (!after.empty()) {
    window.heights.forget(numbers.size() - 1);
    window.heights.append(after.size(), estimate);
    numbers.insert(numbers.end(), after.begin(), after.end());
  }
}

/// @param hidden  what waits stands below the newest message, not below an excerpt.
void sync_waiting(ConversationWindow& window, const client::State& client, protocol::UserId with, bool hidden,
                  float estimate) {
  std::size_t count = 0;
  bool same = true;
  for (const auto& item : client.chat.outbox) {
    if (item.with != with || hidden) continue;
    same = same && count < window.waiting.size() && window.waiting[count] == item.id;
    ++count;
  }
  if (same && count == window.waiting.size()) return;
  window.heights.truncate(window.numbers.size());
  window.waiting.clear();
  for (const auto& item : client.chat.outbox)
    if (item.with == with && !hidden) window.waiting.push_back(item.id);
  window.heights.append(window.waiting.size(), estimate);
  if (!window.numbers.empty()) window.heights.forget(window.numbers.size() - 1);
}

model::MessageState message_progress(const client::State& client, const client::ConversationEntry& entry,
                                     const model::Message& message) {
  if (message.sender != client.account.user) return model::MessageState::kReceived;
  auto best = model::MessageState::kSent;
  for (const auto& [user, marker] : entry.members) {
    if (user == client.account.user) continue;
    if (marker.read >= message.number) return model::MessageState::kRead;
    if (marker.delivered >= message.number) best = model::MessageState::kDelivered;
  }
  return best;
}

}  // namespace

void sync_rows(ConversationWindow& window, const client::State& client, const client::ConversationEntry* entry,
               protocol::UserId with, float estimate) {
  if (entry != nullptr) {
    sync_numbers(window, *entry, estimate);
    const auto changes = entry->changes + entry->changes_there;
    if (std::exchange(window.changes_seen, changes) != changes) window.heights.forget_all();
  }
  sync_waiting(window, client, with, entry != nullptr && !entry->excerpt.empty(), estimate);
}

MessageRow row_at(const ConversationWindow& window, const client::State& client, const client::ConversationEntry* entry,
                  std::size_t row) {
  if (row < window.numbers.size() && entry != nullptr) {
    const auto found = shown_messages(*entry).find(window.numbers[row]);
    if (found == shown_messages(*entry).end()) return {};
    const auto& message = found->second;
    return {message.number,
            {},
            message.text,
            {},
            message.time,
            message.sender,
            message.sender == client.account.user,
            message_progress(client, *entry, message),
            message.edited != 0,
            message.removed,
            &message.reactions};
  }
  const auto index = row - window.numbers.size();
  if (index >= window.waiting.size()) return {};
  const auto& outbox = client.chat.outbox;
  const auto found =
      std::find_if(outbox.begin(), outbox.end(), [&](const auto& item) { return item.id == window.waiting[index]; });
  if (found == outbox.end()) return {};
  return {0,           found->id,
          found->text, found->failure,
          found->time, client.account.user,
          true,        found->failure.empty() ? model::MessageState::kSending : model::MessageState::kFailed,
          false,       false,
          nullptr};
}

const client::ConversationEntry* conversation_with(const client::State& client, protocol::UserId with) {
  const auto known = client.chat.by_person.find(with);
  if (known == client.chat.by_person.end()) return nullptr;
  const auto found = client.chat.conversations.find(known->second);
  return found == client.chat.conversations.end() ? nullptr : &found->second;
}

const std::map<std::uint64_t, model::Message>& shown_messages(const client::ConversationEntry& entry) {
  return entry.excerpt.empty() ? entry.messages : entry.excerpt;
}

std::uint64_t read_number(const client::State& client, const client::ConversationEntry& entry) {
  const auto own = entry.members.find(client.account.user);
  return std::max(own == entry.members.end() ? 0 : own->second.read, entry.read_wanted);
}

bool complete(const client::ConversationEntry& entry) {
  const auto& messages = shown_messages(entry);
  return entry.last_number == 0 || (!messages.empty() && messages.begin()->first == 1);
}

}  // namespace sidetone::shell
