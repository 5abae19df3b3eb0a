#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/client/state.hpp"
#include "shell/screens/row_heights.hpp"

/// The messages of a conversation as rows of a screen: first what the service has numbered, then what waits.
namespace sidetone::shell {

/// What the screen remembers of one conversation from frame to frame.
struct ConversationWindow {
  std::vector<std::uint64_t> numbers;  ///< of the rows that the service has numbered, ascending
  std::vector<std::string> waiting;    ///< client message ids of the rows after them
  RowHeights heights;
  float width = 0;           ///< what the heights were measured for
  float text_px = 0;         ///< and the size of its text
  std::uint64_t anchor = 0;  ///< message at the upper edge; it stays there when the rows above it grow
  float anchor_below = 0;    ///< device pixels from that edge to its lower end: what stands above its bubble may go
  int drawn_frame = -1;      ///< Ui::frames() when it was on the screen last
  std::uint64_t unread_from = 0;       ///< first message below the unread line; 0: no line
  std::uint64_t unread_count = 0;      ///< messages below it when it was drawn first
  std::uint64_t read_told = 0;         ///< newest number that the core was told to be read
  std::uint64_t older_asked = 0;       ///< first number when an older page was asked for
  std::uint64_t newer_asked = 0;       ///< last number when the page below an excerpt was asked for
  std::uint64_t changes_seen = 0;      ///< of its messages, that the heights know
  double typing_told_ms = -1'000'000;  ///< when the core was told last that a key was struck
};

struct MessageRow {
  std::uint64_t number = 0;  ///< 0: waits
  std::string_view id;       ///< client message id of one that waits
  std::string_view text;
  std::string_view failure;
  std::int64_t time = 0;
  protocol::UserId sender = 0;
  bool mine = false;
  model::MessageState state = model::MessageState::kReceived;
  bool edited = false;
  bool removed = false;
  const std::vector<model::Reaction>* reactions = nullptr;  ///< nullptr: none

  [[nodiscard]] bool has_reactions() const { return reactions != nullptr && !reactions->empty(); }
};

/// Take over what has been added above, below or between.
/// @param entry  nullptr: the service does not know the conversation yet.
/// @param estimate  height of a row that nobody has measured, device pixels.
void sync_rows(ConversationWindow& window, const client::State& client, const client::ConversationEntry* entry,
               protocol::UserId with, float estimate);

MessageRow row_at(const ConversationWindow& window, const client::State& client, const client::ConversationEntry* entry,
                  std::size_t row);

/// The conversation with somebody; nullptr: none.
const client::ConversationEntry* conversation_with(const client::State& client, protocol::UserId with);
/// The messages that are shown: an excerpt further back while there is one, else the newest.
const std::map<std::uint64_t, model::Message>& shown_messages(const client::ConversationEntry& entry);
/// How far I have read.
std::uint64_t read_number(const client::State& client, const client::ConversationEntry& entry);
/// All messages down to the first one are here, above what is shown.
bool complete(const client::ConversationEntry& entry);

}  // namespace sidetone::shell
