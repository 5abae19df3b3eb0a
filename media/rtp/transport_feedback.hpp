#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

/// When each packet of a transport arrived, told by who received them to who sent them: transport-wide congestion
/// control. @source draft-holmer-rmcat-transport-wide-cc-extensions-01
namespace sidetone::media::rtp {

/// The header extension that numbers the packets of a transport, two octets (§2).
inline constexpr std::string_view kTransportSequenceUri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr std::uint8_t kTransportFeedback = 205;     ///< RTPFB, RFC 4585 §6.2
inline constexpr std::uint8_t kTransportWideFeedback = 15;  ///< its format (§3.1)

/// One feedback packet. Times are those of the receiver's clock, whose zero is its own.
struct TransportFeedback {
  static constexpr std::size_t kMaxPackets = 256;
  static constexpr std::int64_t kLost = INT64_MIN;

  std::uint32_t media_ssrc = 0;
  std::uint16_t first = 0;                              ///< number of the first packet that is told of
  std::uint8_t counter = 0;                             ///< of feedback packets
  std::array<std::int64_t, kMaxPackets> arrivals_us{};  ///< kLost: has not come
  std::size_t count = 0;
};

/// @param body  of an RTCP packet of type kTransportFeedback and format kTransportWideFeedback, behind its first four
/// octets. @fuzz
/// @error kTruncated; kTooLarge: tells of more than kMaxPackets. @thread any; no allocation. @source §3.1
Result<TransportFeedback> parse_transport_feedback(Bytes body);

/// The receiving side: what has arrived since the last feedback.
/// @thread one; no allocation.
class ArrivalLog {
 public:
  static constexpr Microseconds kInterval{250'000};  ///< an audio stream's: four packets a second

  /// A packet that comes after one kMaxPackets further on was reported lost, and stays it.
  void add(std::uint16_t number, MonotonicTime arrival);
  [[nodiscard]] bool due(MonotonicTime now) const;
  /// Append one RTCP packet that tells of what came, and forget it. @error kTooLarge
  Status write(std::uint32_t own_ssrc, std::uint32_t media_ssrc, MonotonicTime now, ByteWriter& out);

 private:
  std::array<std::int64_t, TransportFeedback::kMaxPackets> arrivals_us_{};  ///< from first_ on
  std::size_t count_ = 0;
  std::optional<std::uint16_t> first_;
  std::optional<MonotonicTime> last_written_;
  std::uint8_t counter_ = 0;
};

}  // namespace sidetone::media::rtp
