#include <algorithm>

#include "service/store/message_page.hpp"
#include "service/store/sqlite_transaction.hpp"

namespace sidetone::service::store {

bool SqliteTransaction::is_member(UserId user, protocol::ConversationId conversation) {
  Query query(db_, "SELECT 1 FROM members WHERE user = ? AND conversation = ?", user, conversation);
  return query.step();
}

protocol::ConversationInfo SqliteTransaction::conversation(protocol::ConversationId id) {
  protocol::ConversationInfo info;
  info.conversation = id;
  Query head(db_, "SELECT last_number, last_time, changes FROM conversations WHERE conversation = ?", id);
  if (head.step()) {
    info.last_number = static_cast<std::uint64_t>(head.integer(0));
    info.last_time = head.integer(1);
    if (head.integer(2) > 0) info.changes = static_cast<std::uint64_t>(head.integer(2));
  }
  Query query(db_, "SELECT user, delivered, read FROM members WHERE conversation = ? ORDER BY user", id);
  while (query.step())
    info.members.push_back({static_cast<UserId>(query.integer(0)), static_cast<std::uint64_t>(query.integer(1)),
                            static_cast<std::uint64_t>(query.integer(2))});
  return info;
}

protocol::ConversationInfo SqliteTransaction::open_pair(UserId one, UserId other) {
  const auto [low, high] = std::minmax(one, other);
  {
    Query query(db_, "SELECT conversation FROM conversations WHERE low = ? AND high = ?", low, high);
    if (query.step()) return conversation(static_cast<protocol::ConversationId>(query.integer(0)));
  }
  Query(db_, "INSERT INTO conversations (low, high) VALUES (?, ?)", low, high).run();
  const auto id = static_cast<protocol::ConversationId>(db_.last_insert_id());
  for (const auto user : {low, high})
    Query(db_, "INSERT INTO members (user, conversation) VALUES (?, ?)", user, id).run();
  return conversation(id);
}

std::vector<protocol::ConversationInfo> SqliteTransaction::conversations_of(UserId user, std::uint32_t offset,
                                                                            std::uint32_t limit) {
  std::vector<protocol::ConversationId> ids;
  {
    Query query(
        db_,
        "SELECT c.conversation FROM members m JOIN conversations c ON c.conversation = m.conversation WHERE m.user = ? "
        "ORDER BY c.last_time DESC, c.conversation DESC LIMIT ? OFFSET ?",
        user, limit, offset);
    while (query.step()) ids.push_back(static_cast<protocol::ConversationId>(query.integer(0)));
  }
  std::vector<protocol::ConversationInfo> out;
  for (const auto id : ids) out.push_back(conversation(id));
  return out;
}

Result<Appended> SqliteTransaction::append_message(const NewMessage& message) {
  if (!is_member(message.sender, message.conversation)) return no_conversation();
  Appended appended;
  {
    Query query(db_, "SELECT conversation, number, time FROM messages WHERE sender = ? AND client_message_id = ?",
                message.sender, message.client_message_id);
    if (query.step()) {
      if (query.integer(0) != static_cast<std::int64_t>(message.conversation))
        return Error{ErrorCode::kConflict, "this client message id belongs to another conversation", "i"};
      appended.number = static_cast<std::uint64_t>(query.integer(1));
      appended.time = query.integer(2);
      appended.known = true;
      return appended;
    }
  }
  Query(db_, "UPDATE conversations SET last_number = last_number + 1, last_time = ? WHERE conversation = ?",
        message.now, message.conversation)
      .run();
  appended.conversation = conversation(message.conversation);
  appended.number = appended.conversation.last_number;
  appended.time = message.now;
  Query(db_,
        "INSERT INTO messages (conversation, number, time, sender, client_message_id, text) VALUES (?, ?, ?, ?, ?, ?)",
        message.conversation, appended.number, message.now, message.sender, message.client_message_id, message.text)
      .run();
  index_message(appended.conversation, appended.number, message.text);
  return appended;
}

Result<protocol::ChatPage> SqliteTransaction::page(UserId user, const protocol::ChatHistory& wanted) {
  if (!is_member(user, wanted.conversation)) return no_conversation();
  const bool ascending = wanted.after.has_value();
  const auto edge =
      ascending ? *wanted.after : wanted.before.value_or(static_cast<std::uint64_t>(protocol::limits::kMaxInteger));
  Query query(db_,
              ascending ? "SELECT number, time, sender, client_message_id, text, edited, removed, change FROM messages "
                          "WHERE conversation = ? AND number > ? ORDER BY number LIMIT ?"
                        : "SELECT number, time, sender, client_message_id, text, edited, removed, change FROM messages "
                          "WHERE conversation = ? AND number < ? ORDER BY number DESC LIMIT ?",
              wanted.conversation, edge, wanted.limit + 1);
  MessagePage filled(wanted.limit);
  protocol::ChatPage page;
  page.conversation = wanted.conversation;
  while (!page.more && query.step()) {
    auto message = read_message(query, wanted.conversation, user);
    if (may_have_reactions(query)) message.reactions = reactions(wanted.conversation, message.number);
    page.more = !filled.add(std::move(message));
  }
  page.messages = std::move(filled.messages);
  if (!ascending) std::reverse(page.messages.begin(), page.messages.end());
  page.changes = conversation(wanted.conversation).changes;
  return page;
}

Result<Raised> SqliteTransaction::raise_marker(UserId user, const protocol::ChatMark& mark) {
  if (!is_member(user, mark.conversation)) return no_conversation();
  const auto info = conversation(mark.conversation);
  const auto wanted_read = std::min(mark.read.value_or(0), info.last_number);
  const auto wanted_delivered = std::max(std::min(mark.delivered.value_or(0), info.last_number), wanted_read);
  Raised raised;
  for (const auto& member : info.members) {
    raised.members.push_back(member.user);
    if (member.user == user) raised.marker = member;
  }
  raised.changed = wanted_delivered > raised.marker.delivered || wanted_read > raised.marker.read;
  if (!raised.changed) return raised;
  raised.marker.delivered = std::max(raised.marker.delivered, wanted_delivered);
  raised.marker.read = std::max(raised.marker.read, wanted_read);
  Query(db_, "UPDATE members SET delivered = ?, read = ? WHERE user = ? AND conversation = ?", raised.marker.delivered,
        raised.marker.read, user, mark.conversation)
      .run();
  return raised;
}

Result<std::vector<UserId>> SqliteTransaction::members(UserId user, protocol::ConversationId id) {
  if (!is_member(user, id)) return no_conversation();
  std::vector<UserId> out;
  Query query(db_, "SELECT user FROM members WHERE conversation = ? ORDER BY user", id);
  while (query.step()) out.push_back(static_cast<UserId>(query.integer(0)));
  return out;
}

}  // namespace sidetone::service::store
