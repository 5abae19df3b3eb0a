#pragma once

#include "shell/screens/call_words.hpp"

/// Parts of the call screen. Each fills its area.
namespace sidetone::shell {

/// Path and quality of the voice, and who the far end is.
void call_panel(Scene& scene, Rect area, const client::CallEntry& entry);
/// The pad whose digits go into the call.
void call_dial_pad(Scene& scene, Rect area, const model::Call& call);
/// Which microphone and speaker.
void call_devices(Scene& scene, Rect area);
/// What a device is chosen for.
enum class DeviceUse { kMicrophone, kSpeaker, kRing };
/// The rows of one list of devices, with the default first; a choice is a request to the page. @return height.
float device_rows(Scene& scene, Rect area, DeviceUse use);
float device_rows_height(Scene& scene, DeviceUse use);
/// "Volume", a slider and its percentage. @param name_css  width of the word, CSS pixels. @param request  to the page,
/// with the new value. @param label  key of what it is the volume of
void volume_slider(Scene& scene, Rect line, float name_css, std::string_view request, std::string_view label,
                   std::uint32_t percent);

}  // namespace sidetone::shell
