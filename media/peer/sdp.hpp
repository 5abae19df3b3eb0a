#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "media/dtls/fingerprint.hpp"
#include "media/ice/candidate.hpp"
#include "media/ice/ice_transport.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/srtp/crypto_attribute.hpp"

/// Session descriptions as JSEP uses them (RFC 8829, RFC 8866), reduced to what audio and data need. Other media are
/// kept as far as it takes to reject them in their place.
namespace sidetone::media::peer {

inline constexpr std::uint16_t kSctpPort = 5000;  ///< RFC 8841 §5: the port that everybody uses

enum class Setup { kActPass, kActive, kPassive, kHoldConn };

struct SdpCodec {
  std::uint8_t payload_type = 0;
  std::string name;  ///< as written; names compare without case
  std::uint32_t clock_rate_hz = 0;
  std::uint8_t channels = 1;
  std::string format_parameters;
  bool operator==(const SdpCodec&) const = default;
};

struct SdpExtension {
  std::uint8_t id = 0;
  std::string uri;
  Direction direction = Direction::kSendRecv;
  bool operator==(const SdpExtension&) const = default;
};

struct SdpSource {
  std::uint32_t ssrc = 0;
  std::string cname;
  bool operator==(const SdpSource&) const = default;
};

struct SdpMedia {
  std::string kind;  ///< "audio", "application", "video", …
  std::uint16_t port = 9;
  std::string protocol;  ///< "UDP/TLS/RTP/SAVPF", "UDP/DTLS/SCTP"
  std::vector<std::string> formats;
  std::string mid;
  bool bundle_only = false;
  Direction direction = Direction::kSendRecv;
  // Transport; of the session where the media section names none
  ice::Credentials ice;
  bool ice_trickle = false;
  std::vector<ice::Candidate> candidates;
  bool end_of_candidates = false;
  std::vector<dtls::Fingerprint> fingerprints;
  std::optional<Setup> setup;
  /// c=, as written; "0.0.0.0": candidates say it, or nothing is to be sent.
  std::string connection_address = "0.0.0.0";
  std::uint16_t rtcp_port = 0;                 ///< a=rtcp (RFC 3605); 0: not said
  std::string rtcp_address;                    ///< empty: connection_address
  std::vector<srtp::CryptoAttribute> cryptos;  ///< of suites and forms that we know
  // RTP
  bool rtcp_mux = false;
  bool rtcp_mux_only = false;
  bool rtcp_reduced_size = false;
  bool wants_voip_metrics = false;  ///< a=rtcp-xr:voip-metrics (RFC 3611 §5.1)
  bool transport_feedback = false;  ///< a=rtcp-fb:… transport-cc, of any or all payload types
  std::vector<SdpCodec> codecs;     ///< in the order of the m-line
  std::vector<SdpExtension> extensions;
  std::optional<std::uint16_t> packet_time_ms;
  std::optional<std::uint16_t> max_packet_time_ms;
  std::optional<std::uint32_t> bandwidth_bps;          ///< b=TIAS: of payloads (RFC 3890 §6.2)
  std::optional<std::uint32_t> session_bandwidth_bps;  ///< b=AS: with RTP, UDP and IP (RFC 8866 §5.8)
  std::string msid;                                    ///< "stream track"
  std::vector<SdpSource> sources;
  // SCTP
  std::optional<std::uint16_t> sctp_port;
  std::optional<std::uint64_t> max_message_size;

  [[nodiscard]] bool rejected() const { return port == 0 && !bundle_only; }
  bool operator==(const SdpMedia&) const = default;
};

struct Sdp {
  std::uint64_t session_id = 0;
  std::uint64_t session_version = 0;
  bool ice_lite = false;
  std::vector<std::string> bundle;  ///< mids of the first BUNDLE group
  std::vector<SdpMedia> media;
  bool operator==(const Sdp&) const = default;
};

namespace sdp_limits {
inline constexpr std::size_t kBytes = 64 * 1024;
inline constexpr std::size_t kLineBytes = 4096;
inline constexpr std::size_t kMedia = 32;
inline constexpr std::size_t kPerMedia = 64;  ///< formats, candidates, extensions, sources of one section
inline constexpr std::size_t kMidBytes = 64;
}  // namespace sdp_limits

/// @fuzz
/// @error kMalformed with the line's number; kTooLarge. Unknown lines and attributes are skipped; values out of form
/// where we need them are errors.
/// @thread any. @source RFC 8866, RFC 8829 §5.8
Result<Sdp> parse_sdp(std::string_view text);

/// With CRLF. @source RFC 8829 §5.2, §5.3
std::string write_sdp(const Sdp& sdp);

std::string_view setup_name(Setup setup);
std::string_view direction_name(Direction direction);

}  // namespace sidetone::media::peer
