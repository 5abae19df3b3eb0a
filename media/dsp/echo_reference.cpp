#include "media/dsp/echo_reference.hpp"

#include <algorithm>
#include <cmath>

namespace sidetone::media::dsp {
namespace {

constexpr auto kBlockLength = static_cast<std::int64_t>(kBlockSamples);
constexpr std::int64_t kKept = kSampleRateHz;  // samples: longer than the longest delay by what comes in a burst
// Less is the devices' handing over blocks now sooner and now later, and is for the canceller's filter.
constexpr double kToleratedError = 0.02 * kSampleRateHz;
constexpr double kErrorSmoothing = 0.02;  // of a block: half a second
constexpr int kConvincedBlocks = 3;
constexpr int kSettlingBlocks = 300;

}  // namespace

EchoReference::EchoReference() : ring_(static_cast<std::size_t>(kKept)) {}

void EchoReference::played(ConstBlockSpan block) {
  for (const float sample : block) ring_[static_cast<std::size_t>(written_++ % kKept)] = sample;
}

ConstBlockSpan EchoReference::next(Microseconds delay) {
  delay = std::clamp<Microseconds>(delay, Microseconds{0}, kLongestDelay);
  lead_ = std::min<Microseconds>(delay, kLead);
  follow(written_ - kBlockLength - (delay - lead_).count() * kSampleRateHz / 1'000'000);
  if (*read_ + kBlockLength > written_) {  // the loudspeaker has not asked for it yet
    block_.fill(0);
    return block_;
  }
  for (float& sample : block_) {
    const bool kept = *read_ >= 0 && *read_ + kKept >= written_;
    sample = kept ? ring_[static_cast<std::size_t>(*read_ % kKept)] : 0;
    ++*read_;
  }
  return block_;
}

// By how much the told place has changed, not to it: the canceller has learnt what is always wrong with it.
void EchoReference::follow(std::int64_t told) {
  if (!read_) read_ = told;
  const double error = static_cast<double>(told - *read_) - usual_error_;
  const bool tolerated = std::abs(error) <= kToleratedError;
  if (tolerated) usual_error_ += kErrorSmoothing * error;
  if (tolerated || (error > 0) != (sum_of_errors_ > 0)) {
    blocks_in_error_ = 0;
    sum_of_errors_ = 0;
  }
  settling_blocks_ = std::max(settling_blocks_ - 1, 0);
  if (tolerated) return;
  sum_of_errors_ += error;
  if (++blocks_in_error_ < kConvincedBlocks) return;
  *read_ += std::llround(sum_of_errors_ / kConvincedBlocks);
  blocks_in_error_ = 0;
  sum_of_errors_ = 0;
  settling_blocks_ = kSettlingBlocks;
}

}  // namespace sidetone::media::dsp
