#pragma once

#include <algorithm>
#include <cstdint>

namespace sidetone::shell::render {

/// Pixels [left, right) × [top, bottom).
struct IntRect {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  [[nodiscard]] int width() const { return right - left; }
  [[nodiscard]] int height() const { return bottom - top; }
  [[nodiscard]] bool empty() const { return right <= left || bottom <= top; }
  [[nodiscard]] std::int64_t area() const { return empty() ? 0 : std::int64_t{width()} * height(); }
  [[nodiscard]] IntRect clipped(const IntRect& other) const {
    return {std::max(left, other.left), std::max(top, other.top), std::min(right, other.right),
            std::min(bottom, other.bottom)};
  }
  [[nodiscard]] IntRect united(const IntRect& other) const {
    return {std::min(left, other.left), std::min(top, other.top), std::max(right, other.right),
            std::max(bottom, other.bottom)};
  }
  bool operator==(const IntRect&) const = default;
};

}  // namespace sidetone::shell::render
