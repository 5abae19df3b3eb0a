#include <algorithm>
#include <utility>

#include "media/peer/peer_connection_impl.hpp"
#include "media/rtp/transport_feedback.hpp"

namespace sidetone::media::peer {
namespace {

constexpr const char* kAudioProtocol = "UDP/TLS/RTP/SAVPF";
constexpr const char* kDataProtocol = "UDP/DTLS/SCTP";
constexpr const char* kDataNeedsMux = "data channels need rtcp-mux, which this call does not have";

Error wrong_state(std::string text) { return Error{ErrorCode::kConflict, std::move(text), "peer"}; }

}  // namespace

// --- Making descriptions ---

std::string PeerConnectionImpl::allocate_mid(const std::vector<Line>& lines) const {
  for (std::size_t i = 0;; ++i) {
    const std::string mid = std::to_string(i);
    if (std::none_of(lines.begin(), lines.end(), [&](const Line& line) { return line.mid == mid; })) return mid;
  }
}

/// The m-lines of the next offer: what there is keeps its place (RFC 8829 §5.2.2), what is new takes a rejected place
/// or the end.
std::vector<PeerConnectionImpl::Line> PeerConnectionImpl::plan_offer(std::string& audio_mid) const {
  std::vector<Line> lines = lines_;
  for (auto& line : lines)
    for (const auto& transceiver : transceivers_)
      if (transceiver.stopped && !transceiver.mid.empty() && transceiver.mid == line.mid) line.rejected = true;
  const auto place = [&](std::string kind, const char* protocol) {
    Line line{std::move(kind), protocol, {}, {}, false};
    line.mid = allocate_mid(lines);
    const auto old = std::find_if(lines.begin(), lines.end(), [](const Line& item) { return item.rejected; });
    // A place is free only once both sides know that it was rejected.
    const bool known = old != lines.end() && old < lines.begin() + static_cast<std::ptrdiff_t>(lines_.size()) &&
                       lines_[static_cast<std::size_t>(old - lines.begin())].rejected;
    if (known) {
      *old = line;
    } else {
      lines.push_back(line);
    }
    return line.mid;
  };
  if (const Transceiver* transceiver = audio_transceiver()) {
    audio_mid = transceiver->mid;
    if (audio_mid.empty()) audio_mid = place("audio", kAudioProtocol);
  }
  const bool has_data = std::any_of(lines.begin(), lines.end(),
                                    [](const Line& line) { return line.kind == "application" && !line.rejected; });
  if (data_wanted() && !has_data) place("application", kDataProtocol);
  return lines;
}

Sdp PeerConnectionImpl::base_description() {
  Sdp sdp;
  sdp.session_id = session_id_;
  sdp.session_version = ++session_version_;
  return sdp;
}

SdpMedia PeerConnectionImpl::rejected_section(const Line& line) {
  SdpMedia media;
  media.kind = line.kind;
  media.port = 0;
  media.protocol = line.protocol;
  media.formats = line.formats.empty() ? std::vector<std::string>{"0"} : line.formats;
  media.mid = line.mid;
  media.direction = Direction::kInactive;
  return media;
}

SdpMedia PeerConnectionImpl::transport_section_of(const Line& line, Setup setup) const {
  SdpMedia media;
  media.kind = line.kind;
  media.protocol = line.protocol;
  media.mid = line.mid;
  media.ice = transport_.local_credentials();
  media.ice_trickle = true;
  media.fingerprints = {transport_.certificate().fingerprint()};
  media.setup = setup;
  constexpr std::uint16_t kDiscard = 9;  // RFC 8829 §5.2.1: candidates say where
  if (line.kind == "audio") media.rtcp_port = kDiscard;
  if (line.kind == "application") {
    media.formats = {"webrtc-datachannel"};
    media.sctp_port = kSctpPort;
    media.max_message_size = std::min(configuration_.max_message_bytes, sctp::kMaxMessageBytes);
  }
  return media;
}

void PeerConnectionImpl::fill_audio(SdpMedia& media, Direction direction) const {
  media.direction = direction;
  media.rtcp_mux = !transport_.separate_rtcp();
  media.rtcp_reduced_size = true;
  media.wants_voip_metrics = true;
  media.transport_feedback =
      media.protocol.ends_with("/SAVPF") &&  // RFC 4585 §4.2: no other profile has feedback
      std::any_of(media.extensions.begin(), media.extensions.end(),
                  [](const SdpExtension& extension) { return extension.uri == rtp::kTransportSequenceUri; });
  media.max_packet_time_ms = audio::kMaxReceivedPacketTime;
  media.formats.clear();
  for (const auto& codec : media.codecs) media.formats.push_back(std::to_string(codec.payload_type));
  if (!sends(direction)) return;
  media.msid = stream_id_ + ' ' + track_id_;
  media.sources = {{voice_.ssrc(), voice_.cname()}};
}

Result<SessionDescription> PeerConnectionImpl::create_offer(bool ice_restart) {
  if (closed()) return wrong_state("the connection is closed");
  if (states_.signaling != SignalingState::kStable && states_.signaling != SignalingState::kHaveLocalOffer)
    return wrong_state("an offer is under way");
  if (offers_direct()) {
    SIDETONE_CHECK(prepare_direct_offer());
  } else {
    const bool separate_rtcp = current_local_ && transport_.separate_rtcp();
    if (separate_rtcp && data_wanted()) return Error{ErrorCode::kUnsupported, kDataNeedsMux, "peer"};
    SIDETONE_CHECK(transport_.ensure(true, separate_rtcp));
  }
  const bool direct = transport_.direct() != nullptr;
  if (direct) {
    // There is nothing to restart.
  } else if (ice_restart && current_local_) {
    SIDETONE_CHECK(transport_.prepare_restart(true));
  } else if (states_.signaling == SignalingState::kStable) {
    transport_.drop_restart();
  }
  created_offer_audio_mid_.clear();
  created_offer_lines_ = plan_offer(created_offer_audio_mid_);
  Sdp sdp = base_description();
  for (std::size_t i = 0; i < created_offer_lines_.size(); ++i) {
    Line& line = created_offer_lines_[i];
    const bool is_audio = line.kind == "audio" && line.mid == created_offer_audio_mid_ && !line.rejected;
    const bool is_data = line.kind == "application" && !line.rejected;
    if (!is_audio && !is_data) {
      line.rejected = true;
      sdp.media.push_back(rejected_section(line));
      continue;
    }
    SdpMedia media = direct ? direct_section_of(line, Setup::kActPass) : transport_section_of(line, Setup::kActPass);
    if (direct && transport_.keying() == Keying::kSdes)
      media.cryptos = offered_cryptos(crypto_in_use(), engine_.random);
    if (is_audio) {
      const SdpMedia* earlier =
          current_remote_ && i < current_remote_->sdp.media.size() && current_remote_->sdp.media[i].kind == "audio"
              ? &current_remote_->sdp.media[i]
              : nullptr;
      media.codecs = offered_codecs(codecs_, earlier);
      media.extensions = offered_extensions(earlier);
      fill_audio(media, audio_transceiver()->direction);
    }
    line.formats = media.formats;
    line.protocol = media.protocol;
    if (!direct) sdp.bundle.push_back(line.mid);
    sdp.media.push_back(std::move(media));
  }
  created_offer_ = Description{SdpType::kOffer, sdp, write_sdp(sdp)};
  return SessionDescription{SdpType::kOffer, created_offer_->text};
}

/// May this section of the far end's offer become part of our one transport?
bool PeerConnectionImpl::accepts(const Sdp& offer, std::size_t index) const {
  const SdpMedia& media = offer.media[index];
  if (media.rejected()) return false;
  if (transport_.direct() != nullptr) return &media == direct_audio(offer) && has_common_voice(codecs_, media);
  const auto carrier = transport_section(offer);
  if (!carrier) return false;
  const bool together =
      index == *carrier || (in_bundle(offer, media.mid) && in_bundle(offer, offer.media[*carrier].mid));
  if (!together) return false;
  if (media.kind == "audio") {
    const Transceiver* transceiver = audio_transceiver();
    return transceiver != nullptr && transceiver->mid == lines_[index].mid &&
           check_audio(codecs_, media, transport_.separate_rtcp()).ok();
  }
  return is_data_section(media) && !transport_.separate_rtcp();
}

Result<SessionDescription> PeerConnectionImpl::create_answer() {
  if (states_.signaling != SignalingState::kHaveRemoteOffer && states_.signaling != SignalingState::kHaveLocalPranswer)
    return wrong_state("there is no offer to answer");
  const Sdp& offer = pending_remote_->sdp;
  Setup setup = configuration_.answer_passive ? Setup::kPassive : Setup::kActive;
  if (const auto carrier = transport_.direct() != nullptr ? direct_section(offer) : transport_section(offer)) {
    const Setup offered = offer.media[*carrier].setup.value_or(Setup::kActPass);
    if (offered == Setup::kActive) setup = Setup::kPassive;
    if (offered == Setup::kPassive) setup = Setup::kActive;
    // RFC 8842 §5.3: while the association lives, its roles stay.
    if (const auto role = transport_.dtls_role(); role && offered == Setup::kActPass)
      setup = *role == dtls::Role::kClient ? Setup::kActive : Setup::kPassive;
  }
  Sdp sdp = base_description();
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const SdpMedia& theirs = offer.media[i];
    Line line{theirs.kind, theirs.protocol, theirs.formats, theirs.mid, false};
    if (!accepts(offer, i)) {
      sdp.media.push_back(rejected_section(line));
      continue;
    }
    const bool direct = transport_.direct() != nullptr;
    SdpMedia media = direct ? direct_section_of(line, setup) : transport_section_of(line, setup);
    if (direct && transport_.keying() == Keying::kSdes)
      media.cryptos = {answered_crypto(theirs, crypto_in_use(), engine_.random)};
    if (theirs.kind == "audio") {
      media.codecs = answered_codecs(codecs_, theirs, !engine_.voice.codecs.empty());
      media.extensions = answered_extensions(theirs);
      fill_audio(media, common(audio_transceiver()->direction, reversed(theirs.direction)));
      if (direct) media.rtcp_mux = theirs.rtcp_mux && !transport_.separate_rtcp();
      media.rtcp_reduced_size = theirs.rtcp_reduced_size;
    } else {
      media.formats = theirs.formats;
    }
    if (in_bundle(offer, theirs.mid)) sdp.bundle.push_back(theirs.mid);
    sdp.media.push_back(std::move(media));
  }
  created_answer_ = Description{SdpType::kAnswer, sdp, write_sdp(sdp)};
  return SessionDescription{SdpType::kAnswer, created_answer_->text};
}

