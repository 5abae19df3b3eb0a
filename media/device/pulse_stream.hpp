#pragma once

#include <pulse/pulseaudio.h>

#include <cstdint>
#include <string>

#include "core/base/clock.hpp"
#include "media/device/backend.hpp"

namespace sidetone::media::device {

/// What capture and playback have in common: a mono float stream at 48 kHz that stays on its device. libpulse converts
/// to the device's own form.
class PulseStream : public Stream {
 public:
  ~PulseStream() override;
  PulseStream(const PulseStream&) = delete;
  PulseStream& operator=(const PulseStream&) = delete;
  [[nodiscard]] StreamState state() const override { return state_; }
  [[nodiscard]] std::uint64_t faults() const override { return faults_; }
  [[nodiscard]] Microseconds latency() override;

 protected:
  PulseStream(pa_context* context, const char* name, std::function<void()> on_lost);
  void set_state(StreamState state);

  pa_stream* stream_ = nullptr;
  std::uint64_t faults_ = 0;

 private:
  void timing_known();

  std::function<void()> on_lost_;
  StreamState state_ = StreamState::kOpening;
  Microseconds latency_{20'000};  ///< until the server has answered: about what it is
  unsigned latency_asked_ = 0;
};

class PulseCapture final : public PulseStream {
 public:
  PulseCapture(pa_context* context, const std::string& device, Milliseconds period, OnCapture on_capture,
               std::function<void()> on_lost);

 private:
  void readable(std::size_t bytes);
  void take(const float* samples, std::size_t count);

  OnCapture on_capture_;
  dsp::Block block_{};
  std::size_t filled_ = 0;
};

class PulsePlayback final : public PulseStream {
 public:
  PulsePlayback(pa_context* context, const std::string& device, Milliseconds period, OnRender on_render,
                std::function<void()> on_lost);

 private:
  void writable(std::size_t bytes);
  void underflow();

  OnRender on_render_;
  std::size_t period_bytes_;
  std::size_t target_bytes_;
  std::uint64_t clean_writes_ = 0;  ///< since the last underflow
};

}  // namespace sidetone::media::device
