#include <algorithm>

#include "media/ice/addresses.hpp"
#include "media/peer/peer_connection_impl.hpp"

namespace sidetone::media::peer {
namespace {

constexpr const char* kEncryptedProfile = "RTP/SAVP";
constexpr const char* kClearProfile = "RTP/AVP";

/// Where nothing is known of the far end: most of those that know no ICE know IPv4 alone.
std::optional<udp::Endpoint> first_address(bool want_ipv6) {
  std::optional<udp::Endpoint> other;
  for (const std::string& text : ice::host_addresses()) {
    const auto address = udp::parse_endpoint(text, 0);
    if (address && address->is_ipv6 == want_ipv6) return address;
    if (!other) other = address;
  }
  return other;
}

Error forbidden_in_the_clear() {
  return {ErrorCode::kForbidden, "RTP in the clear is not allowed on this endpoint", "peer"};
}

}  // namespace

const SdpMedia* PeerConnectionImpl::direct_audio(const Sdp& offer) {
  const auto section = direct_section(offer);
  return section ? &offer.media[*section] : nullptr;
}

bool PeerConnectionImpl::offers_direct() const {
  if (current_local_) return transport_.direct() != nullptr;
  return configuration_.keying != Keying::kDtls;
}

Status PeerConnectionImpl::open_direct(Keying keying, const std::optional<udp::Endpoint>& far, bool separate_rtcp) {
  if (current_local_ && transport_.direct() != nullptr) return {};
  auto local = first_address(far && far->is_ipv6);
  if (far && !far->is_unspecified()) {
    SIDETONE_TRY(local, udp::local_address_towards(*far));
  }
  if (!local) return Error{ErrorCode::kUnavailable, "this machine has no address", "udp"};
  return transport_.open_direct(keying, *local, separate_rtcp);
}

Status PeerConnectionImpl::prepare_direct_offer() {
  const Keying keying = transport_.direct() != nullptr ? transport_.keying() : configuration_.keying;
  if (keying == Keying::kNone && !engine_.network.clear_rtp) return forbidden_in_the_clear();
  if (data_wanted())
    return Error{ErrorCode::kUnsupported, "data channels need ICE and DTLS, which the offer is not to have", "peer"};
  return open_direct(keying, std::nullopt, transport_.separate_rtcp());
}

Status PeerConnectionImpl::check_direct_peer_offer(const SdpMedia& offer) const {
  SIDETONE_CHECK(check_direct_offer(offer, engine_.network.clear_rtp));
  if (!current_local_) return {};
  const auto changes = [](const char* text) { return Error{ErrorCode::kUnsupported, text, "sdp"}; };
  if (transport_.direct() == nullptr)
    return transport_.exists() ? changes("a call by ICE and DTLS does not leave them") : Status{};
  // What a key protects once, it goes on to protect.
  if (keying_of(offer) != transport_.keying()) return changes("a call does not begin or end to be encrypted");
  if (transport_.keying() == Keying::kDtls) {
    if (offer.fingerprints != transport_.remote_fingerprints())
      return changes("a new DTLS association in a call is not supported");
    if (!multiplexes_rtcp(offer) && !transport_.separate_rtcp()) return changes(kRtcpStays);
  }
  const auto far = udp::parse_endpoint(offer.connection_address, offer.port);
  if (far && far->is_ipv6 != transport_.direct()->local_rtp().is_ipv6)
    return changes("the far end's address is of another family than ours");
  return {};
}

SdpMedia PeerConnectionImpl::direct_section_of(const Line& line, Setup setup) const {
  const DirectPath& path = *transport_.direct();
  SdpMedia media;
  media.kind = line.kind;
  const bool described = transport_.keying() == Keying::kDtls || line.protocol.substr(0, 4) == "RTP/";
  media.protocol = described ? line.protocol : transport_.keying() == Keying::kSdes ? kEncryptedProfile : kClearProfile;
  media.mid = line.mid;
  media.connection_address = udp::address_text(path.local_rtp());
  media.port = path.local_rtp().port;
  media.rtcp_port = path.local_rtcp().port;
  if (transport_.keying() != Keying::kDtls) return media;
  media.fingerprints = {transport_.certificate().fingerprint()};
  media.setup = setup;
  return media;
}

std::optional<srtp::CryptoAttribute> PeerConnectionImpl::crypto_in_use() const {
  if (!current_local_ || transport_.srtp() == nullptr) return std::nullopt;
  for (const SdpMedia& media : current_local_->sdp.media)
    for (const srtp::CryptoAttribute& crypto : media.cryptos)
      if (crypto.suite == transport_.srtp()->suite()) return crypto;
  return std::nullopt;
}

}  // namespace sidetone::media::peer
