#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace sidetone::media::rtp {

inline constexpr std::uint8_t kSenderReport = 200;
inline constexpr std::uint8_t kReceiverReport = 201;
inline constexpr std::uint8_t kSourceDescription = 202;
inline constexpr std::uint8_t kGoodbye = 203;
inline constexpr std::uint8_t kExtendedReport = 207;

/// @source RFC 3550 §6.4.1
struct ReportBlock {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;        ///< 1/256
  std::int32_t cumulative_lost = 0;      ///< 24 bits, negative with duplicates
  std::uint32_t highest_sequence = 0;    ///< with cycles in the upper half
  std::uint32_t jitter = 0;              ///< RTP clock
  std::uint32_t last_sender_report = 0;  ///< middle 32 bits of its NTP time; 0: none yet
  std::uint32_t delay_since_last = 0;    ///< 1/65536 s
  bool operator==(const ReportBlock&) const = default;
};

struct SenderInfo {
  std::uint64_t ntp = 0;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
  bool operator==(const SenderInfo&) const = default;
};

/// When a party that sends no sound made its report; who answers it lets it measure the round trip.
/// @source RFC 3611 §4.4
struct ReceiverReferenceTime {
  std::uint32_t ssrc = 0;  ///< whose report it is
  std::uint64_t ntp = 0;
  bool operator==(const ReceiverReferenceTime&) const = default;
};

/// The answer to a receiver reference time. @source RFC 3611 §4.5 (DLRR)
struct ReferenceTimeAnswer {
  std::uint32_t ssrc = 0;                  ///< whose reference time it was
  std::uint32_t last_receiver_report = 0;  ///< middle 32 bits of its NTP time
  std::uint32_t delay_since_last = 0;      ///< 1/65536 s
  bool operator==(const ReferenceTimeAnswer&) const = default;
};

/// What a listener has of a stream. `kUnavailable` stands in the four that may be unknown.
/// @source RFC 3611 §4.7
struct VoipMetrics {
  static constexpr std::uint8_t kUnavailable = 127;
  std::uint32_t ssrc = 0;                            ///< of the stream
  std::uint8_t loss_rate = 0;                        ///< 1/256
  std::uint8_t discard_rate = 0;                     ///< 1/256
  std::uint8_t burst_density = 0;                    ///< 1/256
  std::uint8_t gap_density = 0;                      ///< 1/256
  std::uint16_t burst_duration_ms = 0;               ///< mean
  std::uint16_t gap_duration_ms = 0;                 ///< mean
  std::uint16_t round_trip_ms = 0;                   ///< 0: not known
  std::uint16_t end_system_delay_ms = 0;             ///< of this end
  std::uint8_t signal_level = kUnavailable;          ///< dBm0, two's complement
  std::uint8_t rating = kUnavailable;                ///< R factor, 0 … 100
  std::uint8_t listening_score = kUnavailable;       ///< MOS-LQ in tenths, 10 … 50
  std::uint8_t conversational_score = kUnavailable;  ///< MOS-CQ in tenths
  std::uint16_t buffer_nominal_ms = 0;
  std::uint16_t buffer_maximum_ms = 0;
  std::uint16_t buffer_bound_ms = 0;  ///< it can't grow beyond
  bool operator==(const VoipMetrics&) const = default;
};

/// What a compound packet says that we use; of repeated parts the first ones that fit.
struct RtcpCompound {
  std::optional<std::uint32_t> sender_ssrc;  ///< of the first SR or RR
  std::optional<SenderInfo> sender;
  std::array<ReportBlock, 31> reports{};
  std::size_t report_count = 0;
  std::string_view cname;  ///< borrowed
  std::array<std::uint32_t, 31> goodbyes{};
  std::size_t goodbye_count = 0;
  std::optional<ReceiverReferenceTime> reference_time;
  std::optional<VoipMetrics> voip_metrics;
  std::array<Bytes, 4> transport_feedback{};  ///< borrowed, for parse_transport_feedback
  std::size_t transport_feedback_count = 0;
  std::size_t other_packets = 0;  ///< other feedback, APP: well formed, not used
  bool reduced_size = false;      ///< does not begin with SR or RR (RFC 5506)
};

/// @fuzz
/// @error kTruncated, kMalformed, kTooLarge. @thread any; no allocation. @source RFC 3550 §6, Appendix A.2; RFC 3611
/// §3; RFC 5506
Result<RtcpCompound> parse_rtcp(Bytes bytes);

/// What `write_report` puts together.
struct Report {
  std::uint32_t ssrc = 0;
  std::optional<SenderInfo> sender;  ///< SR with it, RR without
  std::span<const ReportBlock> reports;
  std::string_view cname;  ///< up to 255 bytes
  std::optional<ReferenceTimeAnswer> answer;
  std::optional<VoipMetrics> voip_metrics;
  bool goodbye = false;
};

/// Append SR or RR, SDES with CNAME and, if asked for, XR with answer and metrics, and BYE. @error kTooLarge;
/// kOutOfRange: over 31 reports.
Status write_report(const Report& report, ByteWriter& out);

}  // namespace sidetone::media::rtp
