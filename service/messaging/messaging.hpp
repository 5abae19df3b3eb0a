#pragma once

#include <functional>
#include <string>

#include "service/directory/directory.hpp"
#include "service/schedule/scheduler.hpp"
#include "service/session/outbox.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::messaging {

/// Conversations, messages and markers: row M1 for two. The store decides; nothing is held here.
/// @thread logic.
class Messaging {
 public:
  /// Someone has sent a message: the conversation as it is now, its sender, and the text.
  using Overheard = std::function<void(const protocol::ConversationInfo&, UserId sender, std::uint64_t number,
                                       const std::string& text)>;

  Messaging(Outbox& outbox, store::Store& store, const directory::Directory& directory, const Scheduler& scheduler)
      : outbox_(outbox), store_(store), directory_(directory), scheduler_(scheduler) {}

  void set_overheard(Overheard overheard) { overheard_ = std::move(overheard); }

  void handle(const Asker& asker, const protocol::ConversationOpen& message);
  void handle(const Asker& asker, const protocol::ConversationList& message);
  void handle(const Asker& asker, const protocol::ChatSend& message);
  void handle(const Asker& asker, const protocol::ChatHistory& message);
  void handle(const Asker& asker, const protocol::ChatMark& message);
  void handle(const Asker& asker, const protocol::ChatTyping& message);
  void handle(const Asker& asker, const protocol::ChatEdit& message);
  void handle(const Asker& asker, const protocol::ChatRemove& message);
  void handle(const Asker& asker, const protocol::ChatReact& message);
  void handle(const Asker& asker, const protocol::ChatChangesSince& message);
  void handle(const Asker& asker, const protocol::ChatSearch& message);

  /// A message of a robot; the same client message id is sent once.
  void send_as(UserId robot, protocol::ConversationId conversation, std::string client_message_id, std::string text);
  /// A robot has read everything up to `number`.
  void mark_as(UserId robot, protocol::ConversationId conversation, std::uint64_t number);

 private:
  void append(store::NewMessage message, DeviceId from, std::function<void(Result<store::Appended>)> done);
  void deliver(const store::NewMessage& message, const store::Appended& appended, DeviceId from);
  /// Carry out what changes a message, and tell its members.
  void change(const Asker& asker, std::function<Result<store::Changed>(store::Transaction&)> work);
  void raise(UserId user, DeviceId from, const protocol::ChatMark& mark, std::function<void(Status)> done);

  Outbox& outbox_;
  store::Store& store_;
  const directory::Directory& directory_;
  const Scheduler& scheduler_;
  Overheard overheard_;
};

}  // namespace sidetone::service::messaging
