#include <algorithm>

#include "core/client/turn.hpp"

/// Messages that become other ones after they were sent. All messages of a conversation that are known have seen the
/// same number of its changes, so that what was missed can be asked for.
namespace sidetone::client::detail {
namespace {

template <class M>
void change(Turn& turn, ConversationId conversation, std::uint64_t number, const M& message) {
  if (!turn.need_online()) return;
  const auto* entry = find_conversation(turn, conversation);
  if (entry == nullptr || (entry->messages.count(number) == 0 && entry->excerpt.count(number) == 0))
    return turn.refuse(turn.moment.intent, ErrorCode::kNotFound, "no such message");
  // The same change once more changes nothing: it can be sent again.
  turn.request(message, {Purpose::kChangeMessage, turn.moment.intent, {}, conversation, {}}, true);
}

void put(std::map<std::uint64_t, model::Message>& messages, const model::Message& changed) {
  const auto found = messages.find(changed.number);
  if (found == messages.end()) return;
  auto id = std::move(found->second.client_message_id);  // changes come without it
  found->second = changed;
  found->second.client_message_id = std::move(id);
}

void take_change(Turn& turn, ConversationEntry& entry, const protocol::ChatMessage& message) {
  const auto changed = known_message(turn, entry, message);
  put(entry.messages, changed);
  put(entry.excerpt, changed);
  auto& found = turn.state.chat.search.found;
  const auto here = [&](const model::FoundMessage& one) {
    return one.conversation == entry.conversation && one.message.number == changed.number;
  };
  if (changed.removed)
    found.erase(std::remove_if(found.begin(), found.end(), here), found.end());
  else
    for (auto& one : found)
      if (here(one)) one.message = changed;
}

}  // namespace

void on(Turn& turn, const EditMessage& edit) {
  change(turn, edit.conversation, edit.number, protocol::ChatEdit{edit.conversation, edit.number, edit.text});
}

void on(Turn& turn, const RemoveMessage& wanted) {
  change(turn, wanted.conversation, wanted.number, protocol::ChatRemove{wanted.conversation, wanted.number});
}

void on(Turn& turn, const ReactToMessage& reaction) {
  protocol::ChatReact message{reaction.conversation, reaction.number, std::nullopt};
  if (!reaction.emoji.empty()) message.emoji = reaction.emoji;
  change(turn, reaction.conversation, reaction.number, message);
}

void on(Turn& turn, const protocol::ChatChanged& changed, const std::optional<Pending>& pending) {
  if (auto* entry = find_conversation(turn, changed.message.conversation)) {
    entry->changes_there = std::max(entry->changes_there, changed.change);
    take_change(turn, *entry, changed.message);
    if (changed.change == entry->changes + 1) entry->changes = changed.change;
    keep_conversation(turn, entry->conversation);
    catch_up(turn, *entry);
  }
  if (pending) turn.done(pending->intent);
}

void on(Turn& turn, const protocol::ChatChanges& changes, const std::optional<Pending>& pending) {
  auto* entry = find_conversation(turn, changes.conversation);
  if (entry == nullptr || !pending) return;
  entry->catching_up = false;
  for (const auto& message : changes.messages) take_change(turn, *entry, message);
  const bool further = changes.change > entry->changes;
  entry->changes = std::max(entry->changes, changes.change);
  entry->changes_there = std::max(entry->changes_there, changes.change);
  keep_conversation(turn, entry->conversation);
  if (further) catch_up(turn, *entry);
}

void catch_up(Turn& turn, ConversationEntry& entry) {
  if (!turn.online() || entry.catching_up || entry.messages.empty() || entry.changes >= entry.changes_there) return;
  entry.catching_up = true;
  turn.request(protocol::ChatChangesSince{entry.conversation, entry.changes, entry.messages.begin()->first},
               {Purpose::kChanges, std::nullopt, {}, entry.conversation, {}});
}

}  // namespace sidetone::client::detail
