#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "media/audio/audio_engine.hpp"
#include "native-host/control/peers.hpp"
#include "native-host/control/scheduler.hpp"

namespace sidetone::host::control {

/// What a client has the endpoint's devices do outside of calls: one sound, and the meter of one microphone. Both end
/// with their time and with the client.
class Sounds {
 public:
  using Send = std::function<void(const HostMessage&)>;

  /// @param send  an event to the client.
  Sounds(media::audio::AudioEngine& audio, Scheduler& scheduler, Send send);
  ~Sounds();
  Sounds(const Sounds&) = delete;
  Sounds& operator=(const Sounds&) = delete;

  /// @error kUnavailable: no such loudspeaker.
  Status play(const protocol::SoundPlay& request);
  void stop();
  /// @error kUnavailable: no such microphone.
  Status watch(const protocol::MicrophoneWatch& request);
  void end_watch();

 private:
  void after(Milliseconds delay, std::function<void()> task);
  void tell_level(std::uint32_t watch, Milliseconds interval);

  media::audio::AudioEngine& audio_;
  Scheduler& scheduler_;
  Send send_;
  std::optional<media::audio::LegId> sounding_;
  std::vector<media::audio::LegId> fading_;
  media::audio::Sink sink_;
  std::uint32_t played_ = 0;  ///< sounds so far; older timers end
  std::optional<media::audio::LegId> metered_;
  std::string microphone_;
  std::uint32_t watched_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  ///< timers that outlive this do nothing
};

}  // namespace sidetone::host::control
