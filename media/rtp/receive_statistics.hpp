#pragma once

#include <cstdint>
#include <optional>

#include "core/base/clock.hpp"
#include "media/rtp/loss_runs.hpp"
#include "media/rtp/rtcp.hpp"

namespace sidetone::media::rtp {

/// Loss and jitter of one received source. No probation: SRTP has authenticated the packet already.
/// @source RFC 3550 §6.4.1, Appendices A.1, A.3, A.8
class ReceiveStatistics {
 public:
  ReceiveStatistics(std::uint32_t ssrc, std::uint32_t clock_rate_hz) : ssrc_(ssrc), clock_rate_hz_(clock_rate_hz) {}

  /// @param timestamp  none: it does not say when the packet was sent, and the jitter stays what it is.
  void on_packet(std::uint16_t sequence, std::optional<std::uint32_t> timestamp, std::size_t payload_bytes,
                 std::size_t header_bytes, MonotonicTime arrival);
  void on_sender_report(std::uint64_t ntp, MonotonicTime arrival);

  /// The report block now; begins a new interval for the fraction lost.
  ReportBlock report(MonotonicTime now);

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] std::uint64_t packets() const { return received_; }
  [[nodiscard]] std::uint64_t payload_bytes() const { return payload_bytes_; }
  [[nodiscard]] std::uint64_t header_bytes() const { return header_bytes_; }
  /// May be negative with duplicates.
  [[nodiscard]] std::int64_t lost() const {
    return static_cast<std::int64_t>(expected()) - static_cast<std::int64_t>(received_);
  }
  /// How the losses lie, up to the packets that may still be under way.
  [[nodiscard]] const LossRuns& loss_runs() const { return loss_runs_; }
  [[nodiscard]] double jitter_s() const { return clock_rate_hz_ == 0 ? 0 : jitter_ / clock_rate_hz_; }
  [[nodiscard]] MonotonicTime last_arrival() const { return last_arrival_; }
  /// A payload type with another clock took over; jitter begins anew.
  void set_clock_rate(std::uint32_t clock_rate_hz);
  [[nodiscard]] std::uint32_t clock_rate_hz() const { return clock_rate_hz_; }

 private:
  [[nodiscard]] std::uint32_t highest() const { return cycles_ + max_sequence_; }
  [[nodiscard]] std::uint64_t expected() const {
    return received_ == 0 ? 0 : std::uint64_t{highest()} - base_sequence_ + 1 + carried_;
  }
  void restart(std::uint16_t sequence);
  void advance(std::uint16_t steps);

  static constexpr unsigned kReordered = 32;  // a packet that is behind by as many is lost

  std::uint32_t ssrc_;
  std::uint32_t clock_rate_hz_;
  std::uint16_t max_sequence_ = 0;
  std::uint32_t cycles_ = 0;
  std::uint32_t base_sequence_ = 0;
  std::uint32_t bad_sequence_ = 0x10000;  // never equal to a sequence number
  std::uint64_t received_ = 0;
  std::uint64_t carried_ = 0;  // expected before the last restart of the sequence
  std::uint64_t expected_prior_ = 0;
  std::uint64_t received_prior_ = 0;
  std::uint64_t payload_bytes_ = 0;
  std::uint64_t header_bytes_ = 0;
  LossRuns loss_runs_;
  std::uint64_t came_ = 0;  // bit n: the packet n before the highest came
  unsigned undecided_ = 0;  // how many bits of it count
  double jitter_ = 0;
  bool have_transit_ = false;
  std::uint32_t transit_ = 0;
  MonotonicTime last_arrival_;
  std::uint32_t last_sender_report_ = 0;
  MonotonicTime last_sender_report_at_;
};

}  // namespace sidetone::media::rtp
