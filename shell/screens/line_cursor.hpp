#pragma once

#include "shell/ui.hpp"

namespace sidetone::shell {

/// Lays lines out from the top of an area downwards, as far as they go: what scrolls knows its height only then.
class LineCursor {
 public:
  LineCursor(Ui& ui, const Rect& area) : ui_(ui), area_(area), top_(area.top) {}
  Rect take(float height) {
    const Rect line{area_.left, top_, area_.right, top_ + height};
    top_ += height;
    return line;
  }
  /// What the next lines of this height will fill.
  [[nodiscard]] Rect rest(float height) const { return {area_.left, top_, area_.right, top_ + height}; }
  Rect line(TextStyle style) { return take(ui_.line_height(style)); }
  void gap(float css) { top_ += ui_.px(css); }
  void paragraph(std::string_view words, TextStyle style, Color color) {
    const Rect place = take(ui_.paragraph_height(words, style, area_.width()));
    ui_.paragraph(place, words, style, color);
    ui_.semantics.add(ui_.id(words), Role::kText, words, place).text_px = ui_.text_px(style);
  }
  /// A line across `around`, with room above and below.
  void rule(const Rect& around) {
    gap(size::kSpace5);
    ui_.line(around.left, top_, around.right, top_, Color::kLine);
    gap(size::kSpace5);
  }
  [[nodiscard]] float top() const { return top_; }
  [[nodiscard]] float width() const { return area_.width(); }

 private:
  Ui& ui_;
  Rect area_;
  float top_;
};

}  // namespace sidetone::shell
