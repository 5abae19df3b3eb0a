#pragma once

#include <functional>
#include <memory>
#include <string>

#include "media/device/backend.hpp"
#include "media/device/event_loop.hpp"
#include "media/device/wav_devices.hpp"

namespace sidetone::media::device {

/// WAV files as devices beside those of another backend. The first of a kind is the default where the other has none.
class WavBackend final : public Backend {
 public:
  using MakeOther = std::function<std::unique_ptr<Backend>(BackendEvents)>;

  /// @param make_other  may give nullptr: there are files alone.
  WavBackend(EventLoop& loop, WavDevices files, BackendEvents events, const MakeOther& make_other);

  std::unique_ptr<Stream> open_capture(const std::string& id, OnCapture on_capture) override;
  std::unique_ptr<Stream> open_playback(const std::string& id, OnRender on_render) override;

 private:
  void publish(std::vector<Device> devices, std::string missing_reason);

  EventLoop& loop_;
  WavDevices files_;
  BackendEvents events_;
  std::unique_ptr<Backend> other_;
};

}  // namespace sidetone::media::device
