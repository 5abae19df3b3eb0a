#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "media/audio/channels.hpp"
#include "media/audio/leg.hpp"
#include "media/audio/processed_capture.hpp"
#include "media/device/backend.hpp"
#include "media/device/event_loop.hpp"

namespace sidetone::media::audio {

/// An open device and when it last called.
struct Port {
  std::string id;
  std::unique_ptr<device::Stream> stream;
  std::optional<MonotonicTime> last_call;
  bool used = false;
};
class PlaybackPort : public Port {};
class CapturePort : public Port {
 public:
  struct Processed {
    ProcessedCapture sound;
    const PlaybackPort* loudspeaker = nullptr;  ///< whose echo is cancelled
    bool used = false;
  };
  SpeakerGate gate;                ///< of what conferences hear of it
  std::list<Processed> processed;  ///< as its legs want it
};

/// What runs on the audio thread: it carries out commands, connects legs to devices, moves sound when a device calls
/// or, for what no device drives, when the timer does. In steady state it takes no lock and allocates nothing.
class AudioThread {
 public:
  AudioThread(const EngineOptions& options, const Clock& clock, Channels& channels);
  ~AudioThread();

  /// The thread's body; returns when channels.stop is set and channels.wake raised.
  void run();

 private:
  void open_backend();
  void obey(Command& command);
  void on_devices(std::vector<device::Device> devices, std::string missing_reason);
  void notice(Notice::Kind kind, LegId leg, std::string reason);
  void tell_keys(Leg& leg, MonotonicTime now);

  void forget_old_failures();
  void route();
  void route_capture(Leg& leg);
  void route_playback(Leg& leg);
  void route_processing(Leg& leg);
  template <class PortType, class Open>
  PortType* port(std::list<PortType>& ports, const std::string& id, Open open);
  template <class PortType>
  void close_unused(std::list<PortType>& ports);
  [[nodiscard]] const device::Device* find_device(const std::string& id, bool input) const;
  [[nodiscard]] bool failed_lately(const std::string& id) const;

  void captured(CapturePort& from, dsp::ConstBlockSpan block);
  void render(PlaybackPort& to, dsp::BlockSpan block);
  void on_timer();
  void tick(MonotonicTime now);
  void set_ticking();
  [[nodiscard]] bool live(const Port* candidate) const;
  [[nodiscard]] bool driven_by_devices(const Leg& leg) const;

  EngineOptions options_;
  const Clock& clock_;
  Channels& channels_;
  device::EventLoop loop_;
  int timer_;
  bool ticking_ = false;
  bool frames_wait_ = false;
  bool route_wanted_ = false;

  Leg* legs_ = nullptr;
  Conferences conferences_;
  std::vector<device::Device> devices_;
  std::string devices_missing_;
  bool devices_known_ = false;
  struct Failure {
    std::string id;
    MonotonicTime when;
  };
  std::vector<Failure> failures_;  ///< devices that could not be opened or were lost: tried again a second later
  std::list<CapturePort> captures_;
  std::list<PlaybackPort> playbacks_;
  std::unique_ptr<device::Backend> backend_;  ///< last: its streams call back into what is above
};

}  // namespace sidetone::media::audio