// --- Setting descriptions ---

void PeerConnectionImpl::save() {
  const bool had_transport = (transport_.exists() || transport_.direct() != nullptr) && current_local_.has_value();
  if (!saved_) saved_ = Saved{lines_, transceivers_, had_transport};
}

void PeerConnectionImpl::roll_back() {
  if (saved_) {
    // Transceivers made by the application since then stay, without a section.
    std::vector<Transceiver> restored = std::move(saved_->transceivers);
    for (std::size_t i = restored.size(); i < transceivers_.size(); ++i) {
      if (!transceivers_[i].claimed) continue;
      restored.push_back(transceivers_[i]);
      restored.back().mid.clear();
    }
    for (std::size_t i = 0; i < std::min(restored.size(), transceivers_.size()); ++i) {
      restored[i].direction = transceivers_[i].direction;
      restored[i].stopped = transceivers_[i].stopped;
    }
    transceivers_ = std::move(restored);
    lines_ = std::move(saved_->lines);
    if (saved_->had_transport) {
      transport_.drop_restart();
    } else {
      transport_.drop();
    }
  }
  saved_.reset();
  pending_local_.reset();
  pending_remote_.reset();
  created_offer_.reset();
  created_answer_.reset();
  early_candidates_.clear();
  update_states();
}

