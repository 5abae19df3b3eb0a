#pragma once

#include "core/model/conversation.hpp"
#include "core/protocol/codec.hpp"

/// What outlives a client: its platform keeps it, and hands it to the next one.
namespace sidetone::client {

using protocol::Bounds;
using protocol::ConversationId;
using protocol::field;
using protocol::up_to;
using protocol::UserId;
namespace limits = protocol::limits;

/// A chat message that waits to be acknowledged.
struct OutboxItem {
  std::string id;
  UserId with = 0;
  ConversationId conversation = 0;
  std::string text;
  std::int64_t time = 0;
  std::string failure;
  static constexpr auto fields() {
    return protocol::field_list(
        field("id", &OutboxItem::id, "client message id", Bounds{1, 64}),
        field("with", &OutboxItem::with, "the other person"),
        field("conversation", &OutboxItem::conversation, "0: not opened yet"),
        field("text", &OutboxItem::text, "text", up_to(limits::kChatTextBytes)),
        field("time", &OutboxItem::time, "when it was written, seconds since 1970"),
        field("failure", &OutboxItem::failure, "why the service refused it", up_to(limits::kErrorTextBytes)));
  }
  bool operator==(const OutboxItem&) const = default;
};

/// What outlives the client. Secret: the token signs in.
struct Persisted {
  std::string token;
  UserId user = 0;
  std::string name;
  protocol::DeviceId device = 0;
  std::vector<OutboxItem> outbox;
  static constexpr auto fields() {
    return protocol::field_list(field("token", &Persisted::token, "for resume", up_to(limits::kTokenBytes)),
                                field("user", &Persisted::user, "who is signed in"),
                                field("name", &Persisted::name, "display name"),
                                field("device", &Persisted::device, "this device"),
                                field("outbox", &Persisted::outbox, "not acknowledged yet", std::nullopt, 1024));
  }
  bool operator==(const Persisted&) const = default;
};

inline constexpr std::size_t kOwnerBytes = limits::kUrlBytes + 32;  ///< of kept texts: a user at a service

/// Something to be read without the service.
struct TextToKeep {
  std::string name;
  std::string text;
  static constexpr auto fields() {
    return protocol::field_list(
        field("name", &TextToKeep::name, "replaces what has this name"),
        field("text", &TextToKeep::text, "empty: nothing has this name any more", up_to(limits::kSnapshotBytes)));
  }
};

}  // namespace sidetone::client
