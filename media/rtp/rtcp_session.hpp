#pragma once

#include <array>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "media/rtp/packet.hpp"
#include "media/rtp/receive_statistics.hpp"
#include "media/rtp/rtcp.hpp"

namespace sidetone::media::rtp {

/// RTCP of one stream in each direction between two parties: what was sent, what came, when the next report is due.
/// @thread one.
class RtcpSession {
 public:
  /// @param ssrc our own. @param cname one for all streams of the endpoint (RFC 7022).
  RtcpSession(const Clock& clock, Random& random, std::uint32_t ssrc, std::string cname);

  void on_sent(std::uint32_t timestamp, std::uint32_t clock_rate_hz, std::size_t payload_bytes,
               std::size_t header_bytes);
  /// A packet of another source replaces the statistics: one stream comes at a time.
  void on_received(const Packet& packet, std::uint32_t clock_rate_hz, MonotonicTime arrival);
  /// A telephone event: its timestamp is the key's and not that of its sending (RFC 4733 §2.2.1), so that it tells of
  /// loss and not of jitter. Before the first packet of sound it is not counted.
  void on_received_event(const Packet& packet, MonotonicTime arrival);
  void on_rtcp(const RtcpCompound& compound);

  /// Time until the next report, randomised. @source RFC 3550 §6.3.1; RFC 4585 §3.5.3 (T_rr_interval 1 s)
  Microseconds next_interval();
  /// Append the report that is due. @param metrics  none: the far end has not asked for them. @error kTooLarge
  Status write(ByteWriter& out, bool goodbye, const std::optional<VoipMetrics>& metrics = std::nullopt);

  struct Remote {
    ReportBlock block;
    std::uint64_t reports = 0;
    std::optional<double> round_trip_s;
    double total_round_trip_s = 0;
    std::uint64_t round_trip_measurements = 0;
    std::optional<VoipMetrics> metrics;     ///< the last ones
    std::uint64_t round_trips_refused = 0;  ///< about a report that was not sent of late, or back before it was
  };
  /// What the far end says about our stream.
  [[nodiscard]] const std::optional<Remote>& remote() const { return remote_; }
  /// About the far end's stream; none before its first packet.
  [[nodiscard]] const std::optional<ReceiveStatistics>& received() const { return received_; }
  [[nodiscard]] std::uint64_t packets_sent() const { return packets_sent_; }
  [[nodiscard]] std::uint64_t payload_bytes_sent() const { return payload_bytes_sent_; }
  [[nodiscard]] std::uint64_t header_bytes_sent() const { return header_bytes_sent_; }
  [[nodiscard]] std::uint32_t clock_rate_sent_hz() const { return sent_clock_rate_hz_; }
  [[nodiscard]] bool said_goodbye() const { return goodbye_received_; }

 private:
  [[nodiscard]] std::uint64_t ntp_at(MonotonicTime time) const;
  void measure_round_trip(const ReportBlock& block, MonotonicTime now);

  struct HeardReferenceTime {
    ReceiverReferenceTime time;
    MonotonicTime at;
  };

  const Clock& clock_;
  Random& random_;
  std::uint32_t ssrc_;
  std::string cname_;
  std::uint64_t ntp_at_zero_ = 0;  // NTP time of the monotonic clock's zero
  bool first_interval_ = true;
  std::uint64_t packets_sent_ = 0;
  std::uint64_t packets_at_report_ = 0;
  std::uint64_t payload_bytes_sent_ = 0;
  std::uint64_t header_bytes_sent_ = 0;
  std::uint32_t sent_timestamp_ = 0;
  std::uint32_t sent_clock_rate_hz_ = 0;
  MonotonicTime sent_at_;
  std::optional<ReceiveStatistics> received_;
  std::optional<Remote> remote_;
  std::optional<HeardReferenceTime> reference_time_;  // not answered yet
  std::array<std::uint32_t, 16> sender_reports_{};    // middle NTP bits of the last ones; 0: none
  std::size_t next_sender_report_ = 0;
  bool goodbye_received_ = false;
};

}  // namespace sidetone::media::rtp
