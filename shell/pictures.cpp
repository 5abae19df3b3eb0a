#include "shell/pictures.hpp"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace sidetone::shell {
namespace {

/// An answer for something that nobody has looked at for so long is not waited for.
constexpr std::uint64_t kPictureFrames = 240;

std::int64_t picture_pixels(int edge) { return std::int64_t{edge} * edge; }

}  // namespace

bool Pictures::draw(ImDrawList& list, const Rect& square, std::string_view name, double now_ms) {
  const int edge = static_cast<int>(std::lround(square.width()));
  if (name.empty() || edge <= 0 || edge > kLargestEdge) return false;
  const auto [entry, fresh] = kept_.try_emplace(Key{name, edge});
  Kept& kept = entry->second;
  kept.last_used = frame_;
  if (fresh || (kept.rect < 0 && now_ms >= kept.asked_ms + kAskAgainMs)) {
    kept.asked_ms = now_ms;
    wanted_.push_back({entry->first.first, edge});
  }
  ImFontAtlasRect place;
  if (kept.rect < 0 || !atlas_.GetCustomRect(kept.rect, &place)) return false;
  const ImVec2 from(std::round(square.left), std::round(square.top));
  const auto size = static_cast<float>(edge);
  list.AddImage(atlas_.TexRef, from, ImVec2(from.x + size, from.y + size), place.uv0, place.uv1);
  return true;
}

void Pictures::put(std::string_view name, int edge, const std::uint32_t* rgba) {
  const auto entry = kept_.find(Key{name, edge});
  if (entry == kept_.end() || entry->second.rect >= 0) return;
  ImFontAtlasRect place;
  const auto rect = atlas_.AddCustomRect(edge, edge, &place);
  if (rect == ImFontAtlasRectId_Invalid) return;  // the atlas is full: it is asked for again, later
  entry->second.rect = rect;
  pixels_ += picture_pixels(edge);
  const auto row = static_cast<std::size_t>(edge);
  for (int y = 0; y < edge; ++y)
    std::memcpy(atlas_.TexData->GetPixelsAt(place.x, place.y + y), rgba + static_cast<std::size_t>(y) * row, row * 4);
}

std::vector<Pictures::Wanted> Pictures::take_wanted() { return std::exchange(wanted_, {}); }

void Pictures::end_frame() {
  const auto drop = [this](std::map<Key, Kept>::iterator entry) {
    if (entry->second.rect >= 0) {
      atlas_.RemoveCustomRect(entry->second.rect);
      pixels_ -= picture_pixels(entry->first.second);
    }
    return kept_.erase(entry);
  };
  for (auto entry = kept_.begin(); entry != kept_.end();) {
    const bool forgotten = entry->second.rect < 0 && entry->second.last_used + kPictureFrames < frame_;
    entry = forgotten ? drop(entry) : std::next(entry);
  }
  while (pixels_ > kMostPixels) {
    const auto oldest = std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second.rect < 0, a.second.last_used) < std::pair(b.second.rect < 0, b.second.last_used);
    });
    if (oldest->second.rect < 0 || oldest->second.last_used == frame_) break;
    drop(oldest);
  }
  ++frame_;
}

}  // namespace sidetone::shell