Result<SessionDescription> PeerConnectionImpl::set_local_description(std::optional<SessionDescription> description) {
  if (closed()) return wrong_state("the connection is closed");
  const SignalingState state = states_.signaling;
  const bool answering = state == SignalingState::kHaveRemoteOffer || state == SignalingState::kHaveLocalPranswer;
  const SdpType type = description ? description->type : answering ? SdpType::kAnswer : SdpType::kOffer;
  if (type == SdpType::kRollback) {
    if (state != SignalingState::kHaveLocalOffer && state != SignalingState::kHaveLocalPranswer)
      return wrong_state("there is no local offer to roll back");
    roll_back();
    set_signaling(SignalingState::kStable);
    return SessionDescription{SdpType::kRollback, {}};
  }
  const bool fits = type == SdpType::kOffer
                        ? state == SignalingState::kStable || state == SignalingState::kHaveLocalOffer
                        : answering;
  if (!fits) return wrong_state("the description does not fit the signaling state");
  auto& created = type == SdpType::kOffer ? created_offer_ : created_answer_;
  if (!description || description->sdp.empty()) {
    if (!created || !description) {
      // Without an argument: made afresh, so that it says what is true now.
      if (type == SdpType::kOffer) {
        const bool restart = created_offer_ && transport_.restarting();
        SIDETONE_TRY(const SessionDescription ignored, create_offer(restart));
      } else {
        SIDETONE_TRY(const SessionDescription ignored, create_answer());
      }
    }
  } else if (!created || created->text != description->sdp) {
    return Error{ErrorCode::kConflict, "the description is not the one created last", "peer"};
  }
  Description local = *created;
  local.type = type;
  if (type == SdpType::kOffer) {
    save();
    lines_ = created_offer_lines_;
    if (Transceiver* transceiver = audio_transceiver()) transceiver->mid = created_offer_audio_mid_;
    pending_local_ = std::move(local);
    set_signaling(SignalingState::kHaveLocalOffer);
  } else {
    const bool final = type == SdpType::kAnswer;
    SIDETONE_CHECK(apply_answer(local, *pending_remote_, true, final));
    if (final) {
      current_local_ = std::move(local);
      current_remote_ = std::exchange(pending_remote_, std::nullopt);
      pending_local_.reset();
      saved_.reset();
    } else {
      pending_local_ = std::move(local);
    }
    created_answer_.reset();
    set_signaling(final ? SignalingState::kStable : SignalingState::kHaveLocalPranswer);
  }
  created_offer_.reset();
  if (transport_section((pending_local_ ? *pending_local_ : *current_local_).sdp)) transport_.gather();
  update_states();
  return *local_description();
}

