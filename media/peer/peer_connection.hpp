#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "media/audio/audio_engine.hpp"
#include "media/udp/udp_socket.hpp"

/// RTCPeerConnection in C++ (https://www.w3.org/TR/webrtc/), audio and data only, always BUNDLE and rtcp-mux towards
/// peers that can.
namespace sidetone::media::peer {

enum class SignalingState {
  kStable,
  kHaveLocalOffer,
  kHaveRemoteOffer,
  kHaveLocalPranswer,
  kHaveRemotePranswer,
  kClosed
};
enum class ConnectionState { kNew, kConnecting, kConnected, kDisconnected, kFailed, kClosed };
enum class IceConnectionState { kNew, kChecking, kConnected, kCompleted, kDisconnected, kFailed, kClosed };
enum class GatheringState { kNew, kGathering, kComplete };
enum class SdpType { kOffer, kAnswer, kPranswer, kRollback };
enum class Direction { kSendRecv, kSendOnly, kRecvOnly, kInactive, kStopped };

struct SessionDescription {
  SdpType type = SdpType::kOffer;
  std::string sdp;
};

struct IceCandidate {
  std::string candidate;  ///< "candidate:…" as in SDP without "a="; empty: end of candidates (RFC 8838 §8.2)
  std::string mid;
  std::uint32_t line = 0;
  std::string ufrag;
};

struct IceServer {
  std::string url;  ///< stun:host:port, turn:host:port?transport=udp|tcp; turns: is left out, for libnice has no TLS
  std::string username;
  std::string credential;
};

/// Where the keys of the voice come from.
enum class Keying {
  kDtls,  ///< DTLS-SRTP (RFC 5764) over ICE: nobody on the way has them
  kSdes,  ///< SRTP with the keys in the descriptions (RFC 4568), without ICE: who carries these has them
  kNone,  ///< none: RTP in the clear, without ICE
};

struct Configuration {
  std::vector<IceServer> ice_servers;
  bool relay_only = false;
  bool answer_passive =
      false;  ///< answer an actpass offer with setup:passive; RFC 8842 §5.3 recommends active, the default
  /// Of our offers. Offers of the far end are answered as they are, kNone where NetworkPolicy allows it.
  Keying keying = Keying::kDtls;
  /// Longest data-channel message that is taken; said in SDP (a=max-message-size). A longer one closes its channel.
  std::size_t max_message_bytes = 256 * 1024;
};

struct States {
  SignalingState signaling = SignalingState::kStable;
  ConnectionState connection = ConnectionState::kNew;
  IceConnectionState ice = IceConnectionState::kNew;
  GatheringState gathering = GatheringState::kNew;
  bool operator==(const States&) const = default;
};

struct TransceiverInfo {
  std::string mid;  ///< empty before negotiation
  Direction direction = Direction::kSendRecv;
  std::optional<Direction> current_direction;
  bool takes_keys = false;  ///< canInsertDTMF
};

struct DataChannelOptions {
  std::string label;
  std::string protocol;
  bool ordered = true;
  std::optional<std::uint16_t> max_retransmits;
  std::optional<std::uint16_t> max_packet_life_ms;
  std::optional<std::uint16_t> negotiated_stream;
};

using ChannelHandle = std::uint32_t;  ///< of one peer connection; never used again

/// All callbacks come on the engine's I/O thread, never from inside a call into the peer connection.
struct PeerEvents {
  std::function<void(const States&)> states_changed;
  std::function<void(const IceCandidate&)> candidate_found;
  std::function<void()> negotiation_needed;
  /// Open now; `remote`: the far end made it.
  std::function<void(ChannelHandle, const DataChannelOptions&, std::uint16_t stream, bool remote)> channel_opened;
  std::function<void(ChannelHandle, bool binary, Bytes data)> channel_message;
  /// @param error  why, where it did not end in order; else empty.
  std::function<void(ChannelHandle, const std::string& error)> channel_closed;
  /// The device that the voice is recorded from is gone; silence is sent.
  std::function<void(std::string reason)> source_lost;
  /// tonechange: a key sounds; 0: all have.
  std::function<void(char key, const std::string& left)> key_sent;
  /// The far end has pressed a key.
  std::function<void(const rtp::ReceivedKey&)> key_received;
};

/// @thread all methods: the engine's I/O thread (`MediaEngine::post`).
class PeerConnection {
 public:
  virtual ~PeerConnection() = default;

  [[nodiscard]] virtual States states() const = 0;

  /// addTransceiver('audio'). @return its index. @error kUnsupported: more than one audio transceiver (until
  /// conferencing needs it).
  virtual Result<std::size_t> add_transceiver(Direction direction) = 0;
  virtual Status set_direction(std::size_t index, Direction direction) = 0;
  [[nodiscard]] virtual std::vector<TransceiverInfo> transceivers() const = 0;

