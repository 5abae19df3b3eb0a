#pragma once

#include <pulse/pulseaudio.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "media/device/backend.hpp"
#include "media/device/event_loop.hpp"

namespace sidetone::media::device {

struct PulseOptions {
  std::string server;  ///< empty: the session's default
  Milliseconds period{10};
};

/// PulseAudio (or PipeWire's stand-in for it) by libpulse's asynchronous interface. Keeps a connection to the server,
/// comes back by itself when the server does, and follows devices that come and go.
class PulseBackend final : public Backend {
 public:
  PulseBackend(EventLoop& loop, PulseOptions options, BackendEvents events);
  ~PulseBackend() override;

  std::unique_ptr<Stream> open_capture(const std::string& id, OnCapture on_capture) override;
  std::unique_ptr<Stream> open_playback(const std::string& id, OnRender on_render) override;

 private:
  void connect();
  void disconnect();
  void connect_later();
  void on_state();
  void lost(const std::string& reason);
  void list_devices();
  void listing_done();
  void publish();

  EventLoop& loop_;
  PulseOptions options_;
  BackendEvents events_;
  pa_context* context_ = nullptr;
  pa_time_event* retry_ = nullptr;
  bool ready_ = false;
  int waiting_answers_ = 0;  ///< of the three questions that make a list
  bool list_again_ = false;  ///< something changed while a list was under way
  std::string default_source_;
  std::string default_sink_;
  std::vector<Device> listed_;
};

}  // namespace sidetone::media::device
