#include "media/device/wav_backend.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "media/device/wav_recorder.hpp"

namespace sidetone::media::device {
namespace {

constexpr long kPeriodNs = dsp::kBlockMs * 1'000'000L;
constexpr std::uint64_t kMostCatchUp = 20;  // after a stall of our own

/// Calls every 10 ms, and as often as it was late.
class TimedStream : public Stream {
 public:
  explicit TimedStream(EventLoop& loop)
      : api_(loop.api()), timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    const itimerspec every{{0, kPeriodNs}, {0, kPeriodNs}};
    timerfd_settime(timer_, 0, &every, nullptr);
    event_ = api_->io_new(
        api_, timer_, PA_IO_EVENT_INPUT,
        [](pa_mainloop_api*, pa_io_event*, int, pa_io_event_flags_t, void* user) {
          static_cast<TimedStream*>(user)->on_timer();
        },
        this);
  }
  ~TimedStream() override {
    api_->io_free(event_);
    close(timer_);
  }
  TimedStream(const TimedStream&) = delete;
  TimedStream& operator=(const TimedStream&) = delete;

  [[nodiscard]] StreamState state() const override { return StreamState::kRunning; }
  [[nodiscard]] std::uint64_t faults() const override { return faults_; }
  [[nodiscard]] Microseconds latency() override { return Microseconds{0}; }

 protected:
  virtual void advance() = 0;

 private:
  void on_timer() {
    std::uint64_t expirations = 0;
    if (read(timer_, &expirations, sizeof expirations) != sizeof expirations) return;
    if (expirations > kMostCatchUp) ++faults_;
    for (std::uint64_t i = std::min(expirations, kMostCatchUp); i > 0; --i) advance();
  }

  pa_mainloop_api* api_;
  int timer_;
  pa_io_event* event_ = nullptr;
  std::uint64_t faults_ = 0;
};

class WavCapture final : public TimedStream {
 public:
  WavCapture(EventLoop& loop, const WavMicrophone& file, OnCapture on_capture)
      : TimedStream(loop), sound_(file.sound), repeats_(file.repeats), on_capture_(std::move(on_capture)) {}

 private:
  void advance() override {
    dsp::Block block{};
    for (float& sample : block) {
      if (next_ == sound_->size() && repeats_) next_ = 0;
      if (next_ == sound_->size()) break;
      sample = (*sound_)[next_++];
    }
    on_capture_(block);
  }

  std::shared_ptr<const std::vector<float>> sound_;
  bool repeats_;
  OnCapture on_capture_;
  std::size_t next_ = 0;
};

class WavPlayback final : public TimedStream {
 public:
  WavPlayback(EventLoop& loop, std::shared_ptr<WavRecorder> recorder, OnRender on_render)
      : TimedStream(loop), recorder_(std::move(recorder)), on_render_(std::move(on_render)) {}

 private:
  void advance() override {
    dsp::Block block{};
    on_render_(block);
    recorder_->write(block);
  }

  std::shared_ptr<WavRecorder> recorder_;
  OnRender on_render_;
};

}  // namespace

WavBackend::WavBackend(EventLoop& loop, WavDevices files, BackendEvents events, const MakeOther& make_other)
    : loop_(loop), files_(std::move(files)), events_(std::move(events)) {
  other_ = make_other({[this](std::vector<Device> devices, std::string missing_reason) {
                         publish(std::move(devices), std::move(missing_reason));
                       },
                       events_.stream_lost});
  if (other_ == nullptr) publish({}, {});
}

void WavBackend::publish(std::vector<Device> devices, std::string missing_reason) {
  const auto add = [&](const std::string& id, const std::string& label, bool input) {
    const bool default_known =
        std::ranges::any_of(devices, [&](const Device& one) { return one.input == input && one.is_default; });
    Device device;
    device.id = id;
    device.label = label;
    device.input = input;
    device.is_default = !default_known;
    devices.push_back(std::move(device));
  };
  for (const WavMicrophone& file : files_.microphones) add(file.id, file.label, true);
  for (const WavLoudspeaker& file : files_.loudspeakers) add(file.id, file.label, false);
  if (!files_.empty()) missing_reason.clear();  // it says why there are no devices
  events_.devices(std::move(devices), std::move(missing_reason));
}

std::unique_ptr<Stream> WavBackend::open_capture(const std::string& id, OnCapture on_capture) {
  const auto file = std::ranges::find(files_.microphones, id, &WavMicrophone::id);
  if (file != files_.microphones.end()) return std::make_unique<WavCapture>(loop_, *file, std::move(on_capture));
  return other_ == nullptr ? nullptr : other_->open_capture(id, std::move(on_capture));
}

std::unique_ptr<Stream> WavBackend::open_playback(const std::string& id, OnRender on_render) {
  const auto file = std::ranges::find(files_.loudspeakers, id, &WavLoudspeaker::id);
  if (file != files_.loudspeakers.end())
    return std::make_unique<WavPlayback>(loop_, file->recorder, std::move(on_render));
  return other_ == nullptr ? nullptr : other_->open_playback(id, std::move(on_render));
}

}  // namespace sidetone::media::device
