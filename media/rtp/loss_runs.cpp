#include "media/rtp/loss_runs.hpp"

#include <algorithm>

namespace sidetone::media::rtp {

void LossRuns::add(bool lost) {
  ++packets_;
  if (!lost) {
    last_lost_ = false;
    if (++came_since_loss_ == kGapMinimum) end_stretch();
    return;
  }
  ++lost_;
  if (!last_lost_) ++loss_runs_;
  last_lost_ = true;
  stretch_packets_ += stretch_lost_ == 0 ? 1 : came_since_loss_ + 1;
  ++stretch_lost_;
  came_since_loss_ = 0;
}

// A loss alone, with as many packets on both sides that came, lies in a gap.
void LossRuns::end_stretch() {
  if (stretch_lost_ > 1) {
    ++bursts_;
    burst_packets_ += stretch_packets_;
    burst_lost_ += stretch_lost_;
  }
  stretch_packets_ = 0;
  stretch_lost_ = 0;
}

LossRuns::Summary LossRuns::summary() const {
  LossRuns ended = *this;
  ended.end_stretch();
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  Summary out;
  const std::uint64_t gap_packets = packets_ - ended.burst_packets_;
  const std::uint64_t gaps = ended.bursts_ + 1;
  out.burst_density = share(ended.burst_lost_, ended.burst_packets_);
  out.gap_density = share(lost_ - ended.burst_lost_, gap_packets);
  out.burst_packets = share(ended.burst_packets_, ended.bursts_);
  out.gap_packets = share(gap_packets, gaps);
  // G.107 §7.4: runs of random loss with the probability p have the mean length 1 / (1 − p).
  const double loss = share(lost_, packets_);
  if (loss_runs_ > 0) out.burst_ratio = std::max(1.0, share(lost_, loss_runs_) * (1 - loss));
  return out;
}

}  // namespace sidetone::media::rtp
