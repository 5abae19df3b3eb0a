#include <algorithm>
#include <cmath>

#include "shell/screens/call_parts.hpp"

/// The call: who, how long, how it sounds, and the keys.
namespace sidetone::shell {
namespace {

constexpr float kPanelBesideFrom = 1280;
constexpr float kPanelWideFrom = 1600;
constexpr float kEndKeyWidth = 112;
constexpr float kMeterWidth = 416;
constexpr float kPhoneKeyHeight = 68;

bool call_live(model::CallPhase phase) {
  return phase != model::CallPhase::kEnded && phase != model::CallPhase::kElsewhere &&
         phase != model::CallPhase::kIncoming;
}

bool call_panel_beside(const Scene& scene) { return scene.ui.screen.width() >= scene.ui.px(kPanelBesideFrom); }

void toggle_mute(Scene& scene, const model::Call& call) { scene.out.send(client::MuteCall{call.call, !call.muted}); }

/// What the pad, the devices and the stage share: only one of them is seen.
void toggle_dial_pad(Scene& scene) {
  scene.app.call.dial_pad = !scene.app.call.dial_pad;
  scene.app.call.devices = false;
}
void toggle_devices(Scene& scene) {
  scene.app.call.devices = !scene.app.call.devices;
  scene.app.call.dial_pad = false;
}

void draw_mute_key(Scene& scene, const Rect& rect, const model::Call& call) {
  auto& ui = scene.ui;
  ui::CallKeyOptions options;
  options.on = call.muted;
  options.broken = call.microphone_lost;
  options.key = "Ctrl+Shift+M";
  const auto word = ui.tr(call.microphone_lost ? "call.no_microphone_key" : call.muted ? "call.unmute" : "call.mute");
  const auto icon = call.muted || call.microphone_lost ? Icon::kMicOff : Icon::kMic;
  if (ui::call_key(ui, rect, "mute", icon, word, options) || ui.take_key("Ctrl+Shift+M")) toggle_mute(scene, call);
}

void draw_pad_key(Scene& scene, const Rect& rect) {
  auto& ui = scene.ui;
  ui::CallKeyOptions options;
  options.toggle = true;
  options.on = scene.app.call.dial_pad;
  options.key = "Ctrl+Shift+D";
  if (ui::call_key(ui, rect, "dial_pad", Icon::kDialPad, ui.tr("call.dial_pad"), options) ||
      ui.take_key("Ctrl+Shift+D"))
    toggle_dial_pad(scene);
}

void draw_devices_key(Scene& scene, const Rect& rect) {
  auto& ui = scene.ui;
  ui::CallKeyOptions options;
  options.toggle = true;
  options.on = scene.app.call.devices;
  if (ui::call_key(ui, rect, "devices", Icon::kHeadset, ui.tr("call.devices"), options)) toggle_devices(scene);
}

void draw_end_key(Scene& scene, const Rect& rect, const model::Call& call) {
  auto& ui = scene.ui;
  ui::CallKeyOptions options;
  options.end = true;
  options.key = "Ctrl+Shift+E";
  if (ui::call_key(ui, rect, "end", Icon::kPhoneEnd, ui.tr("call.end"), options) || ui.take_key("Ctrl+Shift+E"))
    scene.out.send(client::HangUp{call.call});
}

/// The one thing to do with a call that is not live here: take it up, or call again.
void draw_other_key(Scene& scene, Rect strip, const model::Call& call) {
  auto& ui = scene.ui;
  ui::ButtonOptions options;
  options.kind = ui::ButtonKind::kAnswer;
  options.icon = Icon::kPhone;
  options.height = size::kControlCall;
  const bool elsewhere = call.phase == model::CallPhase::kElsewhere;
  options.disabled = !scene.can_call();
  const auto words = ui.tr(elsewhere ? "call.take_up" : "call.again");
  const float wide = std::min(ui::button_width(ui, words, options), strip.width());
  if (!ui::button(ui, strip.middle(wide, ui.px(options.height)), "again", words, options)) return;
  if (elsewhere)
    scene.out.send(client::TakeUpCall{call.call});
  else if (call.other != 0)
    scene.place_call(call.other);
  else
    scene.place_call(std::string_view(call.number));
}

void draw_keys_wide(Scene& scene, Rect strip, const model::Call& call) {
  auto& ui = scene.ui;
  ui.fill(strip, Color::kSurface);
  ui.line(strip.left, strip.top, strip.right, strip.top, Color::kLine);
  if (!call_live(call.phase)) return draw_other_key(scene, strip, call);
  const float key = ui.px(size::kControlCallKeyWidth);
  const float gap = ui.px(size::kSpace3);
  const float before_end = ui.px(size::kSpace6);
  const float end = ui.px(kEndKeyWidth);
  Rect line = strip.middle(3 * key + 2 * gap + before_end + end, ui.px(size::kControlCallKeyHeight));
  const Rect mute = ui.cut_leading(line, key);
  ui.cut_leading(line, gap);
  const Rect pad = ui.cut_leading(line, key);
  ui.cut_leading(line, gap);
  const Rect devices = ui.cut_leading(line, key);
  ui.cut_leading(line, before_end);
  draw_mute_key(scene, mute, call);
  draw_pad_key(scene, pad);
  draw_devices_key(scene, devices);
  draw_end_key(scene, line, call);
}

void draw_keys_phone(Scene& scene, Rect strip, const model::Call& call) {
  auto& ui = scene.ui;
  strip = strip.inset(ui.px(size::kSpace5), ui.px(size::kSpace3));
  if (!call_live(call.phase)) return draw_other_key(scene, strip, call);
  const Rect end = strip.cut_bottom(ui.px(size::kControlCallKeyHeight - size::kSpace3));
  strip.cut_bottom(ui.px(size::kSpace4));
  const float gap = ui.px(size::kSpace3);
  const float key = std::floor((strip.width() - 2 * gap) / 3);
  const Rect mute = ui.cut_leading(strip, key);
  ui.cut_leading(strip, gap);
  const Rect pad = ui.cut_leading(strip, key);
  ui.cut_leading(strip, gap);
  draw_mute_key(scene, mute, call);
  draw_pad_key(scene, pad);
  draw_devices_key(scene, strip);
  draw_end_key(scene, end, call);
}

/// Of a call that is over, what the panel says is not known any more.
bool call_has_panel(const model::Call& call) { return call.phase != model::CallPhase::kEnded; }

/// Cut off the upper edge: what is wrong with this call, and what it means.
void draw_call_banners(Scene& scene, Rect& area, const model::Call& call) {
  auto& ui = scene.ui;
  if (!call_live(call.phase)) return;
  const auto name = call_name(scene, call);
  const float height = ui.px(scene.phone() ? size::kFrameBanner * 2 : size::kFrameBanner);
  if (call.microphone_lost) {
    const Rect rect = area.cut_top(height);
    const auto fact = ui.tr("call.not_heard", {{"name", name}});
    const auto then = ui.tr("call.microphone_gone");
    if (scene.phone()) {  // has no room for a button; the key for the devices is below
      ui::banner(ui, rect, ui::BannerKind::kDanger, Icon::kMicOff, fact, then);
    } else if (ui::banner(ui, rect, ui::BannerKind::kDanger, Icon::kMicOff, fact, then,
                          {{"choose_microphone", ui.tr("call.choose_another")}})) {
      scene.app.call.devices = true;
      scene.app.call.dial_pad = false;
    }
  }
  if (call.identity == model::Identity::kFailed)
    ui::banner(ui, area.cut_top(height), ui::BannerKind::kDanger, Icon::kAlert,
               ui.tr("call.identity_failed", {{"name", name}}), ui.tr("call.identity_failed_text"));
  const bool interrupted = call.connection == protocol::ConnectionState::kDisconnected ||
                           call.connection == protocol::ConnectionState::kFailed;
  if (call.phase == model::CallPhase::kInCall && interrupted)
    ui::banner(ui, area.cut_top(height), ui::BannerKind::kWarning, Icon::kWifiOff, ui.tr("call.interrupted"),
               ui.tr("call.interrupted_text"));
}

void draw_call_header(Scene& scene, Rect header, const client::CallEntry& entry) {
  auto& ui = scene.ui;
  const bool phone = scene.phone();
  if (!phone) {
    const float line = ui.px(size::kFrameLine);
    ui.line(header.left, header.bottom - line, header.right, header.bottom - line, Color::kLine);
  }
  header = header.inset(ui.px(phone ? size::kSpace3 : size::kSpace6), 0);
  const float edge = ui.px(phone ? size::kControlTouch : size::kControlDefault);
  if (phone) {
    const Rect back = ui.cut_leading(header, edge).middle(edge, edge);
    if (ui::icon_button(ui, back, "leave", Icon::kChevronDown, ui.tr("call.leave"))) scene.app.in_call_view = false;
  }
  const auto* facts = facts_of(scene.facts, entry.call.call);
  if (call_has_panel(entry.call) && !call_panel_beside(scene)) {
    ui::IconButtonOptions options;
    options.toggle = true;
    options.selected = scene.app.call.panel_over;
    const Rect key = ui.cut_trailing(header, edge).middle(edge, edge);
    if (ui::icon_button(ui, key, "details", Icon::kInfo, ui.tr("call.details"), options))
      scene.app.call.panel_over = !scene.app.call.panel_over;
    ui.cut_trailing(header, ui.px(size::kSpace3));
  }
  if (phone) {
    if (facts == nullptr || entry.call.phase != model::CallPhase::kInCall) return;
    const auto path = path_words(ui, facts->path);
    const float wide = ui::tag_width(ui, path.word, path.icon);
    ui::tag(ui, ui.cut_trailing(header, std::min(wide, header.width())), path.word, path.fill, path.text, path.icon);
    return;
  }
  const auto state = call_words(scene, entry);
  const auto words = entry.call.phase == model::CallPhase::kEnded
                         ? state
                         : ui.tr("call.tab", {{"name", call_name(scene, entry.call)}, {"time", state}});
  const bool flows = entry.call.phase == model::CallPhase::kInCall;
  const float wide = ui.text_width(words, TextStyle::kBodyStrong) + 2 * ui.px(size::kSpace4);
  const Rect chip = ui.cut_leading(header, std::min(wide, header.width()))
                        .middle(std::min(wide, header.width() + wide), ui.px(size::kControlField));
  ui.fill(chip, flows ? Color::kPositiveSoft : Color::kAccentSoft, size::kRadiusControl);
  ui.text(chip.inset(ui.px(size::kSpace4), 0), words, TextStyle::kBodyStrong,
          flows ? Color::kPositiveSoftText : Color::kAccentSoftText);
}

struct CallTag {
  std::string words;
  Icon icon;
  Color fill;
  Color text;
};

std::vector<CallTag> call_tags(Scene& scene, const model::Call& call) {
  auto& ui = scene.ui;
  std::vector<CallTag> tags;
  const auto* facts = facts_of(scene.facts, call.call);
  if (call.phase == model::CallPhase::kInCall && facts != nullptr) {
    const auto path = path_words(ui, facts->path);
    const auto sound = facts->seconds.empty() ? Sound::kUnknown : sound_of(facts->seconds.back().mos);
    const auto words = sound == Sound::kUnknown
                           ? path.word
                           : ui.tr("call.path_and_sound", {{"path", path.word}, {"sound", sound_words(ui, sound)}});
    tags.push_back({words, path.icon, path.fill, path.text});
  }
  if (call.identity == model::Identity::kProven)
    tags.push_back({ui.tr("call.identity_proven"), Icon::kShieldCheck, Color::kRaised, Color::kText});
  if (call.identity == model::Identity::kFailed)
    tags.push_back({ui.tr("call.identity_not_proven"), Icon::kAlert, Color::kDangerSoft, Color::kDangerSoftText});
  if (call.muted) tags.push_back({ui.tr("call.muted"), Icon::kMicOff, Color::kWarningSoft, Color::kWarningSoftText});
  return tags;
}

void draw_call_tags(Scene& scene, Rect line, const model::Call& call) {
  auto& ui = scene.ui;
  auto tags = call_tags(scene, call);
  const float gap = ui.px(size::kSpace3);
  const auto width = [&] {
    float sum = 0;
    for (const auto& tag : tags) sum += ui::tag_width(ui, tag.words, tag.icon) + gap;
    return std::max(sum - gap, 0.0F);
  };
  // On a narrow screen the path stands in the header too, and the rest in the panel.
  while (tags.size() > 1 && width() > line.width()) tags.pop_back();
  line = line.middle(std::min(width(), line.width()), line.height());
  for (const auto& tag : tags) {
    ui.cut_leading(line, ui::tag(ui, line, tag.words, tag.fill, tag.text, tag.icon) + gap);
  }
}

void draw_level(Scene& scene, Rect line, const std::string& who, double level, std::string_view broken) {
  auto& ui = scene.ui;
  const Rect name = ui.cut_leading(line, std::floor(line.width() / 3));
  ui.text(name, who, TextStyle::kBody, Color::kText);
  ui.cut_leading(line, ui.px(size::kSpace3));
  if (!broken.empty()) {
    ui.icon(Icon::kMicOff, ui.cut_leading(line, ui.px(size::kIconSmall)), size::kIconSmall, Color::kDanger);
    ui.cut_leading(line, ui.px(size::kSpace3));
    ui.label(line, broken, TextStyle::kBodyStrong, Color::kDanger);
    return;
  }
  ui::level_meter(ui, line.middle(line.width(), ui.px(size::kSpace4)), ui.tr("call.level_of", {{"name", who}}),
                  static_cast<float>(level));
}

void draw_call_levels(Scene& scene, Rect area, const model::Call& call) {
  auto& ui = scene.ui;
  const auto* facts = facts_of(scene.facts, call.call);
  const double received = facts == nullptr ? call.received : facts->received;
  const double sent = facts == nullptr ? call.sent : facts->sent;
  const float line = ui.line_height(TextStyle::kBody);
  draw_level(scene, area.cut_top(line), call_name(scene, call), received, {});
  area.cut_top(ui.px(size::kSpace4));
  const auto broken = call.microphone_lost ? ui.tr("call.no_microphone")
                      : call.muted         ? ui.tr("call.you_are_muted")
                                           : std::string();
  draw_level(scene, area.cut_top(line), ui.tr("call.you"), sent, broken);
}

std::string call_below_name(const Scene& scene, const model::Call& call) {
  const auto* person = scene.contact(call.other);
  if (person == nullptr || person->number.empty()) return call.number;
  return scene.ui.tr("call.extension", {{"number", person->number}});
}

/// Somebody else is called now: read out when it comes.
void draw_forwarded(Scene& scene, const Rect& line, std::string_view name) {
  auto& ui = scene.ui;
  const auto words = ui.tr("call.forwarded_to", {{"name", name}});
  const Rect at = ui.text(line, words, TextStyle::kBodyStrong, Color::kText, 0.5F);
  ui.semantics.add(ui.id("forwarded"), Role::kStatus, words, at).text_px = ui.text_px(TextStyle::kBodyStrong);
}

void draw_stage(Scene& scene, Rect area, const client::CallEntry& entry) {
  auto& ui = scene.ui;
  const auto& call = entry.call;
  const auto name = call_name(scene, call);
  const auto below = call_below_name(scene, call);
  const bool talking = call.phase == model::CallPhase::kInCall;
  const float gap = ui.px(size::kSpace3);
  const float line = ui.line_height(TextStyle::kBody);
  const float levels = talking ? 2 * line + ui.px(size::kSpace4) : 0;
  const float tags = ui.line_height(TextStyle::kSmallStrong) + ui.px(size::kSpace2);
  const float fixed = ui.line_height(TextStyle::kDisplay) + line + ui.line_height(TextStyle::kTimer) + tags + levels +
                      5 * gap + 2 * ui.px(size::kSpace5);
  const float avatar = std::clamp(area.height() - fixed, ui.px(size::kAvatarHeader), ui.px(size::kAvatarCall));
  const float side = ui.px(scene.phone() ? size::kSpace5 : size::kSpace6);
  area = area.inset(side, 0);
  Rect rest = area.middle(area.width(), std::min(fixed + avatar, area.height()));
  const Rect picture = rest.cut_top(avatar).middle(avatar, avatar);
  ui::avatar(ui, picture, scene.face(call.other, name), std::nullopt, Color::kRaised);
  rest.cut_top(ui.px(size::kSpace5));
  ui.heading(rest.cut_top(ui.line_height(TextStyle::kDisplay))
                 .middle(std::min(ui.text_width(name, TextStyle::kDisplay) + ui.px(2), rest.width()),
                         ui.line_height(TextStyle::kDisplay)),
             name, TextStyle::kDisplay, 1);
  rest.cut_top(gap);
  if (!below.empty()) ui.label(rest.cut_top(line), below, TextStyle::kBody, Color::kTextMuted, 0.5F);
  rest.cut_top(gap);
  const auto words = call_words(scene, entry);
  // How it ended is a sentence with a name in it.
  const auto style = call.phase == model::CallPhase::kEnded ? TextStyle::kTitle : TextStyle::kTimer;
  const Rect at = ui.text(rest.cut_top(ui.line_height(TextStyle::kTimer)), words, style, Color::kText, 0.5F);
  auto& phase = ui.semantics.add(ui.id("phase"), talking ? Role::kTimer : Role::kStatus, words, at);
  phase.text_px = ui.text_px(style);
  rest.cut_top(gap);
  if (call.phase == model::CallPhase::kRinging && call.forwarded_by)
    draw_forwarded(scene, rest.cut_top(tags), name);
  else
    draw_call_tags(scene, rest.cut_top(tags), call);
  rest.cut_top(ui.px(size::kSpace5) + gap);
  if (talking) draw_call_levels(scene, rest.middle(std::min(ui.px(kMeterWidth), rest.width()), rest.height()), call);
}

}  // namespace

void call_screen(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  const auto* entry = scene.call_shown();
  if (entry == nullptr) {
    ui::empty_state(ui, area, Icon::kPhone, ui.tr("call.none"), ui.tr("call.none_text"));
    return;
  }
  auto& view = scene.app.call;
  if (view.opened_for != entry->call.call) {
    view.opened_for = entry->call.call;
    view.dial_pad = view.devices = view.panel_over = false;
    view.digits.clear();
  }
  if ((view.dial_pad || view.devices || view.panel_over) && !scene.app.toast && ui.take_key("Escape"))
    view.dial_pad = view.devices = view.panel_over = false;
  ui.push_scope("call");
  ui.push_scope(entry->call.call);
  const auto& call = entry->call;
  Rect panel;
  const bool has_panel = call_has_panel(call);
  if (has_panel && call_panel_beside(scene)) {
    const bool wide = ui.screen.width() >= ui.px(kPanelWideFrom);
    panel = ui.cut_trailing(area, ui.px(wide ? size::kFramePanelWide : size::kFramePanel));
  }
  draw_call_header(scene, area.cut_top(ui.px(size::kFrameHeader)), *entry);
  draw_call_banners(scene, area, call);
  Rect keys;
  if (scene.phone()) {
    const float height = ui.px(kPhoneKeyHeight + size::kSpace4 + size::kControlCallKeyHeight + size::kSpace3);
    keys = area.cut_bottom(height);
  } else {
    keys = area.cut_bottom(ui.px(size::kControlCallKeyHeight + size::kSpace7));
  }
  const bool over = has_panel && view.panel_over && !call_panel_beside(scene);
  if (over) {
    Rect stage = area;
    panel = scene.phone() ? area : ui.cut_trailing(stage, ui.px(size::kFramePanel));
    area = scene.phone() ? Rect{} : stage;
  }
  if (!area.empty()) {
    if (view.dial_pad && call_live(call.phase))
      call_dial_pad(scene, area, call);
    else if (view.devices && call_live(call.phase))
      call_devices(scene, area);
    else
      draw_stage(scene, area, *entry);
  }
  if (scene.phone())
    draw_keys_phone(scene, keys, call);
  else
    draw_keys_wide(scene, keys, call);
  // Read after the call itself.
  if (!panel.empty()) call_panel(scene, panel, *entry);
  ui.pop_scope();
  ui.pop_scope();
}

}  // namespace sidetone::shell
