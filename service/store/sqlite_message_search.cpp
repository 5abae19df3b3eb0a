#include "service/store/message_page.hpp"
#include "service/store/message_words.hpp"
#include "service/store/sqlite_transaction.hpp"

/// The index of words. It holds no texts (contentless), so that whoever takes a message out of it says what stood
/// there.
/// @source https://www.sqlite.org/fts5.html#contentless_tables
namespace sidetone::service::store {

void SqliteTransaction::index_message(const protocol::ConversationInfo& conversation, std::uint64_t number,
                                      std::string_view text) {
  Query(db_, "INSERT OR IGNORE INTO searched_messages (conversation, number) VALUES (?, ?)", conversation.conversation,
        number)
      .run();
  Query(db_,
        "INSERT INTO message_words (rowid, words) VALUES "
        "((SELECT row FROM searched_messages WHERE conversation = ? AND number = ?), ?)",
        conversation.conversation, number, searchable_words(text, conversation))
      .run();
}

void SqliteTransaction::unindex_message(const protocol::ConversationInfo& conversation, std::uint64_t number,
                                        std::string_view text) {
  Query(db_,
        "INSERT INTO message_words (message_words, rowid, words) VALUES "
        "('delete', (SELECT row FROM searched_messages WHERE conversation = ? AND number = ?), ?)",
        conversation.conversation, number, searchable_words(text, conversation))
      .run();
}

Result<protocol::ChatFound> SqliteTransaction::search_messages(UserId user, const protocol::ChatSearch& wanted) {
  if (wanted.conversation && !is_member(user, *wanted.conversation)) return no_conversation();
  protocol::ChatFound found;
  const auto words = wanted_words(wanted.text, user);
  if (words.empty()) return found;
  // Words alone admit nobody: a text may pretend to be another member's words.
  Query query(db_,
              "SELECT m.number, m.time, m.sender, m.client_message_id, m.text, m.edited, m.removed, m.change, "
              "m.conversation, s.row FROM message_words w JOIN searched_messages s ON s.row = w.rowid "
              "JOIN messages m ON m.conversation = s.conversation AND m.number = s.number "
              "JOIN members b ON b.user = ? AND b.conversation = s.conversation "
              "WHERE w.message_words MATCH ? AND s.conversation = COALESCE(?, s.conversation) AND w.rowid < ? "
              "ORDER BY w.rowid DESC LIMIT ?",
              user, words, wanted.conversation,
              wanted.below.value_or(static_cast<std::uint64_t>(protocol::limits::kMaxInteger)), wanted.limit + 1);
  MessagePage filled(wanted.limit);
  std::uint64_t last = 0;
  while (query.step()) {
    const auto conversation = static_cast<protocol::ConversationId>(query.integer(8));
    auto message = read_message(query, conversation, user);
    if (may_have_reactions(query)) message.reactions = reactions(conversation, message.number);
    if (!filled.add(std::move(message))) {
      found.below = last;
      break;
    }
    last = static_cast<std::uint64_t>(query.integer(9));
  }
  found.messages = std::move(filled.messages);
  return found;
}

}  // namespace sidetone::service::store