Status PeerConnectionImpl::set_remote_description(const SessionDescription& description) {
  if (closed()) return wrong_state("the connection is closed");
  const SignalingState state = states_.signaling;
  if (description.type == SdpType::kRollback) {
    if (state != SignalingState::kHaveRemoteOffer && state != SignalingState::kHaveRemotePranswer)
      return wrong_state("there is no remote offer to roll back");
    roll_back();
    set_signaling(SignalingState::kStable);
    return {};
  }
  SIDETONE_TRY(Sdp sdp, parse_sdp(description.sdp));
  Description remote{description.type, std::move(sdp), description.sdp};
  if (description.type == SdpType::kOffer) {
    if (state != SignalingState::kStable && state != SignalingState::kHaveRemoteOffer &&
        state != SignalingState::kHaveLocalOffer)
      return wrong_state("an offer does not fit the signaling state");
    SIDETONE_CHECK(check_remote_offer(remote.sdp));
    if (state != SignalingState::kStable) roll_back();  // W3C: an offer that meets ours rolls ours back
    return apply_remote_offer(std::move(remote));
  }
  if (state != SignalingState::kHaveLocalOffer && state != SignalingState::kHaveRemotePranswer)
    return wrong_state("there is no offer that this could answer");
  SIDETONE_CHECK(check_remote_answer(remote.sdp));
  const bool final = description.type == SdpType::kAnswer;
  SIDETONE_CHECK(apply_answer(*pending_local_, remote, false, final));
  if (final) {
    current_local_ = std::exchange(pending_local_, std::nullopt);
    current_remote_ = std::move(remote);
    pending_remote_.reset();
    saved_.reset();
  } else {
    pending_remote_ = std::move(remote);
  }
  add_described_candidates((final ? *current_remote_ : *pending_remote_).sdp);
  flush_early_candidates();
  set_signaling(final ? SignalingState::kStable : SignalingState::kHaveRemotePranswer);
  update_states();
  return {};
}

