#pragma once

#include <string>

struct SDL_Keysym;

namespace sidetone::window {

/// A struck key as the interface names it (web/page/chords.ts): "Ctrl+K", "Shift+Tab", "F8", "ArrowDown", "Space".
/// @return empty for what is no chord: a modifier, or a character, which comes as text.
std::string chord_of(const SDL_Keysym& key);

}  // namespace sidetone::window
