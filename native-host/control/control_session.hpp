#pragma once

#include <functional>
#include <memory>
#include <string>

#include "native-host/control/peers.hpp"
#include "native-host/control/scheduler.hpp"
#include "native-host/control/sounds.hpp"

namespace sidetone::host::control {

/// The client that is attached: carries out its requests, one overload a message.
class ControlSession : public std::enable_shared_from_this<ControlSession> {
 public:
  using Send = std::function<void(const HostMessage&)>;

  /// @param send  an event to this client.
  ControlSession(Peers& peers, media::peer::MediaEngine& engine, Scheduler& scheduler, std::string host_name,
                 Send send);

  /// The client cannot be reached: what only it can end, ends.
  void unreachable();
  /// @return the answer, or why the request was not carried out.
  Result<HostMessage> handle(const protocol::AnyMessage<protocol::ClientToHost>& request);

 private:
  using Answer = Result<HostMessage>;

  Answer on(const protocol::Attach& request);
  Answer on(const protocol::PeerCreate& request);
  Answer on(const protocol::PeerTag& request);
  Answer on(const protocol::TransceiverAdd& request);
  Answer on(const protocol::TransceiverSet& request);
  Answer on(const protocol::OfferCreate& request);
  Answer on(const protocol::AnswerCreate& request);
  Answer on(const protocol::LocalSet& request);
  Answer on(const protocol::RemoteSet& request);
  Answer on(const protocol::CandidateAdd& request);
  Answer on(const protocol::StatsGet& request);
  Answer on(const protocol::PeerClose& request);
  Answer on(const protocol::ChannelCreate& request);
  Answer on(const protocol::ChannelMessage& request);
  Answer on(const protocol::ChannelClose& request);
  Answer on(const protocol::MediaDeviceList& request);
  Answer on(const protocol::TrackCapture& request);
  Answer on(const protocol::TrackSet& request);
  Answer on(const protocol::TrackStop& request);
  Answer on(const protocol::PlayoutSet& request);
  Answer on(const protocol::DtmfInsert& request);
  Answer on(const protocol::SoundPlay& request);
  Answer on(const protocol::SoundStop& request);
  Answer on(const protocol::MicrophoneWatch& request);
  Answer on(const protocol::LevelsWatch& request);
  Answer on(const protocol::Ping& request);

  void send_levels(std::uint32_t watch);

  Peers& peers_;
  media::peer::MediaEngine& engine_;
  Scheduler& scheduler_;
  std::string host_name_;
  Send send_;
  Sounds sounds_;
  Milliseconds levels_interval_{0};
  std::uint32_t levels_watch_ = 0;  ///< of the present wish; older timers end
  std::vector<protocol::PeerLevels> levels_sent_;
  Milliseconds levels_age_{0};  ///< of these
};

/// The host's microphones and loudspeakers, as many as a message may list.
std::vector<protocol::MediaDevice> media_devices(const media::audio::AudioEngine& audio);

}  // namespace sidetone::host::control
