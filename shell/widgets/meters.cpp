#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "shell/widgets/widgets.hpp"

namespace sidetone::shell::ui {

void level_meter(Ui& ui, const Rect& rect, std::string_view label, float level) {
  constexpr float kSegment = 10;
  constexpr float kHigh = 0.78F;
  constexpr float kClip = 0.92F;
  const NodeId id = ui.id(label);
  const float shown = std::clamp(level, 0.0F, 1.0F);
  const float peak = ui.peak(id, shown);
  const float gap = ui.px(2);
  const int count = std::max(static_cast<int>((rect.width() + gap) / (ui.px(kSegment) + gap)), 1);
  const float pitch = (rect.width() + gap) / static_cast<float>(count);
  const int peak_at = static_cast<int>(std::lround(peak * static_cast<float>(count))) - 1;
  for (int i = 0; i < count; ++i) {
    const float share = static_cast<float>(i) / static_cast<float>(count);
    const bool on = share < shown || i == peak_at;
    const float left = std::round(rect.left + static_cast<float>(i) * pitch);
    const float right = std::round(rect.left + static_cast<float>(i + 1) * pitch - gap);
    const Color lit = share > kClip ? Color::kMeterClip : share > kHigh ? Color::kMeterHigh : Color::kMeterOn;
    ui.fill({left, rect.top, right, rect.bottom}, on ? lit : Color::kMeterOff, 1);
  }
  Node& node = ui.semantics.add(id, Role::kMeter, label, rect);
  node.high = 1;
  // In tenths: a screen reader has no use for more, and the page need not follow every frame.
  node.now = std::round(shown * 10) / 10;
}

void graph(Ui& ui, const Rect& rect, std::string_view label, const std::vector<float>& values, float low, float high,
           float limit) {
  constexpr std::size_t kPoints = 60;
  constexpr float kWidth = 1.5F;
  constexpr float kNow = 2.5F;
  // Its name changes every second, it does not.
  ui.semantics.add(ui.next_id("graph"), Role::kImage, label, rect);
  const float base = rect.bottom - ui.px(1);
  ui.line(rect.left, base, rect.right, base, Color::kLine);
  const std::size_t count = std::min(values.size(), kPoints);
  if (count == 0) return;
  const float* const shown = values.data() + values.size() - count;
  const float inset = kNow * ui.scale;
  const float pitch = (rect.width() - 2 * inset) / static_cast<float>(kPoints - 1);
  const float range = high > low ? high - low : 1;
  const auto point = [&](std::size_t i) {
    const float share = std::clamp((shown[i] - low) / range, 0.0F, 1.0F);
    const float back = static_cast<float>(count - 1 - i);
    return ImVec2(rect.right - inset - back * pitch, base - inset - share * (base - rect.top - 2 * inset));
  };
  // Trapezia side by side: smoothed edges would show as seams; the line hides the upper ones.
  const ImDrawListFlags flags = ui.draw->Flags;
  ui.draw->Flags &= ~ImDrawListFlags_AntiAliasedFill;
  for (std::size_t i = 1; i < count; ++i) {
    const ImVec2 from = point(i - 1);
    const ImVec2 to = point(i);
    ui.draw->AddQuadFilled(from, to, ImVec2(to.x, base), ImVec2(from.x, base), ui.color(Color::kGraphFill));
  }
  ui.draw->Flags = flags;
  const auto heard = [&](std::size_t i) { return limit > 0 && shown[i] > limit; };
  for (std::size_t i = 1; i < count;) {
    const bool loud = heard(i - 1) || heard(i);
    ui.draw->PathLineTo(point(i - 1));
    for (; i < count && (heard(i - 1) || heard(i)) == loud; ++i) ui.draw->PathLineTo(point(i));
    ui.draw->PathStroke(ui.color(loud ? Color::kDanger : Color::kGraph), 0, kWidth * ui.scale);
  }
  ui.draw->AddCircleFilled(point(count - 1), inset, ui.color(heard(count - 1) ? Color::kDanger : Color::kGraph));
}

}  // namespace sidetone::shell::ui
