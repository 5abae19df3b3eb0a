#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shell/geometry.hpp"

struct ImDrawList;
struct ImFontAtlas;

namespace sidetone::shell {

/// Pictures of people, in the atlas beside the glyphs: drawn without a change of texture, the same by every renderer.
/// Whoever draws says what is seen; the platform brings it in that size, already round. What has not been seen for
/// longest makes room.
class Pictures {
 public:
  static constexpr int kLargestEdge = 512;  ///< device pixels
  static constexpr std::int64_t kMostPixels =
      1'000'000;                                 ///< of all together, 4 bytes each; what is seen now may be more
  static constexpr double kAskAgainMs = 30'000;  ///< what was asked for and has not come by then

  /// @param atlas  outlives this.
  explicit Pictures(ImFontAtlas& atlas) : atlas_(atlas) {}

  /// Draw a picture on whole pixels. @return false: it is not there; it is asked for
  bool draw(ImDrawList& list, const Rect& square, std::string_view name, double now_ms);
  /// One that was asked for has come. @param rgba  edge × edge pixels, R, G, B, A, not premultiplied; borrowed.
  void put(std::string_view name, int edge, const std::uint32_t* rgba);

  struct Wanted {
    std::string name;
    int edge = 0;  ///< device pixels
  };
  /// What has to be asked for; each once.
  std::vector<Wanted> take_wanted();
  /// Once a frame: gives back room.
  void end_frame();
  [[nodiscard]] std::int64_t pixels() const { return pixels_; }

 private:
  struct Kept {
    int rect = -1;  ///< in the atlas; −1: it has been asked for
    double asked_ms = 0;
    std::uint64_t last_used = 0;  ///< frame
  };
  using Key = std::pair<std::string, int>;

  ImFontAtlas& atlas_;
  std::map<Key, Kept> kept_;
  std::vector<Wanted> wanted_;
  std::int64_t pixels_ = 0;
  std::uint64_t frame_ = 1;
};

}  // namespace sidetone::shell
