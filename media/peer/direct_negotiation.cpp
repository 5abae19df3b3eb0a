#include "media/peer/direct_negotiation.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "media/peer/negotiation.hpp"

namespace sidetone::media::peer {
namespace {

// As for DTLS: AES-GCM costs a third of AES-CM with HMAC.
constexpr std::array<srtp::Suite, 4> kBestFirst{srtp::Suite::kAeadAes128Gcm, srtp::Suite::kAeadAes256Gcm,
                                                srtp::Suite::kAesCm128HmacSha1_80, srtp::Suite::kAesCm128HmacSha1_32};

Error refused(ErrorCode code, std::string text, const SdpMedia& media) {
  return {code, std::move(text), "m=" + media.kind};
}

bool is_rtp_profile(const std::string& protocol) {
  constexpr std::array<std::string_view, 4> kProfiles{"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"};
  return std::find(kProfiles.begin(), kProfiles.end(), protocol) != kProfiles.end();
}

/// The older ones, too: who has a fingerprint means DTLS.
bool is_dtls_profile(const std::string& protocol) {
  constexpr std::array<std::string_view, 4> kProfiles{"UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF", "RTP/SAVP", "RTP/SAVPF"};
  return std::find(kProfiles.begin(), kProfiles.end(), protocol) != kProfiles.end();
}

Result<DirectAddresses> direct_addresses(const SdpMedia& media, bool mux) {
  const auto rtp = udp::parse_endpoint(media.connection_address, media.port);
  const auto rtcp =
      udp::parse_endpoint(media.rtcp_address.empty() ? media.connection_address : media.rtcp_address, media.rtcp_port);
  if (!rtp || !rtcp) return refused(ErrorCode::kUnsupported, "the address is a name, not a number", media);
  DirectAddresses addresses{*rtp, *rtcp, mux};
  constexpr std::uint16_t kLastPort = 65535;
  if (media.rtcp_port == 0)  // RFC 3550 §11; behind the last port there is none
    addresses.rtcp.port = media.port == kLastPort ? std::uint16_t{0} : static_cast<std::uint16_t>(media.port + 1);
  return addresses;
}

}  // namespace

Keying keying_of(const SdpMedia& media) {
  const bool names_dtls = media.protocol.find("/TLS/") != std::string::npos;
  if (!media.fingerprints.empty() && (names_dtls || !media.ice.ufrag.empty())) return Keying::kDtls;
  if (!media.cryptos.empty()) return Keying::kSdes;
  if (media.protocol == "RTP/SAVP" || media.protocol == "RTP/SAVPF")
    return media.fingerprints.empty() ? Keying::kSdes : Keying::kDtls;
  return media.protocol == "RTP/AVP" || media.protocol == "RTP/AVPF" ? Keying::kNone : Keying::kDtls;
}

std::optional<std::size_t> direct_section(const Sdp& sdp) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < sdp.media.size(); ++i) {
    const SdpMedia& media = sdp.media[i];
    if (media.rejected()) continue;
    const bool by_dtls = keying_of(media) == Keying::kDtls;
    if (by_dtls && !media.fingerprints.empty() && !media.ice.ufrag.empty()) return std::nullopt;
    const bool direct = !by_dtls || (!media.fingerprints.empty() && media.ice.ufrag.empty());
    if (media.kind == "audio" && direct && !found) found = i;
  }
  return found;
}

Status check_direct_offer(const SdpMedia& offer, bool clear_rtp_allowed) {
  const Keying keying = keying_of(offer);
  if (keying == Keying::kDtls ? !is_dtls_profile(offer.protocol) : !is_rtp_profile(offer.protocol))
    return refused(ErrorCode::kUnsupported, offer.protocol + " is not spoken without ICE", offer);
  if (keying == Keying::kDtls && offer.setup == Setup::kHoldConn)
    return refused(ErrorCode::kUnsupported, "setup:holdconn", offer);
  if (keying == Keying::kNone && !clear_rtp_allowed)
    return refused(ErrorCode::kForbidden, "the voice would not be encrypted, which this endpoint does not allow",
                   offer);
  if (keying == Keying::kSdes && offer.cryptos.empty())
    return refused(ErrorCode::kUnsupported, "no crypto attribute has a suite and a form that are known", offer);
  const auto addresses = direct_addresses(offer, false);
  return addresses.ok() ? Status{} : addresses.error();
}

std::vector<srtp::CryptoAttribute> offered_cryptos(const std::optional<srtp::CryptoAttribute>& in_use, Random& random) {
  if (in_use) return {*in_use};
  std::vector<srtp::CryptoAttribute> cryptos;
  for (const srtp::Suite suite : kBestFirst)
    cryptos.push_back(srtp::make_crypto(static_cast<std::uint32_t>(cryptos.size() + 1), suite, 0, random));
  return cryptos;
}

srtp::CryptoAttribute answered_crypto(const SdpMedia& offer, const std::optional<srtp::CryptoAttribute>& in_use,
                                      Random& random) {
  const auto with_suite = [&](srtp::Suite suite) {
    return std::find_if(offer.cryptos.begin(), offer.cryptos.end(),
                        [&](const srtp::CryptoAttribute& crypto) { return crypto.suite == suite; });
  };
  if (in_use) {
    if (const auto same = with_suite(in_use->suite); same != offer.cryptos.end())
      return {same->tag, in_use->suite, in_use->keys};
  }
  const auto best = std::find_if(kBestFirst.begin(), kBestFirst.end(),
                                 [&](srtp::Suite suite) { return with_suite(suite) != offer.cryptos.end(); });
  const srtp::CryptoAttribute& taken = *with_suite(*best);
  // Who names its keys wants ours named, too.
  return srtp::make_crypto(taken.tag, *best, taken.keys.front().mki.size(), random);
}

Result<DirectParameters> direct_parameters(const SdpMedia& local, const SdpMedia& remote, bool we_answer) {
  const SdpMedia& offer = we_answer ? remote : local;
  const SdpMedia& answer = we_answer ? local : remote;
  if (answer.protocol != offer.protocol)
    return refused(ErrorCode::kMalformed, "the answer has another profile than the offer", remote);
  DirectParameters parameters;
  SIDETONE_TRY(parameters.remote, direct_addresses(remote, offer.rtcp_mux && answer.rtcp_mux));
  if (keying_of(offer) == Keying::kNone) return parameters;
  if (keying_of(offer) == Keying::kDtls) {
    if (remote.fingerprints.empty())
      return refused(ErrorCode::kMalformed, "no fingerprint with an accepted hash", remote);
    SIDETONE_TRY(const dtls::Role role, dtls_role(answer.setup.value_or(Setup::kActive), we_answer));
    parameters.handshake = DirectHandshake{role, remote.fingerprints};
    return parameters;
  }
  if (answer.cryptos.size() != 1)
    return refused(ErrorCode::kMalformed, "the answer does not take exactly one crypto attribute", remote);
  const srtp::CryptoAttribute& taken = answer.cryptos.front();
  const auto offered = std::find_if(offer.cryptos.begin(), offer.cryptos.end(),
                                    [&](const srtp::CryptoAttribute& crypto) { return crypto.tag == taken.tag; });
  if (offered == offer.cryptos.end() || offered->suite != taken.suite)
    return refused(ErrorCode::kMalformed, "the answer takes a crypto attribute that was not offered", remote);
  // We write one key.
  parameters.keys = we_answer ? DirectKeys{taken.suite, taken.keys.front(), offered->keys}
                              : DirectKeys{taken.suite, offered->keys.front(), taken.keys};
  return parameters;
}

}  // namespace sidetone::media::peer
