#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "media/codec/codec.hpp"
#include "media/dsp/time_stretch.hpp"

namespace sidetone::media::jitter {

/// Decoded sound on its way out, with a little of what is already out: the splices look back.
class PlayoutBuffer {
 public:
  static constexpr std::size_t kHistory = dsp::kSpliceHistory;
  /// One packet of the longest kind, one block under way, a splice.
  static constexpr std::size_t kCapacity = kHistory + codec::kMaxPacketSamples + 2 * 960 + dsp::kSpliceMaxLag;

  [[nodiscard]] std::size_t waiting() const { return end_ - kHistory; }
  /// Room for the next samples; nothing is added before commit().
  [[nodiscard]] std::span<float> room() { return std::span{pcm_}.subspan(end_); }
  void commit(std::size_t count) { end_ += std::min(count, kCapacity - end_); }

  /// Move the next samples out; `out` must not be longer than what waits.
  void take(std::span<float> out) {
    std::memcpy(out.data(), pcm_.data() + kHistory, out.size() * sizeof(float));
    std::memmove(pcm_.data(), pcm_.data() + out.size(), (end_ - out.size()) * sizeof(float));
    end_ -= out.size();
  }

  /// @param at  samples of what waits that stay before the cut.
  [[nodiscard]] dsp::SplicePoint find_skip(std::size_t max_lag, std::size_t at = 0) const {
    if (waiting() < at + dsp::kSpliceFade + dsp::kSpliceMinLag) return {};
    const std::size_t lag = std::min(max_lag, waiting() - at - dsp::kSpliceFade);
    return dsp::find_skip(std::span{pcm_}.first(end_), kHistory + at, lag);
  }
  [[nodiscard]] dsp::SplicePoint find_repeat(std::size_t max_lag) const {
    if (waiting() < dsp::kSpliceFade || end_ + dsp::kSpliceMaxLag > kCapacity) return {};
    return dsp::find_repeat(std::span{pcm_}.first(end_), kHistory, max_lag);
  }
  void skip(std::size_t lag, std::size_t at = 0) { end_ = dsp::skip(std::span{pcm_}.first(end_), kHistory + at, lag); }
  void repeat(std::size_t lag) { end_ = dsp::repeat(pcm_, end_, kHistory, lag); }

  /// Go over from the made-up sound at `made_up` of what waits into the real sound at `real` of it, the last that was
  /// committed, where the two fit. @return samples of the made-up sound that stay, the cross-fade not counted
  std::size_t join(std::size_t made_up, std::size_t real) {
    const std::span<const float> pcm = std::span{pcm_}.subspan(kHistory, waiting());
    const std::size_t kept = dsp::find_join(pcm.subspan(made_up, real - made_up), pcm.subspan(real));
    end_ = dsp::skip(std::span{pcm_}.first(end_), kHistory + made_up + kept, real - made_up - kept);
    return kept;
  }

  void clear() {
    pcm_.fill(0);
    end_ = kHistory;
  }

 private:
  std::array<float, kCapacity> pcm_{};
  std::size_t end_ = kHistory;
};

}  // namespace sidetone::media::jitter
