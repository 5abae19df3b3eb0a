#pragma once

#include "core/client/persisted.hpp"

/// What a person does with conversations: events of a client, listed in events.hpp.
namespace sidetone::client {

struct OpenConversation {
  static constexpr std::string_view kType = "open_conversation";
  static constexpr std::string_view kDoc = "Show the conversation with somebody: its newest messages are fetched.";
  UserId with = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("with", &OpenConversation::with, "the other person"));
  }
};

struct SendChat {
  static constexpr std::string_view kType = "send_chat";
  static constexpr std::string_view kDoc =
      "Write to somebody. intent_done: stored by the service, its value is the message's number.";
  UserId with = 0;
  std::string text;
  static constexpr auto fields() {
    return protocol::field_list(
        field("with", &SendChat::with, "the other person"),
        field("text", &SendChat::text, "text", Bounds{1, static_cast<std::int64_t>(limits::kChatTextBytes)}));
  }
};

struct OlderMessages {
  static constexpr std::string_view kType = "older_messages";
  static constexpr std::string_view kDoc = "Fetch one more page of older messages.";
  ConversationId conversation = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("conversation", &OlderMessages::conversation, "conversation"));
  }
};

struct ReadChat {
  static constexpr std::string_view kType = "read_chat";
  static constexpr std::string_view kDoc = "I have read everything that is known of a conversation.";
  ConversationId conversation = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("conversation", &ReadChat::conversation, "conversation"));
  }
};

struct Typing {
  static constexpr std::string_view kType = "typing";
  static constexpr std::string_view kDoc = "A key was struck in a conversation.";
  ConversationId conversation = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("conversation", &Typing::conversation, "conversation"));
  }
};

struct DropMessage {
  static constexpr std::string_view kType = "drop_message";
  static constexpr std::string_view kDoc = "Take a message that was refused out of the conversation.";
  std::string id;
  static constexpr auto fields() {
    return protocol::field_list(field("id", &DropMessage::id, "client message id", Bounds{1, 64}));
  }
};

struct EditMessage {
  static constexpr std::string_view kType = "edit_message";
  static constexpr std::string_view kDoc = "Another text for a message of one's own that the service has.";
  ConversationId conversation = 0;
  std::uint64_t number = 0;
  std::string text;
  static constexpr auto fields() {
    return protocol::field_list(
        field("conversation", &EditMessage::conversation, "conversation"),
        field("number", &EditMessage::number, "number of the message"),
        field("text", &EditMessage::text, "text", Bounds{1, static_cast<std::int64_t>(limits::kChatTextBytes)}));
  }
};

struct RemoveMessage {
  static constexpr std::string_view kType = "remove_message";
  static constexpr std::string_view kDoc = "Remove a message of one's own for everybody.";
  ConversationId conversation = 0;
  std::uint64_t number = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("conversation", &RemoveMessage::conversation, "conversation"),
                                field("number", &RemoveMessage::number, "number of the message"));
  }
};

struct ReactToMessage {
  static constexpr std::string_view kType = "react_to_message";
  static constexpr std::string_view kDoc = "What the person thinks of a message.";
  ConversationId conversation = 0;
  std::uint64_t number = 0;
  std::string emoji;
  static constexpr auto fields() {
    return protocol::field_list(
        field("conversation", &ReactToMessage::conversation, "conversation"),
        field("number", &ReactToMessage::number, "number of the message"),
        field("emoji", &ReactToMessage::emoji, "one emoji; empty: nothing any more", up_to(limits::kReactionBytes)));
  }
};

struct SearchChats {
  static constexpr std::string_view kType = "search_chats";
  static constexpr std::string_view kDoc =
      "Look for words in messages: what is found stands in the state. While an answer is awaited only the last wish "
      "counts.";
  std::string text;
  ConversationId conversation = 0;
  static constexpr auto fields() {
    return protocol::field_list(
        field("text", &SearchChats::text, "words; empty: nothing is looked for any more", up_to(limits::kSearchBytes)),
        field("conversation", &SearchChats::conversation, "only in this one; 0: in all"));
  }
};

struct MoreFound {
  static constexpr std::string_view kType = "more_found";
  static constexpr std::string_view kDoc = "Fetch one more page of what search_chats finds.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct ShowMessage {
  static constexpr std::string_view kType = "show_message";
  static constexpr std::string_view kDoc =
      "A message of a conversation is wanted with those around it: one that is far back comes as an excerpt.";
  ConversationId conversation = 0;
  std::uint64_t number = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("conversation", &ShowMessage::conversation, "conversation"),
                                field("number", &ShowMessage::number, "number of the message"));
  }
};

struct NewerMessages {
  static constexpr std::string_view kType = "newer_messages";
  static constexpr std::string_view kDoc = "Fetch the page below an excerpt.";
  ConversationId conversation = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("conversation", &NewerMessages::conversation, "conversation"));
  }
};

struct LeaveExcerpt {
  static constexpr std::string_view kType = "leave_excerpt";
  static constexpr std::string_view kDoc = "The newest messages of a conversation are wanted again.";
  ConversationId conversation = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("conversation", &LeaveExcerpt::conversation, "conversation"));
  }
};

}  // namespace sidetone::client
