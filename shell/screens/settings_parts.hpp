#pragma once

#include "shell/screens/app_state.hpp"
#include "shell/screens/line_cursor.hpp"

/// The sections of the settings. Each draws itself downwards from the cursor.
namespace sidetone::shell {

enum class SettingsSection { kStatus, kSound, kEndpoint, kAppearance, kNotifications, kSignedIn, kAbout };
inline constexpr int kSettingsSections = 7;

/// A button at the trailing edge of a line, as high as it is. @param line  without it afterwards
bool trailing_button(Scene& scene, Rect& line, std::string_view name, const std::string& words,
                     ui::ButtonOptions options = {});
float setting_row(const Scene& scene);
void draw_setting_head(Scene& scene, LineCursor& cursor, std::string_view key);

void status_section(Scene& scene, LineCursor& cursor);
void sound_section(Scene& scene, LineCursor& cursor);
void endpoint_section(Scene& scene, LineCursor& cursor);
void appearance_section(Scene& scene, LineCursor& cursor);
void notifications_section(Scene& scene, LineCursor& cursor);
/// Of signed_in_section.
void second_factor_part(Scene& scene, LineCursor& cursor);
void signed_in_section(Scene& scene, LineCursor& cursor);
void about_section(Scene& scene, LineCursor& cursor);

/// "Sign out?" over everything, where something would be lost.
void sign_out_question(Scene& scene, Rect screen);
/// Leave this device, after a question where something waits.
void begin_sign_out(Scene& scene);

}  // namespace sidetone::shell
