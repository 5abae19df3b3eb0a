#include "media/device/pulse_stream.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sidetone::media::device {
namespace {

constexpr pa_sample_spec kSpec{PA_SAMPLE_FLOAT32NE, dsp::kSampleRateHz, 1};
constexpr std::uint32_t kDefault = static_cast<std::uint32_t>(-1);
constexpr std::size_t kBlockBytes = dsp::kBlockSamples * sizeof(float);
constexpr std::size_t kMaxTargetBytes = 8 * kBlockBytes;

std::size_t bytes_of(Milliseconds time) {
  return static_cast<std::size_t>(time.count()) * dsp::kSampleRateHz / 1000 * sizeof(float);
}

// The server may not move a stream to another device behind our back: the engine decides where sound goes.
constexpr auto kFlags =
    static_cast<pa_stream_flags_t>(PA_STREAM_ADJUST_LATENCY | PA_STREAM_DONT_MOVE | PA_STREAM_START_UNMUTED);
constexpr unsigned kAskAgain = 10;  // blocks

}  // namespace

PulseStream::PulseStream(pa_context* context, const char* name, std::function<void()> on_lost)
    : on_lost_(std::move(on_lost)) {
  pa_channel_map map;
  pa_channel_map_init_mono(&map);
  stream_ = pa_stream_new(context, name, &kSpec, &map);
  if (stream_ == nullptr) {
    state_ = StreamState::kLost;
    return;
  }
  pa_stream_set_state_callback(
      stream_,
      [](pa_stream* stream, void* user) {
        auto* self = static_cast<PulseStream*>(user);
        switch (pa_stream_get_state(stream)) {
          case PA_STREAM_READY:
            self->set_state(StreamState::kRunning);
            break;
          case PA_STREAM_FAILED:
          case PA_STREAM_TERMINATED:
            self->set_state(StreamState::kLost);
            break;
          default:
            break;
        }
      },
      this);
  pa_stream_set_latency_update_callback(
      stream_, [](pa_stream*, void* user) { static_cast<PulseStream*>(user)->timing_known(); }, this);
}

PulseStream::~PulseStream() {
  if (stream_ == nullptr) return;
  pa_stream_set_state_callback(stream_, nullptr, nullptr);
  pa_stream_set_latency_update_callback(stream_, nullptr, nullptr);
  pa_stream_set_read_callback(stream_, nullptr, nullptr);
  pa_stream_set_write_callback(stream_, nullptr, nullptr);
  pa_stream_set_underflow_callback(stream_, nullptr, nullptr);
  pa_stream_set_overflow_callback(stream_, nullptr, nullptr);
  pa_stream_disconnect(stream_);
  pa_stream_unref(stream_);
}

void PulseStream::set_state(StreamState state) {
  if (state_ == state || state_ == StreamState::kLost) return;
  state_ = state;
  if (state == StreamState::kLost) on_lost_();
}

// libpulse's own estimate between two answers is a line through those of several seconds, and follows a jump as slowly.
Microseconds PulseStream::latency() {
  if (state_ == StreamState::kRunning && latency_asked_++ % kAskAgain == 0)
    if (pa_operation* operation = pa_stream_update_timing_info(stream_, nullptr, nullptr))
      pa_operation_unref(operation);
  return latency_;
}

void PulseStream::timing_known() {
  const pa_timing_info* timing = pa_stream_get_timing_info(stream_);
  if (timing == nullptr || timing->write_index_corrupt != 0 || timing->read_index_corrupt != 0) return;
  // One of the two is 0. What is written and not yet read lies in the server.
  const auto device = static_cast<std::int64_t>(timing->sink_usec + timing->source_usec);
  const std::int64_t waiting = std::max<std::int64_t>(timing->write_index - timing->read_index, 0);
  latency_ = Microseconds{device + waiting * 1'000'000 / static_cast<std::int64_t>(sizeof(float) * dsp::kSampleRateHz)};
}

