#include "media/peer/negotiation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "media/codec/codec.hpp"
#include "media/rtp/header_extensions.hpp"
#include "media/rtp/transport_feedback.hpp"

namespace sidetone::media::peer {
namespace {

constexpr std::uint8_t kFirstDynamic = 96;
constexpr std::uint8_t kLastDynamic = 127;
constexpr std::uint8_t kOpusPayloadType = 111;  // what browsers use; any dynamic one would do

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool same_codec(const audio::CodecDescription& ours, const SdpCodec& theirs) {
  return same_name(ours.name, theirs.name) && ours.clock_rate_hz == theirs.clock_rate_hz &&
         ours.sdp_channels == theirs.channels && codec::same_format(ours.format_parameters, theirs.format_parameters);
}

const audio::CodecDescription* find_ours(std::span<const audio::CodecDescription> supported, const SdpCodec& theirs) {
  const auto found =
      std::find_if(supported.begin(), supported.end(), [&](const auto& ours) { return same_codec(ours, theirs); });
  return found == supported.end() ? nullptr : &*found;
}

const audio::CodecDescription* find_voice(std::span<const audio::CodecDescription> supported, const SdpCodec& theirs) {
  const audio::CodecDescription* ours = find_ours(supported, theirs);
  return ours == nullptr || ours->comfort_noise ? nullptr : ours;
}

// RFC 4733 §2.4.1. A payload type a clock, as RFC 7160 §4.2 wants them to be the codecs'; numbers as Chromium's.
constexpr std::string_view kEventsName = "telephone-event";
constexpr std::string_view kEventsOfKeys = "0-15";
struct OwnEvents {
  std::uint32_t clock_rate_hz;
  std::uint8_t payload_type;
};
constexpr std::array<OwnEvents, 2> kEvents{{{48000, 110}, {8000, 126}}};

bool is_events(const SdpCodec& codec) {
  return same_name(codec.name, kEventsName) && codec.channels == 1 &&
         std::any_of(kEvents.begin(), kEvents.end(),
                     [&](const OwnEvents& own) { return own.clock_rate_hz == codec.clock_rate_hz; });
}

// RFC 2198 §5, for Opus as Chromium does: the same codec as voice and as copy, RED with Opus's clock and channels.
constexpr std::string_view kRedName = "red";
constexpr std::string_view kRedCodec = "opus";
constexpr std::uint8_t kRedPayloadType = 63;

bool is_red(const SdpCodec& codec) {
  return same_name(codec.name, kRedName) && codec.clock_rate_hz == kRedClockRateHz && codec.channels == 2;
}

std::string red_parameters(std::uint8_t payload_type) {
  return std::to_string(payload_type) + '/' + std::to_string(payload_type);
}

const SdpCodec* find_red(const SdpMedia& media) {
  const auto found = std::find_if(media.codecs.begin(), media.codecs.end(), is_red);
  return found == media.codecs.end() ? nullptr : &*found;
}

/// The codec of which a section's RED is made; nullptr: there is none, or it is made of several.
const SdpCodec* codec_of_red(const SdpMedia& media) {
  const SdpCodec* red = find_red(media);
  if (red == nullptr) return nullptr;
  const auto found = std::find_if(media.codecs.begin(), media.codecs.end(), [&](const SdpCodec& codec) {
    return same_name(codec.name, kRedCodec) && red->format_parameters == red_parameters(codec.payload_type);
  });
  return found == media.codecs.end() ? nullptr : &*found;
}

bool takes_deep_redundancy(const SdpCodec& codec) {
  return codec::format_parameter_number(codec.format_parameters, codec::kDeepRedundancyParameter).value_or(0) > 0;
}

/// Deep redundancy is for ends that both know of it.
std::string own_parameters(const std::string& ours, const SdpCodec* theirs) {
  if (theirs != nullptr && takes_deep_redundancy(*theirs)) return ours;
  return codec::without_format_parameter(ours, codec::kDeepRedundancyParameter);
}

struct OwnExtension {
  std::string_view uri;
  std::uint8_t id;  // as Chromium numbers them
};
constexpr std::array<OwnExtension, 3> kExtensions{
    {{rtp::kAudioLevelUri, 1}, {rtp::kTransportSequenceUri, 3}, {rtp::kMidUri, 4}}};

const SdpExtension* find_extension(const SdpMedia& media, std::string_view uri) {
  const auto found = std::find_if(media.extensions.begin(), media.extensions.end(),
                                  [&](const auto& extension) { return extension.uri == uri; });
  return found == media.extensions.end() ? nullptr : &*found;
}

audio::CodecBinding binding(const SdpCodec& codec, const audio::CodecDescription& ours, std::string parameters) {
  return {codec.payload_type, ours.name, codec.clock_rate_hz, std::move(parameters)};
}

const SdpCodec* find_theirs(const SdpMedia& remote, const audio::CodecDescription& ours) {
  const auto found = std::find_if(remote.codecs.begin(), remote.codecs.end(),
                                  [&](const SdpCodec& codec) { return same_codec(ours, codec); });
  return found == remote.codecs.end() ? nullptr : &*found;
}

/// The far end's payload type of CN, where both have it at that clock.
std::optional<std::uint8_t> comfort_noise_type(const SdpMedia& answer, const SdpMedia& remote,
                                               std::uint32_t clock_rate_hz) {
  const auto find = [&](const SdpMedia& media) {
    return std::find_if(media.codecs.begin(), media.codecs.end(), [&](const SdpCodec& codec) {
      return is_comfort_noise(codec.name) && codec.clock_rate_hz == clock_rate_hz;
    });
  };
  const auto theirs = find(remote);
  if (theirs == remote.codecs.end() || find(answer) == answer.codecs.end()) return std::nullopt;
  return theirs->payload_type;
}

/// What a packet holds: the longest that the codec has within both wishes. @source RFC 8866 §6.4, RFC 7587 §6.1
/// (minptime)
Milliseconds packet_time(const audio::CodecDescription& ours, const SdpCodec& theirs,
                         std::optional<std::uint16_t> wanted_ms, std::optional<std::uint16_t> most_ms) {
  constexpr std::uint16_t kUsual = 20;
  const std::vector<std::uint16_t>& possible = ours.packet_times;
  const auto least = static_cast<std::uint16_t>(
      std::clamp(codec::format_parameter_number(theirs.format_parameters, "minptime").value_or(0), 0, 1000));
  const bool sensible = wanted_ms && *wanted_ms >= possible.front();
  const std::uint16_t wish = std::max(sensible ? *wanted_ms : kUsual, least);
  const std::uint16_t limit = std::min(wish, most_ms.value_or(possible.back()));
  std::uint16_t best = possible.front();
  for (const std::uint16_t ms : possible)
    if (ms <= limit) best = ms;
  return Milliseconds{best};
}

/// The far end's bound of the payloads' bits. @source RFC 3890 §6.2; RFC 8866 §5.8: AS has the headers in it
int bitrate_bound(const SdpMedia& remote, Milliseconds packet_time) {
  constexpr std::uint32_t kMost = 510'000;                 // RFC 7587 §3.1.1
  constexpr std::int64_t kHeaderBits = 8 * (20 + 8 + 12);  // IPv4, UDP, RTP
  std::uint32_t bound = 0;
  if (remote.bandwidth_bps) bound = std::clamp(*remote.bandwidth_bps, 1U, kMost);
  if (remote.session_bandwidth_bps) {
    const std::int64_t left = std::int64_t{*remote.session_bandwidth_bps} - kHeaderBits * 1000 / packet_time.count();
    const auto within = static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 1, kMost));
    bound = bound == 0 ? within : std::min(bound, within);
  }
  return static_cast<int>(bound);
}

}  // namespace