Status PeerConnectionImpl::check_remote_offer(const Sdp& offer) const {
  const auto& known = states_.signaling == SignalingState::kStable || !saved_ ? lines_ : saved_->lines;
  if (offer.media.size() < known.size())
    return Error{ErrorCode::kMalformed, "offer has fewer sections than before", "sdp"};
  for (std::size_t i = 0; i < known.size(); ++i)
    if (!known[i].rejected && known[i].kind != offer.media[i].kind)
      return Error{ErrorCode::kMalformed, "offer changes the kind of a section", "sdp"};
  if (const SdpMedia* direct = direct_audio(offer)) return check_direct_peer_offer(*direct);
  if (!transport_section(offer)) return {};  // nothing to carry
  if (transport_.direct() != nullptr && current_local_)
    return Error{ErrorCode::kUnsupported, "a call without ICE does not get it", "sdp"};
  SIDETONE_TRY(const TransportParameters parameters, transport_parameters(offer));
  if (current_local_ && transport_.exists() && separates_rtcp(offer) && !transport_.separate_rtcp())
    return Error{ErrorCode::kUnsupported, kRtcpStays, "sdp"};
  if (parameters.setup == Setup::kHoldConn) return Error{ErrorCode::kUnsupported, "setup:holdconn", "sdp"};
  if (transport_.dtls_role() && parameters.fingerprints != transport_.remote_fingerprints())
    return Error{ErrorCode::kUnsupported, "a new DTLS association in a call is not supported", "sdp"};
  return {};
}

Status PeerConnectionImpl::check_remote_answer(const Sdp& answer) const {
  const auto& offered = pending_local_->sdp.media;
  if (answer.media.size() != offered.size())
    return Error{ErrorCode::kMalformed, "answer has another number of sections", "sdp"};
  bool any = false;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const SdpMedia& media = answer.media[i];
    if (media.kind != offered[i].kind)
      return Error{ErrorCode::kMalformed, "answer changes the kind of a section", "sdp"};
    if (!media.mid.empty() && media.mid != offered[i].mid)
      return Error{ErrorCode::kMalformed, "answer changes a mid", "sdp"};
    if (media.rejected()) continue;
    if (offered[i].rejected()) return Error{ErrorCode::kMalformed, "answer accepts a rejected section", "sdp"};
    if (transport_.direct() != nullptr) {
      if (!has_common_voice(codecs_, media))
        return Error{ErrorCode::kUnsupported, "no common codec", "m=" + media.kind};
      SIDETONE_TRY(const DirectParameters ignored, direct_parameters(offered[i], media, false));
      return {};
    }
    if (media.kind == "audio") SIDETONE_CHECK(check_audio(codecs_, media, transport_.separate_rtcp()));
    if (media.rtcp_mux && !offered[i].rtcp_mux)
      return Error{ErrorCode::kMalformed, "the answer takes rtcp-mux, which was not offered", "m=" + media.kind};
    if (any && !in_bundle(answer, offered[i].mid))
      return Error{ErrorCode::kUnsupported, "the answer does not bundle its sections", "sdp"};
    any = true;
  }
  if (!any) return {};
  SIDETONE_TRY(const TransportParameters parameters, transport_parameters(answer));
  SIDETONE_TRY(const dtls::Role role, dtls_role(parameters.setup, false));
  if (transport_.dtls_role() &&
      (*transport_.dtls_role() != role || parameters.fingerprints != transport_.remote_fingerprints()))
    return Error{ErrorCode::kUnsupported, "a new DTLS association in a call is not supported", "sdp"};
  return {};
}

