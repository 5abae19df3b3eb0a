#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/client/view.hpp"
#include "shell/screens/bubbles.hpp"
#include "shell/screens/composer.hpp"
#include "shell/screens/message_menu.hpp"

/// The conversation with one person: header, messages, who is typing; the composer has a file of its own.
namespace sidetone::shell {
namespace {

/// Height of a message that has not been measured, CSS pixels: one line and its time.
constexpr float kRowEstimate = 62;

/// One frame of the messages.
class MessageLog {
 public:
  MessageLog(Scene& scene, const Rect& area, protocol::UserId with)
      : scene_(scene),
        ui_(scene.ui),
        area_(area),
        with_(with),
        window_(scene.app.chats.windows[with]),
        scroll_(scene.app.chats.scrolls[with]),
        entry_(conversation_with(scene.client, with)) {
    const float gutter = ui_.px(scene.phone() ? size::kSpace4 : size::kSpace6);
    const float width = std::min(area.width() - 2 * gutter, ui_.px(kChatColumnWidest));
    column_ = {std::floor(area.center_x() - width / 2), 0, std::floor(area.center_x() - width / 2) + width, 0};
  }

  void draw() {
    take_over();
    if (window_.heights.size() == 0) return draw_empty();
    place_before_scrolling();
    {
      ui::Scroll scroll(ui_, area_, "messages", scroll_, window_.heights.total(), !excerpt());
      settle();
      draw_rows();
    }
    remember();
    ask_for_older();
    if (excerpt())
      below_excerpt();
    else
      tell_read();
  }

 private:
  void take_over() {
    const float width = column_.right - column_.left;
    const float text = ui_.text_px(TextStyle::kBody);
    if (window_.width != width || window_.text_px != text) window_.heights.forget_all();
    window_.width = width;
    window_.text_px = text;
    sync_rows(window_, scene_.client, entry_, with_, ui_.px(kRowEstimate));
    const int frame = ui_.frames();
    if (window_.drawn_frame + 1 < frame && entry_ != nullptr) mark_unread();
    window_.drawn_frame = frame;
  }

  /// Where the unread line stands is decided when the conversation is entered, and stays.
  void mark_unread() {
    const auto before = window_.unread_from;
    const auto read = read_number(scene_.client, *entry_);
    const auto first = std::find_if(entry_->messages.upper_bound(read), entry_->messages.end(),
                                    [&](const auto& one) { return one.second.sender != scene_.client.account.user; });
    window_.unread_from = first == entry_->messages.end() ? 0 : first->first;
    window_.unread_count = client::unread_messages(scene_.client, *entry_);
    for (const auto number : {before, window_.unread_from}) {
      const auto row = row_of(number);
      if (number == 0 || row >= window_.numbers.size()) continue;
      window_.heights.forget(row);
      if (row > 0) window_.heights.forget(row - 1);
    }
  }

  [[nodiscard]] std::size_t row_of(std::uint64_t number) const {
    const auto found = std::lower_bound(window_.numbers.begin(), window_.numbers.end(), number);
    return static_cast<std::size_t>(found - window_.numbers.begin());
  }

  void measure(std::size_t row) {
    if (window_.heights.measured(row)) return;
    const auto message = row_at(window_, scene_.client, entry_, row);
    const auto shape = shape_of(scene_, window_, entry_, row);
    window_.heights.set(row, message_height(scene_, message, shape, window_.width));
  }

  /// Measure upwards from a row until so much is known.
  void measure_up(std::size_t below, float enough) {
    float known = 0;
    for (std::size_t row = below; row > 0 && known < enough; --row) {
      measure(row - 1);
      known += window_.heights.height(row - 1);
    }
  }
  void measure_down(std::size_t from, float enough) {
    float known = 0;
    for (std::size_t row = from; row < window_.heights.size() && known < enough; ++row) {
      measure(row);
      known += window_.heights.height(row);
    }
  }

  /// Messages further back are shown, and newer ones stand below them.
  [[nodiscard]] bool excerpt() const { return entry_ != nullptr && !entry_->excerpt.empty(); }
  [[nodiscard]] bool at_end() const { return scroll_.at_end && !excerpt(); }

  /// Bring the message that was looked for into sight. @return it is here.
  bool place_target() {
    auto& target = scene_.app.chats.target;
    if (!target || target->with != with_ || target->lit_until_ms || window_.numbers.empty()) return false;
    const auto row = row_of(target->number);
    if (row >= window_.numbers.size() || window_.numbers[row] != target->number) return false;
    constexpr double kLitMs = 2'500;
    target->lit_until_ms = scene_.now_ms + kLitMs;
    measure_up(row, area_.height());
    measure_down(row, area_.height());
    const float middle = window_.heights.top(row) + (window_.heights.height(row) - area_.height()) / 2;
    scroll_.offset = std::clamp(middle, 0.0F, furthest());
    scroll_.at_end = false;
    return true;
  }

  [[nodiscard]] float furthest() const { return std::max(0.0F, window_.heights.total() - area_.height()); }

