#include "shell/screens/bubbles.hpp"

#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "shell/screens/message_menu.hpp"
#include "shell/screens/message_text.hpp"

namespace sidetone::shell {
namespace {

constexpr std::int64_t kGroupSeconds = 300;
constexpr float kBubbleWidest = 520;
/// What a bubble leaves free of a narrow column: the button beside it stands there.
constexpr float kBubbleLeaves = kMessageButton + 2 * size::kSpace3;
constexpr float kDayLineHeight = 40;

/// A row cut into its parts; the same cuts measure it and draw it.
struct BubbleCuts {
  float day = 0;
  float unread = 0;
  float gap = 0;
  float meta = 0;
  float widest = 0;  ///< of the text
};

float bubble_indent(const Scene& scene, const MessageRow& message) {
  return message.mine || scene.phone() ? 0 : scene.ui.px(size::kAvatarBubble + size::kSpace3);
}

BubbleCuts cut_bubble(Scene& scene, const MessageRow& message, const MessageShape& shape, float width) {
  auto& ui = scene.ui;
  BubbleCuts cuts;
  if (shape.day_line) cuts.day = ui.px(kDayLineHeight);
  if (shape.unread_line) cuts.unread = ui.px(kDayLineHeight);
  cuts.gap = ui.px(shape.begins_group ? size::kSpace3 : size::kSpace1);
  if (message.state == model::MessageState::kFailed)
    cuts.meta = std::max(ui.px(size::kControlSmall), ui.line_height(TextStyle::kCaption)) + ui.px(size::kSpace3);
  else if (message.has_reactions())
    cuts.meta = std::max(ui.px(kReactionHeight), ui.line_height(TextStyle::kCaption)) + ui.px(size::kSpace3);
  else if (shape.ends_group || message.edited)
    cuts.meta = ui.line_height(TextStyle::kCaption) + ui.px(size::kSpace3);
  const float room = width - bubble_indent(scene, message) - ui.px(kBubbleLeaves);
  cuts.widest = std::floor(std::min(ui.px(kBubbleWidest), room)) - 2 * ui.px(size::kSpace4);
  return cuts;
}

/// @param spoken  it stands in the semantics too: in the item of the message below it.
void draw_line_with_words(Scene& scene, const Rect& row, const std::string& words, TextStyle style, Color color,
                          Color line, bool spoken) {
  auto& ui = scene.ui;
  const float text = ui.text_width(words, style);
  const float gap = ui.px(size::kSpace4 + size::kSpace3);
  const float y = std::floor(row.center_y());
  ui.line(row.left, y, row.center_x() - text / 2 - gap, y, line);
  ui.line(row.center_x() + text / 2 + gap, y, row.right, y, line);
  ui.text(row, words, style, color, 0.5F);
  const Rect seen = row.middle(text, ui.line_height(style)).clipped(ui.clip());
  if (spoken && !seen.empty()) ui.semantics.add(ui.id("line_of_words"), Role::kText, words, seen);
}

std::string day_words(const Scene& scene, std::int64_t time) {
  const auto& locale = scene.ui.locale;
  const auto ago = locale.day_number(scene.unix_s) - locale.day_number(time);
  if (ago == 0) return scene.ui.tr("chat.today");
  if (ago == 1) return scene.ui.tr("chat.yesterday");
  return locale.day(time, scene.unix_s);
}

/// What a bubble says, where its text does not.
std::string removed_words(const Ui& ui, const MessageRow& message) {
  return message.removed ? ui.tr("chat.removed") : std::string();
}

void draw_bubble_fill(Ui& ui, const Rect& bubble, const MessageRow& message) {
  if (message.removed) return ui.border(bubble, Color::kLine, size::kRadiusBubble);
  if (message.state == model::MessageState::kSending || message.state == model::MessageState::kFailed) {
    const bool failed = message.state == model::MessageState::kFailed;
    ui.border(bubble, failed ? Color::kDanger : Color::kLineStrong, size::kRadiusBubble);
    return;
  }
  const auto fill = message.mine ? Color::kBubbleMine : Color::kBubbleTheirs;
  ui.fill(bubble, fill, size::kRadiusBubble);
  // The corner at the speaker is nearly square: a small square with that corner covers the round one.
  const float edge = std::min({ui.px(size::kRadiusBubble + size::kSpace2), bubble.width(), bubble.height()});
  Rect corner = bubble;
  corner = corner.cut_bottom(edge);
  corner = message.mine ? ui.cut_trailing(corner, edge) : ui.cut_leading(corner, edge);
  ui.fill(corner, fill, size::kRadiusTag);
}

std::optional<Icon> mark_icon(model::MessageState state) {
  switch (state) {
    case model::MessageState::kSending:
      return Icon::kClock;
    case model::MessageState::kSent:
      return Icon::kCheck;
    case model::MessageState::kDelivered:
    case model::MessageState::kRead:
      return Icon::kDoubleCheck;
    case model::MessageState::kFailed:
      return Icon::kAlert;
    case model::MessageState::kReceived:
      break;
  }
  return std::nullopt;
}

/// Time and mark below the last bubble of a group, from the bubble's side inwards.
void draw_meta(Scene& scene, const MessageRow& message, Rect strip) {
  auto& ui = scene.ui;
  const bool failed = message.state == model::MessageState::kFailed;
  const auto color = failed ? Color::kDanger : Color::kTextMuted;
  strip.cut_top(ui.px(size::kSpace2));
  strip.bottom -= ui.px(size::kSpace2);
  const auto time =
      message.edited ? ui.tr("chat.edited", {{"time", ui.locale.clock(message.time)}}) : ui.locale.clock(message.time);
  const float clock = ui.text_width(time, TextStyle::kCaption) + ui.px(1);
  if (!message.mine) {
    ui.cut_leading(strip, ui.px(size::kSpace4));
    ui.text(ui.cut_leading(strip, clock), time, TextStyle::kCaption, color);
    ui.cut_leading(strip, ui.px(size::kSpace3));
    if (message.has_reactions()) draw_reactions(scene, message, strip);
    return;
  }
  if (failed) {
    const auto drop = ui.tr("chat.drop");
    ui::ButtonOptions options;
    options.height = size::kControlSmall;
    const Rect key = ui.cut_trailing(strip, ui::button_width(ui, drop, options));
    if (ui::button(ui, key.clipped({key.left, strip.top, key.right, strip.bottom}), "drop", drop, options))
      scene.out.send(client::DropMessage{std::string(message.id)});
    ui.cut_trailing(strip, ui.px(size::kSpace3));
  }
  const auto words = mark_words(scene, message);
  const float icon = ui.px(size::kIconSmall);
  const float gap = ui.px(size::kSpace2);
  const float wanted = ui.text_width(words, TextStyle::kCaption) + ui.px(1);
  const float room = std::max(0.0F, strip.width() - icon - clock - 2 * gap);
  ui.text(ui.cut_trailing(strip, std::min(wanted, room)), words, TextStyle::kCaption, color);
  ui.cut_trailing(strip, gap);
  if (const auto mark = mark_icon(message.state))
    ui.icon(*mark, ui.cut_trailing(strip, icon), size::kIconSmall,
            message.state == model::MessageState::kRead ? Color::kAccent : color);
  ui.cut_trailing(strip, gap);
  ui.text(ui.cut_trailing(strip, clock), time, TextStyle::kCaption, color);
  ui.cut_trailing(strip, ui.px(size::kSpace3));
  if (message.has_reactions()) draw_reactions(scene, message, strip);
}

/// The message as one thing: what is said of it when it has the focus.
void begin_item(Scene& scene, NodeId node, const MessageRow& message, const std::string& name, const Rect& seen,
                std::string_view text, const MessagePlace& place) {
  auto& ui = scene.ui;
  const auto words = ui.tr("chat.message", {{"name", name}, {"time", ui.locale.clock(message.time)}, {"text", text}});
  auto& item = ui.semantics.begin(node, Role::kListItem, words, seen);
  item.description = mark_words(scene, message);
  const auto add = [&](const std::string& more) {
    if (more.empty()) return;
    if (!item.description.empty()) item.description += ui.tr("list.comma");
    item.description += more;
  };
  if (message.edited) add(ui.tr("chat.was_edited"));
  add(reaction_words(scene, message));
  item.position = place.position;
  item.count = place.count;
}

/// What it is made of: who wrote it, which a new message is read out with, and its text alone, to be found and copied.
void add_words(Scene& scene, const MessageRow& message, const std::string& name, std::string_view words,
               const Rect& seen, const Rect& inside) {
  auto& ui = scene.ui;
  ui.semantics.add(ui.id("sender"), Role::kText,
                   ui.tr("chat.line", {{"text", name}, {"time", ui.locale.clock(message.time)}}), seen);
  // As large as it is, though the list may hide a part: its lines lie over those that are drawn.
  auto& text = ui.semantics.add(ui.id("words"), Role::kText, words, inside);
  text.text_px = ui.text_px(TextStyle::kBody);
  text.flags = kSelectable | (ui.reads_right_to_left(words) ? kRightToLeft : 0U);
}

bool same_group(const Scene& scene, const MessageRow& above, const MessageRow& below) {
  return above.sender == below.sender && below.time - above.time < kGroupSeconds &&
         above.state != model::MessageState::kFailed && below.state != model::MessageState::kFailed &&
         scene.ui.locale.day_number(above.time) == scene.ui.locale.day_number(below.time);
}

}  // namespace

MessageShape shape_of(const Scene& scene, const ConversationWindow& window, const client::ConversationEntry* entry,
                      std::size_t row) {
  const auto message = row_at(window, scene.client, entry, row);
  const auto begins_unread = [&](const MessageRow& one) {
    return window.unread_from != 0 && one.number == window.unread_from;
  };
  MessageShape shape;
  shape.unread_line = begins_unread(message);
  shape.day_line = true;
  if (row > 0) {
    const auto above = row_at(window, scene.client, entry, row - 1);
    shape.day_line = scene.ui.locale.day_number(above.time) != scene.ui.locale.day_number(message.time);
    shape.begins_group = shape.unread_line || !same_group(scene, above, message);
  }
  if (row + 1 < window.heights.size()) {
    const auto below = row_at(window, scene.client, entry, row + 1);
    shape.ends_group = begins_unread(below) || !same_group(scene, message, below);
  }
  return shape;
}

std::string mark_words(Scene& scene, const MessageRow& message) {
  switch (message.state) {
    case model::MessageState::kSending:
      return scene.ui.tr("chat.waiting");
    case model::MessageState::kSent:
      return scene.ui.tr("chat.sent");
    case model::MessageState::kDelivered:
      return scene.ui.tr("chat.delivered");
    case model::MessageState::kRead:
      return scene.ui.tr("chat.read");
    case model::MessageState::kFailed:
      return scene.ui.tr("chat.failed", {{"reason", message.failure}});
    case model::MessageState::kReceived:
      break;
  }
  return {};
}

float message_height(Scene& scene, const MessageRow& message, const MessageShape& shape, float width) {
  const auto cuts = cut_bubble(scene, message, shape, width);
  const auto removed = removed_words(scene.ui, message);
  const auto text = layout_message(scene.ui, message.removed ? removed : message.text, cuts.widest);
  return cuts.day + cuts.unread + cuts.gap + text.height + 2 * scene.ui.px(size::kSpace3) + cuts.meta;
}

void draw_message(Scene& scene, const MessageRow& message, const MessageShape& shape, const Rect& row,
                  const MessagePlace& place) {
  auto& ui = scene.ui;
  const auto cuts = cut_bubble(scene, message, shape, row.width());
  Rect rest = row;
  const Rect day = rest.cut_top(cuts.day);
  const Rect unread = rest.cut_top(cuts.unread);
  rest.cut_top(cuts.gap);
  const Rect meta = rest.cut_bottom(cuts.meta);
  Rect line = rest;
  const Rect beside = ui.cut_leading(line, bubble_indent(scene, message));
  const auto removed = removed_words(ui, message);
  const std::string_view words = message.removed ? std::string_view(removed) : message.text;
  const auto text = layout_message(ui, words, cuts.widest);
  const float pad = ui.px(size::kSpace4);
  const float wide = text.width + 2 * pad;
  const Rect bubble = message.mine ? ui.cut_trailing(line, wide) : ui.cut_leading(line, wide);

  const Rect seen = bubble.clipped(ui.clip());
  const auto name = message.mine ? ui.tr("chat.you") : scene.name_of(message.sender);
  const auto node = ui.id("message");
  if (!seen.empty()) begin_item(scene, node, message, name, seen, words, place);
  if (shape.day_line)
    draw_line_with_words(scene, day, day_words(scene, message.time), TextStyle::kSmall, Color::kTextMuted, Color::kLine,
                         !seen.empty());
  if (shape.unread_line) {
    ui.push_scope("unread");
    draw_line_with_words(scene, unread,
                         ui.locale.text_for("chat.new_messages", static_cast<std::int64_t>(place.unread_count)),
                         TextStyle::kSmallStrong, Color::kAccent, Color::kAccent, !seen.empty());
    ui.pop_scope();
  }
  if (seen.empty()) return;
  const Rect inside = bubble.inset(pad, ui.px(size::kSpace3));
  add_words(scene, message, name, words, seen, inside);
  draw_bubble_fill(ui, bubble, message);
  if (!message.mine && shape.ends_group && !beside.empty()) {
    const float edge = ui.px(size::kAvatarBubble);
    const Rect square{beside.left, beside.bottom - edge, beside.left + edge, beside.bottom};
    ui::avatar(ui, ui.rtl() ? square.moved(beside.width() - edge, 0) : square, scene.face(message.sender, name),
               std::nullopt, Color::kRaised);
  }
  const bool waits = message.state == model::MessageState::kSending || message.state == model::MessageState::kFailed;
  const auto color = message.removed ? Color::kTextMuted
                     : waits         ? Color::kText
                     : message.mine  ? Color::kBubbleMineText
                                     : Color::kBubbleTheirsText;
  if (place.lit) ui.border(bubble.inset(-ui.px(size::kSpace1)), Color::kAccent, size::kRadiusBubble, 2);
  if (const auto link = draw_message_text(ui, text, words, inside, color)) {
    const auto& range = text.links[link - 1];
    scene.out.request("open_link", words.substr(range.begin, range.end - range.begin));
  }
  if (message.number != 0 && !message.removed) {
    const float edge = ui.px(kMessageButton);
    ui.cut_leading(line, message.mine ? 0 : ui.px(size::kSpace3));
    ui.cut_trailing(line, message.mine ? ui.px(size::kSpace3) : 0);
    const Rect beside_bubble = message.mine ? ui.cut_trailing(line, edge) : ui.cut_leading(line, edge);
    draw_message_button(scene, message, rest, beside_bubble.middle(edge, edge), node);
  }
  if (cuts.meta > 0) {
    Rect strip = meta;
    ui.cut_leading(strip, bubble_indent(scene, message));
    draw_meta(scene, message, strip);
  }
  ui::focus_ring(ui, bubble, node, size::kRadiusBubble);
  ui.semantics.end();
}

}  // namespace sidetone::shell
