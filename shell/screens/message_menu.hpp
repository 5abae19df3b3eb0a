#pragma once

#include "shell/screens/app_state.hpp"
#include "shell/screens/conversation_rows.hpp"

/// What people think of a message, and what can be done with it.
namespace sidetone::shell {

/// Of the button beside a bubble, and of what stands below one, CSS pixels.
inline constexpr float kMessageButton = 32;
inline constexpr float kReactionHeight = 22;

/// The button that opens the menu. It is there for who points at the message or has it in focus.
/// @param row  of the message, as wide as the column. @param item  the message.
void draw_message_button(Scene& scene, const MessageRow& message, const Rect& row, const Rect& place, NodeId item);

/// Emoji and how many have chosen them, from the bubble's side inwards; a press takes part, or takes back.
/// Cuts what it takes off the strip.
void draw_reactions(Scene& scene, const MessageRow& message, Rect& strip);
/// "👍 Aiko, you" for each emoji.
std::string reaction_words(const Scene& scene, const MessageRow& message);

/// A line of a menu. @return it was pressed.
bool menu_row(Ui& ui, const Rect& place, std::string_view name, Icon icon, std::string_view words, Color color,
              bool disabled);

void draw_message_menu(Scene& scene, protocol::UserId with);
/// Escape closes it before anything else.
void close_message_menu_by_key(Scene& scene, protocol::UserId with);

}  // namespace sidetone::shell
