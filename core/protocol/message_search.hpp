#pragma once

#include "core/protocol/messaging.hpp"

/// Looking for words in one's own conversations: row M1.
namespace sidetone::protocol {

struct ChatSearch {
  static constexpr std::string_view kType = "chat_search";
  static constexpr std::string_view kDoc =
      "Messages with all of these words, newest first; the last word may be the beginning of one. Capital letters and "
      "accents do not count. Answered by chat_found.";
  std::string text;
  std::optional<ConversationId> conversation;
  std::optional<std::uint64_t> below;
  std::uint32_t limit = 0;
  static constexpr auto fields() {
    return field_list(
        field("x", &ChatSearch::text, "words", Bounds{1, limits::kSearchBytes}),
        field("c", &ChatSearch::conversation, "only in this conversation; absent: in all of mine"),
        field("b", &ChatSearch::below, "`below` of the page before; absent: the newest"),
        field("l", &ChatSearch::limit, "at most so many", Bounds{1, static_cast<std::int64_t>(limits::kPageItems)}));
  }
  bool operator==(const ChatSearch&) const = default;
};

struct ChatFound {
  static constexpr std::string_view kType = "chat_found";
  static constexpr std::string_view kDoc = "What was found; a page ends early so that it fits a frame.";
  std::vector<ChatMessage> messages;
  std::optional<std::uint64_t> below;
  static constexpr auto fields() {
    return field_list(field("l", &ChatFound::messages, "messages, newest first; sender always given", std::nullopt,
                            limits::kPageItems),
                      field("b", &ChatFound::below, "there are more: ask for those below this"));
  }
  bool operator==(const ChatFound&) const = default;
};

}  // namespace sidetone::protocol
