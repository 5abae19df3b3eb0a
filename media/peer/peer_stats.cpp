#include <algorithm>
#include <array>
#include <vector>

#include "media/peer/json_writer.hpp"
#include "media/peer/peer_connection_impl.hpp"

/// getStats: names, units and references of https://www.w3.org/TR/webrtc-stats/.
namespace sidetone::media::peer {
namespace {

constexpr std::string_view kTransportId = "T0";
constexpr std::string_view kRtcpTransportId = "T1";  // where RTCP is not multiplexed
constexpr std::string_view kPairId = "P0";
constexpr std::string_view kRtcpPairId = "P1";
constexpr std::string_view kOwnCertificateId = "CL";
constexpr std::string_view kFarCertificateId = "CR";
constexpr std::string_view kSourceId = "S0";

std::string base64(const std::vector<std::uint8_t>& bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? bytes[i + j] : 0u);
    for (std::size_t j = 0; j < 4; ++j) out += j <= count ? kAlphabet[group >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

std::string codec_id(bool outgoing, unsigned payload_type) {
  return (outgoing ? "CO" : "CI") + std::to_string(payload_type);
}

/// Ids are built from what a candidate is, so that they stay the same from one report to the next.
std::string candidate_id(bool local, const ice::Candidate& candidate) {
  return (local ? "L:" : "R:") + std::string(ice::type_name(candidate.type)) + ':' + candidate.address + ':' +
         std::to_string(candidate.port);
}

std::string_view dtls_state_name(dtls::State state) {
  constexpr std::array<std::string_view, 5> kNames{"new", "connecting", "connected", "closed", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string_view ice_state_name(IceConnectionState state) {
  constexpr std::array<std::string_view, 7> kNames{"new",          "checking", "connected", "completed",
                                                   "disconnected", "failed",   "closed"};
  return kNames[static_cast<std::size_t>(state)];
}

void write_candidate(JsonDictionaries& out, bool local, const ice::Candidate& candidate, double now) {
  out.begin(local ? "local-candidate" : "remote-candidate", candidate_id(local, candidate), now);
  out.member("transportId", kTransportId);
  out.member("address", candidate.address);
  out.member("port", candidate.port);
  out.member("protocol", candidate.protocol == ice::Protocol::kUdp ? "udp" : "tcp");
  out.member("candidateType", ice::type_name(candidate.type));
  out.member("priority", candidate.priority);
  out.member("foundation", candidate.foundation);
  if (!candidate.related_address.empty()) {
    out.member("relatedAddress", candidate.related_address);
    out.member("relatedPort", candidate.related_port);
  }
  out.end();
}

void write_certificate(JsonDictionaries& out, std::string_view id, const std::vector<std::uint8_t>& der,
                       const dtls::Fingerprint& fingerprint, double now) {
  out.begin("certificate", id, now);
  const std::string text = dtls::to_string(fingerprint);
  out.member("fingerprint", text.substr(text.find(' ') + 1));
  out.member("fingerprintAlgorithm", fingerprint.algorithm);
  out.member("base64Certificate", base64(der));
  out.end();
}

void write_codec(JsonDictionaries& out, bool outgoing, const audio::CodecBinding& codec, double now) {
  out.begin("codec", codec_id(outgoing, codec.payload_type), now);
  out.member("payloadType", codec.payload_type);
  out.member("transportId", kTransportId);
  out.member("mimeType", "audio/" + codec.name);
  out.member("clockRate", codec.clock_rate_hz);
  out.member("channels", codec.name == "opus" ? 2 : 1);
  if (!codec.format_parameters.empty()) out.member("sdpFmtpLine", codec.format_parameters);
  out.end();
}

void write_traffic(JsonDictionaries& out, const Transport::Figures& figures) {
  out.member("packetsSent", figures.packets_sent);
  out.member("packetsReceived", figures.packets_received);
  out.member("bytesSent", figures.bytes_sent);
  out.member("bytesReceived", figures.bytes_received);
}

/// What one association has come to.
void write_association(JsonDictionaries& out, const DtlsSrtp& association, const srtp::SrtpSession* srtp) {
  out.member("dtlsState", dtls_state_name(association.state()));
  if (association.state() == dtls::State::kConnected) {
    out.member("remoteCertificateId", kFarCertificateId);
    out.member("tlsVersion", association.dtls().version_hex());
    out.member("dtlsCipher", association.dtls().cipher_name());
  }
  if (srtp == nullptr) return;
  out.member("srtpCipher", srtp::suite_name(srtp->suite()));
  // Not in the W3C's list: what was refused.
  out.member("srtpAuthenticationFailures", srtp->counters().authentication_failures);
  out.member("srtpReplays", srtp->counters().replays);
}

void write_rtcp_transport(JsonDictionaries& out, const Transport& transport, bool paired, double now) {
  const Transport::Figures& figures = transport.rtcp_figures();
  const DtlsSrtp& association = *transport.rtcp_association();
  out.begin("transport", kRtcpTransportId, now);
  write_traffic(out, figures);
  if (paired) out.member("selectedCandidatePairId", kRtcpPairId);
  out.member("selectedCandidatePairChanges", figures.pair_changes);
  out.member("localCertificateId", kOwnCertificateId);
  write_association(out, association, association.srtp());
  out.member("packetsDiscardedOnSend", figures.packets_discarded_on_send);
  out.end();
}

void write_transport(JsonDictionaries& out, const Transport& transport, const States& states, bool paired, double now) {
  const Transport::Figures& figures = transport.figures();
  out.begin("transport", kTransportId, now);
  if (transport.separate_rtcp()) out.member("rtcpTransportStatsId", kRtcpTransportId);
  write_traffic(out, figures);
  out.member("iceState", ice_state_name(states.ice));
  if (const auto* ice = transport.active_ice()) {
    out.member("iceRole", ice->controlling() ? "controlling" : "controlled");
    out.member("iceLocalUsernameFragment", ice->local().ufrag);
  }
  if (paired) out.member("selectedCandidatePairId", kPairId);
  out.member("selectedCandidatePairChanges", figures.pair_changes);
  if (const DirectPath* direct = transport.direct()) {
    // Not in the W3C's list: how often the far end was found at another address, and what came from nobody.
    out.member("addressesLearnt", direct->figures().latched);
    out.member("strayPackets", direct->figures().strays);
  }
  if (transport.keying() == Keying::kDtls) out.member("localCertificateId", kOwnCertificateId);
  if (const auto role = transport.dtls_role())
    out.member("dtlsRole", *role == dtls::Role::kClient ? "client" : "server");
  write_association(out, transport.association(), transport.srtp());
  out.member("packetsDiscardedOnSend", figures.packets_discarded_on_send);
  out.end();
}

/// Not in the W3C's list: R factor and mean opinion scores of ITU-T G.107 at the end that listens.
void write_opinion(JsonDictionaries& out, const std::optional<Opinion>& opinion) {
  if (!opinion) return;
  out.member("rFactor", opinion->rating);
  out.member("mosListening", opinion->listening);
  out.member("mosConversational", opinion->conversational);
}

void write_outbound(JsonDictionaries& out, const VoiceStream& voice, const std::string& mid,
                    const std::optional<audio::LegStats>& leg, double now) {
  const rtp::RtcpSession& reports = voice.reports();
  const std::string id = "OT" + std::to_string(voice.ssrc());
  out.begin("media-source", kSourceId, now);
  out.member("kind", "audio");
  if (leg) out.member("audioLevel", leg->sent_level);
  out.end();
  out.begin("outbound-rtp", id, now);
  out.member("kind", "audio");
  out.member("ssrc", voice.ssrc());
  out.member("mid", mid);
  out.member("transportId", kTransportId);
  out.member("mediaSourceId", kSourceId);
  if (voice.parameters().send) out.member("codecId", codec_id(true, voice.parameters().send->payload_type));
  if (reports.remote()) out.member("remoteId", "RI" + std::to_string(voice.ssrc()));
  out.member("packetsSent", reports.packets_sent());
  out.member("bytesSent", reports.payload_bytes_sent());
  out.member("headerBytesSent", reports.header_bytes_sent());
  out.member("retransmittedPacketsSent", 0);
  // Not in the W3C's list: packets with copies of the ones before (RFC 2198), and what these take of bytesSent.
  out.member("redundantPacketsSent", voice.copies().packets());
  out.member("redundantBytesSent", voice.copies().bytes());
  out.member("active", voice.parameters().send.has_value());
  out.end();
  const auto& remote = reports.remote();
  if (!remote) return;
  out.begin("remote-inbound-rtp", "RI" + std::to_string(voice.ssrc()), now);
  out.member("kind", "audio");
  out.member("ssrc", voice.ssrc());
  out.member("transportId", kTransportId);
  out.member("localId", id);
  if (voice.parameters().send) out.member("codecId", codec_id(true, voice.parameters().send->payload_type));
  out.member("packetsLost", remote->block.cumulative_lost);
  out.member("fractionLost", remote->block.fraction_lost / 256.0);
  if (const std::uint32_t clock = reports.clock_rate_sent_hz(); clock != 0)
    out.member("jitter", static_cast<double>(remote->block.jitter) / clock);
  if (remote->round_trip_s) out.member("roundTripTime", *remote->round_trip_s);
  out.member("totalRoundTripTime", remote->total_round_trip_s);
  out.member("roundTripTimeMeasurements", remote->round_trip_measurements);
  out.member("roundTripTimesRefused", remote->round_trips_refused);
  write_opinion(out, voice.quality().there());
  out.end();
}

void write_inbound(JsonDictionaries& out, const VoiceStream& voice, const std::string& mid,
                   const std::optional<audio::LegStats>& leg, double now) {
  const auto& received = voice.reports().received();
  if (!received) return;
  out.begin("inbound-rtp", "IT" + std::to_string(received->ssrc()), now);
  out.member("kind", "audio");
  out.member("ssrc", received->ssrc());
  out.member("mid", mid);
  out.member("transportId", kTransportId);
  out.member("codecId", codec_id(false, voice.last_payload_type()));
  out.member("packetsReceived", received->packets());
  out.member("packetsLost", received->lost());
  out.member("jitter", received->jitter_s());
  out.member("bytesReceived", received->payload_bytes());
  out.member("headerBytesReceived", received->header_bytes());
  out.member("fecPacketsReceived", voice.copies_received());
  if (leg) {
    constexpr double kPlayoutRateHz = 48'000;
    out.member("packetsDiscarded", leg->packets_discarded);
    out.member("totalSamplesReceived", leg->samples_played);
    out.member("totalSamplesDuration", static_cast<double>(leg->samples_played) / kPlayoutRateHz);
    out.member("concealedSamples", leg->samples_concealed);
    out.member("concealmentEvents", leg->concealment_events);
    out.member("insertedSamplesForDeceleration", leg->samples_inserted);
    out.member("removedSamplesForAcceleration", leg->samples_removed);
    out.member("jitterBufferDelay", leg->jitter_buffer_delay_s);
    out.member("jitterBufferTargetDelay",
               leg->jitter_buffer_target_s * static_cast<double>(leg->jitter_buffer_emitted));
    out.member("jitterBufferEmittedCount", leg->jitter_buffer_emitted);
    out.member("audioLevel", leg->received_level);
    // Not in the W3C's list: keys that were no keys or too many; and when the first decoded packet went to the device,
    // on the clock of `timestamp`'s monotonic part.
    out.member("keysRefused", leg->keys_refused);
    if (leg->first_played) out.member("firstPlayedUs", leg->first_played->since_zero.count());
  }
  write_opinion(out, voice.quality().here());
  out.end();
}

}  // namespace

std::string PeerConnectionImpl::stats_json() const {
  const double now = static_cast<double>(made_wall_.unix_seconds) * 1000.0 +
                     static_cast<double>((engine_.clock.now() - made_at_).count()) / 1000.0;
  JsonDictionaries out;
  out.begin("peer-connection", "PC", now);
  const auto channels = channels_.figures();
  out.member("dataChannelsOpened", channels_.opened_ever());
  out.member("dataChannelsClosed", channels_.opened_ever() - channels.size());
  out.end();

  const ice::IceTransport* ice = transport_.active_ice();
  const auto pair = ice != nullptr ? ice->selected() : std::nullopt;
  const auto rtcp_pair = ice != nullptr ? ice->selected(ice::Component::kRtcp) : std::nullopt;
  if (ice != nullptr) {
    auto locals = ice->local_candidates();
    auto remotes = ice->remote_candidates();
    const auto add_missing = [](std::vector<ice::Candidate>& list, bool local, const ice::Candidate& candidate) {
      if (std::none_of(list.begin(), list.end(),
                       [&](const auto& item) { return candidate_id(local, item) == candidate_id(local, candidate); }))
        list.push_back(candidate);
    };
    for (const auto& selected : {pair, rtcp_pair}) {
      if (!selected) continue;
      add_missing(locals, true, selected->local);
      add_missing(remotes, false, selected->remote);
    }
    for (const auto& candidate : locals) write_candidate(out, true, candidate, now);
    for (const auto& candidate : remotes) write_candidate(out, false, candidate, now);
  }
  const auto begin_pair = [&](std::string_view id, std::string_view transport, const ice::SelectedPair& selected,
                              const Transport::Figures& figures) {
    out.begin("candidate-pair", id, now);
    out.member("transportId", transport);
    out.member("localCandidateId", candidate_id(true, selected.local));
    out.member("remoteCandidateId", candidate_id(false, selected.remote));
    out.member("state", "succeeded");
    out.member("nominated", true);
    write_traffic(out, figures);
  };
  if (pair) {
    begin_pair(kPairId, kTransportId, *pair, transport_.figures());
    if (const auto& remote = voice_.reports().remote(); remote && remote->round_trip_s)
      out.member("currentRoundTripTime", *remote->round_trip_s);
    if (const int available = voice_.bandwidth().available_bps(); available != 0)
      out.member("availableOutgoingBitrate", static_cast<std::uint64_t>(available));
    out.end();
  }
  if (rtcp_pair) {
    begin_pair(kRtcpPairId, kRtcpTransportId, *rtcp_pair, transport_.rtcp_figures());
    out.end();
  }
  write_transport(out, transport_, states_, pair.has_value(), now);
  if (transport_.separate_rtcp()) write_rtcp_transport(out, transport_, rtcp_pair.has_value(), now);
  if (transport_.keying() == Keying::kDtls)
    write_certificate(out, kOwnCertificateId, transport_.certificate().der(), transport_.certificate().fingerprint(),
                      now);
  if (transport_.dtls_state() == dtls::State::kConnected) {
    const dtls::DtlsTransport& dtls = transport_.association().dtls();
    if (const auto fingerprint = dtls.remote_fingerprint())
      write_certificate(out, kFarCertificateId, dtls.remote_certificate(), *fingerprint, now);
  }

  const Transceiver* transceiver = audio_transceiver();
  if (transceiver != nullptr && transceiver->current) {
    const auto leg = voice_.leg_stats();
    if (voice_.parameters().send) write_codec(out, true, *voice_.parameters().send, now);
    for (const auto& codec : voice_.parameters().receive) write_codec(out, false, codec, now);
    write_outbound(out, voice_, transceiver->mid, leg, now);
    write_inbound(out, voice_, transceiver->mid, leg, now);
  }
  for (const auto& channel : channels) {
    out.begin("data-channel", "D" + std::to_string(channel.id), now);
    out.member("label", channel.label);
    out.member("protocol", channel.protocol);
    if (channel.stream) out.member("dataChannelIdentifier", *channel.stream);
    out.member("state", channel.state);
    out.member("messagesSent", channel.messages_sent);
    out.member("messagesReceived", channel.messages_received);
    out.member("bytesSent", channel.bytes_sent);
    out.member("bytesReceived", channel.bytes_received);
    out.end();
  }
  return out.take();
}

}  // namespace sidetone::media::peer