  /// What is seen now stays where it is, whatever has been added or measured above it.
  void place_before_scrolling() {
    const float screenful = area_.height();
    if (place_target()) return;
    if (at_end()) {
      measure_up(window_.heights.size(), 2 * screenful);
      scroll_.offset = furthest();
      return;
    }
    const auto row = std::min(row_of(window_.anchor), window_.heights.size() - 1);
    measure_up(row, screenful);
    measure_down(row, 2 * screenful);
    scroll_.offset = std::clamp(window_.heights.top(row + 1) - window_.anchor_below, 0.0F, furthest());
  }

  /// After a jump rows are seen that nobody has measured: the uppermost one stays in its place.
  void settle() {
    if (at_end()) {
      measure_up(window_.heights.size(), area_.height());
      scroll_.offset = furthest();
      return;
    }
    const auto row = window_.heights.at(scroll_.offset);
    const float into = scroll_.offset - window_.heights.top(row);
    measure_down(row, area_.height() + into);
    scroll_.offset = std::clamp(scroll_.offset, 0.0F, furthest());
  }

  void draw_rows() {
    const auto other = scene_.name_of(with_);
    const auto label = ui_.tr("chat.messages_with", {{"name", other}});
    // A log reads out what comes, the list in it is what arrows move through.
    ui_.semantics.begin(ui_.id("log"), Role::kLog, label, area_);
    ui_.semantics.begin(ui_.id("messages"), Role::kList, label, area_);
    const auto first = window_.heights.at(scroll_.offset);
    // Few messages lie at the lower edge.
    const float down = std::max(0.0F, area_.height() - window_.heights.total());
    float top = area_.top + down + window_.heights.top(first) - scroll_.offset;
    const auto all = entry_ == nullptr ? window_.waiting.size() : entry_->last_number + window_.waiting.size();
    for (std::size_t row = first; row < window_.heights.size() && top < area_.bottom; ++row) {
      const float height = window_.heights.height(row);
      const auto message = row_at(window_, scene_.client, entry_, row);
      MessagePlace place;
      const auto below = window_.heights.size() - 1 - row;
      place.position = static_cast<std::int32_t>(message.number != 0 ? message.number : all - below);
      place.count = static_cast<std::int32_t>(all);
      place.unread_count = window_.unread_count;
      ui_.push_scope(message.number == 0 ? message.id : std::string_view("number"), message.number);
      place.lit = lit(message.number);
      draw_message(scene_, message, shape_of(scene_, window_, entry_, row),
                   {column_.left, top, column_.right, top + height}, place);
      ui_.pop_scope();
      top += height;
    }
    ui_.semantics.end();
    ui_.semantics.end();
  }

  /// The message that was looked for stands out for a moment, and has the focus.
  bool lit(std::uint64_t number) {
    auto& target = scene_.app.chats.target;
    if (!target || target->with != with_ || target->number != number || !target->lit_until_ms) return false;
    if (scene_.now_ms >= *target->lit_until_ms) {
      target.reset();
      return false;
    }
    if (!std::exchange(target->focused, true)) ui_.request_focus(ui_.id("message"));
    ui_.wake_at(*target->lit_until_ms);
    return true;
  }

  /// What comes after an excerpt, and the way to the newest messages.
  void below_excerpt() {
    const bool near_end = furthest() - scroll_.offset < area_.height();
    if (near_end && scene_.online() && !entry_->excerpt_filling && window_.newer_asked != window_.numbers.back()) {
      window_.newer_asked = window_.numbers.back();
      scene_.out.send(client::NewerMessages{entry_->conversation});
    }
    ui::ButtonOptions options;
    options.icon = Icon::kChevronDown;
    const auto words = ui_.tr("chat.to_newest");
    Rect strip = area_;
    const Rect place = strip.cut_bottom(ui_.px(options.height + size::kSpace4))
                           .middle(ui::button_width(ui_, words, options), ui_.px(options.height));
    if (!ui::button(ui_, place, "to_newest", words, options)) return;
    scene_.out.send(client::LeaveExcerpt{entry_->conversation});
    scroll_.at_end = true;
  }

  void remember() {
    const auto row = window_.heights.at(scroll_.offset);
    if (window_.numbers.empty()) return;
    const auto anchor = std::min(row, window_.numbers.size() - 1);
    window_.anchor = window_.numbers[anchor];
    window_.anchor_below = window_.heights.top(anchor + 1) - scroll_.offset;
  }

  void ask_for_older() {
    if (entry_ == nullptr || window_.numbers.empty() || complete(*entry_)) return;
    if (excerpt() ? entry_->excerpt_filling : entry_->filling) return;
    if (!scene_.online()) {
      window_.older_asked = 0;
      return;
    }
    if (scroll_.offset > area_.height() || window_.older_asked == window_.numbers.front()) return;
    window_.older_asked = window_.numbers.front();
    scene_.out.send(client::OlderMessages{entry_->conversation});
  }

