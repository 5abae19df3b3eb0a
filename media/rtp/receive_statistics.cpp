#include "media/rtp/receive_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace sidetone::media::rtp {
namespace {
constexpr std::uint16_t kMaxDropout = 3000;  // RFC 3550 Appendix A.1
constexpr std::uint16_t kMaxMisorder = 100;
}  // namespace

void ReceiveStatistics::restart(std::uint16_t sequence) {
  carried_ = expected();
  base_sequence_ = sequence;
  max_sequence_ = sequence;
  cycles_ = 0;
  bad_sequence_ = 0x10000;
  have_transit_ = false;
  came_ = 1;
  undecided_ = 1;
}

void ReceiveStatistics::advance(std::uint16_t steps) {
  for (; steps > 0; --steps) {
    if (undecided_ == kReordered) {
      loss_runs_.add((came_ >> (kReordered - 1) & 1) == 0);
    } else {
      ++undecided_;
    }
    came_ <<= 1;
  }
  came_ |= 1;
}

void ReceiveStatistics::set_clock_rate(std::uint32_t clock_rate_hz) {
  if (clock_rate_hz == clock_rate_hz_) return;
  clock_rate_hz_ = clock_rate_hz;
  have_transit_ = false;
  jitter_ = 0;
}

void ReceiveStatistics::on_packet(std::uint16_t sequence, std::optional<std::uint32_t> timestamp,
                                  std::size_t payload_bytes, std::size_t header_bytes, MonotonicTime arrival) {
  const auto step = static_cast<std::uint16_t>(sequence - max_sequence_);
  if (received_ == 0) {
    base_sequence_ = max_sequence_ = sequence;
    came_ = undecided_ = 1;
  } else if (step < kMaxDropout) {
    advance(step);
    if (sequence < max_sequence_) cycles_ += 0x10000;
    max_sequence_ = sequence;
  } else if (step <= 0xFFFF - kMaxMisorder) {
    // A very large jump: believed when a second packet follows it.
    if (sequence == bad_sequence_) {
      restart(sequence);
    } else {
      bad_sequence_ = (sequence + 1u) & 0xFFFF;
      return;
    }
  } else if (const unsigned behind = 0x10000u - step; behind < undecided_) {
    came_ |= std::uint64_t{1} << behind;
  }
  ++received_;
  payload_bytes_ += payload_bytes;
  header_bytes_ += header_bytes;
  last_arrival_ = arrival;
  if (!timestamp) return;

  const auto arrival_rtp =
      static_cast<std::uint32_t>(static_cast<std::uint64_t>(arrival.since_zero.count()) * clock_rate_hz_ / 1'000'000);
  const std::uint32_t transit = arrival_rtp - *timestamp;
  if (have_transit_) {
    const double difference = std::abs(static_cast<double>(static_cast<std::int32_t>(transit - transit_)));
    jitter_ += (difference - jitter_) / 16.0;
  }
  transit_ = transit;
  have_transit_ = true;
}

void ReceiveStatistics::on_sender_report(std::uint64_t ntp, MonotonicTime arrival) {
  last_sender_report_ = static_cast<std::uint32_t>(ntp >> 16);
  last_sender_report_at_ = arrival;
}

ReportBlock ReceiveStatistics::report(MonotonicTime now) {
  const std::uint64_t expected_now = expected();
  const auto expected_interval = static_cast<std::int64_t>(expected_now - expected_prior_);
  const auto received_interval = static_cast<std::int64_t>(received_ - received_prior_);
  expected_prior_ = expected_now;
  received_prior_ = received_;
  const std::int64_t lost_interval = expected_interval - received_interval;

  ReportBlock block;
  block.ssrc = ssrc_;
  if (expected_interval > 0 && lost_interval > 0)
    block.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::int64_t>(255, lost_interval * 256 / expected_interval));
  block.cumulative_lost = static_cast<std::int32_t>(std::clamp<std::int64_t>(lost(), -0x800000, 0x7FFFFF));
  block.highest_sequence = highest();
  block.jitter = static_cast<std::uint32_t>(jitter_);
  if (last_sender_report_ != 0) {
    block.last_sender_report = last_sender_report_;
    const auto waited = static_cast<std::uint64_t>((now - last_sender_report_at_).count());
    block.delay_since_last = static_cast<std::uint32_t>(waited * 65536 / 1'000'000);
  }
  return block;
}

}  // namespace sidetone::media::rtp
