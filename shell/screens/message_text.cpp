#include "shell/screens/message_text.hpp"

#include <algorithm>
#include <cmath>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell {
namespace {

constexpr auto kMessageStyle = TextStyle::kBody;

/// Length of the character that begins there, bytes.
std::size_t character_length(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) ++end;
  return end - at;
}

/// Puts words into lines.
class LineFiller {
 public:
  LineFiller(Ui& ui, std::string_view text, float width, MessageText& out)
      : ui_(ui), text_(text), width_(width), out_(out) {}

  void word(std::size_t begin, std::size_t end, std::size_t link) {
    const float wide = ui_.text_width(text_.substr(begin, end - begin), kMessageStyle);
    if (x_ > 0 && x_ + wide > width_) new_line();
    if (wide > width_) return broken(begin, end, link);
    put(begin, end, link, wide);
  }
  void space(std::size_t begin, std::size_t end) {
    const float wide = ui_.text_width(text_.substr(begin, end - begin), kMessageStyle);
    if (x_ > 0 && x_ + wide <= width_) put(begin, end, 0, wide);
  }
  void new_line() {
    x_ = 0;
    ++line_;
  }
  [[nodiscard]] std::size_t lines() const { return line_ + 1; }

 private:
  void put(std::size_t begin, std::size_t end, std::size_t link, float wide) {
    auto& runs = out_.runs;
    if (!runs.empty() && runs.back().line == line_ && runs.back().link == link && runs.back().end == begin) {
      runs.back().end = end;
      runs.back().width += wide;
    } else {
      runs.push_back({begin, end, x_, wide, line_, link});
    }
    x_ += wide;
    out_.width = std::max(out_.width, std::min(x_, width_));
  }
  /// A word that is wider than a line is broken between characters.
  void broken(std::size_t begin, std::size_t end, std::size_t link) {
    while (begin < end) {
      const auto length = character_length(text_, begin);
      const float wide = ui_.text_width(text_.substr(begin, length), kMessageStyle);
      if (x_ > 0 && x_ + wide > width_) new_line();
      put(begin, begin + length, link, wide);
      begin += length;
    }
  }

  Ui& ui_;
  std::string_view text_;
  float width_;
  MessageText& out_;
  float x_ = 0;
  std::size_t line_ = 0;
};

float widest_line(Ui& ui, std::string_view text) {
  float widest = 0;
  while (true) {
    const auto end = text.find('\n');
    widest = std::max(widest, ui.text_width(text.substr(0, end), kMessageStyle));
    if (end == std::string_view::npos) return widest;
    text.remove_prefix(end + 1);
  }
}

void fill_lines(LineFiller& filler, const MessageText& out, std::string_view text) {
  std::size_t link = 0;
  for (std::size_t at = 0; at < text.size();) {
    while (link < out.links.size() && out.links[link].end <= at) ++link;
    if (link < out.links.size() && out.links[link].begin == at) {
      filler.word(at, out.links[link].end, link + 1);
      at = out.links[link].end;
      continue;
    }
    if (text[at] == '\n') {
      filler.new_line();
      ++at;
      continue;
    }
    const std::size_t limit = link < out.links.size() ? out.links[link].begin : text.size();
    const bool blank = text[at] == ' ';
    std::size_t end = at;
    while (end < limit && text[end] != '\n' && (text[end] == ' ') == blank) ++end;
    if (blank)
      filler.space(at, end);
    else
      filler.word(at, end, 0);
    at = end;
  }
}

}  // namespace

MessageText layout_message(Ui& ui, std::string_view text, float width) {
  MessageText out;
  out.links = find_links(text);
  out.links_below = !out.links.empty() && text::TextEngine::is_right_to_left(text);
  const float line = ui.line_height(kMessageStyle);
  if (out.links.empty() || out.links_below) {
    out.width = std::min(width, std::ceil(widest_line(ui, text)) + 1);
    out.height = ui.paragraph_height(text, kMessageStyle, out.width);
    out.height += line * static_cast<float>(out.links_below ? out.links.size() : 0);
    return out;
  }
  LineFiller filler(ui, text, width, out);
  fill_lines(filler, out, text);
  out.width = std::min(width, std::ceil(out.width) + 1);
  out.height = line * static_cast<float>(filler.lines());
  return out;
}

std::size_t draw_message_text(Ui& ui, const MessageText& layout, std::string_view text, const Rect& where,
                              Color color) {
  const float line = ui.line_height(kMessageStyle);
  std::vector<TextRun> below;
  if (layout.runs.empty()) {
    Rect paragraph = where;
    if (layout.links_below) {
      paragraph.cut_bottom(line * static_cast<float>(layout.links.size()));
      const auto first = static_cast<std::size_t>(std::lround(paragraph.height() / line));
      for (std::size_t i = 0; i < layout.links.size(); ++i)
        below.push_back({layout.links[i].begin, layout.links[i].end, 0, where.width(), first + i, i + 1});
    }
    ui.paragraph(paragraph, text, kMessageStyle, color);
  }
  std::size_t pressed = 0;
  for (const auto& run : layout.runs.empty() ? below : layout.runs) {
    const float top = where.top + line * static_cast<float>(run.line);
    const Rect place{where.left + run.left, top, where.left + run.left + run.width, top + line};
    const auto part = text.substr(run.begin, run.end - run.begin);
    // A pixel more than measured, so that rounding never cuts a run.
    const Rect room{place.left, place.top, place.right + ui.px(2), place.bottom};
    ui.text(room, part, kMessageStyle, run.link == 0 ? color : Color::kLink, ui.rtl() ? 1.0F : 0.0F);
    if (run.link == 0) continue;
    const float under = place.bottom - ui.px(3);
    ui.line(place.left, under, place.right, under, Color::kLink);
  }
  for (std::size_t i = 0; i < layout.links.size(); ++i) {
    Rect bounds;
    for (const auto& run : layout.runs.empty() ? below : layout.runs) {
      if (run.link != i + 1) continue;
      const float top = where.top + line * static_cast<float>(run.line);
      const Rect place{where.left + run.left, top, where.left + run.left + run.width, top + line};
      bounds = bounds.empty() ? place
                              : Rect{std::min(bounds.left, place.left), std::min(bounds.top, place.top),
                                     std::max(bounds.right, place.right), std::max(bounds.bottom, place.bottom)};
    }
    const Rect seen = bounds.clipped(ui.clip());
    if (seen.empty()) continue;
    const auto address = text.substr(layout.links[i].begin, layout.links[i].end - layout.links[i].begin);
    const auto node = ui.id("link", i);
    auto& made = ui.semantics.add(node, Role::kLink, address, seen);
    made.hint = std::string(address);
    ui::focus_ring(ui, bounds, node, size::kRadiusTag);
    if (ui.clicked(node)) pressed = i + 1;
  }
  return pressed;
}

}  // namespace sidetone::shell