PulseCapture::PulseCapture(pa_context* context, const std::string& device, Milliseconds period, OnCapture on_capture,
                           std::function<void()> on_lost)
    : PulseStream(context, "Microphone", std::move(on_lost)), on_capture_(std::move(on_capture)) {
  if (stream_ == nullptr) return;
  pa_stream_set_read_callback(
      stream_, [](pa_stream*, std::size_t bytes, void* user) { static_cast<PulseCapture*>(user)->readable(bytes); },
      this);
  pa_stream_set_overflow_callback(
      stream_, [](pa_stream*, void* user) { ++static_cast<PulseCapture*>(user)->faults_; }, this);
  const pa_buffer_attr buffer{kDefault, kDefault, kDefault, kDefault, static_cast<std::uint32_t>(bytes_of(period))};
  if (pa_stream_connect_record(stream_, device.c_str(), &buffer, kFlags) < 0) set_state(StreamState::kLost);
}

void PulseCapture::readable(std::size_t bytes) {
  for (std::size_t size = 0; bytes > 0; bytes -= std::min(bytes, size)) {
    const void* data = nullptr;
    if (pa_stream_peek(stream_, &data, &size) < 0 || size == 0) return;
    if (data != nullptr) {
      take(static_cast<const float*>(data), size / sizeof(float));
    } else {  // a hole: the time passed all the same
      static constexpr dsp::Block kSilence{};
      for (std::size_t left = size / sizeof(float); left > 0;) {
        const std::size_t count = std::min(left, kSilence.size());
        take(kSilence.data(), count);
        left -= count;
      }
    }
    pa_stream_drop(stream_);
  }
}

void PulseCapture::take(const float* samples, std::size_t count) {
  while (count > 0) {
    const std::size_t part = std::min(count, block_.size() - filled_);
    std::copy_n(samples, part, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += part;
    samples += part;
    count -= part;
    if (filled_ == block_.size()) {
      filled_ = 0;
      on_capture_(block_);
    }
  }
}

PulsePlayback::PulsePlayback(pa_context* context, const std::string& device, Milliseconds period, OnRender on_render,
                             std::function<void()> on_lost)
    : PulseStream(context, "Call", std::move(on_lost)),
      on_render_(std::move(on_render)),
      period_bytes_(std::max(bytes_of(period), kBlockBytes)),
      target_bytes_(2 * period_bytes_ + period_bytes_ / 2) {
  if (stream_ == nullptr) return;
  pa_stream_set_write_callback(
      stream_, [](pa_stream*, std::size_t bytes, void* user) { static_cast<PulsePlayback*>(user)->writable(bytes); },
      this);
  pa_stream_set_underflow_callback(
      stream_, [](pa_stream*, void* user) { static_cast<PulsePlayback*>(user)->underflow(); }, this);
  // Of the target the server keeps two requests for us and gives half of the rest to the device: with 10 ms requests
  // and 25 ms in all a device that can do so runs at 2.5 ms. prebuf 0: it plays from the first sample on and goes on
  // after an underflow by itself.
  const pa_buffer_attr buffer{kDefault, static_cast<std::uint32_t>(target_bytes_), 0,
                              static_cast<std::uint32_t>(period_bytes_), kDefault};
  if (pa_stream_connect_playback(stream_, device.c_str(), &buffer, kFlags, nullptr, nullptr) < 0) {
    set_state(StreamState::kLost);
  }
}

void PulsePlayback::writable(std::size_t bytes) {
  for (; bytes >= kBlockBytes; bytes -= kBlockBytes) {
    dsp::Block block{};
    on_render_(block);
    if (pa_stream_write(stream_, block.data(), kBlockBytes, nullptr, 0, PA_SEEK_RELATIVE) < 0) return;
    ++clean_writes_;
  }
}

// A machine that cannot keep the small buffer filled gets a larger one: a longer delay is better than holes.
void PulsePlayback::underflow() {
  ++faults_;
  const bool again_soon = clean_writes_ < 1000;  // ten seconds
  clean_writes_ = 0;
  if (!again_soon || faults_ < 3 || target_bytes_ + period_bytes_ > kMaxTargetBytes) return;
  target_bytes_ += period_bytes_;
  const pa_buffer_attr buffer{kDefault, static_cast<std::uint32_t>(target_bytes_), 0,
                              static_cast<std::uint32_t>(period_bytes_), kDefault};
  if (pa_operation* operation = pa_stream_set_buffer_attr(stream_, &buffer, nullptr, nullptr)) {
    pa_operation_unref(operation);
  }
}

}  // namespace sidetone::media::device
