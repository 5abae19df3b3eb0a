#pragma once

#include <algorithm>

namespace sidetone::shell {

/// A rectangle in device pixels, y down. Screens are laid out by cutting strips off a rectangle.
struct Rect {
  float left = 0;
  float top = 0;
  float right = 0;
  float bottom = 0;

  [[nodiscard]] float width() const { return right - left; }
  [[nodiscard]] float height() const { return bottom - top; }
  [[nodiscard]] bool empty() const { return right <= left || bottom <= top; }
  [[nodiscard]] bool contains(float x, float y) const { return x >= left && x < right && y >= top && y < bottom; }
  [[nodiscard]] float center_x() const { return (left + right) / 2; }
  [[nodiscard]] float center_y() const { return (top + bottom) / 2; }
  [[nodiscard]] Rect inset(float by) const { return inset(by, by); }
  [[nodiscard]] Rect inset(float horizontal, float vertical) const {
    return {left + horizontal, top + vertical, right - horizontal, bottom - vertical};
  }
  [[nodiscard]] Rect moved(float x, float y) const { return {left + x, top + y, right + x, bottom + y}; }
  [[nodiscard]] Rect clipped(const Rect& other) const {
    return {std::max(left, other.left), std::max(top, other.top), std::min(right, other.right),
            std::min(bottom, other.bottom)};
  }
  /// A rectangle of this size in the middle of it.
  [[nodiscard]] Rect middle(float w, float h) const {
    return {center_x() - w / 2, center_y() - h / 2, center_x() + w / 2, center_y() + h / 2};
  }

  /// Take a strip off an edge: what is returned is no longer part of the rest. Never more than there is.
  Rect cut_top(float by) {
    const float edge = std::min(bottom, top + by);
    const Rect strip{left, top, right, edge};
    top = edge;
    return strip;
  }
  Rect cut_bottom(float by) {
    const float edge = std::max(top, bottom - by);
    const Rect strip{left, edge, right, bottom};
    bottom = edge;
    return strip;
  }
  Rect cut_left(float by) {
    const float edge = std::min(right, left + by);
    const Rect strip{left, top, edge, bottom};
    left = edge;
    return strip;
  }
  Rect cut_right(float by) {
    const float edge = std::max(left, right - by);
    const Rect strip{edge, top, right, bottom};
    right = edge;
    return strip;
  }
  bool operator==(const Rect&) const = default;
};

}  // namespace sidetone::shell