bool multiplexes_rtcp(const SdpMedia& media) { return media.rtcp_mux || media.rtcp_mux_only; }

bool sends(Direction direction) { return direction == Direction::kSendRecv || direction == Direction::kSendOnly; }
bool receives(Direction direction) { return direction == Direction::kSendRecv || direction == Direction::kRecvOnly; }

Direction make_direction(bool send, bool receive) {
  if (send) return receive ? Direction::kSendRecv : Direction::kSendOnly;
  return receive ? Direction::kRecvOnly : Direction::kInactive;
}

Direction reversed(Direction direction) { return make_direction(receives(direction), sends(direction)); }
Direction common(Direction a, Direction b) { return make_direction(sends(a) && sends(b), receives(a) && receives(b)); }

bool is_comfort_noise(std::string_view name) { return same_name(name, "CN"); }

std::vector<audio::CodecDescription> allowed_codecs(const std::vector<audio::CodecDescription>& supported,
                                                    std::span<const std::string> names) {
  if (names.empty()) return supported;
  std::vector<audio::CodecDescription> allowed;
  for (const std::string& name : names)
    for (const auto& codec : supported)
      if (!codec.comfort_noise && same_name(codec.name, name)) allowed.push_back(codec);
  const bool pauses =
      std::any_of(allowed.begin(), allowed.end(), [](const auto& codec) { return codec.pauses_by_comfort_noise; });
  for (const auto& codec : supported)
    if (pauses && codec.comfort_noise) allowed.push_back(codec);
  return allowed;
}

