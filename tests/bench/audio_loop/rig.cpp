#include "tests/bench/audio_loop/rig.hpp"

#include <pulse/simple.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace sidetone::bench {
namespace {

constexpr pa_sample_spec kSpec{PA_SAMPLE_FLOAT32NE, 48000, 1};
constexpr std::uint32_t kDefault = static_cast<std::uint32_t>(-1);
constexpr std::uint32_t kPeriodBytes = 480 * sizeof(float);

}  // namespace

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Player::Player(const std::string& server, const std::string& sink, double tone_hz, bool bursts)
    : tone_hz_(tone_hz), in_bursts_(bursts), thread_([this, server, sink] { run(server, sink); }) {}

Player::~Player() {
  stop_ = true;
  thread_.join();
}

std::vector<double> Player::bursts() const {
  const std::lock_guard lock(mutex_);
  return burst_times_;
}

void Player::run(std::string server, std::string sink) {
  const pa_buffer_attr buffer{kDefault, kPeriodBytes, kDefault, kDefault, kDefault};
  pa_simple* stream = pa_simple_new(server.c_str(), "player", PA_STREAM_PLAYBACK, sink.c_str(), "player", &kSpec,
                                    nullptr, &buffer, nullptr);
  if (stream == nullptr) {
    std::fprintf(stderr, "cannot play to %s\n", sink.c_str());
    return;
  }
  std::array<float, 480> block{};
  double phase = 0;
  for (int index = 0; !stop_; ++index) {
    const bool sounding = !in_bursts_ || index % 37 < 3;
    if (in_bursts_ && index % 37 == 0) {
      phase = 0;
      const std::lock_guard lock(mutex_);
      burst_times_.push_back(now_ms());
    }
    for (float& x : block) {
      x = sounding ? static_cast<float>(0.3 * std::sin(phase)) : 0;
      phase += 2 * std::numbers::pi * tone_hz_ / 48000;
    }
    if (pa_simple_write(stream, block.data(), kPeriodBytes, nullptr) < 0) break;
  }
  pa_simple_free(stream);
}

Recorder::Recorder(const std::string& server, const std::string& source)
    : thread_([this, server, source] { run(server, source); }) {}

Recorder::~Recorder() { stop(); }

void Recorder::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Recorder::run(std::string server, std::string source) {
  const pa_buffer_attr buffer{kDefault, kDefault, kDefault, kDefault, kPeriodBytes};
  pa_simple* stream = pa_simple_new(server.c_str(), "recorder", PA_STREAM_RECORD, source.c_str(), "recorder", &kSpec,
                                    nullptr, &buffer, nullptr);
  if (stream == nullptr) {
    std::fprintf(stderr, "cannot record from %s\n", source.c_str());
    return;
  }
  std::array<float, 480> block{};
  while (!stop_) {
    if (pa_simple_read(stream, block.data(), kPeriodBytes, nullptr) < 0) break;
    read_times.push_back(now_ms());
    samples.insert(samples.end(), block.begin(), block.end());
  }
  pa_simple_free(stream);
}

}  // namespace sidetone::bench
