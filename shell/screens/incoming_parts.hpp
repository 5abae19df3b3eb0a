#pragma once

#include "shell/screens/app_state.hpp"

/// What can be done with a call that rings beside answering and declining it: below these two keys in its card.
namespace sidetone::shell {

/// Heights are device pixels. @param room  that the card can give it at most.
float incoming_part_height(Scene& scene, const model::Call& call, float width, float room);
/// The buttons, or what one of them has opened: forwarding, or declining with a message.
void draw_incoming_part(Scene& scene, Rect area, const model::Call& call);
/// Before anything else is drawn: Escape closes what is open, and so does the end of the ringing.
void close_incoming_part(Scene& scene);

}  // namespace sidetone::shell
