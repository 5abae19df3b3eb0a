#include "shell/ui.hpp"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "shell/text/unicode.hpp"

namespace sidetone::shell {
namespace {

/// @source Fowler, Noll, Vo: FNV-1a, 32 bits
struct IdHash {
  std::uint32_t value = 2166136261U;
  void add(unsigned char byte) { value = (value ^ byte) * 16777619U; }
  void add_number(std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) add(static_cast<unsigned char>(number >> (8 * i)));
  }
};

constexpr std::string_view kEllipsis = "…";

ImVec2 upper_left(const Rect& rect) { return {std::round(rect.left), std::round(rect.top)}; }
ImVec2 lower_right(const Rect& rect) { return {std::round(rect.right), std::round(rect.bottom)}; }

float run_width(ImFont* font, float size, std::string_view run) {
  if (run.empty()) return 0;
  return font->CalcTextSizeA(size, FLT_MAX, 0, run.data(), run.data() + run.size()).x;
}

void draw_run(ImDrawList* list, ImFont* font, float size, float x, float top, Abgr color, std::string_view run) {
  if (run.empty()) return;
  list->AddText(font, size, ImVec2(std::round(x), std::round(top)), color, run.data(), run.data() + run.size());
}

}  // namespace

void Input::clear() {
  clicks.clear();
  texts.clear();
  values.clear();
  submits.clear();
  keys.clear();
  wheel = 0;
}

void Ui::begin_frame(const Rect& whole, float device_pixels, double now, ImDrawList* list) {
  ++frames_;
  screen = whole;
  scale = device_pixels;
  now_ms = now;
  draw = list;
  next_wake_ms.reset();
  clips_.assign(1, whole);
  scopes_.clear();
  same_texts_.clear();
  above_.clear();
  still_resting_ = false;
  still_dismissed_ = false;
  // Any key hides them; Escape, which closes what is on top, does no more than that.
  if (tip_ && !input.keys.empty()) {
    take_key("Escape");
    dismissed_ = tip_;
  }
  tip_.reset();
  if (drag && !input.pointer_down) {
    drag.reset();
    // What lay under the pointer when it was let go was not meant.
    input.clicks.clear();
  }
  semantics.begin_frame();
}

void Ui::end_frame() {
  for (const std::function<void()>& what : above_) what();
  above_.clear();
  if (!still_resting_) resting_on_ = {};
  if (!still_dismissed_) dismissed_.reset();
  was_down_ = input.pointer_down;
  covers_.clear();
  for (const Node& node : semantics.nodes())
    if (node.role == Role::kDialog) covers_.push_back({node.id, node.rect, (node.flags & kModal) != 0});
}

float Ui::px(float css) const {
  const float device = std::round(css * scale);
  return css > 0 ? std::max(device, 1.0F) : device;
}

NodeId Ui::id(std::string_view name, std::uint64_t number) const {
  IdHash hash;
  hash.add_number(scopes_.empty() ? 0 : scopes_.back(), 4);
  for (const char character : name) hash.add(static_cast<unsigned char>(character));
  hash.add(0);
  hash.add_number(number, 8);
  return hash.value == 0 ? 1 : hash.value;
}

NodeId Ui::next_id(std::string_view kind, std::string_view utf8) {
  IdHash hash;
  for (const char character : utf8) hash.add(static_cast<unsigned char>(character));
  const NodeId first = id(kind, hash.value);
  // The same words may stand twice in a scope.
  const std::uint64_t before = same_texts_[first]++;
  return before == 0 ? first : id(kind, hash.value | before << 32);
}

void Ui::push_scope(std::string_view name, std::uint64_t number) { scopes_.push_back(id(name, number)); }
void Ui::pop_scope() { scopes_.pop_back(); }

bool Ui::hovered(const Rect& rect) const {
  const float x = input.pointer_x;
  const float y = input.pointer_y;
  if (!rect.contains(x, y) || !clip().contains(x, y)) return false;
  return std::none_of(covers_.begin(), covers_.end(), [&](const Cover& cover) {
    return (cover.modal || cover.rect.contains(x, y)) && !semantics.inside(cover.node);
  });
}

bool Ui::clicked(NodeId node) const {
  return std::any_of(input.clicks.begin(), input.clicks.end(),
                     [&](const Input::Click& click) { return click.node == node; });
}

