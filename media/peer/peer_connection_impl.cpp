#include "media/peer/peer_connection_impl.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sidetone::media::peer {
namespace {

constexpr std::size_t kMaxEarlyCandidates = 64;
constexpr std::uint64_t kDefaultMaxMessageBytes = 65'536;  // RFC 8841 §6.1, where the far end says nothing

std::string random_name(Random& random) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz012345";
  std::string name;
  for (int i = 0; i < 4; ++i) {
    std::uint32_t bits = random.next_u32();
    for (int j = 0; j < 4; ++j, bits >>= 5) name += kAlphabet[bits & 31];
  }
  return name;
}

}  // namespace

PeerConnectionImpl::PeerConnectionImpl(EngineContext& engine, const Configuration& configuration, PeerEvents events,
                                       std::shared_ptr<const dtls::Certificate> certificate)
    : engine_(engine),
      configuration_(configuration),
      events_(std::make_shared<const PeerEvents>(std::move(events))),
      codecs_(allowed_codecs(audio::supported_codecs(), engine.voice.codecs)),
      made_at_(engine.clock.now()),
      made_wall_(engine.clock.wall()),
      session_id_(engine.random.next_u64() >> 2),  // RFC 8829 §5.2.1: fits a signed 64-bit number
      stream_id_(random_name(engine.random)),
      track_id_(random_name(engine.random)),
      transport_(engine, configuration, std::move(certificate),
                 [this] {
                   TransportEvents transport;
                   transport.candidate_found = [this](const ice::Candidate& candidate, const std::string& ufrag) {
                     on_candidate(candidate, ufrag);
                   };
                   transport.states_changed = [this] { update_states(); };
                   transport.connected = [this] { on_connected(); };
                   transport.rtp = [this](Bytes packet) { voice_.on_rtp(packet); };
                   transport.rtcp = [this](Bytes packet) { voice_.on_rtcp(packet); };
                   transport.data = [this](Bytes packet) { channels_.receive(packet); };
                   return transport;
                 }()),
      voice_(engine, transport_, random_name(engine.random),
             {[this](std::string reason) {
                notify([reason = std::move(reason)](const PeerEvents& to) {
                  if (to.source_lost) to.source_lost(reason);
                });
              },
              [this](const rtp::EventSender::Change& change) { on_key_sent(change); },
              [this](const rtp::ReceivedKey& key) {
                notify([key](const PeerEvents& to) {
                  if (to.key_received) to.key_received(key);
                });
              }}),
      channels_(
          engine.main, engine.clock,
          [post = engine.post, alive = alive_](std::function<void()> task) {
            post([alive, task = std::move(task)] {
              if (*alive) task();
            });
          },
          [this] {
            sctp::DataChannelCallbacks callbacks;
            callbacks.send = [this](Bytes packet) { (void)transport_.send_data(packet); };
            callbacks.opened = [this](sctp::ChannelId id, const sctp::ChannelParameters& parameters,
                                      std::uint16_t stream, bool remote) {
              DataChannelOptions options{parameters.label,           parameters.protocol,           parameters.ordered,
                                         parameters.max_retransmits, parameters.max_packet_life_ms, std::nullopt};
              const auto to = events_;
              if (!closed() && to->channel_opened) to->channel_opened(id, options, stream, remote);
            };
            callbacks.received = [this](sctp::ChannelId id, bool binary, Bytes data) {
              const auto to = events_;
              if (!closed() && to->channel_message) to->channel_message(id, binary, data);
            };
            callbacks.closed = [this](sctp::ChannelId id, const std::string& error) {
              const auto to = events_;
              if (!closed() && to->channel_closed) to->channel_closed(id, error);
            };
            return callbacks;
          }(),
          configuration_.max_message_bytes) {}

PeerConnectionImpl::~PeerConnectionImpl() {
  close();
  *alive_ = false;
}

/// Run on the I/O thread after what is going on now; not after close or destruction.
template <class Call>
void PeerConnectionImpl::notify(Call call) {
  engine_.post([this, alive = alive_, events = events_, call = std::move(call)] {
    if (*alive && !closed()) call(*events);
  });
}

// --- States ---

