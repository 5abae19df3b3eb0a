#pragma once

#include <string>
#include <string_view>

#include "core/client/state.hpp"

/// The client as text in, text out: what a platform that is not C++ calls.
namespace sidetone::client {

class Bridge {
 public:
  /// Room for the long text of the next event: see kLongText of its struct. It goes there once, without being JSON in
  /// JSON first.
  /// @return null: more than limits::kSnapshotBytes; the event then has none.
  char* room_for_text(std::size_t bytes);
  /// One event with the fields of its moment beside its own.
  /// @param text_bytes  bytes in the room that are the event's long text, UTF-8; 0: it stands in the event itself.
  /// @return a JSON array of commands, valid until the next call. An event that is not well formed changes nothing, is
  ///         counted, and gives one report.
  const std::string& dispatch(std::string_view event, std::size_t text_bytes = 0);
  /// The view as JSON, valid until the next call.
  /// @param lists  which of its long lists stand in it: bits of ViewLists.
  const std::string& view(unsigned lists);
  [[nodiscard]] const State& state() const { return state_; }

 private:
  State state_;
  std::string text_;
  std::string commands_;
  std::string view_;
};

}  // namespace sidetone::client
