#pragma once

#include <string>
#include <string_view>

#include "service/store/rows.hpp"

/// How messages are made searchable by SQLite's FTS5 (https://www.sqlite.org/fts5.html), whose tokenizer folds capital
/// letters and accents. Each word stands in the index once for each member of the conversation, behind the member's
/// number: what is looked for costs as much as the words in one's own messages, however many others there are.
namespace sidetone::service::store {

/// A text's words as the index has them for one member. Where a script has no blanks between words, each character is
/// one: whatever is looked for there is found as a row of characters.
std::string member_words(std::string_view text, UserId member);

/// The same for all members.
std::string searchable_words(std::string_view text, const protocol::ConversationInfo& conversation);

/// The expression that finds messages with all words that somebody typed, the last one as the beginning of a word,
/// among those that the member's words stand for. Empty: nothing was typed that could be found.
std::string wanted_words(std::string_view typed, UserId member);

}  // namespace sidetone::service::store