bool Ui::submitted(NodeId form) const {
  return std::any_of(input.submits.begin(), input.submits.end(),
                     [&](const Input::Submit& submit) { return submit.node == form; });
}

bool Ui::key(std::string_view chord) const {
  return std::any_of(input.keys.begin(), input.keys.end(), [&](const Input::Key& key) { return key.chord == chord; });
}

bool Ui::take_key(std::string_view chord) {
  const auto struck = [&](const Input::Key& key) { return key.chord == chord; };
  const auto rest = std::remove_if(input.keys.begin(), input.keys.end(), struck);
  const bool found = rest != input.keys.end();
  input.keys.erase(rest, input.keys.end());
  return found;
}

void Ui::push_clip(const Rect& rect) {
  clips_.push_back(rect.clipped(clip()));
  draw->PushClipRect(upper_left(clip()), lower_right(clip()), true);
}

void Ui::pop_clip() {
  clips_.pop_back();
  draw->PopClipRect();
}

bool Ui::rested(const Rect& rect, double ms) {
  if (input.touch || !hovered(rect)) return false;
  if (resting_on_ != rect) {
    resting_on_ = rect;
    resting_since_ms_ = now_ms;
  }
  still_resting_ = true;
  if (now_ms - resting_since_ms_ >= ms) return true;
  wake_at(resting_since_ms_ + ms);
  return false;
}

bool Ui::wants_tip(const Rect& rect, NodeId node) {
  constexpr double kRestMs = 500;
  const bool looked_at = rested(rect, kRestMs) || (focused(node) && input.focus_visible);
  if (!looked_at) return false;
  if (dismissed_ == rect) {
    still_dismissed_ = true;
    return false;
  }
  tip_ = rect;
  return true;
}

float Ui::peak(NodeId meter, float level) {
  constexpr double kStaysMs = 1000;
  Peak& held = peaks_[meter];
  if (level >= held.level || now_ms >= held.until_ms) held = {level, now_ms + kStaysMs};
  if (held.level > 0) wake_at(held.until_ms);
  return held.level;
}

void Ui::wake_at(double ms) { next_wake_ms = next_wake_ms ? std::min(*next_wake_ms, ms) : ms; }

void Ui::fill(const Rect& rect, Color name, float radius_css) {
  if (rect.empty()) return;
  const float most = std::min(rect.width(), rect.height()) / 2;
  draw->AddRectFilled(upper_left(rect), lower_right(rect), color(name), std::min(radius_css * scale, most));
}

void Ui::border(const Rect& rect, Color name, float radius_css, float width_css) {
  if (rect.empty()) return;
  const float width = px(width_css);
  // AddRect lets the middle of the line run half a pixel inside; all of it shall lie inside.
  const float shift = (width - 1) / 2;
  const ImVec2 from(std::round(rect.left) + shift, std::round(rect.top) + shift);
  const ImVec2 to(std::round(rect.right) - shift, std::round(rect.bottom) - shift);
  const float most = std::max(std::min(to.x - from.x, to.y - from.y) / 2, 0.0F);
  const float radius = std::clamp(radius_css * scale - width / 2, 0.0F, most);
  draw->AddRect(from, to, color(name), radius, 0, width);
}

void Ui::line(float x1, float y1, float x2, float y2, Color name, float width_css) {
  const float width = px(width_css);
  if (x1 == x2 || y1 == y2) {
    const float x = std::round(std::min(x1, x2));
    const float y = std::round(std::min(y1, y2));
    const ImVec2 to(x1 == x2 ? x + width : std::round(std::max(x1, x2)),
                    y1 == y2 ? y + width : std::round(std::max(y1, y2)));
    draw->AddRectFilled(ImVec2(x, y), to, color(name));
    return;
  }
  // AddLine would move it by half a pixel.
  const ImVec2 ends[] = {{x1, y1}, {x2, y2}};
  draw->AddPolyline(ends, 2, color(name), 0, width_css * scale);
}

void Ui::icon(Icon which, const Rect& where, float size_css, Color name) {
  const float edge = px(size_css);
  const Rect place = where.middle(edge, edge);
  draw_icon(*draw, which, std::round(place.left), std::round(place.top), edge, color(name));
}

bool Ui::reads_right_to_left(std::string_view utf8) const { return text::begins_right_to_left(utf8).value_or(rtl()); }

