#include "media/peer/transport.hpp"

#include <utility>

#include "media/ice/addresses.hpp"
#include "media/rtp/demux.hpp"
#include "media/rtp/packet.hpp"
#include "media/rtp/rtcp.hpp"

namespace sidetone::media::peer {
namespace {

// A far end that never says that its candidates are complete would keep a dead path "checking" for ever. RFC 8863 §4
// asks for 39.5 s at least where checks are lost; people hang up before that.
constexpr Microseconds kPatience{30'000'000};
// How long what still comes by the old path after a restart is taken.
constexpr Microseconds kChangeOver{2'000'000};

std::vector<ice::ServerEntry> entries(const Configuration& configuration) {
  std::vector<ice::ServerEntry> out;
  for (const auto& server : configuration.ice_servers) out.push_back({server.url, server.username, server.credential});
  return out;
}

}  // namespace

Transport::Transport(EngineContext& engine, const Configuration& configuration,
                     std::shared_ptr<const dtls::Certificate> certificate, TransportEvents events)
    : engine_(engine),
      configuration_(configuration),
      certificate_(std::move(certificate)),
      events_(std::move(events)),
      servers_(engine.main, entries(configuration)),
      retirement_(engine.main, [this] { previous_.reset(); }),
      patience_(engine.main, [this] {
        if (!current_) return;
        ice::IceTransport& ice = next_ ? *next_ : *current_;
        if (ice.state() != ice::State::kConnected) ice.remote_done();
      }) {
  auto made = make_association(ice::Component::kRtp);
  if (made.ok()) association_ = std::move(made).value();
  engine_.network_listeners[this] = [this] { on_network_change(); };
}

Transport::~Transport() {
  close();
  *alive_ = false;
}

Result<std::unique_ptr<DtlsSrtp>> Transport::make_association(ice::Component component) {
  DtlsSrtp::Events events;
  events.send = [this, component](Bytes datagram) {
    const NetworkPolicy& network = engine_.network;
    const bool handshake = association_of(component).state() != dtls::State::kConnected;  // the voice waits for it
    (void)send_packet(component, datagram, handshake ? network.dscp_voice : network.dscp_data);
  };
  events.state_changed = [this, component](dtls::State state) {
    if (component == ice::Component::kRtp && state == dtls::State::kConnected) events_.connected();
    events_.states_changed();
  };
  events.received = [this, component](Bytes data) {
    if (component == ice::Component::kRtp) events_.data(data);
  };
  return DtlsSrtp::make(engine_.main, certificate_, std::move(events));
}

Result<Transport::IcePtr> Transport::make_ice(bool controlling) {
  SIDETONE_CHECK(udp::require_free_port(engine_.network.ports, ice::host_addresses(), engine_.random));
  const std::uint64_t generation = ++generations_made_;
  ice::TransportOptions options;
  options.controlling = controlling;
  options.relay_only = configuration_.relay_only;
  options.separate_rtcp = separate_rtcp();
  options.relay_authority_file = engine_.network.relay_authority_file;
  options.ports = engine_.network.ports;
  options.dscp = engine_.network.dscp_voice;
  ice::TransportCallbacks callbacks;
  callbacks.candidate_found = [this, generation](const ice::Candidate& candidate) {
    if (is_newest(generation)) events_.candidate_found(candidate, newest().local().ufrag);
  };
  callbacks.gathering_done = [this, generation] {
    if (is_newest(generation)) set_gathering(GatheringState::kComplete);
  };
  callbacks.state_changed = [this, generation](ice::Component component, ice::State state) {
    on_ice_state(generation, component, state);
  };
  callbacks.received = [this](ice::Component component, std::span<std::uint8_t> packet) {
    return on_packet(component, packet);
  };
  callbacks.relay_failed = [this](const ice::Server& server, const std::string& reason) {
    if (engine_.network.relay_failed)
      engine_.network.relay_failed(server.name + ':' + std::to_string(server.port), reason);
  };
  callbacks.path_changed = [this](ice::Component component) { ++figures_of(component).pair_changes; };
  return ice::IceTransport::make(engine_.main, engine_.clock, engine_.random, options, std::move(callbacks));
}

Status Transport::ensure(bool controlling, bool separate) {
  if (current_ && separate != separate_rtcp()) drop();
  if (current_) {
    if (current_->state() == ice::State::kNew && !current_->remote()) current_->set_controlling(controlling);
    return {};
  }
  if (!association_) return Error{ErrorCode::kInternal, "DTLS cannot be set up", "dtls"};
  rtcp_association_.reset();
  if (separate) {
    SIDETONE_TRY(rtcp_association_, make_association(ice::Component::kRtcp));
  }
  SIDETONE_TRY(current_, make_ice(controlling));
  current_generation_ = generations_made_;
  return {};
}

Status Transport::prepare_restart(bool controlling) {
  if (!current_) return ensure(controlling, separate_rtcp());
  if (next_) return {};
  SIDETONE_TRY(next_, make_ice(controlling));
  next_generation_ = generations_made_;
  return {};
}

void Transport::drop_restart() {
  if (next_) discard(std::move(next_));
}

void Transport::drop() {
  drop_restart();
  rtcp_association_.reset();
  if (direct_) {
    direct_.reset();
    described_srtp_.reset();
    direct_keys_.reset();
    direct_started_ = false;
    gathering_ = GatheringState::kNew;
  }
  if (!current_) return;
  discard(std::move(current_));
  gathering_ = GatheringState::kNew;
}

/// An ICE session may not die while one of its callbacks runs.
void Transport::discard(IcePtr ice) {
  ice->mute();
  std::shared_ptr<ice::IceTransport> shared(std::move(ice));
  engine_.post([shared] {});
}

std::optional<ice::Credentials> Transport::remote_credentials() const {
  return current_ ? newest().remote() : std::nullopt;
}

void Transport::set_gathering(GatheringState state) {
  if (gathering_ == state) return;
  gathering_ = state;
  events_.states_changed();
}

void Transport::gather() {
  if (!current_ || newest().gathering_done()) return;
  set_gathering(GatheringState::kGathering);
  servers_.when_ready([this, alive = alive_] {
    if (!*alive || closed_ || !current_) return;
    ice::IceTransport& ice = next_ ? *next_ : *current_;
    if (!ice.gather(ice::host_addresses(), servers_.servers()).ok()) set_gathering(GatheringState::kComplete);
  });
}

Status Transport::set_remote(const ice::Credentials& credentials) {
  patience_.start(kPatience);
  return (next_ ? *next_ : *current_).set_remote(credentials);
}

ice::IceTransport* Transport::by_ufrag(const std::string& ufrag) {
  if (ufrag.empty()) return next_ ? next_.get() : current_.get();
  for (ice::IceTransport* ice : {next_.get(), current_.get()})
    if (ice != nullptr && (!ice->remote() || ice->remote()->ufrag == ufrag)) return ice;
  return nullptr;
}

Status Transport::add_candidate(const ice::Candidate& candidate, const std::string& ufrag) {
  ice::IceTransport* ice = by_ufrag(ufrag);
  if (ice == nullptr) return Error{ErrorCode::kNotFound, "candidate is of another ICE generation", "ice"};
  if (candidate.protocol == ice::Protocol::kTcp) return {};  // browsers offer them; they are no fault
  if (!ice::is_mdns_name(candidate.address)) return ice->add_remote(candidate);
  const std::uint64_t id = engine_.mdns.resolve(
      candidate.address,
      [this, alive = alive_, candidate,
       generation = ufrag.empty() ? (ice->remote() ? ice->remote()->ufrag : "") : ufrag](const std::string& address) {
        if (!*alive || closed_ || address.starts_with("fe80:")) return;
        ice::IceTransport* target = by_ufrag(generation);
        ice::Candidate resolved = candidate;
        resolved.address = address;
        if (target != nullptr) (void)target->add_remote(resolved);
      });
  if (id == 0) return Error{ErrorCode::kTooLarge, "too many names to resolve", "mdns"};
  mdns_questions_.push_back(id);
  return {};
}

void Transport::remote_candidates_done(const std::string& ufrag) {
  // While names are being resolved there is more to come; then patience decides.
  if (ice::IceTransport* ice = by_ufrag(ufrag); ice != nullptr && mdns_questions_.empty()) ice->remote_done();
}

Status Transport::start_dtls(dtls::Role role, std::vector<dtls::Fingerprint> fingerprints) {
  if (wanted_role_) return {};
  wanted_role_ = role;
  remote_fingerprints_ = std::move(fingerprints);
  start_associations();
  return {};
}

/// The client waits for a path; a server may take what came before.
void Transport::start_associations() {
  if (!wanted_role_ || (!current_ && !direct_started_)) return;
  for (const ice::Component component : {ice::Component::kRtp, ice::Component::kRtcp}) {
    if (component == ice::Component::kRtcp && !separate_rtcp()) continue;
    DtlsSrtp& association = association_of(component);
    const bool reached = direct_ || current_->state(component) == ice::State::kConnected;
    if (association.state() == dtls::State::kNew && reached)
      (void)association.start(*wanted_role_, remote_fingerprints_);
  }
}

std::optional<dtls::Role> Transport::dtls_role() const { return wanted_role_; }

Status Transport::open_direct(Keying keying, const udp::Endpoint& local, bool separate) {
  if (direct_ && direct_keying_ == keying && separate == separate_rtcp()) return {};
  DirectPath::Callbacks callbacks;
  callbacks.received = [this](rtp::PacketKind kind, std::span<std::uint8_t> packet) {
    return take_media(kind, packet);
  };
  if (keying == Keying::kDtls)
    callbacks.handshake = [this](ice::Component component, std::span<std::uint8_t> datagram) {
      if (component == ice::Component::kRtcp && !separate_rtcp()) return false;
      DtlsSrtp& association = association_of(component);
      const bool before = association.state() == dtls::State::kConnected;
      (void)on_packet(component, datagram);
      return !before && association.state() == dtls::State::kConnected;
    };
  const DirectPath::Options options{local, engine_.network.ports, engine_.network.dscp_voice, keying != Keying::kNone};
  SIDETONE_TRY(auto path, DirectPath::make(engine_.main, options, engine_.clock, engine_.random, std::move(callbacks)));
  drop();
  if (separate) {
    SIDETONE_TRY(rtcp_association_, make_association(ice::Component::kRtcp));
  }
  direct_ = std::move(path);
  direct_keying_ = keying;
  gathering_ = GatheringState::kComplete;  // the description has the one address
  return {};
}

Status Transport::start_direct(const DirectParameters& parameters) {
  if (parameters.remote.rtp.is_ipv6 != direct_->local_rtp().is_ipv6)
    return Error{ErrorCode::kUnsupported, "the far end's address is of another family than ours", "sdp"};
  if (const auto& keys = parameters.keys) {
    if (!described_srtp_ || !direct_keys_ || direct_keys_->suite != keys->suite || direct_keys_->local != keys->local) {
      SIDETONE_TRY(described_srtp_, srtp::SrtpSession::make(keys->suite, keys->local, keys->remote));
    } else if (direct_keys_->remote != keys->remote) {
      SIDETONE_CHECK(described_srtp_->set_remote_keys(keys->remote));
    }
    direct_keys_ = keys;
  }
  direct_->set_remote(parameters.remote);
  if (std::exchange(direct_started_, true)) return {};
  if (parameters.handshake) {
    SIDETONE_CHECK(start_dtls(parameters.handshake->role, parameters.handshake->fingerprints));
  } else {
    events_.connected();
  }
  events_.states_changed();
  return {};
}

ice::State Transport::ice_state() const {
  // There are no checks that could fail: what is described counts as found.
  if (direct_) return direct_started_ ? ice::State::kConnected : ice::State::kNew;
  if (!current_) return ice::State::kNew;
  const ice::State state = current_->state();
  // A restart gives a lost path a new chance (webrtc-pc §5.6.4).
  const bool lost = state == ice::State::kFailed || state == ice::State::kDisconnected;
  return lost && next_ && next_->remote() && next_->state() != ice::State::kNew ? next_->state() : state;
}

void Transport::on_ice_state(std::uint64_t generation, ice::Component component, ice::State state) {
  if (closed_) return;
  const bool of_rtp = component == ice::Component::kRtp;
  if (next_ && generation == next_generation_) {
    if (state == ice::State::kConnected && of_rtp) {
      if (previous_) discard(std::move(previous_));
      previous_ = std::exchange(current_, std::move(next_));
      retirement_.start(kChangeOver);
      current_generation_ = generation;
      ++figures_.pair_changes;
    } else if (current_->state() == ice::State::kConnected) {
      return;  // the old path goes on
    }
  } else if (generation != current_generation_) {
    return;
  }
  if (state == ice::State::kConnected && wanted_role_ && association_of(component).state() == dtls::State::kNew)
    ++figures_of(component).pair_changes;
  start_associations();
  events_.states_changed();
}

void Transport::on_network_change() {
  const auto addresses = ice::host_addresses_by_interface();
  for (ice::IceTransport* ice : {next_.get(), current_.get()})
    if (ice != nullptr) ice->network_changed(addresses);
}

srtp::SrtpSession* Transport::srtp_of(rtp::PacketKind kind) const {
  return component_of(kind) == ice::Component::kRtcp ? rtcp_association_->srtp() : srtp();
}

bool Transport::take_media(rtp::PacketKind kind, std::span<std::uint8_t> packet) {
  Figures& figures = figures_of(component_of(kind));
  ++figures.packets_received;
  figures.bytes_received += packet.size();
  const bool is_rtp = kind == rtp::PacketKind::kRtp;
  Bytes plain = packet;
  if (srtp::SrtpSession* keys = srtp_of(kind)) {
    const auto opened = is_rtp ? keys->unprotect_rtp(packet) : keys->unprotect_rtcp(packet);
    if (!opened.ok()) return false;
    plain = opened.value();
  } else if (!carries_clear_rtp() || !(is_rtp ? rtp::parse_rtp(packet).ok() : rtp::parse_rtcp(packet).ok())) {
    return false;
  }
  (is_rtp ? events_.rtp : events_.rtcp)(plain);
  return true;
}

bool Transport::on_packet(ice::Component component, std::span<std::uint8_t> packet) {
  if (closed_) return false;
  const rtp::PacketKind kind = rtp::classify(packet);
  const bool is_media = kind == rtp::PacketKind::kRtp || kind == rtp::PacketKind::kRtcp;
  if (is_media && component_of(kind) == component) return take_media(kind, packet);
  Figures& figures = figures_of(component);
  ++figures.packets_received;
  figures.bytes_received += packet.size();
  if (kind == rtp::PacketKind::kDtls) {
    association_of(component).receive(packet);
  } else {
    ++figures.unknown_packets;
  }
  return false;
}

bool Transport::count_sent(ice::Component component, Bytes packet, bool sent) {
  Figures& figures = figures_of(component);
  if (!sent) {
    ++figures.packets_discarded_on_send;
    return false;
  }
  ++figures.packets_sent;
  figures.bytes_sent += packet.size();
  return true;
}

bool Transport::send_packet(ice::Component component, Bytes packet, int dscp) {
  if (direct_) return count_sent(component, packet, direct_->send_handshake(component, packet));
  return count_sent(component, packet, current_ && current_->send(component, packet, dscp));
}

bool Transport::send_media(rtp::PacketKind kind, std::span<std::uint8_t> buffer, std::size_t length) {
  const bool is_rtp = kind == rtp::PacketKind::kRtp;
  const ice::Component component = component_of(kind);
  Bytes packet = buffer.first(length);
  if (srtp::SrtpSession* keys = srtp_of(kind)) {
    const auto sealed = is_rtp ? keys->protect_rtp(buffer, length) : keys->protect_rtcp(buffer, length);
    if (!sealed.ok()) return false;
    packet = sealed.value();
  } else if (!carries_clear_rtp()) {
    return false;
  }
  if (!direct_) return send_packet(component, packet, engine_.network.dscp_voice);
  return count_sent(component, packet, is_rtp ? direct_->send_rtp(packet) : direct_->send_rtcp(packet));
}

bool Transport::send_rtp(std::span<std::uint8_t> buffer, std::size_t length) {
  return send_media(rtp::PacketKind::kRtp, buffer, length);
}

bool Transport::send_rtcp(std::span<std::uint8_t> buffer, std::size_t length) {
  return send_media(rtp::PacketKind::kRtcp, buffer, length);
}

bool Transport::send_data(Bytes packet) { return association_ && association_->send(packet).ok(); }

void Transport::close() {
  if (std::exchange(closed_, true)) return;
  engine_.network_listeners.erase(this);
  events_.states_changed = [] {};
  events_.connected = [] {};
  for (const std::uint64_t id : mdns_questions_) engine_.mdns.forget(id);
  patience_.stop();
  retirement_.stop();
  for (DtlsSrtp* association : {association_.get(), rtcp_association_.get()})
    if (association != nullptr) association->close();
  direct_.reset();
  for (IcePtr* ice : {&previous_, &next_, &current_})
    if (*ice) discard(std::move(*ice));
}

}  // namespace sidetone::media::peer
