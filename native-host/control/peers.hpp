#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/protocol/codec.hpp"
#include "core/protocol/registry.hpp"
#include "media/peer/peer_connection.hpp"
#include "native-host/control/tracks.hpp"

/// @thread everything in control/: the media engine's I/O thread.
namespace sidetone::host::control {

/// Anything that a host says to a client.
using HostMessage = protocol::AnyMessage<protocol::HostToClient>;

inline constexpr std::size_t kMaxPeers = 64;  ///< as many as `attached` can list
inline constexpr std::size_t kMaxTracks = 64;
inline constexpr std::size_t kMaxChannels = 16;  ///< of one peer connection
/// Data-channel messages of one peer connection that are kept while no client is there; the oldest go first.
inline constexpr std::size_t kMaxWaitingMessages = 32;
inline constexpr std::size_t kMaxWaitingBytes = 64 * 1024;
/// Longest data-channel message that a client can be given: base64url of it fits ChannelMessage.
inline constexpr std::size_t kMaxChannelMessageBytes = protocol::limits::kChannelMessageBytes / 4 * 3;
/// How long a peer connection that no client watches may be without a connection, or without a call that it belongs to.
inline constexpr Seconds kUnattendedTime{30};

/// One RTCPeerConnection of the user.
struct Peer {
  struct Channel {
    std::string id;
    media::peer::DataChannelOptions options;
    bool open = false;
  };

  std::string id;
  std::string tag;  ///< the call that it belongs to; empty: none
  std::unique_ptr<media::peer::PeerConnection> connection;
  media::peer::States states;
  std::vector<std::string> tracks;  ///< sent track of each transceiver; empty: none
  std::map<media::peer::ChannelHandle, Channel> channels;
  std::deque<protocol::ChannelMessage> waiting;
  std::size_t waiting_bytes = 0;
  std::uint32_t remote_channels = 0;
  MonotonicTime unconnected_since;

  [[nodiscard]] bool connected() const { return states.connection == media::peer::ConnectionState::kConnected; }
};

/// The user's peer connections and tracks. They belong to the user and not to a client: a client that is gone leaves
/// them running, and the next one finds them.
class Peers {
 public:
  struct Events {
    /// @return false: no client is there to hear it.
    std::function<bool(const HostMessage&)> emit;
    std::function<void()> live_calls_changed;
  };

  Peers(media::peer::MediaEngine& engine, const Clock& clock, Events events);
  ~Peers();

  /// @error kConflict: the id is taken; kTooLarge: kMaxPeers; kUnsupported: only relayed candidates are wanted, and no
  /// server can relay; kUnavailable: no keys or memory.
  Status create(const protocol::PeerCreate& request);
  /// @error kNotFound
  Result<Peer*> find(const std::string& id);
  /// Say which call a peer connection belongs to.
  Status tag(const std::string& id, const std::string& tag);
  void close(const std::string& id);
  /// Close the peer connections of a call that is over, and say so to the client.
  void release(const std::string& tag);
  void close_all();
  /// Peer connections and tracks end; nothing is left for whoever comes next.
  void forget_all();

  Status capture(const std::string& track, const std::string& device, const media::audio::WantedProcessing& processing);
  /// @param processing  what it does not say stays as it was.
  Status set_track(const std::string& track, bool enabled, const std::optional<std::string>& device,
                   const media::audio::WantedProcessing& processing);
  [[nodiscard]] bool has_track(const std::string& track) const { return tracks_.contains(track); }
  Status stop_track(const std::string& track);
  /// Let a transceiver send a track; empty: nothing.
  /// @error kNotFound: no such track.
  Status send_track(Peer& peer, std::size_t index, const std::string& track);
  /// Forget the tracks that no peer connection sends: their client is gone.
  void drop_unused_tracks();

  [[nodiscard]] std::vector<protocol::Transceiver> transceivers(const Peer& peer) const;
  [[nodiscard]] std::vector<protocol::PeerInfo> list() const;
  [[nodiscard]] std::vector<protocol::PeerLevels> levels() const;
  /// Tags of the connected peer connections, sorted, each once.
  [[nodiscard]] std::vector<std::string> live_calls() const;
  [[nodiscard]] bool empty() const { return peers_.empty(); }

  /// Data-channel messages that the control protocol cannot carry; their channels were closed with an error.
  [[nodiscard]] std::uint64_t dropped_messages() const { return dropped_messages_; }

  /// Hand over what came on data channels while nobody was there.
  void deliver_waiting();
  /// Close what nobody can want any more: no client for kUnattendedTime, and as long either not connected or of no
  /// call.
  /// @param unattended_since  nothing: a client is there.
  void sweep(std::optional<MonotonicTime> unattended_since);

 private:
  media::peer::PeerEvents events_of(const std::string& id);
  void on_states(const std::string& id, const media::peer::States& states);
  void on_channel_opened(const std::string& id, media::peer::ChannelHandle handle,
                         const media::peer::DataChannelOptions& options, std::uint16_t stream, bool remote);
  void on_channel_message(const std::string& id, media::peer::ChannelHandle handle, bool binary, Bytes data);
  void on_channel_closed(const std::string& id, media::peer::ChannelHandle handle, const std::string& error);
  void on_source_lost(const std::string& id, const std::string& reason);
  Status apply_track(Peer& peer, const Track* track);
  [[nodiscard]] Peer* lookup(const std::string& id);
  void say_closed(const Peer& peer);

  media::peer::MediaEngine& engine_;
  const Clock& clock_;
  Events events_;
  std::map<std::string, std::unique_ptr<Peer>> peers_;
  std::map<std::string, Track> tracks_;
  std::uint64_t dropped_messages_ = 0;
};

}  // namespace sidetone::host::control