std::vector<SdpCodec> offered_codecs(std::span<const audio::CodecDescription> supported,
                                     const SdpMedia* earlier_remote) {
  std::vector<SdpCodec> codecs;
  std::vector<std::uint8_t> taken;
  if (earlier_remote != nullptr)
    for (const auto& codec : earlier_remote->codecs) taken.push_back(codec.payload_type);
  const auto is_free = [&](std::uint8_t type) { return std::find(taken.begin(), taken.end(), type) == taken.end(); };
  const auto take_free = [&](std::uint8_t wanted) {
    for (std::uint8_t type = kFirstDynamic; !is_free(wanted) && type <= kLastDynamic; ++type) wanted = type;
    taken.push_back(wanted);
    return wanted;
  };
  for (const auto& ours : supported) {
    SdpCodec codec{0, ours.name, ours.clock_rate_hz, ours.sdp_channels, ours.format_parameters};
    const SdpCodec* earlier = nullptr;
    if (earlier_remote != nullptr)
      for (const auto& theirs : earlier_remote->codecs)
        if (earlier == nullptr && same_codec(ours, theirs)) earlier = &theirs;
    if (earlier != nullptr) {
      codec.payload_type = earlier->payload_type;
    } else if (ours.static_payload_type) {
      codec.payload_type = *ours.static_payload_type;
    } else {
      codec.payload_type = take_free(kOpusPayloadType);
    }
    codecs.push_back(std::move(codec));
    if (!same_name(ours.name, kRedCodec)) continue;
    const SdpCodec* earlier_red = earlier_remote != nullptr ? find_red(*earlier_remote) : nullptr;
    const std::uint8_t red = earlier_red != nullptr ? earlier_red->payload_type : take_free(kRedPayloadType);
    codecs.push_back({red, std::string(kRedName), kRedClockRateHz, 2, red_parameters(codecs.back().payload_type)});
  }
  for (const OwnEvents& own : kEvents) {
    SdpCodec events{own.payload_type, std::string(kEventsName), own.clock_rate_hz, 1, std::string(kEventsOfKeys)};
    const SdpCodec* earlier = nullptr;
    if (earlier_remote != nullptr)
      for (const auto& theirs : earlier_remote->codecs)
        if (earlier == nullptr && is_events(theirs) && theirs.clock_rate_hz == own.clock_rate_hz) earlier = &theirs;
    events.payload_type = earlier != nullptr ? earlier->payload_type : take_free(own.payload_type);
    codecs.push_back(std::move(events));
  }
  return codecs;
}

std::vector<SdpCodec> answered_codecs(std::span<const audio::CodecDescription> supported, const SdpMedia& offer,
                                      bool in_our_order) {
  std::vector<SdpCodec> codecs;
  const SdpCodec* within_red = codec_of_red(offer);
  if (within_red != nullptr && find_voice(supported, *within_red) == nullptr) within_red = nullptr;
  const auto place = [&](const SdpCodec& codec) {
    const audio::CodecDescription* ours =
        find_ours(supported, is_red(codec) && within_red != nullptr ? *within_red : codec);
    return ours == nullptr ? supported.size() : static_cast<std::size_t>(ours - supported.data());
  };
  for (const auto& theirs : offer.codecs) {
    const audio::CodecDescription* ours = find_ours(supported, theirs);
    if (is_events(theirs))
      codecs.push_back({theirs.payload_type, theirs.name, theirs.clock_rate_hz, 1, std::string(kEventsOfKeys)});
    if (within_red != nullptr && &theirs == find_red(offer)) codecs.push_back(theirs);
    if (ours == nullptr) continue;
    codecs.push_back({theirs.payload_type, theirs.name, theirs.clock_rate_hz, theirs.channels,
                      own_parameters(ours->format_parameters, &theirs)});
  }
  if (in_our_order)
    std::stable_sort(codecs.begin(), codecs.end(),
                     [&](const SdpCodec& a, const SdpCodec& b) { return place(a) < place(b); });
  return codecs;
}

