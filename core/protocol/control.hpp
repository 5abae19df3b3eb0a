#pragma once

#include "core/protocol/calls.hpp"
#include "core/protocol/session.hpp"

/// The host control protocol: the W3C's RTCPeerConnection, RTCDataChannel and MediaDevices as messages.
/// Names follow https://www.w3.org/TR/webrtc/ and https://www.w3.org/TR/mediacapture-streams/. Peers, tracks and
/// channels are named by ids that the client chooses, so that a request never waits for another's answer. Peers belong
/// to the user, not to the client's connection: they outlive it.
namespace sidetone::protocol {

enum class Direction { kSendRecv, kSendOnly, kRecvOnly, kInactive, kStopped };
template <>
struct EnumNames<Direction> {
  static constexpr std::array<std::string_view, 5> kNames{"sendrecv", "sendonly", "recvonly", "inactive", "stopped"};
};
enum class SignalingState {
  kStable,
  kHaveLocalOffer,
  kHaveRemoteOffer,
  kHaveLocalPranswer,
  kHaveRemotePranswer,
  kClosed
};
template <>
struct EnumNames<SignalingState> {
  static constexpr std::array<std::string_view, 6> kNames{
      "stable", "have-local-offer", "have-remote-offer", "have-local-pranswer", "have-remote-pranswer", "closed"};
};
enum class ConnectionState { kNew, kConnecting, kConnected, kDisconnected, kFailed, kClosed };
template <>
struct EnumNames<ConnectionState> {
  static constexpr std::array<std::string_view, 6> kNames{"new",          "connecting", "connected",
                                                          "disconnected", "failed",     "closed"};
};
enum class IceConnectionState { kNew, kChecking, kConnected, kCompleted, kDisconnected, kFailed, kClosed };
template <>
struct EnumNames<IceConnectionState> {
  static constexpr std::array<std::string_view, 7> kNames{"new",          "checking", "connected", "completed",
                                                          "disconnected", "failed",   "closed"};
};
enum class GatheringState { kNew, kGathering, kComplete };
template <>
struct EnumNames<GatheringState> {
  static constexpr std::array<std::string_view, 3> kNames{"new", "gathering", "complete"};
};
enum class DeviceKind { kAudioInput, kAudioOutput };
template <>
struct EnumNames<DeviceKind> {
  static constexpr std::array<std::string_view, 2> kNames{"audioinput", "audiooutput"};
};

struct MediaDevice {
  std::string device;
  DeviceKind kind = DeviceKind::kAudioInput;
  std::string label;
  bool is_default = false;
  static constexpr auto fields() {
    return field_list(field("i", &MediaDevice::device, "deviceId"), field("y", &MediaDevice::kind, "kind"),
                      field("n", &MediaDevice::label, "label"),
                      field("z", &MediaDevice::is_default, "the system's default of its kind"));
  }
  bool operator==(const MediaDevice&) const = default;
};

struct Transceiver {
  std::string mid;
  std::optional<std::string> track;
  Direction direction = Direction::kSendRecv;
  std::optional<Direction> current_direction;
  bool muted = false;
  bool can_insert_dtmf = false;
  static constexpr auto fields() {
    return field_list(field("m", &Transceiver::mid, "mid; empty before negotiation", up_to(64)),
                      field("k", &Transceiver::track, "id of the track that is sent", up_to(64)),
                      field("y", &Transceiver::direction, "direction"),
                      field("z", &Transceiver::current_direction, "currentDirection"),
                      field("u", &Transceiver::muted, "the track that is sent is not enabled: silence"),
                      field("c", &Transceiver::can_insert_dtmf, "canInsertDTMF of its sender"));
  }
  bool operator==(const Transceiver&) const = default;
};

struct ChannelInfo {
  std::string channel;
  std::string label;
  std::string protocol;
  bool open = false;
  static constexpr auto fields() {
    return field_list(field("i", &ChannelInfo::channel, "channel", up_to(64)), field("n", &ChannelInfo::label, "label"),
                      field("x", &ChannelInfo::protocol, "subprotocol"), field("o", &ChannelInfo::open, "open"));
  }
  bool operator==(const ChannelInfo&) const = default;
};

/// A peer connection as a client finds it when it comes back.
struct PeerInfo {
  std::string peer;
  std::string tag;
  SignalingState signaling = SignalingState::kStable;
  ConnectionState connection = ConnectionState::kNew;
  IceConnectionState ice = IceConnectionState::kNew;
  GatheringState gathering = GatheringState::kNew;
  std::vector<Transceiver> transceivers;
  std::vector<ChannelInfo> channels;
  static constexpr auto fields() {
    return field_list(
        field("p", &PeerInfo::peer, "peer", up_to(64)), field("g", &PeerInfo::tag, "tag", up_to(64)),
        field("s0", &PeerInfo::signaling, "signalingState"), field("y", &PeerInfo::connection, "connectionState"),
        field("z", &PeerInfo::ice, "iceConnectionState"), field("w", &PeerInfo::gathering, "iceGatheringState"),
        field("l", &PeerInfo::transceivers, "transceivers", std::nullopt, 16),
        field("d", &PeerInfo::channels, "data channels", std::nullopt, 16));
  }
  bool operator==(const PeerInfo&) const = default;
};

// --- client → host: requests ---

struct Attach {
  static constexpr std::string_view kType = "attach";
  static constexpr std::string_view kDoc =
      "First message of a client. Answered by attached. A client that attaches takes over the events of the user's "
      "peers.";
  std::uint32_t version = 1;
  static constexpr auto fields() {
    return field_list(field("v", &Attach::version, "newest control protocol that the client speaks", Bounds{1, 1'000}));
  }
  bool operator==(const Attach&) const = default;
};

struct PeerCreate {
  static constexpr std::string_view kType = "peer_create";
  static constexpr std::string_view kDoc = "new RTCPeerConnection(configuration). Answered by ok.";
  std::string peer;
  std::string tag;
  std::vector<IceServer> ice_servers;
  bool relay_only = false;
  static constexpr auto fields() {
    return field_list(field("p", &PeerCreate::peer, "id chosen by the client", Bounds{1, 64}),
                      field("g", &PeerCreate::tag,
                            "the call that it belongs to, so that a later client finds it; may be empty", up_to(64)),
                      field("ice", &PeerCreate::ice_servers, "iceServers", std::nullopt, 16),
                      field("z", &PeerCreate::relay_only, "iceTransportPolicy: relay"));
  }
  bool operator==(const PeerCreate&) const = default;
};

struct PeerTag {
  static constexpr std::string_view kType = "peer_tag";
  static constexpr std::string_view kDoc =
      "Say which call a peer connection belongs to, once that is known. Answered by ok.";
  std::string peer;
  std::string tag;
  static constexpr auto fields() {
    return field_list(field("p", &PeerTag::peer, "peer", up_to(64)), field("g", &PeerTag::tag, "tag", up_to(64)));
  }
  bool operator==(const PeerTag&) const = default;
};

struct TransceiverAdd {
  static constexpr std::string_view kType = "transceiver_add";
  static constexpr std::string_view kDoc = "addTrack or addTransceiver('audio'). Answered by transceivers.";
  std::string peer;
  std::optional<std::string> track;
  Direction direction = Direction::kSendRecv;
  static constexpr auto fields() {
    return field_list(field("p", &TransceiverAdd::peer, "peer", up_to(64)),
                      field("k", &TransceiverAdd::track, "track to send", up_to(64)),
                      field("y", &TransceiverAdd::direction, "direction"));
  }
  bool operator==(const TransceiverAdd&) const = default;
};

struct TransceiverSet {
  static constexpr std::string_view kType = "transceiver_set";
  static constexpr std::string_view kDoc = "Change direction or replaceTrack. Answered by transceivers.";
  std::string peer;
  std::uint32_t index = 0;
  std::optional<Direction> direction;
  std::optional<std::string> track;
  static constexpr auto fields() {
    return field_list(field("p", &TransceiverSet::peer, "peer", up_to(64)),
                      field("l", &TransceiverSet::index, "position in getTransceivers()", up_to(15)),
                      field("y", &TransceiverSet::direction, "direction"),
                      field("k", &TransceiverSet::track, "track to send; empty: none", up_to(64)));
  }
  bool operator==(const TransceiverSet&) const = default;
};

struct OfferCreate {
  static constexpr std::string_view kType = "offer_create";
  static constexpr std::string_view kDoc = "createOffer(). Answered by description.";
  std::string peer;
  bool ice_restart = false;
  static constexpr auto fields() {
    return field_list(field("p", &OfferCreate::peer, "peer", up_to(64)),
                      field("z", &OfferCreate::ice_restart, "iceRestart"));
  }
  bool operator==(const OfferCreate&) const = default;
};

struct AnswerCreate {
  static constexpr std::string_view kType = "answer_create";
  static constexpr std::string_view kDoc = "createAnswer(). Answered by description.";
  std::string peer;
  static constexpr auto fields() { return field_list(field("p", &AnswerCreate::peer, "peer", up_to(64))); }
  bool operator==(const AnswerCreate&) const = default;
};

struct LocalSet {
  static constexpr std::string_view kType = "local_set";
  static constexpr std::string_view kDoc =
      "setLocalDescription(). Without kind: the offer or answer that fits the state. Answered by description: what was "
      "set.";
  std::string peer;
  std::optional<SdpKind> kind;
  std::optional<std::string> sdp;
  static constexpr auto fields() {
    return field_list(field("p", &LocalSet::peer, "peer", up_to(64)), field("y", &LocalSet::kind, "type"),
                      field("o", &LocalSet::sdp, "SDP; absent: the last one created", up_to(limits::kSdpBytes)));
  }
  bool operator==(const LocalSet&) const = default;
};

struct RemoteSet {
  static constexpr std::string_view kType = "remote_set";
  static constexpr std::string_view kDoc = "setRemoteDescription(). Answered by transceivers.";
  std::string peer;
  SdpKind kind = SdpKind::kOffer;
  std::string sdp;
  static constexpr auto fields() {
    return field_list(field("p", &RemoteSet::peer, "peer", up_to(64)), field("y", &RemoteSet::kind, "type"),
                      field("o", &RemoteSet::sdp, "SDP", up_to(limits::kSdpBytes)));
  }
  bool operator==(const RemoteSet&) const = default;
};

struct CandidateAdd {
  static constexpr std::string_view kType = "candidate_add";
  static constexpr std::string_view kDoc = "addIceCandidate(). Answered by ok.";
  std::string peer;
  std::string candidate;
  std::optional<std::string> mid;
  std::optional<std::uint32_t> line;
  std::optional<std::string> ufrag;
  static constexpr auto fields() {
    return field_list(
        field("p", &CandidateAdd::peer, "peer", up_to(64)),
        field("a", &CandidateAdd::candidate, "candidate; empty: no more come", up_to(limits::kCandidateBytes)),
        field("m", &CandidateAdd::mid, "sdpMid", up_to(64)), field("l", &CandidateAdd::line, "sdpMLineIndex"),
        field("u", &CandidateAdd::ufrag, "usernameFragment"));
  }
  bool operator==(const CandidateAdd&) const = default;
};

struct StatsGet {
  static constexpr std::string_view kType = "stats_get";
  static constexpr std::string_view kDoc = "getStats(). Answered by stats.";
  std::string peer;
  static constexpr auto fields() { return field_list(field("p", &StatsGet::peer, "peer", up_to(64))); }
  bool operator==(const StatsGet&) const = default;
};

struct PeerClose {
  static constexpr std::string_view kType = "peer_close";
  static constexpr std::string_view kDoc = "close(). Answered by ok.";
  std::string peer;
  static constexpr auto fields() { return field_list(field("p", &PeerClose::peer, "peer", up_to(64))); }
  bool operator==(const PeerClose&) const = default;
};

struct ChannelCreate {
  static constexpr std::string_view kType = "channel_create";
  static constexpr std::string_view kDoc = "createDataChannel(). Answered by ok; channel_opened follows.";
  std::string peer;
  std::string channel;
  std::string label;
  std::string protocol;
  bool unordered = false;
  std::optional<std::uint32_t> max_retransmits;
  std::optional<std::uint32_t> max_packet_life_ms;
  std::optional<std::uint32_t> negotiated_id;
  static constexpr auto fields() {
    return field_list(field("p", &ChannelCreate::peer, "peer", up_to(64)),
                      field("i", &ChannelCreate::channel, "id chosen by the client", Bounds{1, 64}),
                      field("n", &ChannelCreate::label, "label"), field("x", &ChannelCreate::protocol, "protocol"),
                      field("z", &ChannelCreate::unordered, "ordered: false"),
                      field("a", &ChannelCreate::max_retransmits, "maxRetransmits", up_to(65535)),
                      field("b", &ChannelCreate::max_packet_life_ms, "maxPacketLifeTime", up_to(65535)),
                      field("l", &ChannelCreate::negotiated_id, "negotiated: true with this stream", up_to(65534)));
  }
  bool operator==(const ChannelCreate&) const = default;
};

/// client → host: send; host → client: received.
struct ChannelMessage {
  static constexpr std::string_view kType = "channel_message";
  static constexpr std::string_view kDoc = "A message on a data channel, in either direction.";
  std::string peer;
  std::string channel;
  bool binary = false;
  std::string data;
  static constexpr auto fields() {
    return field_list(field("p", &ChannelMessage::peer, "peer", up_to(64)),
                      field("i", &ChannelMessage::channel, "channel", up_to(64)),
                      field("z", &ChannelMessage::binary, "data is base64url of bytes; else text"),
                      field("x", &ChannelMessage::data, "data", up_to(limits::kChannelMessageBytes)));
  }
  bool operator==(const ChannelMessage&) const = default;
};

struct ChannelClose {
  static constexpr std::string_view kType = "channel_close";
  static constexpr std::string_view kDoc = "close() of a data channel. Answered by ok.";
  std::string peer;
  std::string channel;
  static constexpr auto fields() {
    return field_list(field("p", &ChannelClose::peer, "peer", up_to(64)),
                      field("i", &ChannelClose::channel, "channel", up_to(64)));
  }
  bool operator==(const ChannelClose&) const = default;
};

struct MediaDeviceList {
  static constexpr std::string_view kType = "media_device_list";
  static constexpr std::string_view kDoc = "enumerateDevices(). Answered by media_devices.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const MediaDeviceList&) const = default;
};

struct TrackCapture {
  static constexpr std::string_view kType = "track_capture";
  static constexpr std::string_view kDoc =
      "getUserMedia({audio}). The microphone is open while a live track uses it. Answered by ok, or by error "
      "`unavailable` where there is no such device.";
  std::string track;
  std::string device;
  std::optional<bool> echo_cancellation;
  std::optional<bool> noise_suppression;
  std::optional<bool> auto_gain_control;
  static constexpr auto fields() {
    return field_list(field("k", &TrackCapture::track, "id chosen by the client", Bounds{1, 64}),
                      field("i", &TrackCapture::device,
                            "deviceId; empty: the default. `echo` (what the peer says, 1 s later) and `music` are "
                            "there on every host"),
                      field("c", &TrackCapture::echo_cancellation, "echoCancellation; left out: as the host is set"),
                      field("n", &TrackCapture::noise_suppression, "noiseSuppression; likewise"),
                      field("g", &TrackCapture::auto_gain_control, "autoGainControl; likewise"));
  }
  bool operator==(const TrackCapture&) const = default;
};

struct TrackSet {
  static constexpr std::string_view kType = "track_set";
  static constexpr std::string_view kDoc =
      "track.enabled (false: silence is sent), another microphone for a live track, or what is done to its sound. "
      "Answered by ok.";
  std::string track;
  bool enabled = false;
  std::optional<std::string> device;
  std::optional<bool> echo_cancellation;
  std::optional<bool> noise_suppression;
  std::optional<bool> auto_gain_control;
  static constexpr auto fields() {
    return field_list(field("k", &TrackSet::track, "track", up_to(64)), field("z", &TrackSet::enabled, "enabled"),
                      field("i", &TrackSet::device, "deviceId to change to"),
                      field("c", &TrackSet::echo_cancellation, "echoCancellation; left out: as it was"),
                      field("n", &TrackSet::noise_suppression, "noiseSuppression; likewise"),
                      field("g", &TrackSet::auto_gain_control, "autoGainControl; likewise"));
  }
  bool operator==(const TrackSet&) const = default;
};

struct TrackStop {
  static constexpr std::string_view kType = "track_stop";
  static constexpr std::string_view kDoc = "track.stop(). Answered by ok.";
  std::string track;
  static constexpr auto fields() { return field_list(field("k", &TrackStop::track, "track", up_to(64))); }
  bool operator==(const TrackStop&) const = default;
};

struct PlayoutSet {
  static constexpr std::string_view kType = "playout_set";
  static constexpr std::string_view kDoc =
      "Where and how loud the voice of a peer is heard (setSinkId, volume, muted). Until this is sent: the default "
      "output at full volume. Answered by ok.";
  std::string peer;
  std::string device;
  std::uint32_t volume_percent = 100;
  bool muted = false;
  static constexpr auto fields() {
    return field_list(
        field("p", &PlayoutSet::peer, "peer", up_to(64)), field("i", &PlayoutSet::device, "sinkId; empty: the default"),
        field("l", &PlayoutSet::volume_percent, "0 to 100", up_to(100)), field("z", &PlayoutSet::muted, "muted"));
  }
  bool operator==(const PlayoutSet&) const = default;
};

struct LevelsWatch {
  static constexpr std::string_view kType = "levels_watch";
  static constexpr std::string_view kDoc =
      "Look at levels this often while voice runs; send them when they differ by 1 dB, and every two seconds. Answered "
      "by ok.";
  std::uint32_t interval_ms = 0;
  static constexpr auto fields() {
    return field_list(field("e", &LevelsWatch::interval_ms, "0: stop; else 50 to 5000", up_to(5000)));
  }
  bool operator==(const LevelsWatch&) const = default;
};

// --- host → client: answers and events ---

struct Attached {
  static constexpr std::string_view kType = "attached";
  static constexpr std::string_view kDoc = "The host and what it carries.";
  std::uint32_t version = 1;
  std::string host_version;
  std::string name;
  std::vector<PeerInfo> peers;
  std::vector<MediaDevice> devices;
  static constexpr auto fields() {
    return field_list(field("v", &Attached::version, "control protocol that both speak"),
                      field("x", &Attached::host_version, "version of the host"),
                      field("n", &Attached::name, "name of the endpoint"),
                      field("l", &Attached::peers, "peer connections that live", std::nullopt, 64),
                      field("d", &Attached::devices, "audio devices", std::nullopt, 64));
  }
  bool operator==(const Attached&) const = default;
};

struct Description {
  static constexpr std::string_view kType = "description";
  static constexpr std::string_view kDoc = "RTCSessionDescription.";
  std::string peer;
  SdpKind kind = SdpKind::kOffer;
  std::string sdp;
  static constexpr auto fields() {
    return field_list(field("p", &Description::peer, "peer", up_to(64)), field("y", &Description::kind, "type"),
                      field("o", &Description::sdp, "SDP", up_to(limits::kSdpBytes)));
  }
  bool operator==(const Description&) const = default;
};

struct Transceivers {
  static constexpr std::string_view kType = "transceivers";
  static constexpr std::string_view kDoc = "All transceivers of the peer after the request.";
  std::string peer;
  std::vector<Transceiver> transceivers;
  static constexpr auto fields() {
    return field_list(field("p", &Transceivers::peer, "peer", up_to(64)),
                      field("l", &Transceivers::transceivers, "in the order of getTransceivers()", std::nullopt, 16));
  }
  bool operator==(const Transceivers&) const = default;
};

struct PeerState {
  static constexpr std::string_view kType = "peer_state";
  static constexpr std::string_view kDoc = "One or more of the peer's states have changed.";
  std::string peer;
  SignalingState signaling = SignalingState::kStable;
  ConnectionState connection = ConnectionState::kNew;
  IceConnectionState ice = IceConnectionState::kNew;
  GatheringState gathering = GatheringState::kNew;
  static constexpr auto fields() {
    return field_list(
        field("p", &PeerState::peer, "peer", up_to(64)), field("s0", &PeerState::signaling, "signalingState"),
        field("y", &PeerState::connection, "connectionState"), field("z", &PeerState::ice, "iceConnectionState"),
        field("w", &PeerState::gathering, "iceGatheringState"));
  }
  bool operator==(const PeerState&) const = default;
};

struct CandidateFound {
  static constexpr std::string_view kType = "candidate_found";
  static constexpr std::string_view kDoc = "icecandidate event.";
  std::string peer;
  std::string candidate;
  std::string mid;
  std::uint32_t line = 0;
  std::string ufrag;
  static constexpr auto fields() {
    return field_list(
        field("p", &CandidateFound::peer, "peer", up_to(64)),
        field("a", &CandidateFound::candidate, "candidate; empty: no more come", up_to(limits::kCandidateBytes)),
        field("m", &CandidateFound::mid, "sdpMid", up_to(64)), field("l", &CandidateFound::line, "sdpMLineIndex"),
        field("u", &CandidateFound::ufrag, "usernameFragment"));
  }
  bool operator==(const CandidateFound&) const = default;
};

struct ChannelOpened {
  static constexpr std::string_view kType = "channel_opened";
  static constexpr std::string_view kDoc =
      "A data channel is open; one that the far end made is announced by this too.";
  std::string peer;
  std::string channel;
  std::string label;
  std::string protocol;
  std::uint32_t stream = 0;
  bool remote = false;
  static constexpr auto fields() {
    return field_list(field("p", &ChannelOpened::peer, "peer", up_to(64)),
                      field("i", &ChannelOpened::channel, "channel", up_to(64)),
                      field("n", &ChannelOpened::label, "label"), field("x", &ChannelOpened::protocol, "protocol"),
                      field("l", &ChannelOpened::stream, "SCTP stream", up_to(65535)),
                      field("z", &ChannelOpened::remote, "made by the far end"));
  }
  bool operator==(const ChannelOpened&) const = default;
};

struct ChannelClosed {
  static constexpr std::string_view kType = "channel_closed";
  static constexpr std::string_view kDoc = "A data channel is closed.";
  std::string peer;
  std::string channel;
  std::optional<std::string> error;
  static constexpr auto fields() {
    return field_list(field("p", &ChannelClosed::peer, "peer", up_to(64)),
                      field("i", &ChannelClosed::channel, "channel", up_to(64)),
                      field("x", &ChannelClosed::error, "why, where it did not end in order (error event)",
                            up_to(limits::kErrorTextBytes)));
  }
  bool operator==(const ChannelClosed&) const = default;
};

struct Stats {
  static constexpr std::string_view kType = "stats";
  static constexpr std::string_view kDoc = "RTCStatsReport.";
  std::string peer;
  std::string report;
  static constexpr auto fields() {
    return field_list(
        field("p", &Stats::peer, "peer", up_to(64)),
        field("x", &Stats::report,
              "JSON array of RTCStats dictionaries, names and units of https://www.w3.org/TR/webrtc-stats/",
              up_to(limits::kControlBytes - 4096)));
  }
  bool operator==(const Stats&) const = default;
};

struct MediaDevices {
  static constexpr std::string_view kType = "media_devices";
  static constexpr std::string_view kDoc =
      "The host's audio devices; also sent unasked when one is plugged in or lost (devicechange).";
  std::vector<MediaDevice> devices;
  static constexpr auto fields() { return field_list(field("l", &MediaDevices::devices, "devices", std::nullopt, 64)); }
  bool operator==(const MediaDevices&) const = default;
};

struct TrackEnded {
  static constexpr std::string_view kType = "track_ended";
  static constexpr std::string_view kDoc =
      "The microphone of a track is gone. The call goes on in silence; track_set with another device brings it back.";
  std::string track;
  std::string reason;
  static constexpr auto fields() {
    return field_list(field("k", &TrackEnded::track, "track", up_to(64)),
                      field("x", &TrackEnded::reason, "why", up_to(limits::kErrorTextBytes)));
  }
  bool operator==(const TrackEnded&) const = default;
};

struct PeerLevels {
  std::string peer;
  double sent = 0;
  double received = 0;
  static constexpr auto fields() {
    return field_list(field("p", &PeerLevels::peer, "peer", up_to(64)),
                      field("a", &PeerLevels::sent, "RMS of the voice sent, 0 to 1 of full scale"),
                      field("b", &PeerLevels::received, "RMS of the voice played, 0 to 1 of full scale"));
  }
  bool operator==(const PeerLevels&) const = default;
};

struct Levels {
  static constexpr std::string_view kType = "levels";
  static constexpr std::string_view kDoc = "How loud it is, for meters.";
  std::vector<PeerLevels> peers;
  static constexpr auto fields() { return field_list(field("l", &Levels::peers, "peers", std::nullopt, 64)); }
  bool operator==(const Levels&) const = default;
};

struct Detached {
  static constexpr std::string_view kType = "detached";
  static constexpr std::string_view kDoc = "Another client of the user has attached; events go there now.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const Detached&) const = default;
};

}  // namespace sidetone::protocol