void PeerConnectionImpl::update_states() {
  if (closed()) return;
  const States before = states_;
  const dtls::State dtls = transport_.dtls_state();
  switch (transport_.ice_state()) {
    case ice::State::kNew:
      states_.ice = IceConnectionState::kNew;
      break;
    case ice::State::kChecking:
      states_.ice = IceConnectionState::kChecking;
      break;
    case ice::State::kConnected:
      states_.ice = IceConnectionState::kConnected;
      break;
    case ice::State::kDisconnected:
      states_.ice = IceConnectionState::kDisconnected;
      break;
    case ice::State::kFailed:
      states_.ice = IceConnectionState::kFailed;
      break;
  }
  // RTCPeerConnectionState of the W3C, for one transport. A far end that said goodbye counts as disconnected: nothing
  // more will come from it.
  if (states_.ice == IceConnectionState::kFailed || dtls == dtls::State::kFailed || transport_.lacks_keys()) {
    states_.connection = ConnectionState::kFailed;
  } else if (states_.ice == IceConnectionState::kDisconnected || dtls == dtls::State::kClosed) {
    states_.connection = ConnectionState::kDisconnected;
  } else if (transport_.connected()) {
    states_.connection = ConnectionState::kConnected;
  } else if (states_.ice != IceConnectionState::kNew || dtls == dtls::State::kConnecting) {
    states_.connection = ConnectionState::kConnecting;
  } else {
    states_.connection = ConnectionState::kNew;
  }
  states_.gathering = transport_.gathering_state();
  if (states_.gathering != GatheringState::kComplete) {
    gathering_reported_ = false;
  } else if (!std::exchange(gathering_reported_, true)) {
    on_gathering_done();
  }
  if (states_ == before) return;
  notify([states = states_](const PeerEvents& to) {
    if (to.states_changed) to.states_changed(states);
  });
}

void PeerConnectionImpl::set_signaling(SignalingState state) {
  if (states_.signaling == state) return;
  states_.signaling = state;
  notify([states = states_](const PeerEvents& to) {
    if (to.states_changed) to.states_changed(states);
  });
  if (state == SignalingState::kStable) {
    negotiation_needed_ = false;
    check_negotiation_needed();
  }
}

bool PeerConnectionImpl::data_wanted() const {
  return channels_.used() || std::any_of(lines_.begin(), lines_.end(),
                                         [](const Line& line) { return line.kind == "application" && !line.rejected; });
}

bool PeerConnectionImpl::needs_negotiation() const {
  for (const auto& transceiver : transceivers_) {
    if (transceiver.stopped) {
      const bool live = std::any_of(lines_.begin(), lines_.end(),
                                    [&](const Line& line) { return line.mid == transceiver.mid && !line.rejected; });
      if (live && !transceiver.mid.empty()) return true;
      continue;
    }
    if (transceiver.mid.empty() || !transceiver.current) return true;
    // What was negotiated may be less than what we want when the far end wants less; only our own side counts.
    const auto local =
        std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) { return line.mid == transceiver.mid; });
    if (local == lines_.end()) return true;
    const auto section = static_cast<std::size_t>(local - lines_.begin());
    if (!current_local_ || !current_remote_ || section >= current_local_->sdp.media.size() ||
        section >= current_remote_->sdp.media.size())
      return true;
    const Direction said = current_local_->sdp.media[section].direction;
    const Direction wanted =
        current_local_->type == SdpType::kOffer
            ? transceiver.direction
            : common(transceiver.direction, reversed(current_remote_->sdp.media[section].direction));
    if (said != wanted) return true;
  }
  return channels_.used() && std::none_of(lines_.begin(), lines_.end(), [](const Line& line) {
           return line.kind == "application" && !line.rejected;
         });
}

void PeerConnectionImpl::check_negotiation_needed() {
  if (closed() || states_.signaling != SignalingState::kStable || negotiation_needed_ || !needs_negotiation()) return;
  negotiation_needed_ = true;
  notify([this](const PeerEvents& to) {
    if (to.negotiation_needed && negotiation_needed_ && states_.signaling == SignalingState::kStable &&
        needs_negotiation())
      to.negotiation_needed();
  });
}

// --- Transceivers and media ---

PeerConnectionImpl::Transceiver* PeerConnectionImpl::audio_transceiver() {
  const auto found =
      std::find_if(transceivers_.begin(), transceivers_.end(), [](const Transceiver& item) { return !item.stopped; });
  return found == transceivers_.end() ? nullptr : &*found;
}

const PeerConnectionImpl::Transceiver* PeerConnectionImpl::audio_transceiver() const {
  const auto found =
      std::find_if(transceivers_.begin(), transceivers_.end(), [](const Transceiver& item) { return !item.stopped; });
  return found == transceivers_.end() ? nullptr : &*found;
}

