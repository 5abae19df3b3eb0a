#pragma once

#include "shell/screens/app_state.hpp"

/// Words that are looked for in messages, below the chats whose names were found.
namespace sidetone::shell {

/// Tell the core what the field of the list says, once nobody types for a moment.
void tell_message_search(Scene& scene);

/// Height of the messages that were found, or of what is said in their place; 0: nothing is looked for.
float found_messages_height(Scene& scene, float row_height);
/// @param top  of their heading in the list's content, device pixels.
void draw_found_messages(Scene& scene, const ui::Scroll& scroll, float top, float row_height);
/// All that there is: fetch more when the end of the list comes into sight.
void fetch_more_found(Scene& scene, const ui::ScrollState& scroll, float content_height, float area_height);

}  // namespace sidetone::shell