  void tell_read() {
    if (entry_ == nullptr || !scroll_.at_end || entry_->messages.empty()) return;
    if (window_.read_told >= entry_->last_number || client::unread_messages(scene_.client, *entry_) == 0) return;
    window_.read_told = entry_->last_number;
    scene_.out.send(client::ReadChat{entry_->conversation});
  }

  void draw_empty() {
    const bool some = entry_ != nullptr && entry_->last_number > 0;
    const auto name = scene_.name_of(with_);
    const auto key = !some ? "chat.none_yet" : scene_.online() ? "chat.loading" : "chat.not_here";
    ui::empty_state(ui_, area_, Icon::kChat, ui_.tr(key),
                    some ? std::string() : ui_.tr("chat.none_yet_text", {{"name", name}}));
  }

  Scene& scene_;
  Ui& ui_;
  Rect area_;
  protocol::UserId with_;
  ConversationWindow& window_;
  ui::ScrollState& scroll_;
  const client::ConversationEntry* entry_;
  Rect column_;
};

void draw_chat_header(Scene& scene, Rect header, protocol::UserId with) {
  auto& ui = scene.ui;
  ui.line(header.left, header.bottom - ui.px(1), header.right, header.bottom - ui.px(1), Color::kLine);
  const float gutter = ui.px(scene.phone() ? size::kSpace4 : size::kSpace6);
  header = header.inset(gutter, 0);
  const auto name = scene.name_of(with);
  const auto* presence = scene.presence(with);
  scene.watch(with);
  const float square = ui.px(size::kAvatarRow);
  ui::avatar(ui, ui.cut_leading(header, square).middle(square, square), scene.face(with, name),
             ui::dot_of(presence, scene.online()), Color::kRaised);
  ui.cut_leading(header, ui.px(size::kSpace4));
  const auto words = ui.tr("chat.call");
  ui::ButtonOptions options;
  options.icon = Icon::kPhone;
  options.disabled = !scene.can_call();
  bool call = false;
  if (scene.phone()) {
    const float edge = ui.px(size::kControlTouch);
    ui::IconButtonOptions small;
    small.disabled = options.disabled;
    call = ui::icon_button(ui, ui.cut_trailing(header, edge).middle(edge, edge), "call", Icon::kPhone, words, small);
  } else {
    const float wide = ui::button_width(ui, words, options);
    call = ui::button(ui, ui.cut_trailing(header, wide).middle(wide, ui.px(options.height)), "call", words, options);
  }
  if (call) scene.place_call(with);
  ui.cut_trailing(header, ui.px(size::kSpace3));
  const float upper = ui.line_height(TextStyle::kBody);
  const float lower = ui.line_height(TextStyle::kSmall);
  Rect lines = header.middle(header.width(), upper + lower);
  ui.heading(lines.cut_top(upper), name, TextStyle::kBodyStrong, 1);
  ui.label(lines, ui::presence_words(ui, presence, scene.online()), TextStyle::kSmall, Color::kTextMuted);
}

void draw_typing(Scene& scene, Rect strip, const client::ConversationEntry& entry) {
  auto& ui = scene.ui;
  const auto words = ui.tr("chat.is_typing", {{"name", scene.name_of(entry.with)}});
  ui.cut_leading(strip, ui.px(scene.phone() ? size::kSpace6 : size::kSpace8 + size::kSpace6));
  const float step = ui.px(size::kSpace3 + size::kSpace1);
  const auto now = static_cast<std::uint64_t>(scene.now_ms / size::kMotionTypingStep);
  const auto lit = ui.less_motion ? 3 : now % 3;
  for (std::uint64_t i = 0; i < 3; ++i) {
    const float dot = ui.px(size::kSpace2);
    ui.fill(ui.cut_leading(strip, step).middle(dot, dot), i == lit ? Color::kAccent : Color::kTextMuted,
            size::kRadiusRound);
  }
  if (!ui.less_motion) ui.wake_at(static_cast<double>(now + 1) * size::kMotionTypingStep);
  ui.cut_leading(strip, ui.px(size::kSpace3));
  const Rect where = ui.text(strip, words, TextStyle::kSmall, Color::kTextMuted);
  ui.semantics.add(ui.id("typing"), Role::kStatus, words, where).text_px = ui.text_px(TextStyle::kSmall);
}

}  // namespace

void chat_detail(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  const auto with = scene.app.chats.with;
  if (with == 0) {
    ui::empty_state(ui, area, Icon::kChat, ui.tr("chat.choose"), ui.tr("chat.choose_text"));
    return;
  }
  ui.push_scope("chat", with);
  close_message_menu_by_key(scene, with);
  draw_chat_header(scene, area.cut_top(ui.px(size::kFrameHeader)), with);
  Rect rest = area;
  draw_composer(scene, rest, with);
  const auto* entry = conversation_with(scene.client, with);
  if (entry != nullptr && !entry->typing.empty()) draw_typing(scene, rest.cut_bottom(ui.px(size::kSpace6)), *entry);
  MessageLog(scene, rest, with).draw();
  draw_message_menu(scene, with);
  ui.pop_scope();
}

}  // namespace sidetone::shell
