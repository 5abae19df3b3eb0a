#include "media/peer/negotiation.hpp"

#include <algorithm>
#include <array>

#include "media/rtp/header_extensions.hpp"

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
         ours.sdp_channels == theirs.channels;
}

const audio::CodecDescription* find_ours(std::span<const audio::CodecDescription> supported, const SdpCodec& theirs) {
  const auto found =
      std::find_if(supported.begin(), supported.end(), [&](const auto& ours) { return same_codec(ours, theirs); });
  return found == supported.end() ? nullptr : &*found;
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

struct OwnExtension {
  std::string_view uri;
  std::uint8_t id;  // as Chromium numbers them
};
constexpr std::array<OwnExtension, 2> kExtensions{{{rtp::kAudioLevelUri, 1}, {rtp::kMidUri, 4}}};

const SdpExtension* find_extension(const SdpMedia& media, std::string_view uri) {
  const auto found = std::find_if(media.extensions.begin(), media.extensions.end(),
                                  [&](const auto& extension) { return extension.uri == uri; });
  return found == media.extensions.end() ? nullptr : &*found;
}

audio::CodecBinding binding(const SdpCodec& codec, const audio::CodecDescription& ours, std::string parameters) {
  return {codec.payload_type, ours.name, codec.clock_rate_hz, std::move(parameters)};
}

/// What a packet holds: the longest that we can do within both wishes. @source RFC 8866 §6.4
Milliseconds packet_time(std::optional<std::uint16_t> wanted_ms, std::optional<std::uint16_t> most_ms) {
  constexpr std::array<std::uint16_t, 4> kPossible{60, 40, 20, 10};  // of AudioEngine::add_leg
  constexpr std::uint16_t kUsual = 20;
  const bool sensible = wanted_ms && *wanted_ms >= kPossible.back();
  const std::uint16_t limit = std::min(sensible ? *wanted_ms : kUsual, most_ms.value_or(kPossible.front()));
  for (const auto possible : kPossible)
    if (possible <= limit) return Milliseconds{possible};
  return Milliseconds{kPossible.back()};
}

}  // namespace

bool sends(Direction direction) { return direction == Direction::kSendRecv || direction == Direction::kSendOnly; }
bool receives(Direction direction) { return direction == Direction::kSendRecv || direction == Direction::kRecvOnly; }

Direction make_direction(bool send, bool receive) {
  if (send) return receive ? Direction::kSendRecv : Direction::kSendOnly;
  return receive ? Direction::kRecvOnly : Direction::kInactive;
}

Direction reversed(Direction direction) { return make_direction(receives(direction), sends(direction)); }
Direction common(Direction a, Direction b) { return make_direction(sends(a) && sends(b), receives(a) && receives(b)); }

std::vector<SdpCodec> offered_codecs(std::span<const audio::CodecDescription> supported,
                                     const SdpMedia* earlier_remote) {
  std::vector<SdpCodec> codecs;
  std::vector<std::uint8_t> taken;
  if (earlier_remote != nullptr)
    for (const auto& codec : earlier_remote->codecs) taken.push_back(codec.payload_type);
  const auto is_free = [&](std::uint8_t type) { return std::find(taken.begin(), taken.end(), type) == taken.end(); };
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
      codec.payload_type = kOpusPayloadType;
      for (std::uint8_t type = kFirstDynamic; !is_free(codec.payload_type) && type <= kLastDynamic; ++type)
        codec.payload_type = type;
      taken.push_back(codec.payload_type);
    }
    codecs.push_back(std::move(codec));
  }
  for (const OwnEvents& own : kEvents) {
    SdpCodec events{own.payload_type, std::string(kEventsName), own.clock_rate_hz, 1, std::string(kEventsOfKeys)};
    const SdpCodec* earlier = nullptr;
    if (earlier_remote != nullptr)
      for (const auto& theirs : earlier_remote->codecs)
        if (earlier == nullptr && is_events(theirs) && theirs.clock_rate_hz == own.clock_rate_hz) earlier = &theirs;
    if (earlier != nullptr) {
      events.payload_type = earlier->payload_type;
    } else {
      for (std::uint8_t type = kFirstDynamic; !is_free(events.payload_type) && type <= kLastDynamic; ++type)
        events.payload_type = type;
      taken.push_back(events.payload_type);
    }
    codecs.push_back(std::move(events));
  }
  return codecs;
}

std::vector<SdpCodec> answered_codecs(std::span<const audio::CodecDescription> supported, const SdpMedia& offer) {
  std::vector<SdpCodec> codecs;
  for (const auto& theirs : offer.codecs) {
    const audio::CodecDescription* ours = find_ours(supported, theirs);
    if (is_events(theirs))
      codecs.push_back({theirs.payload_type, theirs.name, theirs.clock_rate_hz, 1, std::string(kEventsOfKeys)});
    if (ours == nullptr) continue;
    codecs.push_back(
        {theirs.payload_type, theirs.name, theirs.clock_rate_hz, theirs.channels, ours->format_parameters});
  }
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

Status check_audio(std::span<const audio::CodecDescription> supported, const SdpMedia& media) {
  const auto refuse = [&](std::string text) {
    return Error{ErrorCode::kUnsupported, std::move(text), "m=" + media.kind};
  };
  if (media.protocol.find("RTP/SAVP") == std::string::npos) return refuse("only RTP/SAVPF is spoken");
  if (!media.rtcp_mux && !media.rtcp_mux_only) return refuse("rtcp-mux is needed");
  if (std::none_of(media.codecs.begin(), media.codecs.end(),
                   [&](const SdpCodec& codec) { return find_ours(supported, codec) != nullptr; }))
    return refuse("no common codec");
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
                                 const SdpMedia& remote, bool we_answer) {
  VoiceParameters voice;
  const Direction direction = common(local.direction, reversed(remote.direction));
  const SdpMedia& answer = we_answer ? local : remote;
  if (sends(direction)) {
    // The far end's payload type and parameters; of what it offered only what was answered.
    for (const auto& theirs : remote.codecs) {
      const audio::CodecDescription* ours = find_ours(supported, theirs);
      const bool answered = std::any_of(answer.codecs.begin(), answer.codecs.end(), [&](const SdpCodec& codec) {
        return ours != nullptr && same_codec(*ours, codec);
      });
      if (!answered) continue;
      voice.send = binding(theirs, *ours, theirs.format_parameters);
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
        voice.receive.push_back(binding(codec, *ours, codec.format_parameters));
    for (const auto& codec : local.codecs)
      if (is_events(codec)) voice.receive_events.push_back({codec.payload_type, codec.clock_rate_hz});
  }
  voice.packet_time = packet_time(remote.packet_time_ms, remote.max_packet_time_ms);
  const auto id_of = [&](std::string_view uri) -> std::uint8_t {
    const SdpExtension* ours = find_extension(local, uri);
    const SdpExtension* theirs = find_extension(remote, uri);
    return ours != nullptr && theirs != nullptr ? find_extension(answer, uri)->id : std::uint8_t{0};
  };
  voice.audio_level_id = id_of(rtp::kAudioLevelUri);
  voice.mid_id = id_of(rtp::kMidUri);
  voice.mid = local.mid;
  return voice;
}

}  // namespace sidetone::media::peer