float Ui::text_px(TextStyle style) const { return std::round(metrics_of(style).size * scale * text_scale); }
float Ui::line_height(TextStyle style) const { return std::round(metrics_of(style).line * scale * text_scale); }

Rect Ui::text(const Rect& rect, std::string_view utf8, TextStyle style, Color name, float align) {
  const bool strong = metrics_of(style).strong;
  ImFont* font = text_engine.font(strong);
  const float size = text_px(style);
  std::string_view run = text_engine.shape(utf8);
  float width = run_width(font, size, run);
  float ellipsis = 0;
  bool cut_left = false;
  if (width > rect.width()) {
    ellipsis = run_width(font, size, kEllipsis);
    cut_left = text::TextEngine::is_right_to_left(utf8);
    run = text_engine.beginning(utf8, strong, size, rect.width() - ellipsis);
    width = run_width(font, size, run) + ellipsis;
  }
  const float left = std::round(rect.left + std::max(rect.width() - width, 0.0F) * (rtl() ? 1 - align : align));
  const float top = std::round(rect.center_y() - size / 2);
  draw_run(draw, font, size, cut_left ? left + ellipsis : left, top, color(name), run);
  if (ellipsis > 0) draw_run(draw, font, size, cut_left ? left : left + width - ellipsis, top, color(name), kEllipsis);
  return {left, top, left + width, top + size};
}

void Ui::text_of_size(const Rect& rect, std::string_view utf8, float size_px, bool strong, Color name) {
  ImFont* font = text_engine.font(strong);
  const float size = std::round(size_px);
  const std::string_view run = text_engine.shape(utf8);
  draw_run(draw, font, size, rect.center_x() - run_width(font, size, run) / 2, rect.center_y() - size / 2, color(name),
           run);
}

float Ui::text_width(std::string_view utf8, TextStyle style) {
  return std::ceil(run_width(text_engine.font(metrics_of(style).strong), text_px(style), text_engine.shape(utf8)));
}

float Ui::paragraph(const Rect& rect, std::string_view utf8, TextStyle style, Color name, float align) {
  const bool strong = metrics_of(style).strong;
  ImFont* font = text_engine.font(strong);
  const float size = text_px(style);
  const float advance = line_height(style);
  const float from_left = rtl() ? 1 - align : align;
  float top = rect.top;
  for (const auto& line : text_engine.wrap(utf8, strong, size, rect.width())) {
    const float left = rect.left + (rect.width() - line.width) * from_left;
    draw_run(draw, font, size, left, top + (advance - size) / 2, color(name), line.text);
    top += advance;
  }
  return top - rect.top;
}

float Ui::paragraph_height(std::string_view utf8, TextStyle style, float width) {
  const auto lines = text_engine.wrap(utf8, metrics_of(style).strong, text_px(style), width).size();
  return static_cast<float>(lines) * line_height(style);
}

Rect Ui::label(const Rect& rect, std::string_view utf8, TextStyle style, Color name, float align, bool selectable) {
  const Rect where = text(rect, utf8, style, name, align);
  Node& node = semantics.add(next_id("text", utf8), Role::kText, utf8, where);
  node.text_px = text_px(style);
  if (selectable) node.flags |= kSelectable;
  if (reads_right_to_left(utf8)) node.flags |= kRightToLeft;
  return where;
}

float Ui::label_paragraph(const Rect& rect, std::string_view utf8, TextStyle style, Color name, float align) {
  const float height = paragraph(rect, utf8, style, name, align);
  Node& node =
      semantics.add(next_id("text", utf8), Role::kText, utf8, {rect.left, rect.top, rect.right, rect.top + height});
  node.text_px = text_px(style);
  node.flags = reads_right_to_left(utf8) ? kSelectable | kRightToLeft : kSelectable;
  return height;
}

Rect Ui::heading(const Rect& rect, std::string_view utf8, TextStyle style, int level, Color name) {
  const Rect where = text(rect, utf8, style, name);
  Node& node = semantics.add(next_id("heading", utf8), Role::kHeading, utf8, where);
  node.text_px = text_px(style);
  node.level = level;
  if (reads_right_to_left(utf8)) node.flags = kRightToLeft;
  return where;
}

}  // namespace sidetone::shell