/// Gives the audio section of an offer a transceiver. @source RFC 8829 §5.10
void PeerConnectionImpl::associate(const Sdp& offer) {
  lines_.resize(offer.media.size());
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const SdpMedia& media = offer.media[i];
    std::string mid = media.mid;
    // Ends that name no sections mean those in the same places.
    if (mid.empty()) mid = !lines_[i].mid.empty() && !lines_[i].rejected ? lines_[i].mid : allocate_mid(lines_);
    lines_[i] = {media.kind, media.protocol, media.formats, mid, false};
    if (media.kind != "audio" || media.rejected()) continue;
    Transceiver* transceiver = audio_transceiver();
    if (transceiver == nullptr && transceivers_.size() < 16) {
      transceivers_.push_back({mid, Direction::kRecvOnly, std::nullopt, false, false});
    } else if (transceiver != nullptr && transceiver->mid.empty()) {
      transceiver->mid = mid;
    }
  }
}

Status PeerConnectionImpl::apply_remote_offer(Description description) {
  const SdpMedia* direct = direct_audio(description.sdp);
  if (direct != nullptr) {
    const bool separate_rtcp = keying_of(*direct) == Keying::kDtls && !multiplexes_rtcp(*direct);
    SIDETONE_CHECK(
        open_direct(keying_of(*direct), udp::parse_endpoint(direct->connection_address, direct->port), separate_rtcp));
  } else if (!current_local_ && transport_.direct() != nullptr) {
    transport_.drop();
  }
  save();
  const auto parameters = transport_parameters(description.sdp);
  // RFC 8445 §6.1.1: an end that only answers checks leaves it to us to choose a pair, though it made the offer.
  const bool controlling = description.sdp.ice_lite;
  const bool separate_rtcp = current_local_ ? transport_.separate_rtcp() : separates_rtcp(description.sdp);
  if (transport_.direct() != nullptr) {
    // Its address and keys are used when the answer is there.
  } else if (parameters.ok()) {
    const auto known = transport_.exists() ? transport_.remote_credentials() : std::nullopt;
    if (known && *known != parameters.value().credentials) {
      SIDETONE_CHECK(transport_.prepare_restart(controlling));  // RFC 8839 §4.4.1.1: new credentials are a restart
    } else {
      SIDETONE_CHECK(transport_.ensure(controlling, separate_rtcp));
    }
    SIDETONE_CHECK(transport_.set_remote(parameters.value().credentials));
  } else {
    SIDETONE_CHECK(transport_.ensure(controlling, separate_rtcp));
  }
  associate(description.sdp);
  pending_remote_ = std::move(description);
  created_answer_.reset();
  add_described_candidates(pending_remote_->sdp);
  flush_early_candidates();
  set_signaling(SignalingState::kHaveRemoteOffer);
  return {};
}

void PeerConnectionImpl::add_described_candidates(const Sdp& remote) {
  const auto section = transport_section(remote);
  if (!section || !transport_.exists()) return;
  const SdpMedia& media = remote.media[*section];
  for (const auto& candidate : media.candidates) (void)transport_.add_candidate(candidate, media.ice.ufrag);
  if (media.end_of_candidates) transport_.remote_candidates_done(media.ice.ufrag);
}

