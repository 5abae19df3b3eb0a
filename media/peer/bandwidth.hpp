#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/clock.hpp"
#include "media/rtp/transport_feedback.hpp"

namespace sidetone::media::peer {

/// What the path to the far end carries of a voice, judged by when its packets arrive (transport-wide feedback): a
/// queue that grows in front of a bottleneck shows as delay before anything is lost. Loss alone is no reason to send
/// less: over radio it has nothing to do with how much is sent, and the voice needs its redundancy there.
/// @thread one; no allocation.
class Bandwidth {
 public:
  static constexpr int kLeastBps =
      8'000;  ///< of payloads: the voice is understood, and more is gained by longer packets
  static constexpr int kEnoughBps = 128'000;  ///< a voice with all its copies

  /// @param most_bps  bound of the call; 0: none.
  void set_most(int most_bps);
  /// Packets take another way from now on: what was learned of delays is of no use.
  void path_changed(MonotonicTime now);

  /// The number that the next packet has to bear.
  [[nodiscard]] std::uint16_t next_number() const { return next_; }
  /// That packet was sent. @param overhead_bytes  all but the payload, IP and UDP included.
  void on_sent(std::size_t payload_bytes, std::size_t overhead_bytes, MonotonicTime now);
  /// @return bit/s of payloads that may be sent, where that has changed; 0: as much as is wanted.
  std::optional<int> on_feedback(const rtp::TransportFeedback& feedback, MonotonicTime now);

  /// Bit/s of payloads; 0: as much as is wanted.
  [[nodiscard]] int available_bps() const { return told_bps_; }

 private:
  struct Sent {
    bool waits = false;  ///< nothing has been said of it
    std::uint16_t number = 0;
    std::int64_t at_us = 0;
    std::uint32_t payload_bytes = 0;
    std::uint32_t packet_bytes = 0;
  };
  struct Rates {
    double received_bps = 0;  ///< with all overhead; 0: not known
    double overhead_bps = 0;
  };
  struct Delay {
    std::int64_t sent_us = 0;
    std::int64_t delay_us = 0;  ///< of an unknown zero
  };
  /// Of the packets of the last second.
  struct Queue {
    std::int64_t least_us = 0;
    std::int64_t mean_us = 0;
    bool grows = false;  ///< beyond what their scatter explains
  };
  /// Takes in what one feedback says.
  [[nodiscard]] Rates observe(const rtp::TransportFeedback& feedback);
  void add_delay(const Delay& delay);
  void forget_delays();
  /// So many before the newest, which is 0.
  [[nodiscard]] const Delay& delay_before(std::size_t count) const {
    return delays_[(next_delay_ + delays_.size() - 1 - count) % delays_.size()];
  }
  [[nodiscard]] Queue queue(MonotonicTime now);
  [[nodiscard]] bool has_growth(std::int64_t mean_us) const;
  void judge(const Rates& rates, const Queue& queue, double since_last_s, MonotonicTime now);

  std::array<Sent, 1024> sent_{};
  std::uint16_t next_ = 0;
  int most_bps_ = kEnoughBps;
  double target_bps_ = kEnoughBps;
  int told_bps_ = 0;
  std::optional<double> carried_bps_;           ///< of payloads, when a queue grew last
  std::optional<std::int64_t> least_delay_us_;  ///< in this and the last of two windows: the empty path's
  std::optional<std::int64_t> least_delay_before_us_;
  MonotonicTime window_began_;
  std::array<Delay, 50> delays_{};  ///< in the order of sending, as a ring
  std::size_t delay_count_ = 0;
  std::size_t next_delay_ = 0;
  std::int64_t path_since_us_ = INT64_MIN;
  std::optional<MonotonicTime> last_feedback_;
  MonotonicTime drained_at_;  ///< no judgement before: the queue is still that of an older rate
};

}  // namespace sidetone::media::peer