Result<std::size_t> PeerConnectionImpl::add_transceiver(Direction direction) {
  if (closed()) return Error{ErrorCode::kConflict, "the connection is closed", "peer"};
  if (direction == Direction::kStopped)
    return Error{ErrorCode::kOutOfRange, "a new transceiver cannot be stopped", "peer"};
  if (Transceiver* existing = audio_transceiver()) {
    if (existing->claimed) return Error{ErrorCode::kUnsupported, "there is one audio transceiver already", "peer"};
    existing->claimed = true;
    existing->direction = direction;
    check_negotiation_needed();
    return static_cast<std::size_t>(existing - transceivers_.data());
  }
  if (transceivers_.size() >= 16) return Error{ErrorCode::kTooLarge, "too many transceivers", "peer"};
  transceivers_.push_back({{}, direction, std::nullopt, false, true});
  check_negotiation_needed();
  return transceivers_.size() - 1;
}

Status PeerConnectionImpl::set_direction(std::size_t index, Direction direction) {
  if (closed()) return Error{ErrorCode::kConflict, "the connection is closed", "peer"};
  if (index >= transceivers_.size()) return Error{ErrorCode::kNotFound, "no such transceiver", "peer"};
  Transceiver& transceiver = transceivers_[index];
  if (transceiver.stopped) return Error{ErrorCode::kConflict, "the transceiver is stopped", "peer"};
  transceiver.claimed = true;
  if (direction == Direction::kStopped) {
    transceiver.stopped = true;
    transceiver.direction = Direction::kInactive;
    (void)voice_.configure({});
  } else {
    transceiver.direction = direction;
  }
  check_negotiation_needed();
  return {};
}

std::vector<TransceiverInfo> PeerConnectionImpl::transceivers() const {
  std::vector<TransceiverInfo> out;
  for (const auto& item : transceivers_)
    out.push_back({item.mid, item.stopped ? Direction::kStopped : item.direction,
                   item.stopped ? std::optional(Direction::kStopped) : item.current,
                   &item == audio_transceiver() && voice_.parameters().send && voice_.parameters().send_events});
  return out;
}

Status PeerConnectionImpl::set_source(const audio::Source& source) { return voice_.set_source(source); }
void PeerConnectionImpl::set_muted(bool muted) { voice_.set_muted(muted); }
Status PeerConnectionImpl::set_sink(const audio::Sink& sink) { return voice_.set_sink(sink); }

Status PeerConnectionImpl::insert_keys(const std::string& keys, Milliseconds duration, Milliseconds gap, bool append) {
  // https://www.w3.org/TR/webrtc/#dom-rtcdtmfsender-insertdtmf
  constexpr Milliseconds kShortestKey{40};
  constexpr Milliseconds kShortestGap{30};
  constexpr Milliseconds kLongest{6000};
  if (closed()) return Error{ErrorCode::kConflict, "the connection is closed", "peer"};
  std::string order = keys;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i] >= 'a' && order[i] <= 'd') order[i] = static_cast<char>(order[i] - 'a' + 'A');
    if (order[i] != ',' && !rtp::event_of_key(order[i]))
      return Error{ErrorCode::kMalformed, "the character at " + std::to_string(i) + " is no key", "x"};
  }
  if (order.size() + (append ? keys_.size() : 0) > rtp::kMostKeys)
    return Error{ErrorCode::kTooLarge, "at most " + std::to_string(rtp::kMostKeys) + " keys may wait", "x"};
  const std::uint32_t number = keys_ordered_ + 1;
  SIDETONE_CHECK(voice_.insert_keys(
      {order, std::clamp(duration, kShortestKey, kLongest), std::clamp(gap, kShortestGap, kLongest), number, append}));
  if (!append) {
    keys_.clear();
    keys_replaced_ = number;
  }
  keys_ += order;
  keys_ordered_ = number;
  return {};
}

void PeerConnectionImpl::on_key_sent(const rtp::EventSender::Change& change) {
  // A key of an order whose rest has been taken back since is none of those that wait.
  if (change.key == 0 && change.number == keys_ordered_) keys_.clear();
  if (change.key != 0 && change.number >= keys_replaced_ && !keys_.empty()) keys_.erase(0, 1);
  notify([key = change.key, left = keys_](const PeerEvents& to) {
    if (to.key_sent) to.key_sent(key, left);
  });
}

PeerConnection::LevelPair PeerConnectionImpl::levels() const {
  const auto stats = voice_.leg_stats();
  return stats ? LevelPair{stats->sent_level, stats->received_level} : LevelPair{};
}

// --- Candidates ---

void PeerConnectionImpl::on_candidate(const ice::Candidate& candidate, const std::string& ufrag) {
  ice::Candidate trickled = candidate;
  trickled.ufrag = ufrag;
  IceCandidate out{ice::to_string(trickled), {}, 0, ufrag};
  const Description* local = pending_local_ ? &*pending_local_ : current_local_ ? &*current_local_ : nullptr;
  if (local != nullptr) {
    if (const auto section = transport_section(local->sdp)) {
      out.mid = local->sdp.media[*section].mid;
      out.line = static_cast<std::uint32_t>(*section);
    }
  }
  notify([this, out = std::move(out)](const PeerEvents& to) {
    // A rollback may have ended the generation since.
    const bool current = transport_.exists() && transport_.local_credentials().ufrag == out.ufrag;
    if (current && to.candidate_found) to.candidate_found(out);
  });
}

