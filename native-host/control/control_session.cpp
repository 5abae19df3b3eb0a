#include "native-host/control/control_session.hpp"

#include <algorithm>

#include "media/sctp/dcep.hpp"
#include "native-host/control/wire.hpp"
#include "net/crypto.hpp"

namespace sidetone::host::control {
namespace {

constexpr std::uint32_t kProtocolVersion = 1;
constexpr std::size_t kListedDevices = 64;  // as many as media_devices and attached can list
constexpr Milliseconds kShortestLevelsInterval{50};
constexpr Milliseconds kLongestLevelsAge{2000};
constexpr double kLevelStep = 1.122;   // 1 dB
constexpr double kLeastLevel = 0.001;  // what is weaker is silence

Error no_transceiver() { return {ErrorCode::kNotFound, "there is no such transceiver", "l"}; }

Result<media::peer::ChannelHandle> find_channel(const Peer& peer, const std::string& channel) {
  for (const auto& [handle, one] : peer.channels)
    if (one.id == channel) return handle;
  return Error{ErrorCode::kNotFound, "there is no such data channel", "i"};
}

std::optional<std::uint16_t> narrow(const std::optional<std::uint32_t>& value) {
  if (!value) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

bool is_near(double level, double other) {
  const auto [less, more] = std::minmax({std::max(level, kLeastLevel), std::max(other, kLeastLevel)});
  return more < less * kLevelStep;
}

bool are_near(const std::vector<protocol::PeerLevels>& levels, const std::vector<protocol::PeerLevels>& others) {
  return std::equal(levels.begin(), levels.end(), others.begin(), others.end(), [](const auto& one, const auto& other) {
    return one.peer == other.peer && is_near(one.sent, other.sent) && is_near(one.received, other.received);
  });
}

template <class Request>
media::audio::WantedProcessing processing_in(const Request& request) {
  return {request.echo_cancellation, request.noise_suppression, request.auto_gain_control};
}

}  // namespace

std::vector<protocol::MediaDevice> media_devices(const media::audio::AudioEngine& audio) {
  std::vector<protocol::MediaDevice> out;
  for (const auto& one : audio.devices()) {
    if (out.size() == kListedDevices) break;
    out.push_back(to_wire(one));
  }
  return out;
}

ControlSession::ControlSession(Peers& peers, media::peer::MediaEngine& engine, Scheduler& scheduler,
                               std::string host_name, Send send)
    : peers_(peers),
      engine_(engine),
      scheduler_(scheduler),
      host_name_(std::move(host_name)),
      send_(std::move(send)),
      sounds_(engine.audio(), scheduler, send_) {}

void ControlSession::unreachable() {
  sounds_.stop();
  sounds_.end_watch();
}

Result<HostMessage> ControlSession::handle(const protocol::AnyMessage<protocol::ClientToHost>& request) {
  return std::visit([this](const auto& message) { return on(message); }, request);
}

ControlSession::Answer ControlSession::on(const protocol::Attach& request) {
  protocol::Attached attached;
  attached.version = std::min(request.version, kProtocolVersion);
  attached.host_version = SIDETONE_VERSION;
  attached.name = host_name_;
  attached.peers = peers_.list();
  attached.devices = media_devices(engine_.audio());
  return HostMessage(std::move(attached));
}

ControlSession::Answer ControlSession::on(const protocol::PeerCreate& request) {
  SIDETONE_CHECK(peers_.create(request));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::PeerTag& request) {
  SIDETONE_CHECK(peers_.tag(request.peer, request.tag));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::TransceiverAdd& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  const std::string track = request.track.value_or("");
  if (!track.empty() && !peers_.has_track(track)) return Error{ErrorCode::kNotFound, "there is no such track", "k"};
  SIDETONE_TRY(const std::size_t index, peer->connection->add_transceiver(from_wire(request.direction)));
  SIDETONE_CHECK(peers_.send_track(*peer, index, track));
  return HostMessage(protocol::Transceivers{peer->id, peers_.transceivers(*peer)});
}

ControlSession::Answer ControlSession::on(const protocol::TransceiverSet& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  if (request.index >= peer->connection->transceivers().size()) return no_transceiver();
  if (request.track) SIDETONE_CHECK(peers_.send_track(*peer, request.index, *request.track));
  if (request.direction) SIDETONE_CHECK(peer->connection->set_direction(request.index, from_wire(*request.direction)));
  return HostMessage(protocol::Transceivers{peer->id, peers_.transceivers(*peer)});
}

ControlSession::Answer ControlSession::on(const protocol::OfferCreate& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  SIDETONE_TRY(const auto offer, peer->connection->create_offer(request.ice_restart));
  return HostMessage(to_wire(peer->id, offer));
}

ControlSession::Answer ControlSession::on(const protocol::AnswerCreate& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  SIDETONE_TRY(const auto answer, peer->connection->create_answer());
  return HostMessage(to_wire(peer->id, answer));
}

ControlSession::Answer ControlSession::on(const protocol::LocalSet& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  std::optional<media::peer::SessionDescription> wanted;
  // Without SDP it is the engine that made the description; a rollback has none.
  const bool rollback = request.kind == protocol::SdpKind::kRollback;
  if (rollback || (request.kind && request.sdp)) wanted = {from_wire(*request.kind), request.sdp.value_or("")};
  if (!request.kind && request.sdp) return Error{ErrorCode::kMalformed, "is missing beside 'o'", "y"};
  SIDETONE_TRY(const auto set, peer->connection->set_local_description(std::move(wanted)));
  return HostMessage(to_wire(peer->id, set));
}

ControlSession::Answer ControlSession::on(const protocol::RemoteSet& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  SIDETONE_CHECK(peer->connection->set_remote_description({from_wire(request.kind), request.sdp}));
  return HostMessage(protocol::Transceivers{peer->id, peers_.transceivers(*peer)});
}

ControlSession::Answer ControlSession::on(const protocol::CandidateAdd& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  SIDETONE_CHECK(peer->connection->add_ice_candidate(
      {request.candidate, request.mid.value_or(""), request.line.value_or(0), request.ufrag.value_or("")}));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::StatsGet& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  return HostMessage(protocol::Stats{peer->id, peer->connection->stats_json()});
}

ControlSession::Answer ControlSession::on(const protocol::PeerClose& request) {
  SIDETONE_CHECK(peers_.find(request.peer));
  peers_.close(request.peer);
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::ChannelCreate& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  if (request.channel.front() == '~')
    return Error{ErrorCode::kOutOfRange, "ids that start with '~' are the host's", "i"};
  if (find_channel(*peer, request.channel))
    return Error{ErrorCode::kConflict, "there is a data channel of this name", "i"};
  if (peer->channels.size() >= kMaxChannels)
    return Error{ErrorCode::kTooLarge, std::to_string(kMaxChannels) + " data channels are open", "i"};
  media::peer::DataChannelOptions options;
  options.label = request.label;
  options.protocol = request.protocol;
  options.ordered = !request.unordered;
  options.max_retransmits = narrow(request.max_retransmits);
  options.max_packet_life_ms = narrow(request.max_packet_life_ms);
  options.negotiated_stream = narrow(request.negotiated_id);
  SIDETONE_TRY(const auto handle, peer->connection->create_data_channel(options));
  options.label = media::sctp::shown_label(options.label);
  options.protocol = media::sctp::shown_label(options.protocol);
  peer->channels[handle] = {request.channel, options, false};
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::ChannelMessage& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  SIDETONE_TRY(const auto handle, find_channel(*peer, request.channel));
  if (request.binary) {
    const auto bytes = net::base64url_decode(request.data);
    if (!bytes) return Error{ErrorCode::kMalformed, "is not base64url", "x"};
    SIDETONE_CHECK(peer->connection->send(handle, true, *bytes));
  } else {
    SIDETONE_CHECK(peer->connection->send(
        handle, false, {reinterpret_cast<const std::uint8_t*>(request.data.data()), request.data.size()}));
  }
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::ChannelClose& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  SIDETONE_TRY(const auto handle, find_channel(*peer, request.channel));
  peer->connection->close_channel(handle);
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::MediaDeviceList&) {
  return HostMessage(protocol::MediaDevices{media_devices(engine_.audio())});
}

ControlSession::Answer ControlSession::on(const protocol::TrackCapture& request) {
  SIDETONE_CHECK(peers_.capture(request.track, request.device, processing_in(request)));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::TrackSet& request) {
  SIDETONE_CHECK(peers_.set_track(request.track, request.enabled, request.device, processing_in(request)));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::TrackStop& request) {
  SIDETONE_CHECK(peers_.stop_track(request.track));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::PlayoutSet& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  SIDETONE_CHECK(peer->connection->set_sink({!request.muted, request.device, request.volume_percent / 100.0}));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::DtmfInsert& request) {
  SIDETONE_TRY(Peer * peer, peers_.find(request.peer));
  SIDETONE_CHECK(peer->connection->insert_keys(request.tones, Milliseconds{request.duration_ms},
                                               Milliseconds{request.gap_ms}, request.append));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::SoundPlay& request) {
  SIDETONE_CHECK(sounds_.play(request));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::SoundStop&) {
  sounds_.stop();
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::MicrophoneWatch& request) {
  SIDETONE_CHECK(sounds_.watch(request));
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::LevelsWatch& request) {
  const Milliseconds interval{request.interval_ms};
  if (interval.count() != 0 && interval < kShortestLevelsInterval)
    return Error{ErrorCode::kOutOfRange, "must be 0, or at least " + std::to_string(kShortestLevelsInterval.count()),
                 "e"};
  levels_interval_ = interval;
  const std::uint32_t watch = ++levels_watch_;
  levels_sent_.clear();
  if (interval.count() != 0) send_levels(watch);
  return HostMessage(protocol::Ok{});
}

ControlSession::Answer ControlSession::on(const protocol::Ping&) { return HostMessage(protocol::Ok{}); }

void ControlSession::send_levels(std::uint32_t watch) {
  scheduler_.after(levels_interval_, [weak = weak_from_this(), watch] {
    const auto self = weak.lock();
    if (!self || watch != self->levels_watch_) return;
    self->levels_age_ += self->levels_interval_;
    auto levels = self->peers_.levels();
    if (self->levels_age_ >= kLongestLevelsAge || !are_near(levels, self->levels_sent_)) {
      self->levels_age_ = Milliseconds{0};
      self->levels_sent_ = levels;
      if (!levels.empty()) self->send_(protocol::Levels{std::move(levels)});
    }
    self->send_levels(watch);
  });
}

}  // namespace sidetone::host::control
