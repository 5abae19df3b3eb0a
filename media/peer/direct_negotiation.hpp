#pragma once

#include <optional>
#include <vector>

#include "media/dtls/dtls_transport.hpp"
#include "media/peer/direct_path.hpp"
#include "media/peer/sdp.hpp"

/// The rules of offer and answer with ends that know no ICE, free of state.
/// @source RFC 3264, RFC 4568 and RFC 5763 (keys), RFC 3605 and RFC 5761 (RTCP's port)
namespace sidetone::media::peer {

/// What a section of the far end's description asks for. A key in it counts whatever the profile says: some telephones
/// offer RTP/AVP with one, to be encrypted if possible.
Keying keying_of(const SdpMedia& media);

/// The audio section that is carried without ICE: the first one, where no section has ICE and DTLS.
std::optional<std::size_t> direct_section(const Sdp& sdp);

/// Is this offer one that can be answered? @error kForbidden: RTP in the clear where it is not allowed; kUnsupported:
/// no suite, profile or address that we do.
Status check_direct_offer(const SdpMedia& offer, bool clear_rtp_allowed);

/// Keys for an offer, best first. @param in_use  the one that a call has already: it stays, and is the only one.
std::vector<srtp::CryptoAttribute> offered_cryptos(const std::optional<srtp::CryptoAttribute>& in_use, Random& random);
/// Our key for an answer, with the tag of what was chosen of the offer. @param offer  not without cryptos.
srtp::CryptoAttribute answered_crypto(const SdpMedia& offer, const std::optional<srtp::CryptoAttribute>& in_use,
                                      Random& random);

struct DirectKeys {
  srtp::Suite suite{};
  srtp::MasterKey local;
  std::vector<srtp::MasterKey> remote;
};

/// How keys are found by DTLS.
struct DirectHandshake {
  dtls::Role role{};
  std::vector<dtls::Fingerprint> fingerprints;
};

/// What a transport without ICE does after an answer.
struct DirectParameters {
  DirectAddresses remote;
  std::optional<DirectKeys> keys;            ///< of the descriptions
  std::optional<DirectHandshake> handshake;  ///< neither: RTP in the clear
};
/// @error kUnsupported: no numeric address; kMalformed: the answer takes no key of the offer, has no fingerprint or
/// role, or changes the profile.
Result<DirectParameters> direct_parameters(const SdpMedia& local, const SdpMedia& remote, bool we_answer);

}  // namespace sidetone::media::peer