void PeerConnectionImpl::on_gathering_done() {
  IceCandidate out;
  out.ufrag = transport_.exists() ? transport_.local_credentials().ufrag : std::string();
  const Description* local = pending_local_ ? &*pending_local_ : current_local_ ? &*current_local_ : nullptr;
  if (local != nullptr) {
    if (const auto section = transport_section(local->sdp)) {
      out.mid = local->sdp.media[*section].mid;
      out.line = static_cast<std::uint32_t>(*section);
    }
  }
  notify([this, out = std::move(out)](const PeerEvents& to) {
    // A rollback may have ended the generation since.
    const bool current = transport_.exists() && transport_.local_credentials().ufrag == out.ufrag;
    if (current && to.candidate_found) to.candidate_found(out);
  });
}

Status PeerConnectionImpl::add_ice_candidate(const IceCandidate& candidate) {
  if (closed()) return Error{ErrorCode::kConflict, "the connection is closed", "peer"};
  const Description* remote = pending_remote_ ? &*pending_remote_ : current_remote_ ? &*current_remote_ : nullptr;
  if (remote == nullptr) {
    if (early_candidates_.size() >= kMaxEarlyCandidates)
      return Error{ErrorCode::kTooLarge, "too many candidates before the description", "candidate"};
    early_candidates_.push_back(candidate);
    return {};
  }
  ice::Candidate parsed;
  if (!candidate.candidate.empty()) {
    SIDETONE_TRY(parsed, ice::parse_candidate(candidate.candidate));
  }
  const auto& media = remote->sdp.media;
  std::size_t section = candidate.line;
  if (!candidate.mid.empty()) {
    const auto found =
        std::find_if(media.begin(), media.end(), [&](const SdpMedia& item) { return item.mid == candidate.mid; });
    section = static_cast<std::size_t>(found - media.begin());
  }
  if (section >= media.size())
    return Error{ErrorCode::kNotFound, "candidate names no section of the description", "candidate"};
  const auto carrier = transport_section(remote->sdp);
  if (!carrier || !transport_.exists()) return {};
  // Candidates of the other sections of a BUNDLE belong to transports that will never be.
  if (section != *carrier) return {};
  const std::string& ufrag = !candidate.ufrag.empty() ? candidate.ufrag : parsed.ufrag;
  if (candidate.candidate.empty()) {
    transport_.remote_candidates_done(ufrag);
    return {};
  }
  return transport_.add_candidate(parsed, ufrag);
}

void PeerConnectionImpl::flush_early_candidates() {
  for (const auto& candidate : std::exchange(early_candidates_, {})) (void)add_ice_candidate(candidate);
}

// --- Data channels ---

Result<ChannelHandle> PeerConnectionImpl::create_data_channel(const DataChannelOptions& options) {
  if (closed()) return Error{ErrorCode::kConflict, "the connection is closed", "peer"};
  const sctp::ChannelParameters parameters{options.label, options.protocol, options.ordered, options.max_retransmits,
                                           options.max_packet_life_ms};
  SIDETONE_TRY(const ChannelHandle handle, channels_.create(parameters, options.negotiated_stream));
  check_negotiation_needed();
  return handle;
}

Status PeerConnectionImpl::send(ChannelHandle channel, bool binary, Bytes data) {
  return channels_.send(channel, binary, data);
}
void PeerConnectionImpl::close_channel(ChannelHandle channel) { channels_.close_channel(channel); }

void PeerConnectionImpl::on_connected() {
  if (closed() || transport_.lacks_keys()) return;
  voice_.start();
  start_data();
}

void PeerConnectionImpl::start_data() {
  if (!remote_data_ || transport_.dtls_state() != dtls::State::kConnected) return;
  (void)channels_.connect(transport_.dtls_role() == dtls::Role::kClient, kSctpPort,
                          remote_data_->sctp_port.value_or(kSctpPort),
                          remote_data_->max_message_size.value_or(kDefaultMaxMessageBytes));
}

void PeerConnectionImpl::close() {
  if (closed()) return;
  channels_.close();
  voice_.stop();
  states_.signaling = SignalingState::kClosed;
  states_.connection = ConnectionState::kClosed;
  states_.ice = IceConnectionState::kClosed;
  transport_.close();
}

}  // namespace sidetone::media::peer
