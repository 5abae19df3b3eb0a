#pragma once

#include <functional>

#include "shell/draw_context.hpp"
#include "shell/widgets/widgets.hpp"
#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {

/// A place to try single widgets: a Ui of 800 × 600 CSS pixels whose letters are boxes, half as wide as they are high.
class Desk {
  DrawContext drawing_;
  BoxGlyphs glyphs_;
  text::TextEngine engine_;

 public:
  explicit Desk(float scale = 1);

  Locale locale;
  Ui ui;
  Rect screen;

  /// One frame 16 ms later; afterwards what was struck and pressed is forgotten.
  void frame(const std::function<void()>& draw);
  /// The same, after the element was activated.
  void click(NodeId node, const std::function<void()>& draw);
  /// The one node of this role; the test fails unless there is exactly one.
  const Node& only(Role role);
  /// Smallest rectangle around everything that the last frame drew.
  [[nodiscard]] Rect drawn() const { return drawn_; }

 private:
  float scale_;
  double now_ms_ = 0;
  Rect drawn_;
};

}  // namespace sidetone::shell
