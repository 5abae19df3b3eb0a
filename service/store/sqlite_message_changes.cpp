#include "service/store/message_page.hpp"
#include "service/store/sqlite_transaction.hpp"

/// What becomes of a message after it was sent.
namespace sidetone::service::store {

Result<protocol::ChatChanged> SqliteTransaction::message(UserId user, protocol::ConversationId conversation,
                                                         std::uint64_t number) {
  if (!is_member(user, conversation)) return no_conversation();
  Query query(db_,
              "SELECT number, time, sender, client_message_id, text, edited, removed, change FROM messages WHERE "
              "conversation = ? AND number = ?",
              conversation, number);
  if (!query.step()) return Error{ErrorCode::kNotFound, "there is no such message", "n"};
  // Everybody gets the same: without the sender's own id for it.
  protocol::ChatChanged found{static_cast<std::uint64_t>(query.integer(7)), read_message(query, conversation, 0)};
  if (may_have_reactions(query)) found.message.reactions = reactions(conversation, number);
  return found;
}

std::vector<protocol::Reaction> SqliteTransaction::reactions(protocol::ConversationId conversation,
                                                             std::uint64_t number) {
  std::vector<protocol::Reaction> out;
  Query query(db_, "SELECT user, emoji FROM reactions WHERE conversation = ? AND number = ? ORDER BY user",
              conversation, number);
  while (query.step()) out.push_back({static_cast<UserId>(query.integer(0)), query.text(1)});
  return out;
}

Changed SqliteTransaction::changed(const protocol::ChatMessage& message) {
  Query(db_, "UPDATE conversations SET changes = changes + 1 WHERE conversation = ?", message.conversation).run();
  const auto info = conversation(message.conversation);
  Changed out{{info.changes.value_or(0), message}, true, {}};
  for (const auto& member : info.members) out.members.push_back(member.user);
  Query(db_, "UPDATE messages SET change = ? WHERE conversation = ? AND number = ?", out.change.change,
        message.conversation, message.number)
      .run();
  return out;
}

Result<Changed> SqliteTransaction::edit_message(UserId user, const protocol::ChatEdit& edit, std::int64_t now) {
  SIDETONE_TRY(auto known, message(user, edit.conversation, edit.number));
  auto& found = known.message;
  if (found.sender != user) return Error{ErrorCode::kForbidden, "somebody else wrote this message", "n"};
  if (found.removed) return Error{ErrorCode::kConflict, "the message has been removed", "n"};
  if (found.text == edit.text) return Changed{known, false, {}};
  const auto info = conversation(edit.conversation);
  unindex_message(info, edit.number, found.text);
  found.text = edit.text;
  found.edited = now;
  Query(db_, "UPDATE messages SET text = ?, edited = ? WHERE conversation = ? AND number = ?", edit.text, now,
        edit.conversation, edit.number)
      .run();
  index_message(info, edit.number, edit.text);
  return changed(found);
}

Result<Changed> SqliteTransaction::remove_message(UserId user, const protocol::ChatRemove& wanted) {
  SIDETONE_TRY(auto known, message(user, wanted.conversation, wanted.number));
  auto& found = known.message;
  if (found.sender != user) return Error{ErrorCode::kForbidden, "somebody else wrote this message", "n"};
  if (found.removed) return Changed{known, false, {}};
  unindex_message(conversation(wanted.conversation), wanted.number, found.text);
  found.text.clear();
  found.edited.reset();
  found.removed = true;
  found.reactions.clear();
  Query(db_, "UPDATE messages SET text = '', edited = NULL, removed = 1 WHERE conversation = ? AND number = ?",
        wanted.conversation, wanted.number)
      .run();
  Query(db_, "DELETE FROM reactions WHERE conversation = ? AND number = ?", wanted.conversation, wanted.number).run();
  return changed(found);
}

Result<Changed> SqliteTransaction::react(UserId user, const protocol::ChatReact& reaction) {
  SIDETONE_TRY(auto known, message(user, reaction.conversation, reaction.number));
  auto& found = known.message;
  if (found.removed) return Error{ErrorCode::kConflict, "the message has been removed", "n"};
  if (reaction.emoji)
    Query(db_,
          "INSERT INTO reactions (conversation, number, user, emoji) VALUES (?, ?, ?, ?) "
          "ON CONFLICT DO UPDATE SET emoji = excluded.emoji WHERE emoji <> excluded.emoji",
          reaction.conversation, reaction.number, user, *reaction.emoji)
        .run();
  else
    Query(db_, "DELETE FROM reactions WHERE conversation = ? AND number = ? AND user = ?", reaction.conversation,
          reaction.number, user)
        .run();
  if (db_.changed_rows() == 0) return Changed{known, false, {}};
  found.reactions = reactions(reaction.conversation, reaction.number);
  return changed(found);
}

Result<protocol::ChatChanges> SqliteTransaction::changes_since(UserId user, const protocol::ChatChangesSince& known) {
  if (!is_member(user, known.conversation)) return no_conversation();
  Query query(db_,
              "SELECT number, time, sender, client_message_id, text, edited, removed, change FROM messages WHERE "
              "conversation = ? AND change > ? AND number >= ? ORDER BY change LIMIT ?",
              known.conversation, known.change, known.from, protocol::limits::kPageItems + 1);
  MessagePage filled(protocol::limits::kPageItems);
  protocol::ChatChanges changes{known.conversation, known.change, {}, false};
  while (query.step()) {
    auto message = read_message(query, known.conversation, 0);
    message.reactions = reactions(known.conversation, message.number);
    changes.more = !filled.add(std::move(message));
    if (changes.more) break;
    changes.change = static_cast<std::uint64_t>(query.integer(7));
  }
  if (!changes.more) changes.change = conversation(known.conversation).changes.value_or(0);
  changes.messages = std::move(filled.messages);
  return changes;
}

}  // namespace sidetone::service::store
