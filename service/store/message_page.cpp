#include "service/store/message_page.hpp"

#include <algorithm>

namespace sidetone::service::store {
namespace {

/// What a message takes of a frame at most: quotation marks, backslashes and line ends double, and the fields beside
/// the text are short.
std::size_t frame_share(const protocol::ChatMessage& message) {
  const auto doubled = std::count_if(message.text.begin(), message.text.end(),
                                     [](char c) { return c == '"' || c == '\\' || c == '\n' || c == '\t'; });
  return message.text.size() + static_cast<std::size_t>(doubled) + 2 * message.client_message_id.value_or("").size() +
         message.reactions.size() * (protocol::limits::kReactionBytes + 32) + 160;
}

constexpr std::size_t kPageBytes = protocol::limits::kFrameBytes - 1024;

}  // namespace

protocol::ChatMessage read_message(const Query& row, protocol::ConversationId conversation, UserId user) {
  protocol::ChatMessage message;
  message.conversation = conversation;
  message.number = static_cast<std::uint64_t>(row.integer(0));
  message.time = row.integer(1);
  message.sender = static_cast<UserId>(row.integer(2));
  if (*message.sender == user) message.client_message_id = row.text(3);
  message.text = row.text(4);
  if (!row.is_null(5)) message.edited = row.integer(5);
  message.removed = row.integer(6) != 0;
  return message;
}

bool may_have_reactions(const Query& row) { return row.integer(7) > 0; }

bool MessagePage::add(protocol::ChatMessage message) {
  bytes_ += frame_share(message);
  if (messages.size() == most_ || (bytes_ > kPageBytes && !messages.empty())) return false;
  messages.push_back(std::move(message));
  return true;
}

}  // namespace sidetone::service::store
