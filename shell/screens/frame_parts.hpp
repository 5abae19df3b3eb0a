#pragma once

#include "shell/screens/app_state.hpp"

/// The parts around the screens. Those that take the rest of an area cut off what they need.
namespace sidetone::shell {

/// Go to a screen: what covers it is left.
void go_to(Scene& scene, Screen screen);
/// Word and icon of a screen.
struct ScreenName {
  Screen screen;
  std::string_view key;  ///< of its word
  Icon icon;
  std::string_view chord;
};
inline constexpr ScreenName kScreens[] = {{Screen::kContacts, "frame.contacts", Icon::kContacts, "Alt+1"},
                                          {Screen::kChats, "frame.chats", Icon::kChat, "Alt+2"},
                                          {Screen::kCalls, "frame.calls", Icon::kHistory, "Alt+3"},
                                          {Screen::kDialPad, "frame.dial_pad", Icon::kDialPad, "Alt+4"},
                                          {Screen::kSettings, "frame.settings", Icon::kSettings, "Alt+5"}};

/// Messages that nobody has read yet.
std::int64_t unread_chats(const Scene& scene);

void frame_rail(Scene& scene, Rect area);
void frame_tab_bar(Scene& scene, Rect area);
/// Where the voice goes, below the list.
void frame_foot(Scene& scene, Rect area);

/// What is wrong, one banner each, from the top of `area`.
void frame_banners(Scene& scene, Rect& area);
/// The running call above every other screen.
void frame_call_strip(Scene& scene, Rect& area);
void frame_toast(Scene& scene);

}  // namespace sidetone::shell