  /// @error kForbidden: RTP in the clear is not allowed; kUnsupported: data channels without DTLS.
  virtual Result<SessionDescription> create_offer(bool ice_restart) = 0;
  virtual Result<SessionDescription> create_answer() = 0;
  /// Starts gathering. @param description none: the offer or answer that fits the state. @return what was set.
  virtual Result<SessionDescription> set_local_description(std::optional<SessionDescription> description) = 0;
  /// @error kForbidden: RTP in the clear is not allowed; kUnavailable: no ports are free for an end without ICE.
  virtual Status set_remote_description(const SessionDescription& description) = 0;
  [[nodiscard]] virtual std::optional<SessionDescription> local_description() const = 0;
  [[nodiscard]] virtual std::optional<SessionDescription> remote_description() const = 0;
  /// Before the remote description: kept (bounded). A `.local` name is resolved by mDNS (RFC 8828 §5.3 item 3).
  virtual Status add_ice_candidate(const IceCandidate& candidate) = 0;

  /// createDataChannel. The SCTP association is negotiated when the first channel was made before the offer.
  virtual Result<ChannelHandle> create_data_channel(const DataChannelOptions& options) = 0;
  /// @error kTooLarge: over the far end's max-message-size; kUnavailable: not open, or too much is buffered.
  virtual Status send(ChannelHandle channel, bool binary, Bytes data) = 0;
  virtual void close_channel(ChannelHandle channel) = 0;

  /// What this connection records and where it plays; before or after negotiation.
  virtual Status set_source(const audio::Source& source) = 0;
  virtual void set_muted(bool muted) = 0;
  virtual Status set_sink(const audio::Sink& sink) = 0;
  /// insertDTMF. Keys of an earlier call that have not sounded are forgotten, or sound first.
  /// @param duration  40 to 6000 ms. @param gap  30 to 6000 ms. Both are brought within these.
  /// @error kMalformed: a character is no key; kUnavailable: nothing is sent, or the far end takes no keys; kTooLarge:
  /// more than rtp::kMostKeys would wait; kConflict: closed.
  virtual Status insert_keys(const std::string& keys, Milliseconds duration, Milliseconds gap, bool append) = 0;
  /// RMS levels of the last 100 ms, 0 … 1.
  struct LevelPair {
    double sent = 0;
    double received = 0;
  };
  [[nodiscard]] virtual LevelPair levels() const = 0;

  /// RTCStatsReport as a JSON array of dictionaries, names and units of https://www.w3.org/TR/webrtc-stats/.
  [[nodiscard]] virtual std::string stats_json() const = 0;

  /// Says goodbye (RTCP BYE, DTLS close_notify, SCTP abort) and frees the network. Idempotent.
  virtual void close() = 0;
};

/// What voices may be made of, whatever the far ends would like.
struct VoicePolicy {
  /// Names of audio::supported_codecs() that are offered and taken, best first; empty: all in their order, and answers
  /// in the order of the offer. A name that is none is left out.
  std::vector<std::string> codecs;
  int max_bitrate_bps = 0;  ///< of a call's payloads, where the codec has a choice; 0: no bound
};

/// How packets leave this machine.
struct NetworkPolicy {
  udp::PortRange ports;    ///< of host candidates, and of RTP and RTCP without ICE
  bool clear_rtp = false;  ///< voice may go unencrypted where a far end can nothing else
  int dscp_voice = 46;     ///< with RTCP, handshakes and connectivity checks. RFC 4594 §4.1 (EF), RFC 8837 §5
  int dscp_data = 0;       ///< data channels; RFC 8837 §5, low priority
  std::string relay_authority_file;  ///< PEM; of relays over TLS. Empty: the system's
  /// A relay over TLS was not reached. @param server  host and port. @thread I/O.
  std::function<void(const std::string& server, const std::string& reason)> relay_failed;
};

struct MediaEngineOptions {
  audio::EngineOptions audio;
  VoicePolicy voice;
  NetworkPolicy network;
};

/// The media engine of a process: one I/O thread (GLib main loop, libnice) and one audio thread.
class MediaEngine {
 public:
  virtual ~MediaEngine() = default;  ///< ends both threads; all peer connections must be gone
  /// Run on the I/O thread. @thread any.
  virtual void post(std::function<void()> task) = 0;
  /// @return null where the system refuses keys or memory. @thread I/O.
  virtual std::unique_ptr<PeerConnection> make_peer(const Configuration& configuration, PeerEvents events) = 0;
  /// @thread I/O.
  virtual audio::AudioEngine& audio() = 0;
  /// @param changed  called on the I/O thread whenever interfaces, addresses or routes of this machine have changed;
  /// the newest one counts. @thread any.
  virtual void on_network_change(std::function<void()> changed) = 0;
};

/// @param devices_changed  called on the I/O thread.
std::unique_ptr<MediaEngine> make_media_engine(const MediaEngineOptions& options, const Clock& clock, Random& random,
                                               std::function<void()> devices_changed);

}  // namespace sidetone::media::peer
