#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "media/audio/audio_engine.hpp"
#include "media/dtls/dtls_transport.hpp"
#include "media/peer/sdp.hpp"
#include "media/peer/voice_stream.hpp"

/// The rules of offer and answer, free of state. @source RFC 8829, RFC 3264, RFC 9143 (BUNDLE)
namespace sidetone::media::peer {

bool sends(Direction direction);
bool receives(Direction direction);
Direction make_direction(bool send, bool receive);
/// The same seen from the other end.
Direction reversed(Direction direction);
/// What both allow.
Direction common(Direction a, Direction b);

/// What a policy leaves. @param names  VoicePolicy::codecs. CN stays where a codec is that pauses by it.
std::vector<audio::CodecDescription> allowed_codecs(const std::vector<audio::CodecDescription>& supported,
                                                    std::span<const std::string> names);
inline constexpr std::uint32_t kRedClockRateHz = 48000;  ///< of redundant audio, which is Opus alone

/// RFC 3389: a payload type for pauses, and no codec that a call could be made with.
bool is_comfort_noise(std::string_view name);

/// Our codecs, redundant audio behind Opus, and telephone events for an offer. Payload types that the far end has used
/// for a codec stay (RFC 3264 §8.3.2).
std::vector<SdpCodec> offered_codecs(std::span<const audio::CodecDescription> supported,
                                     const SdpMedia* earlier_remote);
/// The far end's codecs that we have too, with its payload types and our parameters, in its order or, where our own is
/// a policy, in ours; its telephone events of our codecs' clocks and its redundant audio of our codecs as well.
std::vector<SdpCodec> answered_codecs(std::span<const audio::CodecDescription> supported, const SdpMedia& offer,
                                      bool in_our_order = false);

/// Extensions that we speak; in answers with the ids of the offer.
std::vector<SdpExtension> offered_extensions(const SdpMedia* earlier_remote);
std::vector<SdpExtension> answered_extensions(const SdpMedia& offer);

/// Is a voice codec of ours among the section's?
bool has_common_voice(std::span<const audio::CodecDescription> supported, const SdpMedia& media);

/// Is this audio section one that we can carry? @param separate_rtcp  of our transport. @error kUnsupported with the
/// reason.
Status check_audio(std::span<const audio::CodecDescription> supported, const SdpMedia& media, bool separate_rtcp);
/// Is this a data section that we can carry?
bool is_data_section(const SdpMedia& media);

/// The section whose transport carries everything: the first one that is not rejected and, where there is a BUNDLE
/// group, in it.
std::optional<std::size_t> transport_section(const Sdp& sdp);
bool in_bundle(const Sdp& sdp, const std::string& mid);
/// Does an offer's voice by ICE have RTCP on a component of its own? Sections that share a transport may not (RFC 9143
/// §9.3).
bool separates_rtcp(const Sdp& offer);
bool multiplexes_rtcp(const SdpMedia& media);
inline constexpr const char* kRtcpStays = "RTCP does not leave RTP's port in a call";

/// Puts the candidates of our transport into its section. Where one is to be reached that looks at no others, m=, c=
/// and a=rtcp say: ends that do not trickle look there whether we know ICE. @source RFC 8839 §4.2.1.2, §4.2.5
void describe_candidates(SdpMedia& media, const std::vector<ice::Candidate>& candidates, bool all);

/// What a transport needs of the far end's description. @error kMalformed: credentials or fingerprint are missing.
struct TransportParameters {
  std::size_t section = 0;
  ice::Credentials credentials;
  std::vector<dtls::Fingerprint> fingerprints;
  Setup setup = Setup::kActPass;
};
Result<TransportParameters> transport_parameters(const Sdp& remote);

/// Our DTLS role after an answer. @param answer  the setup of the answer. @error kMalformed: actpass or holdconn in an
/// answer.
Result<dtls::Role> dtls_role(Setup answer, bool we_answer);

/// What the voice stream has to do, once offer and answer are there. The answer's first voice codec is sent.
/// @param max_bitrate_bps  the bound of our own; 0: none.
VoiceParameters voice_parameters(std::span<const audio::CodecDescription> supported, const SdpMedia& local,
                                 const SdpMedia& remote, bool we_answer, int max_bitrate_bps = 0);

}  // namespace sidetone::media::peer
