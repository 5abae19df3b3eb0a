#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace sidetone::media::ice {

enum class CandidateType { kHost, kServerReflexive, kPeerReflexive, kRelayed };
enum class Protocol { kUdp, kTcp };

/// One candidate-attribute.
struct Candidate {
  std::string foundation;
  std::uint32_t component = 1;
  Protocol protocol = Protocol::kUdp;
  std::uint32_t priority = 0;
  std::string address;  ///< IPv4, IPv6 or a name that ends in ".local"
  std::uint16_t port = 0;
  CandidateType type = CandidateType::kHost;
  std::string related_address;  ///< empty: none
  std::uint16_t related_port = 0;
  std::string tcp_type;  ///< "active", "passive", "so"; empty for UDP
  std::string ufrag;     ///< extension of trickled candidates; empty: none
  bool operator==(const Candidate&) const = default;
};

inline constexpr std::size_t kMaxCandidateBytes = 512;

/// "candidate:842163049 1 udp 1677729535 …", with or without "a=" in front. Unknown extensions are skipped.
/// @fuzz
/// @error kMalformed, kTooLarge, kOutOfRange (port, component), kUnsupported (transport, type). @thread any. @source
/// RFC 8839 §5.1, RFC 6544 §4.5
Result<Candidate> parse_candidate(std::string_view text);

/// Without "a=".
std::string to_string(const Candidate& candidate);

/// "host", "srflx", "prflx" or "relay".
std::string_view type_name(CandidateType type);

/// A name to ask mDNS for. @source draft-ietf-mmusic-mdns-ice-candidates §3.2
bool is_mdns_name(std::string_view address);

}  // namespace sidetone::media::ice
