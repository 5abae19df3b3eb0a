#include "native-host/control/peers.hpp"

#include <algorithm>

#include "core/base/utf8.hpp"
#include "media/ice/server_lookup.hpp"
#include "media/sctp/dcep.hpp"
#include "native-host/control/text.hpp"
#include "native-host/control/wire.hpp"
#include "net/crypto.hpp"

namespace sidetone::host::control {

namespace peer = media::peer;

namespace {

/// Said at once: without a server that can relay no candidate would be found, and no connection either.
Status check_relays(const peer::Configuration& configuration) {
  std::string reason = "none is given";
  for (const auto& server : configuration.ice_servers) {
    const auto usable = media::ice::usable_server(server.url);
    if (!usable)
      reason = usable.error().text;
    else if (usable->turn)
      return {};
  }
  return Error{ErrorCode::kUnsupported,
               "relayed candidates alone are wanted, and no TURN server can be used: " + reason, "ice"};
}

/// What JSON makes of a text: a control character takes six bytes.
std::size_t escaped_bytes(std::string_view text) {
  std::size_t bytes = 0;
  for (const char c : text) bytes += static_cast<std::uint8_t>(c) < 0x20 ? 6 : c == '"' || c == '\\' ? 2 : 1;
  return bytes;
}

/// Why a client cannot be given this text; empty: it can.
std::string fault_of_text(const std::string& text) {
  if (!is_utf8(text)) return "a text was not UTF-8";  // RFC 8831 §6.6; it would make the client's whole frame invalid
  // As text in text the frame that carries it may double once more.
  if (escaped_bytes(text) > 2 * protocol::limits::kChannelMessageBytes) return "a text had too many control characters";
  return {};
}

}  // namespace

Peers::Peers(peer::MediaEngine& engine, const Clock& clock, Events events)
    : engine_(engine), clock_(clock), events_(std::move(events)) {}

// Whom the events would go to is half gone already.
Peers::~Peers() {
  for (const auto& [id, one] : peers_) one->connection->close();
}

Peer* Peers::lookup(const std::string& id) {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : found->second.get();
}

Result<Peer*> Peers::find(const std::string& id) {
  if (auto* found = lookup(id)) return found;
  return Error{ErrorCode::kNotFound, "there is no such peer connection", "p"};
}

Status Peers::create(const protocol::PeerCreate& request) {
  if (lookup(request.peer) != nullptr)
    return Error{ErrorCode::kConflict, "there is a peer connection of this name", "p"};
  if (peers_.size() >= kMaxPeers)
    return Error{ErrorCode::kTooLarge, std::to_string(kMaxPeers) + " peer connections are open", "p"};
  peer::Configuration configuration;
  configuration.relay_only = request.relay_only;
  configuration.max_message_bytes = kMaxChannelMessageBytes;
  for (const auto& server : request.ice_servers) configuration.ice_servers.push_back(from_wire(server));

  if (request.relay_only) SIDETONE_CHECK(check_relays(configuration));

  auto made = std::make_unique<Peer>();
  made->id = request.peer;
  made->tag = request.tag;
  made->unconnected_since = clock_.now();
  made->connection = engine_.make_peer(configuration, events_of(request.peer));
  if (!made->connection)
    return Error{ErrorCode::kUnavailable, "the system has no keys or memory for another peer connection", "p"};
  made->states = made->connection->states();
  peers_.emplace(request.peer, std::move(made));
  return {};
}

Status Peers::tag(const std::string& id, const std::string& tag) {
  SIDETONE_TRY(Peer * found, find(id));
  found->tag = tag;
  if (found->connected()) events_.live_calls_changed();
  return {};
}

void Peers::close(const std::string& id) {
  const auto found = peers_.find(id);
  if (found == peers_.end()) return;
  // Out of the map first: the live calls that are reported below are those that remain.
  const auto gone = std::move(found->second);
  peers_.erase(found);
  gone->connection->close();
  if (gone->connected()) events_.live_calls_changed();
}

void Peers::say_closed(const Peer& peer) {
  peer::States closed;
  closed.signaling = peer::SignalingState::kClosed;
  closed.connection = peer::ConnectionState::kClosed;
  closed.ice = peer::IceConnectionState::kClosed;
  closed.gathering = peer.states.gathering;
  events_.emit(to_wire(peer.id, closed));
}

void Peers::release(const std::string& tag) {
  std::vector<std::string> ids;
  for (const auto& [id, one] : peers_)
    if (!tag.empty() && one->tag == tag) ids.push_back(id);
  for (const auto& id : ids) {
    say_closed(*peers_[id]);
    close(id);
  }
}

void Peers::close_all() {
  while (!peers_.empty()) close(std::string(peers_.begin()->first));
}

void Peers::forget_all() {
  close_all();
  tracks_.clear();
}

Status Peers::capture(const std::string& track, const std::string& device,
                      const media::audio::WantedProcessing& processing) {
  if (tracks_.contains(track)) return Error{ErrorCode::kConflict, "there is a track of this name", "k"};
  if (tracks_.size() >= kMaxTracks)
    return Error{ErrorCode::kTooLarge, std::to_string(kMaxTracks) + " tracks are open", "k"};
  SIDETONE_TRY(auto source, source_of_device(engine_.audio(), device));
  source.processing = processing;
  tracks_[track].source = std::move(source);
  return {};
}

Status Peers::set_track(const std::string& track, bool enabled, const std::optional<std::string>& device,
                        const media::audio::WantedProcessing& processing) {
  const auto found = tracks_.find(track);
  if (found == tracks_.end()) return Error{ErrorCode::kNotFound, "there is no such track", "k"};
  Track changed = found->second;
  changed.enabled = enabled;
  if (device) {
    SIDETONE_TRY(changed.source, source_of_device(engine_.audio(), *device));
  }
  const auto& before = found->second.source.processing;
  const auto either = [](std::optional<bool> now, std::optional<bool> earlier) { return now ? now : earlier; };
  changed.source.processing = {either(processing.echo_cancellation, before.echo_cancellation),
                               either(processing.noise_suppression, before.noise_suppression),
                               either(processing.auto_gain_control, before.auto_gain_control)};
  for (const auto& [id, one] : peers_)
    if (std::find(one->tracks.begin(), one->tracks.end(), track) != one->tracks.end())
      SIDETONE_CHECK(apply_track(*one, &changed));
  found->second = changed;
  return {};
}

Status Peers::stop_track(const std::string& track) {
  if (tracks_.erase(track) == 0) return Error{ErrorCode::kNotFound, "there is no such track", "k"};
  for (const auto& [id, one] : peers_) {
    for (auto& sent : one->tracks) {
      if (sent != track) continue;
      sent.clear();
      SIDETONE_CHECK(apply_track(*one, nullptr));
    }
  }
  return {};
}

Status Peers::apply_track(Peer& peer, const Track* track) {
  SIDETONE_CHECK(peer.connection->set_source(track == nullptr ? media::audio::Source{} : track->source));
  peer.connection->set_muted(track != nullptr && !track->enabled);
  return {};
}

Status Peers::send_track(Peer& peer, std::size_t index, const std::string& track) {
  const auto found = tracks_.find(track);
  if (!track.empty() && found == tracks_.end()) return Error{ErrorCode::kNotFound, "there is no such track", "k"};
  SIDETONE_CHECK(apply_track(peer, track.empty() ? nullptr : &found->second));
  if (peer.tracks.size() <= index) peer.tracks.resize(index + 1);
  peer.tracks[index] = track;
  return {};
}

void Peers::drop_unused_tracks() {
  std::erase_if(tracks_, [&](const auto& track) {
    return std::none_of(peers_.begin(), peers_.end(), [&](const auto& one) {
      const auto& sent = one.second->tracks;
      return std::find(sent.begin(), sent.end(), track.first) != sent.end();
    });
  });
}

std::vector<protocol::Transceiver> Peers::transceivers(const Peer& peer) const {
  std::vector<protocol::Transceiver> out;
  for (const auto& one : peer.connection->transceivers()) {
    auto& wire = out.emplace_back();
    wire.mid = one.mid;
    wire.direction = to_wire(one.direction);
    if (one.current_direction) wire.current_direction = to_wire(*one.current_direction);
    wire.can_insert_dtmf = one.takes_keys;
    const std::size_t index = out.size() - 1;
    if (index >= peer.tracks.size() || peer.tracks[index].empty()) continue;
    wire.track = peer.tracks[index];
    const auto track = tracks_.find(*wire.track);
    wire.muted = track != tracks_.end() && !track->second.enabled;
  }
  return out;
}

std::vector<protocol::PeerInfo> Peers::list() const {
  std::vector<protocol::PeerInfo> out;
  for (const auto& [id, one] : peers_) {
    const auto state = to_wire(id, one->states);
    auto& info = out.emplace_back();
    info.peer = id;
    info.tag = one->tag;
    info.signaling = state.signaling;
    info.connection = state.connection;
    info.ice = state.ice;
    info.gathering = state.gathering;
    info.transceivers = transceivers(*one);
    for (const auto& [handle, channel] : one->channels)
      info.channels.push_back({channel.id, channel.options.label, channel.options.protocol, channel.open});
  }
  return out;
}

std::vector<protocol::PeerLevels> Peers::levels() const {
  std::vector<protocol::PeerLevels> out;
  for (const auto& [id, one] : peers_) {
    if (!one->connected()) continue;
    const auto levels = one->connection->levels();
    out.push_back({id, levels.sent, levels.received});
  }
  return out;
}

std::vector<std::string> Peers::live_calls() const {
  std::vector<std::string> tags;
  for (const auto& [id, one] : peers_)
    if (one->connected() && !one->tag.empty()) tags.push_back(one->tag);
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

void Peers::deliver_waiting() {
  for (const auto& [id, one] : peers_) {
    while (!one->waiting.empty() && events_.emit(one->waiting.front())) one->waiting.pop_front();
    if (one->waiting.empty()) one->waiting_bytes = 0;
  }
}

void Peers::sweep(std::optional<MonotonicTime> unattended_since) {
  if (!unattended_since) return;
  const auto now = clock_.now();
  if (now - *unattended_since < kUnattendedTime) return;
  std::vector<std::string> ids;
  for (const auto& [id, one] : peers_)
    if (one->tag.empty() || (!one->connected() && now - one->unconnected_since >= kUnattendedTime)) ids.push_back(id);
  for (const auto& id : ids) close(id);
}

peer::PeerEvents Peers::events_of(const std::string& id) {
  peer::PeerEvents events;
  events.states_changed = [this, id](const peer::States& states) { on_states(id, states); };
  events.candidate_found = [this, id](const peer::IceCandidate& candidate) {
    if (lookup(id) != nullptr) events_.emit(to_wire(id, candidate));
  };
  events.channel_opened = [this, id](peer::ChannelHandle handle, const peer::DataChannelOptions& options,
                                     std::uint16_t stream,
                                     bool remote) { on_channel_opened(id, handle, options, stream, remote); };
  events.channel_message = [this, id](peer::ChannelHandle handle, bool binary, Bytes data) {
    on_channel_message(id, handle, binary, data);
  };
  events.channel_closed = [this, id](peer::ChannelHandle handle, const std::string& error) {
    on_channel_closed(id, handle, error);
  };
  events.key_sent = [this, id](char key, const std::string& left) {
    if (lookup(id) != nullptr)
      events_.emit(protocol::DtmfTone{id, key == 0 ? std::string() : std::string(1, key), left});
  };
  events.key_received = [this, id](const media::rtp::ReceivedKey& key) {
    if (lookup(id) != nullptr)
      events_.emit(
          protocol::DtmfReceived{id, std::string(1, key.key), static_cast<std::uint32_t>(key.duration.count())});
  };
  events.source_lost = [this, id](const std::string& reason) { on_source_lost(id, reason); };
  return events;
}

void Peers::on_states(const std::string& id, const peer::States& states) {
  auto* one = lookup(id);
  if (one == nullptr) return;
  const bool was_connected = one->connected();
  one->states = states;
  if (was_connected && !one->connected()) one->unconnected_since = clock_.now();
  events_.emit(to_wire(id, states));
  if (was_connected != one->connected()) events_.live_calls_changed();
}

void Peers::on_channel_opened(const std::string& id, peer::ChannelHandle handle,
                              const peer::DataChannelOptions& options, std::uint16_t stream, bool remote) {
  auto* one = lookup(id);
  if (one == nullptr) return;
  if (remote && one->channels.size() >= kMaxChannels) return one->connection->close_channel(handle);
  auto& channel = one->channels[handle];
  // '~' sets these apart from the ids that clients choose (docs/native-host.md).
  if (remote) channel.id = "~" + std::to_string(++one->remote_channels);
  channel.options = options;
  channel.options.label = media::sctp::shown_label(options.label);
  channel.options.protocol = media::sctp::shown_label(options.protocol);
  channel.open = true;
  protocol::ChannelOpened opened;
  opened.peer = id;
  opened.channel = channel.id;
  opened.label = channel.options.label;
  opened.protocol = channel.options.protocol;
  opened.stream = stream;
  opened.remote = remote;
  events_.emit(opened);
}

void Peers::on_channel_message(const std::string& id, peer::ChannelHandle handle, bool binary, Bytes data) {
  auto* one = lookup(id);
  if (one == nullptr) return;
  const auto channel = one->channels.find(handle);
  if (channel == one->channels.end()) return;
  protocol::ChannelMessage message;
  message.peer = id;
  message.channel = channel->second.id;
  message.binary = binary;
  if (binary)
    message.data = net::base64url(data);
  else
    message.data.assign(reinterpret_cast<const char*>(data.data()), data.size());
  if (const auto fault = binary ? std::string() : fault_of_text(message.data); !fault.empty()) {
    // A reliable channel that leaves a message out would be a lie.
    ++dropped_messages_;
    one->connection->close_channel(handle);
    return on_channel_closed(id, handle, fault);
  }
  if (events_.emit(message)) return;
  one->waiting_bytes += message.data.size();
  one->waiting.push_back(std::move(message));
  while (one->waiting.size() > kMaxWaitingMessages || one->waiting_bytes > kMaxWaitingBytes) {
    one->waiting_bytes -= one->waiting.front().data.size();
    one->waiting.pop_front();
  }
}

void Peers::on_channel_closed(const std::string& id, peer::ChannelHandle handle, const std::string& error) {
  auto* one = lookup(id);
  if (one == nullptr) return;
  const auto channel = one->channels.find(handle);
  if (channel == one->channels.end()) return;
  const std::string name = channel->second.id;
  one->channels.erase(channel);
  events_.emit(protocol::ChannelClosed{id, name, error.empty() ? std::nullopt : std::optional(error)});
}

void Peers::on_source_lost(const std::string& id, const std::string& reason) {
  auto* one = lookup(id);
  if (one == nullptr) return;
  for (const auto& track : one->tracks)
    if (!track.empty())
      events_.emit(protocol::TrackEnded{track, std::string(utf8_prefix(reason, protocol::limits::kErrorTextBytes))});
}

}  // namespace sidetone::host::control