std::vector<SdpExtension> offered_extensions(const SdpMedia* earlier_remote) {
  std::vector<SdpExtension> out;
  for (const auto& own : kExtensions) {
    const SdpExtension* earlier = earlier_remote != nullptr ? find_extension(*earlier_remote, own.uri) : nullptr;
    out.push_back({earlier != nullptr ? earlier->id : own.id, std::string(own.uri), Direction::kSendRecv});
  }
  return out;
}

std::vector<SdpExtension> answered_extensions(const SdpMedia& offer) {
  std::vector<SdpExtension> out;
  for (const auto& extension : offer.extensions)
    for (const auto& own : kExtensions)
      if (extension.uri == own.uri) out.push_back({extension.id, extension.uri, reversed(extension.direction)});
  return out;
}

bool has_common_voice(std::span<const audio::CodecDescription> supported, const SdpMedia& media) {
  return std::any_of(media.codecs.begin(), media.codecs.end(),
                     [&](const SdpCodec& codec) { return find_voice(supported, codec) != nullptr; });
}

Status check_audio(std::span<const audio::CodecDescription> supported, const SdpMedia& media, bool separate_rtcp) {
  const auto refuse = [&](std::string text) {
    return Error{ErrorCode::kUnsupported, std::move(text), "m=" + media.kind};
  };
  if (media.protocol.find("RTP/SAVP") == std::string::npos) return refuse("only RTP/SAVPF is spoken");
  if (!separate_rtcp && !multiplexes_rtcp(media)) return refuse("rtcp-mux is needed");
  if (!has_common_voice(supported, media)) return refuse("no common codec");
  return {};
}

bool is_data_section(const SdpMedia& media) {
  return media.kind == "application" && media.protocol.find("DTLS/SCTP") != std::string::npos;
}

bool in_bundle(const Sdp& sdp, const std::string& mid) {
  return std::find(sdp.bundle.begin(), sdp.bundle.end(), mid) != sdp.bundle.end();
}

std::optional<std::size_t> transport_section(const Sdp& sdp) {
  for (std::size_t i = 0; i < sdp.media.size(); ++i) {
    const SdpMedia& media = sdp.media[i];
    if (media.rejected() || media.ice.ufrag.empty() || (media.kind != "audio" && !is_data_section(media))) continue;
    if (sdp.bundle.empty() || in_bundle(sdp, media.mid)) return i;
  }
  return std::nullopt;
}

bool separates_rtcp(const Sdp& offer) {
  const auto carrier = transport_section(offer);
  if (!carrier || offer.bundle.size() > 1) return false;
  return offer.media[*carrier].kind == "audio" && !multiplexes_rtcp(offer.media[*carrier]);
}

void describe_candidates(SdpMedia& media, const std::vector<ice::Candidate>& candidates, bool all) {
  media.candidates = candidates;
  media.end_of_candidates = all;
  const auto best = [&](ice::Component component) {
    // What is relayed is reached from anywhere, a reflexive address from more places than a host's own.
    const auto reach = [](const ice::Candidate& candidate) {
      const bool is_ipv4 = candidate.address.find(':') == std::string::npos;
      return std::pair{static_cast<int>(candidate.type), is_ipv4};
    };
    const ice::Candidate* found = nullptr;
    for (const auto& candidate : candidates)
      if (candidate.component == static_cast<std::uint32_t>(component) && candidate.protocol == ice::Protocol::kUdp &&
          (found == nullptr || reach(*found) < reach(candidate)))
        found = &candidate;
    return found;
  };
  const ice::Candidate* rtp = best(ice::Component::kRtp);
  const ice::Candidate* rtcp = multiplexes_rtcp(media) ? rtp : best(ice::Component::kRtcp);
  if (rtp != nullptr) {
    media.connection_address = rtp->address;
    media.port = rtp->port;
  }
  if (rtcp == nullptr || media.rtcp_port == 0) return;
  media.rtcp_address = rtcp->address;
  media.rtcp_port = rtcp->port;
}

Result<TransportParameters> transport_parameters(const Sdp& remote) {
  const auto malformed = [](std::string text) { return Error{ErrorCode::kMalformed, std::move(text), "sdp"}; };
  const auto section = transport_section(remote);
  if (!section) return malformed("no section has ICE credentials");
  const SdpMedia& media = remote.media[*section];
  if (media.ice.password.empty()) return malformed("ice-pwd is missing");
  if (media.fingerprints.empty()) return malformed("no fingerprint with an accepted hash");
  return TransportParameters{*section, media.ice, media.fingerprints, media.setup.value_or(Setup::kActPass)};
}

