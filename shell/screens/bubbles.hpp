#pragma once

#include "shell/screens/app_state.hpp"
#include "shell/screens/conversation_rows.hpp"

/// One row of a conversation: day line, unread line, bubble, and below the last of a group its time and mark.
namespace sidetone::shell {

/// What a row shows beside its bubble.
struct MessageShape {
  bool day_line = false;
  bool unread_line = false;
  bool begins_group = true;
  bool ends_group = true;
};

MessageShape shape_of(const Scene& scene, const ConversationWindow& window, const client::ConversationEntry* entry,
                      std::size_t row);

/// @param width  of the column of messages, device pixels. @return device pixels.
float message_height(Scene& scene, const MessageRow& message, const MessageShape& shape, float width);

struct MessagePlace {
  std::int32_t position = 0;  ///< in the conversation, from 1; 0: unknown
  std::int32_t count = 0;
  std::uint64_t unread_count = 0;
  bool lit = false;  ///< it was looked for, and stands out
};
void draw_message(Scene& scene, const MessageRow& message, const MessageShape& shape, const Rect& row,
                  const MessagePlace& place);

/// Words for how far a message of one's own has come; empty for those of others.
std::string mark_words(Scene& scene, const MessageRow& message);

}  // namespace sidetone::shell
