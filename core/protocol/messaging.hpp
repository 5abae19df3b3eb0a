#pragma once

#include "core/protocol/session.hpp"

/// Chat: row M1 for conversations of two. The shape leaves room for groups: a conversation has members.
namespace sidetone::protocol {

using ConversationId = std::uint32_t;

struct ReadMarker {
  UserId user = 0;
  std::uint64_t delivered = 0;
  std::uint64_t read = 0;
  static constexpr auto fields() {
    return field_list(
        field("u", &ReadMarker::user, "who"),
        field("v", &ReadMarker::delivered, "messages up to this number have reached one of the user's devices"),
        field("n", &ReadMarker::read, "messages up to this number have been read"));
  }
  bool operator==(const ReadMarker&) const = default;
};

struct ConversationInfo {
  ConversationId conversation = 0;
  std::vector<ReadMarker> members;
  std::uint64_t last_number = 0;
  std::int64_t last_time = 0;
  std::optional<std::uint64_t> changes;
  static constexpr auto fields() {
    return field_list(field("c", &ConversationInfo::conversation, "conversation"),
                      field("m", &ConversationInfo::members, "members and how far each has come"),
                      field("n", &ConversationInfo::last_number, "number of the newest message; 0: none yet"),
                      field("d", &ConversationInfo::last_time, "time of the newest message, seconds since 1970"),
                      field("h", &ConversationInfo::changes, "changes of its messages so far; absent: none"));
  }
  bool operator==(const ConversationInfo&) const = default;
};

struct ConversationOpen {
  static constexpr std::string_view kType = "conversation_open";
  static constexpr std::string_view kDoc =
      "The conversation with one person, made if there is none. Answered by conversation.";
  UserId with = 0;
  static constexpr auto fields() { return field_list(field("u", &ConversationOpen::with, "the other person")); }
  bool operator==(const ConversationOpen&) const = default;
};

struct Conversation {
  static constexpr std::string_view kType = "conversation";
  static constexpr std::string_view kDoc =
      "A conversation that the client did not know of yet; sent before its first message.";
  ConversationInfo info;
  static constexpr auto fields() { return field_list(field("i", &Conversation::info, "the conversation")); }
  bool operator==(const Conversation&) const = default;
};

struct ConversationList {
  static constexpr std::string_view kType = "conversation_list";
  static constexpr std::string_view kDoc = "All my conversations, newest first, in pages. Answered by conversations.";
  std::uint32_t offset = 0;
  static constexpr auto fields() { return field_list(field("o", &ConversationList::offset, "skip so many")); }
  bool operator==(const ConversationList&) const = default;
};

struct Conversations {
  static constexpr std::string_view kType = "conversations";
  static constexpr std::string_view kDoc = "One page of the user's conversations.";
  std::vector<ConversationInfo> conversations;
  bool more = false;
  static constexpr auto fields() {
    return field_list(field("l", &Conversations::conversations, "conversations", std::nullopt, limits::kPageItems),
                      field("o", &Conversations::more, "there are more"));
  }
  bool operator==(const Conversations&) const = default;
};

struct ChatSend {
  static constexpr std::string_view kType = "chat_send";
  static constexpr std::string_view kDoc =
      "Send a message. Answered by chat_sent when it is stored for good. Sending the same client message id again "
      "gives the same answer and no second message.";
  ConversationId conversation = 0;
  std::string client_message_id;
  std::string text;
  static constexpr auto fields() {
    return field_list(
        field("c", &ChatSend::conversation, "conversation"),
        field("i", &ChatSend::client_message_id, "chosen by the client, unique among the sender's messages",
              Bounds{1, 64}),
        field("x", &ChatSend::text, "text, UTF-8", Bounds{1, static_cast<std::int64_t>(limits::kChatTextBytes)}));
  }
  bool operator==(const ChatSend&) const = default;
};

struct ChatSent {
  static constexpr std::string_view kType = "chat_sent";
  static constexpr std::string_view kDoc = "The message is committed under this number.";
  ConversationId conversation = 0;
  std::uint64_t number = 0;
  std::int64_t time = 0;
  static constexpr auto fields() {
    return field_list(field("c", &ChatSent::conversation, "conversation"),
                      field("n", &ChatSent::number, "its number in the conversation"),
                      field("d", &ChatSent::time, "seconds since 1970"));
  }
  bool operator==(const ChatSent&) const = default;
};

/// What somebody thinks of a message: one emoji a person.
struct Reaction {
  UserId user = 0;
  std::string emoji;
  static constexpr auto fields() {
    return field_list(field("u", &Reaction::user, "who"),
                      field("e", &Reaction::emoji, "one emoji", Bounds{1, limits::kReactionBytes}));
  }
  bool operator==(const Reaction&) const = default;
};

/// Also an item of a page.
struct ChatMessage {
  static constexpr std::string_view kType = "m";
  static constexpr std::string_view kDoc = "A message, to every device of every member but the one that sent it.";
  ConversationId conversation = 0;
  std::uint64_t number = 0;
  std::int64_t time = 0;
  std::optional<UserId> sender;
  std::optional<std::string> client_message_id;
  std::string text;
  std::optional<std::int64_t> edited;
  bool removed = false;
  std::vector<Reaction> reactions;
  static constexpr auto fields() {
    return field_list(
        field("c", &ChatMessage::conversation, "conversation"),
        field("n", &ChatMessage::number, "consecutive from 1 in each conversation; the order of messages"),
        field("d", &ChatMessage::time, "seconds since 1970, for display only"),
        field("f", &ChatMessage::sender, "sender; absent in a conversation of two: the other one"),
        field("i", &ChatMessage::client_message_id, "only to the sender's own devices", up_to(64)),
        field("x", &ChatMessage::text, "text; empty when it has been removed", up_to(limits::kChatTextBytes)),
        field("e", &ChatMessage::edited, "when its text was changed last, seconds since 1970"),
        field("z", &ChatMessage::removed, "its sender has removed it"),
        field("y", &ChatMessage::reactions, "what people think of it, in the order of their numbers"));
  }
  bool operator==(const ChatMessage&) const = default;
};

struct ChatHistory {
  static constexpr std::string_view kType = "chat_history";
  static constexpr std::string_view kDoc =
      "A page of messages, either the newest below `before` or the oldest above `after`. Answered by chat_page.";
  ConversationId conversation = 0;
  std::optional<std::uint64_t> before;
  std::optional<std::uint64_t> after;
  std::uint32_t limit = 0;
  static constexpr auto fields() {
    return field_list(
        field("c", &ChatHistory::conversation, "conversation"),
        field("b", &ChatHistory::before, "numbers below this; neither given: the newest"),
        field("a", &ChatHistory::after, "numbers above this"),
        field("l", &ChatHistory::limit, "at most so many", Bounds{1, static_cast<std::int64_t>(limits::kPageItems)}));
  }
  bool operator==(const ChatHistory&) const = default;
};

struct ChatPage {
  static constexpr std::string_view kType = "chat_page";
  static constexpr std::string_view kDoc = "Messages in ascending order; a page ends early so that it fits a frame.";
  ConversationId conversation = 0;
  std::vector<ChatMessage> messages;
  bool more = false;
  std::optional<std::uint64_t> changes;
  static constexpr auto fields() {
    return field_list(
        field("c", &ChatPage::conversation, "conversation"),
        field("l", &ChatPage::messages, "messages; sender always given", std::nullopt, limits::kPageItems),
        field("o", &ChatPage::more, "there are more in the direction asked for"),
        field("h", &ChatPage::changes, "the conversation's changes that these messages have seen; absent: none"));
  }
  bool operator==(const ChatPage&) const = default;
};

struct ChatMark {
  static constexpr std::string_view kType = "chat_mark";
  static constexpr std::string_view kDoc =
      "I have received, or read, everything up to a number. Markers only rise. Answered by ok.";
  ConversationId conversation = 0;
  std::optional<std::uint64_t> delivered;
  std::optional<std::uint64_t> read;
  static constexpr auto fields() {
    return field_list(field("c", &ChatMark::conversation, "conversation"),
                      field("v", &ChatMark::delivered, "received up to here"),
                      field("n", &ChatMark::read, "read up to here"));
  }
  bool operator==(const ChatMark&) const = default;
};

struct ChatMarked {
  static constexpr std::string_view kType = "chat_marked";
  static constexpr std::string_view kDoc =
      "Somebody's markers in a conversation have risen, one's own on another device included.";
  ConversationId conversation = 0;
  ReadMarker marker;
  static constexpr auto fields() {
    return field_list(field("c", &ChatMarked::conversation, "conversation"),
                      field("m", &ChatMarked::marker, "the whole marker"));
  }
  bool operator==(const ChatMarked&) const = default;
};

struct ChatTyping {
  static constexpr std::string_view kType = "chat_typing";
  static constexpr std::string_view kDoc =
      "I am typing; repeat every 3 s, it fades after 5 s. Not answered when no request id is given.";
  ConversationId conversation = 0;
  static constexpr auto fields() { return field_list(field("c", &ChatTyping::conversation, "conversation")); }
  bool operator==(const ChatTyping&) const = default;
};

struct ChatTypingBy {
  static constexpr std::string_view kType = "chat_typing_by";
  static constexpr std::string_view kDoc = "Somebody is typing. The first thing to be dropped when a client is slow.";
  ConversationId conversation = 0;
  UserId user = 0;
  static constexpr auto fields() {
    return field_list(field("c", &ChatTypingBy::conversation, "conversation"), field("u", &ChatTypingBy::user, "who"));
  }
  bool operator==(const ChatTypingBy&) const = default;
};

}  // namespace sidetone::protocol
