#pragma once

#include <string_view>
#include <vector>

#include "shell/screens/links.hpp"
#include "shell/ui.hpp"

/// The text inside a bubble: wrapped, with its links on their places.
namespace sidetone::shell {

struct TextRun {
  std::size_t begin = 0;  ///< bytes of the text
  std::size_t end = 0;
  float left = 0;  ///< device pixels from the text's left edge
  float width = 0;
  std::size_t line = 0;
  std::size_t link = 0;  ///< number of the link, from 1; 0: plain
};

struct MessageText {
  std::vector<LinkRange> links;
  std::vector<TextRun> runs;  ///< only where there are links and the text runs left to right
  bool links_below = false;   ///< the text runs right to left: each link has a line of its own below it
  float width = 0;            ///< device pixels
  float height = 0;
};

/// @param width  at most, device pixels.
MessageText layout_message(Ui& ui, std::string_view text, float width);

/// @param where  left, top and width of the text. @return number of the link that was pressed, from 1; 0: none.
std::size_t draw_message_text(Ui& ui, const MessageText& layout, std::string_view text, const Rect& where, Color color);

}  // namespace sidetone::shell
