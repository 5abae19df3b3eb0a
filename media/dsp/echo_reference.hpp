#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/clock.hpp"
#include "media/dsp/pcm.hpp"

namespace sidetone::media::dsp {

/// Pairs each block of a microphone with what the loudspeaker was given a little before its echo. Where the delay of
/// the devices changes, something else is read: the echo stays where the canceller has learnt it.
/// @thread one; allocates when made, never later.
class EchoReference {
 public:
  static constexpr Milliseconds kLongestDelay{500};
  /// How much earlier than its echo a reference comes, where the devices' delay is no shorter.
  static constexpr Milliseconds kLead{20};

  EchoReference();
  /// The next 10 ms of what the loudspeaker is given.
  void played(ConstBlockSpan block);
  /// What belongs to the microphone's next 10 ms; silence where nothing was played. Valid until the next call.
  /// @param delay  from the last played() to the microphone's block that has its echo; beyond kLongestDelay it is taken
  /// for that.
  ConstBlockSpan next(Microseconds delay);
  /// From what next() gave to its echo.
  [[nodiscard]] Milliseconds lead() const { return std::chrono::duration_cast<Milliseconds>(lead_); }
  /// Whether the delay has changed in the last 3 s: what was learnt of the echo is a little wrong.
  [[nodiscard]] bool is_settling() const { return settling_blocks_ > 0; }

 private:
  void follow(std::int64_t told);

  std::vector<float> ring_;
  Block block_{};
  std::int64_t written_ = 0;          ///< samples in all
  std::optional<std::int64_t> read_;  ///< which of these comes next; none before the first
  Microseconds lead_{0};
  double usual_error_ = 0;  ///< samples from where it is read to where the devices tell
  double sum_of_errors_ = 0;
  int blocks_in_error_ = 0;  ///< in a row, in one direction
  int settling_blocks_ = 0;
};

}  // namespace sidetone::media::dsp
