#pragma once

#include "shell/screens/app_state.hpp"

/// Where messages are written and rewritten.
namespace sidetone::shell {

/// Of messages and composer, CSS pixels.
inline constexpr float kChatColumnWidest = 840;

/// Cuts itself off the lower edge.
void draw_composer(Scene& scene, Rect& area, protocol::UserId with);

/// Rewrite a message of one's own: the composer has its text.
void edit_message(Scene& scene, protocol::UserId with, std::uint64_t number, std::string_view text);

}  // namespace sidetone::shell