/// Everything that may be refused is found out first: an answer is applied whole, or not at all.
Status PeerConnectionImpl::apply_answer(const Description& local, const Description& remote, bool we_answer,
                                        bool final) {
  const Sdp& answer = we_answer ? local.sdp : remote.sdp;
  const auto rejected = [&](std::size_t i) { return local.sdp.media[i].rejected() || remote.sdp.media[i].rejected(); };
  const auto transceiver_of = [&](std::size_t i) {
    return std::find_if(transceivers_.begin(), transceivers_.end(), [&](const Transceiver& item) {
      return !item.mid.empty() && item.mid == lines_[i].mid && !item.stopped;
    });
  };
  bool any = false;
  std::optional<VoiceParameters> voice;
  for (std::size_t i = 0; i < answer.media.size(); ++i) {
    if (rejected(i)) continue;
    any = true;
    if (transceiver_of(i) != transceivers_.end())
      voice =
          voice_parameters(codecs_, local.sdp.media[i], remote.sdp.media[i], we_answer, engine_.voice.max_bitrate_bps);
  }
  std::optional<TransportParameters> parameters;
  std::optional<dtls::Role> role;
  std::optional<DirectParameters> direct;
  for (std::size_t i = 0; i < answer.media.size() && transport_.direct() != nullptr; ++i) {
    if (rejected(i)) continue;
    SIDETONE_TRY(direct, direct_parameters(local.sdp.media[i], remote.sdp.media[i], we_answer));
  }
  if (any && !direct) {
    SIDETONE_TRY(parameters, transport_parameters(remote.sdp));
    if (const auto carrier = transport_section(answer)) {
      SIDETONE_TRY(role, dtls_role(answer.media[*carrier].setup.value_or(Setup::kActive), we_answer));
    }
  }
  const bool had_voice = voice_.parameters().send || !voice_.parameters().receive.empty();
  if (voice || had_voice) SIDETONE_CHECK(voice_.configure(voice.value_or(VoiceParameters{})));
  if (!voice_.parameters().send || !voice_.parameters().send_events) keys_.clear();  // the audio half has let them go
  transport_.set_needs_keys(voice.has_value());

  remote_data_.reset();
  for (std::size_t i = 0; i < answer.media.size(); ++i) {
    if (final) lines_[i].rejected = rejected(i);
    if (const auto transceiver = transceiver_of(i); transceiver != transceivers_.end()) {
      if (!rejected(i))
        transceiver->current = common(local.sdp.media[i].direction, reversed(remote.sdp.media[i].direction));
      else if (final)
        transceiver->stopped = true;
    }
    if (!rejected(i) && is_data_section(remote.sdp.media[i])) remote_data_ = remote.sdp.media[i];
  }
  if (direct) return transport_.start_direct(*direct);
  if (!parameters) return {};
  SIDETONE_CHECK(transport_.set_remote(parameters->credentials));
  if (!role) return {};
  SIDETONE_CHECK(transport_.start_dtls(*role, parameters->fingerprints));
  start_data();
  return {};
}

// --- Reading descriptions ---

/// With the candidates found so far, as the W3C wants it.
std::string PeerConnectionImpl::local_text(const Description& description) const {
  const auto section = transport_section(description.sdp);
  if (!section || !transport_.exists() || description.sdp.media[*section].ice != transport_.local_credentials() ||
      transport_.local_candidates().empty())
    return description.text;
  Sdp sdp = description.sdp;
  describe_candidates(sdp.media[*section], transport_.local_candidates(), transport_.gathering_done());
  return write_sdp(sdp);
}

std::optional<SessionDescription> PeerConnectionImpl::local_description() const {
  const auto& description = pending_local_ ? pending_local_ : current_local_;
  if (!description) return std::nullopt;
  return SessionDescription{description->type, local_text(*description)};
}

std::optional<SessionDescription> PeerConnectionImpl::remote_description() const {
  const auto& description = pending_remote_ ? pending_remote_ : current_remote_;
  if (!description) return std::nullopt;
  return SessionDescription{description->type, description->text};
}

}  // namespace sidetone::media::peer
