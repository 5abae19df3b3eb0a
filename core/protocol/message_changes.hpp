#pragma once

#include "core/protocol/messaging.hpp"

/// What becomes of a message after it was sent: row M1. A conversation counts the changes of its messages; whoever was
/// away names the last one that was heard of and gets what has changed since.
namespace sidetone::protocol {

struct ChatEdit {
  static constexpr std::string_view kType = "chat_edit";
  static constexpr std::string_view kDoc =
      "Another text for a message of one's own. Answered by chat_changed. forbidden: somebody else wrote it; conflict: "
      "it has been removed.";
  ConversationId conversation = 0;
  std::uint64_t number = 0;
  std::string text;
  static constexpr auto fields() {
    return field_list(
        field("c", &ChatEdit::conversation, "conversation"), field("n", &ChatEdit::number, "number of the message"),
        field("x", &ChatEdit::text, "text, UTF-8", Bounds{1, static_cast<std::int64_t>(limits::kChatTextBytes)}));
  }
  bool operator==(const ChatEdit&) const = default;
};

struct ChatRemove {
  static constexpr std::string_view kType = "chat_remove";
  static constexpr std::string_view kDoc =
      "Remove a message of one's own for everybody: its text and what people thought of it are erased, its number "
      "stays. Answered by chat_changed. forbidden: somebody else wrote it.";
  ConversationId conversation = 0;
  std::uint64_t number = 0;
  static constexpr auto fields() {
    return field_list(field("c", &ChatRemove::conversation, "conversation"),
                      field("n", &ChatRemove::number, "number of the message"));
  }
  bool operator==(const ChatRemove&) const = default;
};

struct ChatReact {
  static constexpr std::string_view kType = "chat_react";
  static constexpr std::string_view kDoc =
      "What I think of a message, in place of what I thought before. Answered by chat_changed. conflict: it has been "
      "removed; malformed: not an emoji.";
  ConversationId conversation = 0;
  std::uint64_t number = 0;
  std::optional<std::string> emoji;
  static constexpr auto fields() {
    return field_list(
        field("c", &ChatReact::conversation, "conversation"), field("n", &ChatReact::number, "number of the message"),
        field("e", &ChatReact::emoji, "one emoji; absent: nothing any more", Bounds{1, limits::kReactionBytes}));
  }
  bool operator==(const ChatReact&) const = default;
};

struct ChatChanged {
  static constexpr std::string_view kType = "chat_changed";
  static constexpr std::string_view kDoc =
      "A message is another one now; to every device of every member. As an answer: to whoever changed it. Where a "
      "request has changed nothing its answer names the last change of the message.";
  std::uint64_t change = 0;
  ChatMessage message;
  static constexpr auto fields() {
    return field_list(field("h", &ChatChanged::change, "number of the change, consecutive from 1 in each conversation"),
                      field("m", &ChatChanged::message, "the whole message; sender always given"));
  }
  bool operator==(const ChatChanged&) const = default;
};

struct ChatChangesSince {
  static constexpr std::string_view kType = "chat_changes_since";
  static constexpr std::string_view kDoc =
      "What has changed of the messages that a client has kept? Answered by chat_changes.";
  ConversationId conversation = 0;
  std::uint64_t change = 0;
  std::uint64_t from = 0;
  static constexpr auto fields() {
    return field_list(field("c", &ChatChangesSince::conversation, "conversation"),
                      field("h", &ChatChangesSince::change, "the last change that is known; 0: none"),
                      field("n", &ChatChangesSince::from, "of messages from this number on"));
  }
  bool operator==(const ChatChangesSince&) const = default;
};

struct ChatChanges {
  static constexpr std::string_view kType = "chat_changes";
  static constexpr std::string_view kDoc =
      "Messages as they are now, the one that changed last at the end; a page ends early so that it fits a frame.";
  ConversationId conversation = 0;
  std::uint64_t change = 0;
  std::vector<ChatMessage> messages;
  bool more = false;
  static constexpr auto fields() {
    return field_list(
        field("c", &ChatChanges::conversation, "conversation"),
        field("h", &ChatChanges::change, "the last change that is known now"),
        field("l", &ChatChanges::messages, "messages; sender always given", std::nullopt, limits::kPageItems),
        field("o", &ChatChanges::more, "there are more: ask again"));
  }
  bool operator==(const ChatChanges&) const = default;
};

}  // namespace sidetone::protocol
