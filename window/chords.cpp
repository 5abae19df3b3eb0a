#include "window/chords.hpp"

#include <SDL.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace sidetone::window {
namespace {

struct NamedKey {
  SDL_Keycode code;
  std::string_view name;
};
constexpr NamedKey kNamedKeys[] = {{SDLK_TAB, "Tab"},        {SDLK_RETURN, "Enter"},     {SDLK_KP_ENTER, "Enter"},
                                   {SDLK_ESCAPE, "Escape"},  {SDLK_SPACE, "Space"},      {SDLK_BACKSPACE, "Backspace"},
                                   {SDLK_DELETE, "Delete"},  {SDLK_UP, "ArrowUp"},       {SDLK_DOWN, "ArrowDown"},
                                   {SDLK_LEFT, "ArrowLeft"}, {SDLK_RIGHT, "ArrowRight"}, {SDLK_HOME, "Home"},
                                   {SDLK_END, "End"},        {SDLK_PAGEUP, "PageUp"},    {SDLK_PAGEDOWN, "PageDown"}};

std::string name_of_key(SDL_Keycode code) {
  const auto* const named =
      std::find_if(std::begin(kNamedKeys), std::end(kNamedKeys), [&](const NamedKey& one) { return one.code == code; });
  if (named != std::end(kNamedKeys)) return std::string(named->name);
  if (code >= SDLK_F1 && code <= SDLK_F12) return "F" + std::to_string(code - SDLK_F1 + 1);
  return {};
}

}  // namespace

std::string chord_of(const SDL_Keysym& key) {
  const bool ctrl = (key.mod & KMOD_CTRL) != 0;
  const bool alt = (key.mod & KMOD_LALT) != 0;
  std::string name = name_of_key(key.sym);
  if (name.empty() && (ctrl || alt)) {
    const bool letter = key.sym >= SDLK_a && key.sym <= SDLK_z;
    if (letter || (key.sym >= SDLK_0 && key.sym <= SDLK_9))
      name = static_cast<char>(letter ? key.sym - SDLK_a + 'A' : key.sym);
  }
  if (name.empty()) return {};
  const bool shift = (key.mod & KMOD_SHIFT) != 0;
  return (ctrl ? "Ctrl+" : std::string()) + (alt ? "Alt+" : "") + (shift ? "Shift+" : "") + name;
}

}  // namespace sidetone::window