Result<dtls::Role> dtls_role(Setup answer, bool we_answer) {
  if (answer == Setup::kActive) return we_answer ? dtls::Role::kClient : dtls::Role::kServer;
  if (answer == Setup::kPassive) return we_answer ? dtls::Role::kServer : dtls::Role::kClient;
  return Error{ErrorCode::kMalformed, "setup of an answer is neither active nor passive", "sdp"};
}

VoiceParameters voice_parameters(std::span<const audio::CodecDescription> supported, const SdpMedia& local,
                                 const SdpMedia& remote, bool we_answer, int max_bitrate_bps) {
  VoiceParameters voice;
  voice.wants_voip_metrics = remote.wants_voip_metrics;
  const Direction direction = common(local.direction, reversed(remote.direction));
  const SdpMedia& answer = we_answer ? local : remote;
  if (sends(direction)) {
    // The far end's payload type and parameters; of what it offered only what was answered, the answer's order.
    for (const auto& agreed : answer.codecs) {
      const audio::CodecDescription* ours = find_voice(supported, agreed);
      const SdpCodec* theirs = ours != nullptr ? find_theirs(remote, *ours) : nullptr;
      if (theirs == nullptr) continue;
      voice.send = binding(*theirs, *ours, theirs->format_parameters);
      voice.send_deep_redundancy = takes_deep_redundancy(*theirs);
      if (codec_of_red(remote) == theirs && find_red(answer) != nullptr)
        voice.send_red = find_red(remote)->payload_type;
      voice.packet_time = packet_time(*ours, *theirs, remote.packet_time_ms, remote.max_packet_time_ms);
      voice.max_bitrate_bps = bitrate_bound(remote, voice.packet_time);
      if (max_bitrate_bps > 0 && (voice.max_bitrate_bps == 0 || max_bitrate_bps < voice.max_bitrate_bps))
        voice.max_bitrate_bps = max_bitrate_bps;
      if (ours->pauses_by_comfort_noise)
        voice.send_comfort_noise = comfort_noise_type(answer, remote, ours->clock_rate_hz);
      break;
    }
    for (const auto& theirs : remote.codecs) {
      const bool answered =
          is_events(theirs) && std::any_of(answer.codecs.begin(), answer.codecs.end(), [&](const SdpCodec& codec) {
            return is_events(codec) && codec.clock_rate_hz == theirs.clock_rate_hz;
          });
      if (!answered || !voice.send) continue;
      // Of the codec's own clock, or else of any: gateways are found that have 8000 alone.
      const bool fits = theirs.clock_rate_hz == voice.send->clock_rate_hz;
      if (fits || !voice.send_events)
        voice.send_events = audio::EventBinding{theirs.payload_type, theirs.clock_rate_hz};
      if (fits) break;
    }
  }
  if (receives(direction)) {
    for (const auto& codec : local.codecs)
      if (const auto* ours = find_ours(supported, codec))
        voice.receive.push_back(
            binding(codec, *ours, own_parameters(codec.format_parameters, find_theirs(remote, *ours))));
    if (codec_of_red(local) != nullptr && find_red(answer) != nullptr)
      voice.receive_red = find_red(local)->payload_type;
    for (const auto& codec : local.codecs)
      if (is_events(codec)) voice.receive_events.push_back({codec.payload_type, codec.clock_rate_hz});
  }
  const auto id_of = [&](std::string_view uri) -> std::uint8_t {
    const SdpExtension* ours = find_extension(local, uri);
    const SdpExtension* theirs = find_extension(remote, uri);
    return ours != nullptr && theirs != nullptr ? find_extension(answer, uri)->id : std::uint8_t{0};
  };
  voice.audio_level_id = id_of(rtp::kAudioLevelUri);
  voice.mid_id = id_of(rtp::kMidUri);
  // Feedback comes alone, without a report before it (RFC 5506).
  if (local.transport_feedback && remote.transport_feedback && remote.rtcp_reduced_size)
    voice.transport_sequence_id = id_of(rtp::kTransportSequenceUri);
  voice.mid = local.mid;
  return voice;
}

}  // namespace sidetone::media::peer
