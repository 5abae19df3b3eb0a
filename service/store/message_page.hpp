#pragma once

#include <vector>

#include "service/store/sqlite_database.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::store {

inline Error no_conversation() { return {ErrorCode::kNotFound, "there is no such conversation", "c"}; }

/// A message from a row of `number, time, sender, client_message_id, text, edited, removed, change`. The reactions are
/// not in it.
/// @param user  who gets it: the client message id is for the sender alone.
protocol::ChatMessage read_message(const Query& row, protocol::ConversationId conversation, UserId user);
/// Only a message that has been changed can have reactions.
bool may_have_reactions(const Query& row);

/// Messages, as many as were asked for and fit one frame.
class MessagePage {
 public:
  explicit MessagePage(std::size_t most) : most_(most) {}
  /// @return false: it is full, there is more.
  bool add(protocol::ChatMessage message);
  std::vector<protocol::ChatMessage> messages;

 private:
  std::size_t most_;
  std::size_t bytes_ = 0;
};

}  // namespace sidetone::service::store
