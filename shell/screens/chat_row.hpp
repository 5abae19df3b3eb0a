#pragma once

#include "shell/screens/app_state.hpp"

/// A row of two lines about what was written with somebody: a chat, or a message that was found.
namespace sidetone::shell {

struct ChatRowLook {
  std::string_view when;
  Color when_color = Color::kTextMuted;
  TextStyle name_style = TextStyle::kBody;
  std::optional<ui::Dot> dot;
  Color rim = Color::kSurface;  ///< fill below the picture
};

/// Picture, name and time. @return the second line, which the caller fills.
Rect draw_chat_row(Scene& scene, const Rect& row, protocol::UserId with, std::string_view name,
                   const ChatRowLook& look);

/// A text as one line.
std::string one_line(std::string text);

}  // namespace sidetone::shell
