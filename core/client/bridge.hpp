#pragma once

#include <string>
#include <string_view>

#include "core/client/state.hpp"

/// The client as text in, text out: what a platform that is not C++ calls.
namespace sidetone::client {

class Bridge {
 public:
  /// One event with the fields of its moment beside its own.
  /// @return a JSON array of commands, valid until the next call. An event that is not well formed changes nothing, is
  ///         counted, and gives one report.
  const std::string& dispatch(std::string_view event);
  /// The view as JSON, valid until the next call.
  /// @param lists  which of its long lists stand in it: bits of ViewLists.
  const std::string& view(unsigned lists);
  [[nodiscard]] const State& state() const { return state_; }

 private:
  State state_;
  std::string commands_;
  std::string view_;
};

}  // namespace sidetone::client
