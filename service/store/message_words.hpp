#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/store/rows.hpp"

/// How messages are made searchable by SQLite's FTS5 (https://www.sqlite.org/fts5.html), whose tokenizer folds capital
/// letters and accents.
namespace sidetone::service::store {

/// A message's text for the index. Where a script has no blanks between words, each character is one: whatever is
/// looked for there is found as a row of characters.
std::string searchable_words(std::string_view text);

/// The expression that finds messages with all words that somebody typed, the last one as the beginning of a word, in
/// one conversation or in all of the user's. Empty: nothing was typed that could be found.
std::string wanted_words(std::string_view typed, UserId user, std::optional<protocol::ConversationId> conversation);

/// The index's words for a conversation and its members.
std::string searchable_members(const protocol::ConversationInfo& conversation);

}  // namespace sidetone::service::store
