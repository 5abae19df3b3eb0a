#include "tests/shell/support/desk.hpp"

#include <gtest/gtest.h>
#include <imgui.h>

namespace sidetone::shell {
namespace {

Rect desk_bounds(const ImDrawList& list) {
  if (list.VtxBuffer.empty()) return {};
  Rect out{list.VtxBuffer[0].pos.x, list.VtxBuffer[0].pos.y, list.VtxBuffer[0].pos.x, list.VtxBuffer[0].pos.y};
  for (const ImDrawVert& vertex : list.VtxBuffer) {
    out.left = std::min(out.left, vertex.pos.x);
    out.top = std::min(out.top, vertex.pos.y);
    out.right = std::max(out.right, vertex.pos.x);
    out.bottom = std::max(out.bottom, vertex.pos.y);
  }
  return out;
}

}  // namespace

Desk::Desk(float scale)
    : engine_(glyphs_, drawing_.atlas()), ui(engine_, locale), screen{0, 0, 800 * scale, 600 * scale}, scale_(scale) {}

void Desk::frame(const std::function<void()>& draw) {
  now_ms_ += 16;
  ImDrawList& list = drawing_.begin(screen.width(), screen.height());
  ui.begin_frame(screen, scale_, now_ms_, &list);
  draw();
  ui.end_frame();
  drawn_ = desk_bounds(list);
  ui.input.clear();
  engine_.end_frame();
  drawing_.end();
}

void Desk::click(NodeId node, const std::function<void()>& draw) {
  ui.input.clicks.push_back({node});
  frame(draw);
}

const Node& Desk::only(Role role) {
  const Node* found = nullptr;
  for (const Node& node : ui.semantics.nodes()) {
    if (node.role != role) continue;
    EXPECT_EQ(found, nullptr) << "two of the role " << role_name(role);
    found = &node;
  }
  static const Node kNothing;
  EXPECT_NE(found, nullptr) << "nothing of the role " << role_name(role);
  return found == nullptr ? kNothing : *found;
}

}  // namespace sidetone::shell
