#include <algorithm>

#include "core/client/view.hpp"
#include "shell/screens/frame_parts.hpp"
#include "shell/screens/settings_parts.hpp"

namespace sidetone::shell {
namespace {

/// @param consequence  that is to be read to its end, in two lines where one is too short; empty: it may be cut.
Rect notice_cut_banner(Ui& ui, Rect& area, std::string_view consequence) {
  // Beside the icon and the gaps around it.
  const float width = ui.screen.width() - ui.px(size::kSpace5 + size::kIconDefault + 2 * size::kSpace4);
  const float more = consequence.empty() ? 0.0F : ui.paragraph_height(consequence, TextStyle::kSmall, width);
  const float lines = ui.line_height(TextStyle::kBodyStrong) + std::max(more, ui.line_height(TextStyle::kSmall));
  return area.cut_top(std::max(ui.px(size::kFrameBanner), lines + ui.px(size::kSpace3)));
}

struct Notice {
  ui::BannerKind kind = ui::BannerKind::kWarning;
  Icon icon = Icon::kAlert;
  std::string fact;
  std::string consequence;
  std::string_view name;  ///< of its action
  std::string action;
};

/// @return its action was pressed
bool notice_show(Scene& scene, Rect& area, const Notice& notice) {
  auto& ui = scene.ui;
  const Rect rect = notice_cut_banner(ui, area, scene.phone() ? std::string_view(notice.consequence) : "");
  if (!scene.phone())
    return ui::banner(ui, rect, notice.kind, notice.icon, notice.fact, notice.consequence,
                      {{notice.name, notice.action}})
        .has_value();
  // Beside a button the sentence would not fit.
  ui::banner(ui, rect, notice.kind, notice.icon, notice.fact, notice.consequence);
  Rect strip = area.cut_top(ui.px(size::kControlTouch));
  const bool danger = notice.kind == ui::BannerKind::kDanger;
  ui.fill(strip, danger ? Color::kDangerSoft : Color::kWarningSoft);
  ui.fill(ui.cut_leading(strip, ui.px(size::kFrameSideline)), danger ? Color::kDangerFill : Color::kWarningFill);
  ui.cut_leading(strip, ui.px(size::kSpace8));
  const float width = std::min(strip.width(), ui::button_width(ui, notice.action));
  const Rect place = ui.cut_leading(strip, width).middle(width, ui.px(size::kControlDefault));
  return ui::button(ui, place, notice.name, notice.action);
}

void notice_settings(Scene& scene, SettingsSection section) {
  go_to(scene, Screen::kSettings);
  scene.app.settings.section = static_cast<int>(section);
  scene.app.detail_open = true;
}

std::string notice_host_name(const Scene& scene) {
  for (const auto& [id, host] : scene.client.hosts.hosts)
    if (!scene.client.settings.chosen_host || *scene.client.settings.chosen_host == id) return host.name;
  return {};
}

void notice_service(Scene& scene, Rect& area) {
  auto& ui = scene.ui;
  const auto& connection = scene.client.connection;
  const bool lost = connection.phase == client::ConnectionPhase::kWaiting || connection.failures > 0 ||
                    (!scene.online() && !connection.session.empty());
  if (!lost) return;
  Notice notice{ui::BannerKind::kWarning, Icon::kWifiOff, {}, {}, "retry", ui.tr("notice.try_now")};
  notice.fact = ui.tr(scene.facts.network ? "notice.no_service" : "notice.no_network");
  notice.consequence = ui.tr(scene.call_here() != nullptr ? "notice.no_service_in_call" : "notice.no_service_then");
  if (notice_show(scene, area, notice)) scene.out.request("retry_connection");
}

void notice_telephone(Scene& scene, Rect& area) {
  if (scene.facts.owns_telephone) return;
  auto& ui = scene.ui;
  const Notice notice{ui::BannerKind::kWarning,          Icon::kPhone, ui.tr("notice.other_window"),
                      ui.tr("notice.other_window_then"), "take",       ui.tr("notice.take_telephone")};
  if (notice_show(scene, area, notice)) scene.out.request("take_telephone");
}

void notice_voice(Scene& scene, Rect& area) {
  auto& ui = scene.ui;
  const auto voice = client::choose_voice(scene.client);
  const bool failed =
      voice.reason == model::VoiceReason::kHostFailed || voice.reason == model::VoiceReason::kHostOffline;
  const bool none = voice.way == model::VoiceWay::kNone;
  if (!scene.online() || (!failed && !none)) return;
  Notice notice{ui::BannerKind::kWarning, Icon::kHost, {}, {}, "settings", ui.tr("frame.settings")};
  notice.fact = failed ? ui.tr("notice.host_silent", {{"host", notice_host_name(scene)}}) : ui.tr("notice.no_voice");
  notice.consequence = ui.tr(none ? "notice.no_voice_then" : "notice.host_silent_then");
  if (notice_show(scene, area, notice)) notice_settings(scene, SettingsSection::kEndpoint);
}

void notice_microphone(Scene& scene, Rect& area) {
  auto& ui = scene.ui;
  const auto* here = scene.call_here();
  // The call's own view says it itself, with the devices at hand.
  if (here == nullptr || !here->call.microphone_lost || scene.app.in_call_view) return;
  Notice notice{ui::BannerKind::kDanger, Icon::kMicOff, {}, {}, "microphone", ui.tr("frame.settings")};
  notice.fact = ui.tr("notice.not_heard", {{"name", scene.name_of(here->call.other)}});
  notice.consequence = ui.tr("notice.not_heard_then");
  if (notice_show(scene, area, notice)) notice_settings(scene, SettingsSection::kSound);
}

struct StripPath {
  std::string_view key;
  Color color;
  Icon icon;
};

std::optional<StripPath> strip_path(const Scene& scene, const model::Call& call) {
  const auto& all = scene.facts.calls;
  const auto found = std::find_if(all.begin(), all.end(), [&](const CallFacts& one) { return one.call == call.call; });
  switch (found == all.end() ? Path::kUnknown : found->path) {
    case Path::kDirect:
      return StripPath{"path.direct", Color::kPositive, Icon::kPathDirect};
    case Path::kRelayed:
      return StripPath{"path.relayed", Color::kWarning, Icon::kPathRelay};
    case Path::kBrowser:
      return StripPath{"path.browser", Color::kDanger, Icon::kPathBrowser};
    case Path::kUnknown:
      break;
  }
  return std::nullopt;
}

/// How long it has been talked, or what it is doing instead.
void strip_time(Scene& scene, Rect& line, const model::Call& call) {
  auto& ui = scene.ui;
  if (call.phase != model::CallPhase::kInCall || !call.answered) {
    const std::string words =
        ui.tr(call.phase == model::CallPhase::kRinging ? "frame.call_rings" : "frame.call_begins");
    const float width = std::min(line.width(), ui.text_width(words, TextStyle::kBody));
    ui.label(ui.cut_leading(line, width), words, TextStyle::kBody, Color::kText);
    return;
  }
  const std::string time = ui.locale.duration(std::max<std::int64_t>(0, scene.unix_s - *call.answered));
  const Rect place = ui.cut_leading(line, std::min(line.width(), ui.text_width(time, TextStyle::kBody)));
  auto& node = ui.semantics.add(ui.id("time"), Role::kTimer, time, place);
  node.text_px = ui.text_px(TextStyle::kBody);
  ui.text(place, time, TextStyle::kBody, Color::kText);
  ui.wake_at(scene.next_second_ms);
}

void strip_buttons(Scene& scene, Rect& line, const model::Call& call) {
  auto& ui = scene.ui;
  const float height = ui.px(size::kControlSmall);
  const auto place = [&](float width) {
    const Rect rect = ui.cut_trailing(line, width).middle(width, height);
    ui.cut_trailing(line, ui.px(size::kSpace3));
    return rect;
  };
  ui::ButtonOptions end;
  end.kind = ui::ButtonKind::kEnd;
  end.icon = Icon::kPhoneEnd;
  end.height = size::kControlSmall;
  ui::ButtonOptions back;
  back.height = size::kControlSmall;
  const std::string back_words = ui.tr(scene.phone() ? "frame.show_call" : "frame.back_to_call");
  const Rect end_place = place(ui::button_width(ui, ui.tr("frame.end_call"), end));
  const Rect back_place = place(ui::button_width(ui, back_words, back));
  const Rect mute_place = scene.phone() ? Rect{} : place(ui.px(size::kControlDefault));
  ui::IconButtonOptions mute;
  mute.toggle = true;
  mute.selected = call.muted;
  mute.color = Color::kText;
  mute.key = "Ctrl+Shift+M";
  end.description = "Ctrl+Shift+E";
  const bool muted = !scene.phone() && ui::icon_button(ui, mute_place, "mute", call.muted ? Icon::kMicOff : Icon::kMic,
                                                       ui.tr("frame.mute"), mute);
  if (muted || ui.take_key("Ctrl+Shift+M")) scene.out.send(client::MuteCall{call.call, !call.muted});
  if (ui::button(ui, back_place, "back_to_call", back_words, back)) scene.app.in_call_view = true;
  if (ui::button(ui, end_place, "end", ui.tr("frame.end_call"), end) || ui.take_key("Ctrl+Shift+E"))
    scene.out.send(client::HangUp{call.call});
  if (ui.take_key("Ctrl+Shift+D")) scene.app.in_call_view = scene.app.call.dial_pad = true;
}

}  // namespace

void frame_banners(Scene& scene, Rect& area) {
  auto& ui = scene.ui;
  ui.push_scope("notices");
  notice_microphone(scene, area);
  notice_service(scene, area);
  notice_telephone(scene, area);
  notice_voice(scene, area);
  ui.pop_scope();
}

void frame_call_strip(Scene& scene, Rect& area) {
  const auto* here = scene.call_here();
  if (here == nullptr) return;
  auto& ui = scene.ui;
  const auto& call = here->call;
  const Rect strip = area.cut_top(ui.px(size::kFrameCallStrip));
  const std::string name = call.other != 0 ? scene.name_of(call.other) : call.number;
  ui.fill(strip, Color::kPositiveSoft);
  ui::sideline(ui, strip, Color::kPositiveFill);
  ui.semantics.begin(ui.id("call_strip"), Role::kRegion, ui.tr("frame.running_call"), strip);
  ui.push_scope("call_strip");
  Rect line = strip.inset(ui.px(size::kSpace4), 0);
  strip_buttons(scene, line, call);
  Rect words = line;
  ui.cut_leading(words, ui.px(size::kSpace2));
  ui::presence_dot(ui, ui.rtl() ? words.right - ui.px(6) : words.left + ui.px(6), words.center_y(), size::kDotRow,
                   ui::Dot::kInCall, Color::kPositiveSoft);
  ui.cut_leading(words, ui.px(size::kSpace6));
  const float reserved = std::min(words.width(), ui.text_width("0:00:00", TextStyle::kBody) + ui.px(size::kSpace4));
  const float room = words.width() - reserved;
  const float wanted = ui.text_width(name, TextStyle::kBodyStrong);
  ui.label(ui.cut_leading(words, std::min(wanted, room)), name, TextStyle::kBodyStrong, Color::kText);
  ui.cut_leading(words, ui.px(size::kSpace4));
  strip_time(scene, words, call);
  if (const auto path = strip_path(scene, call)) {
    ui.cut_leading(words, ui.px(size::kSpace4));
    const std::string word = ui.tr(path->key);
    if (words.width() >= ui::tag_width(ui, word, path->icon))
      ui::tag(ui, words, word, Color::kPositiveSoft, path->color, path->icon);
  }
  ui.pop_scope();
  ui.semantics.end();
}

void frame_toast(Scene& scene) {
  auto& ui = scene.ui;
  auto& toast = scene.app.toast;
  if (toast && scene.now_ms >= toast->until_ms) toast.reset();
  if (!toast) return;
  ui.wake_at(toast->until_ms);
  ui::toast(ui, toast->text);
}

}  // namespace sidetone::shell
