#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "media/dsp/pcm.hpp"

/// Sound devices behind an audio server. Everything here runs on the audio thread, inside its event loop.
namespace sidetone::media::device {

struct Device {
  std::string id;  ///< the server's name for it, stable over restarts
  std::string label;
  bool input = false;
  bool is_default = false;
  bool monitor = false;  ///< records what a loudspeaker plays; not offered, but can be named
  bool in_room = false;  ///< sound in the air, not one that programs make or take
  bool worn = false;     ///< on somebody's ears: nobody else hears it
  bool operator==(const Device&) const = default;
};

enum class StreamState { kOpening, kRunning, kLost };

/// An open device. Gone with its destructor.
class Stream {
 public:
  virtual ~Stream() = default;
  [[nodiscard]] virtual StreamState state() const = 0;
  /// Times that the device ran out of sound (playback) or threw some away (capture).
  [[nodiscard]] virtual std::uint64_t faults() const = 0;
  /// Playback: from now until what is given next is heard. Capture: since what was taken last was sound. To within the
  /// device's period; a change shows within a tenth of a second of blocks that ask for it.
  [[nodiscard]] virtual Microseconds latency() = 0;
};

/// What a stream wants of its user, always in whole blocks.
using OnCapture = std::function<void(dsp::ConstBlockSpan)>;
using OnRender = std::function<void(dsp::BlockSpan)>;

struct BackendEvents {
  /// The devices that there are now; `missing_reason`: why there are none, empty while the server is connected.
  std::function<void(std::vector<Device> devices, std::string missing_reason)> devices;
  /// A stream's state changed to kLost.
  std::function<void()> stream_lost;
};

class Backend {
 public:
  virtual ~Backend() = default;
  /// @param id  of a device. @return nullptr: the server is not there. Whether the device is shows in the stream's
  /// state.
  virtual std::unique_ptr<Stream> open_capture(const std::string& id, OnCapture on_capture) = 0;
  virtual std::unique_ptr<Stream> open_playback(const std::string& id, OnRender on_render) = 0;
};

}  // namespace sidetone::media::device
