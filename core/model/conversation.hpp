#pragma once

#include "core/model/contact.hpp"
#include "core/protocol/messaging.hpp"

/// Chat as a client sees it.
namespace sidetone::model {

using protocol::ConversationId;

/// How far a message of one's own has come. Other people's messages are always kReceived.
enum class MessageState { kReceived, kSending, kSent, kDelivered, kRead, kFailed };

struct Reaction {
  UserId user = 0;
  std::string emoji;
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(
        field("user", &Reaction::user, "who"),
        field("emoji", &Reaction::emoji, "one emoji", protocol::up_to(protocol::limits::kReactionBytes)));
  }
  bool operator==(const Reaction&) const = default;
};

struct Message {
  std::uint64_t number = 0;  ///< 0: not acknowledged yet
  std::int64_t time = 0;
  UserId sender = 0;
  std::string client_message_id;
  std::string text;
  MessageState state = MessageState::kReceived;
  std::string failure;
  std::int64_t edited = 0;
  bool removed = false;
  std::vector<Reaction> reactions;
  static constexpr auto fields() {
    using protocol::field;
    using protocol::up_to;
    return protocol::field_list(
        field("number", &Message::number, "place in the conversation; 0: not acknowledged yet"),
        field("time", &Message::time, "seconds since 1970"), field("sender", &Message::sender, "who wrote it"),
        field("id", &Message::client_message_id, "client message id of a message of one's own; else empty"),
        field("text", &Message::text, "text", up_to(protocol::limits::kChatTextBytes)),
        field("state", &Message::state, "how far it has come"),
        field("failure", &Message::failure, "why it was refused", up_to(protocol::limits::kErrorTextBytes)),
        field("edited", &Message::edited, "when its text was changed last, seconds since 1970; 0: never"),
        field("removed", &Message::removed, "its sender has removed it; it has no text"),
        field("reactions", &Message::reactions, "what people think of it, one a person"));
  }
  bool operator==(const Message&) const = default;
};

struct FoundMessage {
  ConversationId conversation = 0;
  UserId with = 0;
  Message message;
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(field("conversation", &FoundMessage::conversation, "its conversation"),
                                field("with", &FoundMessage::with, "the other person"),
                                field("message", &FoundMessage::message, "the message"));
  }
  bool operator==(const FoundMessage&) const = default;
};

struct Marker {
  UserId user = 0;
  std::uint64_t delivered = 0;
  std::uint64_t read = 0;
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(field("user", &Marker::user, "who"),
                                field("delivered", &Marker::delivered, "received up to here"),
                                field("read", &Marker::read, "read up to here"));
  }
  bool operator==(const Marker&) const = default;
};

struct Conversation {
  ConversationId conversation = 0;
  UserId with = 0;
  std::vector<Marker> members;
  std::uint64_t last_number = 0;
  std::int64_t last_time = 0;
  std::uint64_t unread = 0;
  bool complete = false;
  std::vector<Message> messages;
  std::vector<UserId> typing;
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(
        field("conversation", &Conversation::conversation, "its number; 0: the service has not heard of it yet"),
        field("with", &Conversation::with, "the other person"),
        field("members", &Conversation::members, "how far each member has come"),
        field("last_number", &Conversation::last_number, "number of the newest message; 0: none yet"),
        field("last_time", &Conversation::last_time, "time of the newest message, seconds since 1970"),
        field("unread", &Conversation::unread, "messages of others above one's own read marker"),
        field("complete", &Conversation::complete, "the oldest message is among `messages`"),
        field("messages", &Conversation::messages, "what is known, ascending; then what waits to be acknowledged",
              std::nullopt, protocol::limits::kContactItems),
        field("typing", &Conversation::typing, "who is typing now"));
  }
  bool operator==(const Conversation&) const = default;
};

}  // namespace sidetone::model

namespace sidetone::protocol {
template <>
struct EnumNames<model::MessageState> {
  static constexpr std::array<std::string_view, 6> kNames{"received", "sending", "sent", "delivered", "read", "failed"};
};
}  // namespace sidetone::protocol
