#include "tests/media/device/tone_player.hpp"

#include <pulse/pulseaudio.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "media/dsp/goertzel.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/tone.hpp"

namespace sidetone::testing {
namespace {

constexpr std::size_t kBlock = 480;
constexpr std::uint32_t kDefault = static_cast<std::uint32_t>(-1);

/// A stream of its own connection and loop; `handle` is called whenever there is something to write or read.
void run_stream(const std::string& server, const std::string& device, bool record, const std::atomic<bool>& stop,
                const std::function<void(pa_stream*)>& handle) {
  pa_mainloop* loop = pa_mainloop_new();
  pa_context* context = pa_context_new(pa_mainloop_get_api(loop), "test");
  pa_context_connect(context, server.c_str(), PA_CONTEXT_NOAUTOSPAWN, nullptr);
  pa_stream* stream = nullptr;
  while (!stop) {
    pa_mainloop_prepare(loop, 50'000);
    pa_mainloop_poll(loop);
    pa_mainloop_dispatch(loop);
    if (pa_context_get_state(context) == PA_CONTEXT_READY && stream == nullptr) {
      const pa_sample_spec spec{PA_SAMPLE_FLOAT32NE, 48000, 1};
      stream = pa_stream_new(context, "test", &spec, nullptr);
      const std::uint32_t bytes = kBlock * sizeof(float);
      const pa_buffer_attr buffer{kDefault, 2 * bytes, 0, kDefault, bytes};
      if (record) {
        pa_stream_connect_record(stream, device.c_str(), &buffer, PA_STREAM_ADJUST_LATENCY);
      } else {
        pa_stream_connect_playback(stream, device.c_str(), &buffer, PA_STREAM_ADJUST_LATENCY, nullptr, nullptr);
      }
    }
    if (stream != nullptr && pa_stream_get_state(stream) == PA_STREAM_READY) handle(stream);
  }
  if (stream != nullptr) {
    pa_stream_disconnect(stream);
    pa_stream_unref(stream);
  }
  pa_context_disconnect(context);
  pa_context_unref(context);
  pa_mainloop_free(loop);
}

}  // namespace

TonePlayer::TonePlayer(std::string server, std::string sink, double frequency_hz, double amplitude)
    : thread_([this, server = std::move(server), sink = std::move(sink), frequency_hz, amplitude] {
        media::dsp::ToneGenerator tone(frequency_hz, amplitude, 48000);
        std::array<float, kBlock> block{};
        run_stream(server, sink, false, stop_, [&](pa_stream* stream) {
          while (pa_stream_writable_size(stream) >= sizeof block) {
            tone.fill(block);
            pa_stream_write(stream, block.data(), sizeof block, nullptr, 0, PA_SEEK_RELATIVE);
          }
        });
      }) {}

TonePlayer::~TonePlayer() {
  stop_ = true;
  thread_.join();
}

ToneMeter::ToneMeter(std::string server, std::string source, double frequency_hz)
    : thread_([this, server = std::move(server), source = std::move(source), frequency_hz] {
        std::vector<float> last(10 * kBlock);
        run_stream(server, source, true, stop_, [&](pa_stream* stream) {
          while (pa_stream_readable_size(stream) > 0) {
            const void* data = nullptr;
            std::size_t size = 0;
            if (pa_stream_peek(stream, &data, &size) < 0 || size == 0) return;
            const std::size_t count = std::min(size / sizeof(float), last.size());
            std::rotate(last.begin(), last.begin() + static_cast<std::ptrdiff_t>(count), last.end());
            if (data != nullptr) {
              std::copy_n(static_cast<const float*>(data), count, last.end() - static_cast<std::ptrdiff_t>(count));
            } else {
              std::fill_n(last.end() - static_cast<std::ptrdiff_t>(count), count, 0.0F);
            }
            pa_stream_drop(stream);
            amplitude_ = media::dsp::tone_amplitude(last, frequency_hz, 48000);
            rms_ = std::sqrt(media::dsp::mean_square(last));
          }
        });
      }) {}

ToneMeter::~ToneMeter() {
  stop_ = true;
  thread_.join();
}

}  // namespace sidetone::testing
