#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "media/audio/exchange.hpp"
#include "media/device/backend.hpp"

namespace sidetone::media::audio {

struct DeviceSnapshot {
  std::vector<device::Device> devices;
  std::string missing_reason;
};

/// An eventfd. @thread any.
class Signal {
 public:
  Signal();
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  void raise() const;
  void clear() const;
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// All that the control thread and the audio thread share besides the legs.
struct Channels {
  /// @param most_frames  that wait for the control thread; a power of two.
  explicit Channels(std::size_t most_frames) : frames(most_frames) {}
  ~Channels() { delete devices.load(); }

  CommandRing commands{256};                      ///< control → audio
  GarbageRing garbage{1024};                      ///< audio → control; larger than commands: never full
  FrameRing frames;                               ///< audio → control
  NoticeRing notices{64};                         ///< audio → control
  std::atomic<DeviceSnapshot*> devices{nullptr};  ///< audio → control: the newest, owned by who takes it out
  std::atomic<bool> stop{false};
  Signal wake;   ///< control → audio
  Signal ready;  ///< audio → control: frames or notices wait

  // Only while the engine starts: whether the first attempt to reach the audio server has ended.
  std::mutex start_mutex;
  std::condition_variable start_changed;
  bool started = false;
};

}  // namespace sidetone::media::audio
