#include "shell/icons.hpp"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

namespace sidetone::shell {
namespace {

struct IconLine {
  std::vector<ImVec2> points;
  bool closed = false;
};

/// An icon at one size, its upper left corner at 0, 0.
struct IconShape {
  std::vector<IconLine> lines;
  std::vector<IconLine> fills;
  std::vector<ImVec2> ends;  ///< where a disc makes a cap or a join round
};

bool icon_same(const ImVec2& a, const ImVec2& b) { return std::fabs(a.x - b.x) + std::fabs(a.y - b.y) < 0.01F; }

void add_icon_point(std::vector<ImVec2>& points, const ImVec2& point) {
  if (points.empty() || !icon_same(points.back(), point)) points.push_back(point);
}

void add_icon_cubic(std::vector<ImVec2>& points, const ImVec2& a, const ImVec2& b, const ImVec2& c) {
  const ImVec2 from = points.back();
  const float length =
      std::hypot(a.x - from.x, a.y - from.y) + std::hypot(b.x - a.x, b.y - a.y) + std::hypot(c.x - b.x, c.y - b.y);
  const int steps = std::clamp(static_cast<int>(length / 2), 4, 24);
  for (int i = 1; i <= steps; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(steps);
    const float u = 1 - t;
    const float w0 = u * u * u;
    const float w1 = 3 * u * u * t;
    const float w2 = 3 * u * t * t;
    const float w3 = t * t * t;
    add_icon_point(points,
                   ImVec2(w0 * from.x + w1 * a.x + w2 * b.x + w3 * c.x, w0 * from.y + w1 * a.y + w2 * b.y + w3 * c.y));
  }
}

/// Whether the line turns by more than some 25° at `at`.
bool icon_corner(const ImVec2& before, const ImVec2& at, const ImVec2& after) {
  const float x1 = at.x - before.x;
  const float y1 = at.y - before.y;
  const float x2 = after.x - at.x;
  const float y2 = after.y - at.y;
  return x1 * x2 + y1 * y2 < 0.9F * std::hypot(x1, y1) * std::hypot(x2, y2);
}

/// ImGui joins lines with mitres: each corner becomes the end of two lines under a disc.
void add_icon_stroke(IconShape& shape, const std::vector<ImVec2>& points, bool closed) {
  const std::size_t count = points.size();
  if (count == 0) return;
  std::vector<ImVec2> piece{points[0]};
  bool whole = true;
  for (std::size_t i = 1; i < count; ++i) {
    piece.push_back(points[i]);
    if (i + 1 < count && icon_corner(points[i - 1], points[i], points[i + 1])) {
      shape.lines.push_back({piece, false});
      shape.ends.push_back(points[i]);
      piece.assign(1, points[i]);
      whole = false;
    }
  }
  if (closed && whole && !icon_corner(points[count - 1], points[0], points[1 % count])) {
    shape.lines.push_back({piece, true});
    return;
  }
  if (closed) piece.push_back(points[0]);
  shape.lines.push_back({piece, false});
  shape.ends.push_back(points[0]);
  shape.ends.push_back(closed ? points[count - 1] : piece.back());
}

IconShape tessellate_icon(Icon icon, float size) {
  const float factor = size / kIconGrid;
  IconShape shape;
  const IconRange& range = kIconRanges[static_cast<std::size_t>(icon)];
  for (std::size_t i = range.first; i < range.first + range.count; ++i) {
    const IconPath& path = kIconPaths[i];
    std::vector<ImVec2> points;
    const float* at = kIconNumbers + path.begin;
    const float* const end = at + path.count;
    const auto point = [&](int index) { return ImVec2(at[index] * factor, at[index + 1] * factor); };
    const auto finish = [&] {
      const bool closed = points.size() > 2 && icon_same(points.front(), points.back());
      if (closed) points.pop_back();
      if (path.fill) shape.fills.push_back({points, true});
      add_icon_stroke(shape, points, closed);
      points.clear();
    };
    while (at < end) {
      const int command = static_cast<int>(*at++);
      if (command == 0 && !points.empty()) finish();
      if (command == 2) {
        add_icon_cubic(points, point(0), point(2), point(4));
        at += 6;
      } else {
        add_icon_point(points, point(0));
        at += 2;
      }
    }
    finish();
  }
  return shape;
}

const IconShape& icon_shape(Icon icon, float size) {
  // A page has a few sizes at a time; after a change of scale the old ones would only lie around.
  constexpr std::size_t kMost = 512;
  static std::unordered_map<std::uint64_t, IconShape> shapes;
  if (shapes.size() > kMost) shapes.clear();
  const auto key = static_cast<std::uint64_t>(icon) << 32 | static_cast<std::uint64_t>(std::lround(size * 16));
  const auto found = shapes.find(key);
  if (found != shapes.end()) return found->second;
  return shapes.emplace(key, tessellate_icon(icon, size)).first->second;
}

}  // namespace

void draw_icon(ImDrawList& list, Icon icon, float left, float top, float size, Abgr color) {
  const IconShape& shape = icon_shape(icon, size);
  const float width = kIconStroke * size / kIconGrid;
  static std::vector<ImVec2> moved;
  const auto move = [&](const std::vector<ImVec2>& points) {
    moved.resize(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) moved[i] = ImVec2(points[i].x + left, points[i].y + top);
    return static_cast<int>(moved.size());
  };
  for (const IconLine& fill : shape.fills) {
    const int count = move(fill.points);
    list.AddConcavePolyFilled(moved.data(), count, color);
  }
  for (const IconLine& line : shape.lines) {
    const int count = move(line.points);
    if (count > 1) list.AddPolyline(moved.data(), count, color, line.closed ? ImDrawFlags_Closed : 0, width);
  }
  for (const ImVec2& end : shape.ends) list.AddCircleFilled(ImVec2(end.x + left, end.y + top), width / 2, color, 12);
}

}  // namespace sidetone::shell
