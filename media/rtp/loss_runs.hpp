#pragma once

#include <cstdint>

namespace sidetone::media::rtp {

/// How losses lie: bursts are the longest stretches that begin and end with a loss and hold fewer than `kGapMinimum`
/// packets in a row that came; gaps are what is between. @source RFC 3611 §4.7.2, Appendix A.2
class LossRuns {
 public:
  static constexpr std::uint32_t kGapMinimum = 16;

  /// The next packet in the order of sending.
  void add(bool lost);

  struct Summary {
    double burst_density = 0;  ///< share of packets lost within bursts
    double gap_density = 0;    ///< share of packets lost within gaps
    double burst_packets = 0;  ///< mean length; 0: no burst
    double gap_packets = 0;    ///< mean length
    double burst_ratio = 1;  ///< mean length of a run of losses beside that of random loss (ITU-T G.107 BurstR), ≥ 1
  };
  [[nodiscard]] Summary summary() const;
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  void end_stretch();

  std::uint64_t packets_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t loss_runs_ = 0;
  bool last_lost_ = false;
  // The stretch since the last kGapMinimum packets in a row that came.
  std::uint64_t stretch_packets_ = 0;  // up to its last loss
  std::uint64_t stretch_lost_ = 0;
  std::uint64_t came_since_loss_ = kGapMinimum;  // in a row
  // What has ended.
  std::uint64_t bursts_ = 0;
  std::uint64_t burst_packets_ = 0;
  std::uint64_t burst_lost_ = 0;
};

}  // namespace sidetone::media::rtp
