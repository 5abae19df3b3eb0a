#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sidetone::window {

/// The text of the field that has the focus, and where typing goes on. Steps by characters of UTF-8.
struct TextEditing {
  std::string text;
  std::size_t caret = 0;  ///< byte offset

  void insert(std::string_view utf8);
  /// "Backspace", "Delete", "ArrowLeft", "ArrowRight", "Home", "End". @return the key was one of them.
  bool strike(std::string_view key);
};

}  // namespace sidetone::window
