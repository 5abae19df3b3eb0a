#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "shell/screens/call_parts.hpp"
#include "shell/screens/line_cursor.hpp"

/// The panel beside a call: path, sound, identity.
namespace sidetone::shell {
namespace {

constexpr float kRing = 11;
constexpr float kVoiceLine = 3;
constexpr float kGraphHeight = 32;
constexpr float kPathHeight = 112;

void draw_panel_head(Scene& scene, Rect line, const std::string& words, const std::string& tag, Color fill, Color text,
                     std::optional<Icon> icon) {
  auto& ui = scene.ui;
  const Rect at_end = ui.cut_trailing(line, std::min(ui::tag_width(ui, tag, icon), line.width() / 2));
  ui.heading(line, words, TextStyle::kBodyStrong, 2);
  ui::tag(ui, at_end, tag, fill, text, icon);
}

void draw_path_ring(Ui& ui, float x, float y, Color color) {
  ui.draw->AddCircle(ImVec2(x, y), ui.px(kRing), ui.color(color), 0, ui.px(2));
  ui.draw->AddCircleFilled(ImVec2(x, y), ui.px(size::kSpace2), ui.color(color));
}

void draw_dots(Ui& ui, float x1, float y1, float x2, float y2) {
  const float on = ui.px(2);
  const float step = ui.px(6);
  const float length = std::max(std::abs(x2 - x1), std::abs(y2 - y1));
  const float dx = (x2 - x1) / std::max(length, 1.0F);
  const float dy = (y2 - y1) / std::max(length, 1.0F);
  for (float at = 0; at < length; at += step) {
    const float end = std::min(at + on, length);
    ui.line(x1 + dx * at, y1 + dy * at, x1 + dx * end, y1 + dy * end, Color::kLineStrong);
  }
}

/// Words in the middle of a line, on a piece of the panel's fill.
void draw_on_line(Ui& ui, float x, float y, const std::string& words, bool boxed) {
  const float half = ui.text_width(words, TextStyle::kSmallStrong) / 2 + ui.px(size::kSpace4);
  const float high = ui.line_height(TextStyle::kSmallStrong) / 2 + ui.px(boxed ? 5 : 0);
  const Rect box{x - half, y - high, x + half, y + high};
  ui.fill(box, Color::kSurface, size::kRadiusControl);
  if (boxed) ui.border(box, Color::kLineStrong, size::kRadiusControl);
  ui.text(box, words, boxed ? TextStyle::kSmall : TextStyle::kSmallStrong, boxed ? Color::kTextMuted : Color::kText,
          0.5F);
}

/// Two ends, the voice between them, and below the way of the control messages.
void draw_path_picture(Scene& scene, Rect area, const client::CallEntry& entry, Path path, const PathWords& words,
                       double round_trip_ms) {
  auto& ui = scene.ui;
  auto& image = ui.semantics.add(
      ui.id("path_picture"), Role::kImage,
      ui.tr("call.path_picture", {{"name", call_name(scene, entry.call)}, {"path", words.word}}), area);
  image.description = words.sentence;
  const auto& hosts = scene.client.hosts.hosts;
  const auto host = entry.call.host ? hosts.find(*entry.call.host) : hosts.end();
  const auto here = host == hosts.end() ? ui.tr("call.you_here", {{"place", ui.tr("voice.this_browser")}})
                                        : ui.tr("call.you_here", {{"place", host->second.name}});
  Rect names = area.cut_top(ui.line_height(TextStyle::kSmall));
  ui.text(ui.cut_leading(names, names.width() / 2), here, TextStyle::kSmall, Color::kTextMuted);
  ui.text(names, call_name(scene, entry.call), TextStyle::kSmall, Color::kTextMuted, 1);
  const float ring = ui.px(kRing);
  const float y = std::round(area.top + ring + ui.px(size::kSpace3));
  const float low = std::round(area.bottom - ui.px(size::kSpace5));
  const float left = std::round(area.left + ring + ui.px(size::kSpace3));
  const float right = std::round(area.right - ring - ui.px(size::kSpace3));
  const float middle = std::round((left + right) / 2);
  const bool through = path == Path::kBrowser;
  const bool known = path != Path::kUnknown;
  draw_dots(ui, left, y + ring, left, low);
  draw_dots(ui, right, y + ring, right, low);
  draw_dots(ui, left, low, right, low);
  // A line begins at its coordinate: half of it is to lie on either side.
  const float half = std::floor(ui.px(kVoiceLine) / 2);
  if (known && !through) ui.line(left + ring, y - half, right - ring, y - half, words.line, kVoiceLine);
  if (through) {
    ui.line(left - half, y + ring, left - half, low, words.line, kVoiceLine);
    ui.line(left - half, low - half, right + half + ui.px(1), low - half, words.line, kVoiceLine);
    ui.line(right - half, y + ring, right - half, low, words.line, kVoiceLine);
  }
  draw_path_ring(ui, left, y, words.line);
  draw_path_ring(ui, right, y, words.line);
  if (known && !through) {
    const auto trip = std::to_string(std::lround(round_trip_ms));
    auto label = round_trip_ms > 0 ? ui.tr("call.voice_trip", {{"ms", trip}}) : ui.tr("call.voice");
    if (path == Path::kRelayed) label = ui.tr("call.relay");
    draw_on_line(ui, middle, y, label, path == Path::kRelayed);
  }
  draw_on_line(ui, middle, low, ui.tr("call.data_centre"), true);
}

struct PanelGraph {
  std::string_view name;
  std::string words;
  std::string value;
  std::string note;
  std::vector<float> values;
  float low = 0;
  float high = 1;
  float limit = 0;
};

void draw_panel_graph(Scene& scene, LineCursor& cursor, const PanelGraph& one) {
  auto& ui = scene.ui;
  ui.push_scope(one.name);
  cursor.gap(size::kSpace4);
  Rect head = cursor.line(TextStyle::kBody);
  const float wide = ui.text_width(one.value, TextStyle::kBodyStrong) + ui.px(2);
  ui.text(ui.cut_trailing(head, std::min(wide, head.width() / 2)), one.value, TextStyle::kBodyStrong, Color::kText, 1);
  ui.text(head, one.words, TextStyle::kBody, Color::kText);
  cursor.gap(size::kSpace2);
  ui::graph(ui, cursor.take(ui.px(kGraphHeight)),
            ui.tr("call.graph", {{"what", one.words}, {"value", one.value}, {"note", one.note}}), one.values, one.low,
            one.high, one.limit);
  if (!one.note.empty()) ui.text(cursor.line(TextStyle::kSmall), one.note, TextStyle::kSmall, Color::kTextMuted);
  ui.pop_scope();
}

std::vector<float> graph_values(const std::vector<Quality>& seconds, double Quality::*member) {
  std::vector<float> out;
  out.reserve(seconds.size());
  for (const auto& one : seconds) out.push_back(static_cast<float>(one.*member));
  return out;
}

void draw_panel_graphs(Scene& scene, LineCursor& cursor, const std::vector<Quality>& seconds) {
  auto& ui = scene.ui;
  const auto& now = seconds.back();
  const auto heard = [&](bool is, std::string_view yes, std::string_view no) { return ui.tr(is ? yes : no); };
  const auto jitter = std::to_string(std::lround(now.jitter_ms));
  const auto trip = std::to_string(std::lround(now.round_trip_ms));
  constexpr float kWorst = 1;
  constexpr float kBest = 4.5F;
  draw_panel_graph(
      scene, cursor,
      {"mos",
       ui.tr("call.mos"),
       now.mos > 0 ? ui.tr("call.mos_value", {{"value", one_decimal(ui, now.mos)}}) : ui.tr("call.unknown"),
       {},
       graph_values(seconds, &Quality::mos),
       kWorst,
       kBest,
       0});
  draw_panel_graph(scene, cursor,
                   {"loss", ui.tr("call.loss"), ui.tr("call.percent", {{"value", one_decimal(ui, now.loss_percent)}}),
                    heard(now.loss_percent > kLossHeardPercent, "call.loss_heard", "call.loss_not_heard"),
                    graph_values(seconds, &Quality::loss_percent), 0, 2 * kLossHeardPercent, kLossHeardPercent});
  draw_panel_graph(scene, cursor,
                   {"jitter", ui.tr("call.jitter"), ui.tr("call.ms", {{"value", jitter}}),
                    heard(now.jitter_ms > kJitterHeardMs, "call.jitter_heard", "call.jitter_not_heard"),
                    graph_values(seconds, &Quality::jitter_ms), 0, 2 * kJitterHeardMs, kJitterHeardMs});
  draw_panel_graph(scene, cursor,
                   {"round_trip", ui.tr("call.round_trip"), ui.tr("call.ms", {{"value", trip}}),
                    heard(now.round_trip_ms > kRoundTripHeardMs, "call.round_trip_heard", "call.round_trip_not_heard"),
                    graph_values(seconds, &Quality::round_trip_ms), 0, 2 * kRoundTripHeardMs, kRoundTripHeardMs});
}

void draw_panel_identity(Scene& scene, LineCursor& cursor, const model::Call& call) {
  auto& ui = scene.ui;
  const auto name = call_name(scene, call);
  const auto line = cursor.line(TextStyle::kBodyStrong);
  switch (call.identity) {
    case model::Identity::kProven:
      draw_panel_head(scene, line, ui.tr("call.identity"), ui.tr("call.identity_proven"), Color::kPositiveSoft,
                      Color::kPositiveSoftText, Icon::kShieldCheck);
      cursor.gap(size::kSpace2);
      return cursor.paragraph(ui.tr("call.identity_proven_text", {{"name", name}}), TextStyle::kSmall,
                              Color::kTextMuted);
    case model::Identity::kFailed:
      draw_panel_head(scene, line, ui.tr("call.identity"), ui.tr("call.identity_not_proven"), Color::kDangerSoft,
                      Color::kDangerSoftText, Icon::kAlert);
      cursor.gap(size::kSpace2);
      return cursor.paragraph(ui.tr("call.identity_failed_text"), TextStyle::kSmall, Color::kDanger);
    case model::Identity::kUnknown:
      draw_panel_head(scene, line, ui.tr("call.identity"), ui.tr("call.identity_unknown"), Color::kHover,
                      Color::kTextMuted, std::nullopt);
      cursor.gap(size::kSpace2);
      return cursor.paragraph(ui.tr("call.identity_unknown_text", {{"name", name}}), TextStyle::kSmall,
                              Color::kTextMuted);
  }
}

Color sound_fill(Sound sound) {
  if (sound == Sound::kVeryGood || sound == Sound::kGood) return Color::kPositiveSoft;
  if (sound == Sound::kFair) return Color::kWarningSoft;
  return sound == Sound::kUnknown ? Color::kHover : Color::kDangerSoft;
}
Color sound_text(Sound sound) {
  if (sound == Sound::kVeryGood || sound == Sound::kGood) return Color::kPositiveSoftText;
  if (sound == Sound::kFair) return Color::kWarningSoftText;
  return sound == Sound::kUnknown ? Color::kTextMuted : Color::kDangerSoftText;
}

}  // namespace

void call_panel(Scene& scene, Rect area, const client::CallEntry& entry) {
  auto& ui = scene.ui;
  auto& view = scene.app.call;
  const auto* facts = facts_of(scene.facts, entry.call.call);
  const auto path = facts == nullptr ? Path::kUnknown : facts->path;
  const std::vector<Quality> none;
  const auto& seconds = facts == nullptr ? none : facts->seconds;
  const auto sound = seconds.empty() ? Sound::kUnknown : sound_of(seconds.back().mos);
  ui.fill(area, Color::kSurface);
  const float edge = ui.rtl() ? area.right - ui.px(1) : area.left;
  ui.line(edge, area.top, edge, area.bottom, Color::kLine);
  ui.push_scope("panel");
  ui.semantics.begin(ui.id("panel_scroll"), Role::kRegion, ui.tr("call.panel"), area);
  {
    ui::Scroll scroll(ui, area, "panel_scroll", view.scroll, view.panel_height);
    const Rect content = scroll.place(0, view.panel_height);
    LineCursor cursor(ui, Rect{area.left, content.top, area.right, content.top}.inset(ui.px(20), 0));
    cursor.gap(size::kSpace5);
    const auto words = path_words(ui, path);
    draw_panel_head(scene, cursor.line(TextStyle::kBodyStrong), ui.tr("call.path"), words.word, words.fill, words.text,
                    words.icon);
    cursor.gap(size::kSpace4);
    draw_path_picture(scene, cursor.take(ui.px(kPathHeight)), entry, path, words,
                      seconds.empty() ? 0 : seconds.back().round_trip_ms);
    cursor.gap(size::kSpace3);
    cursor.paragraph(words.sentence, TextStyle::kSmall, Color::kTextMuted);
    cursor.rule(area);
    draw_panel_head(scene, cursor.line(TextStyle::kBodyStrong), ui.tr("call.sound"), sound_words(ui, sound),
                    sound_fill(sound), sound_text(sound), std::nullopt);
    cursor.gap(size::kSpace2);
    cursor.paragraph(sound_sentence(ui, sound), TextStyle::kBody, Color::kTextMuted);
    if (!seconds.empty()) draw_panel_graphs(scene, cursor, seconds);
    cursor.rule(area);
    draw_panel_identity(scene, cursor, entry.call);
    cursor.gap(size::kSpace5);
    const float height = cursor.top() - content.top;
    if (height != view.panel_height) ui.wake_at(scene.now_ms);
    view.panel_height = height;
  }
  ui.semantics.end();
  ui.pop_scope();
}

}  // namespace sidetone::shell
