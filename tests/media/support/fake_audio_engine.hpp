#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "media/audio/audio_engine.hpp"

namespace sidetone::media::test {

/// An audio half without sound: the test says what is encoded and sees what arrives. @thread I/O, `push` any.
class FakeAudioEngine final : public audio::AudioEngine {
 public:
  struct Frame {
    audio::LegId leg = 0;
    std::uint8_t payload_type = 0;
    std::uint32_t timestamp = 0;
    std::vector<std::uint8_t> payload;
  };
  struct Received {
    audio::IncomingPacket packet;
    std::vector<std::uint8_t> payload;
  };
  struct Leg {
    audio::LegConfig config;
    audio::Source source;
    audio::Sink sink;
    bool muted = false;
    double expected_loss = 0;
    rtp::KeyPresses keys;
    std::uint64_t received = 0;
  };

  FakeAudioEngine() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~FakeAudioEngine() override { ::close(fd_); }

  std::function<void(audio::LegId, const Received&)> on_received;  ///< on the I/O thread
  std::map<audio::LegId, Leg> legs;

  void push(Frame frame) {
    {
      const std::lock_guard lock(mutex_);
      frames_.push_back(std::move(frame));
    }
    const std::uint64_t one = 1;
    (void)!::write(fd_, &one, sizeof one);
  }

  [[nodiscard]] std::vector<audio::DeviceInfo> devices() const override { return {}; }
  [[nodiscard]] std::string devices_missing_reason() const override { return "a fake has none"; }
  Result<audio::LegId> add_leg(const audio::LegConfig& config) override {
    if (!possible(config)) return Error{ErrorCode::kOutOfRange, "packet time", ""};
    legs[next_].config = config;
    return next_++;
  }
  Status update_leg(audio::LegId leg, const audio::LegConfig& config) override {
    if (!possible(config)) return Error{ErrorCode::kOutOfRange, "packet time", ""};
    legs.at(leg).config = config;
    return {};
  }
  void remove_leg(audio::LegId leg) override { legs.erase(leg); }
  Status set_source(audio::LegId leg, const audio::Source& source) override {
    legs.at(leg).source = source;
    return {};
  }
  void set_muted(audio::LegId leg, bool muted) override { legs.at(leg).muted = muted; }
  Status set_sink(audio::LegId leg, const audio::Sink& sink) override {
    legs.at(leg).sink = sink;
    return {};
  }
  Status insert_keys(audio::LegId leg, const rtp::KeyPresses& presses) override {
    if (!legs.at(leg).config.send_events) return Error{ErrorCode::kUnavailable, "no keys", ""};
    legs.at(leg).keys = presses;
    return {};
  }
  void set_expected_loss(audio::LegId leg, double fraction) override { legs.at(leg).expected_loss = fraction; }
  void deliver(audio::LegId leg, const audio::IncomingPacket& packet) override {
    ++legs.at(leg).received;
    if (on_received) on_received(leg, {packet, {packet.payload.begin(), packet.payload.end()}});
  }
  [[nodiscard]] int frames_ready_fd() const override { return fd_; }
  void take_frames(const std::function<void(const audio::OutgoingFrame&)>& on_frame) override {
    std::uint64_t count = 0;
    (void)!::read(fd_, &count, sizeof count);
    std::deque<Frame> frames;
    {
      const std::lock_guard lock(mutex_);
      frames.swap(frames_);
    }
    for (const auto& frame : frames)
      on_frame({frame.leg, frame.payload_type, false, frame.timestamp, 30, frame.payload});
  }
  [[nodiscard]] audio::LegStats stats(audio::LegId leg) const override {
    audio::LegStats stats;
    stats.packets_received = legs.at(leg).received;
    return stats;
  }

 private:
  /// Packet times of the real engine.
  static bool possible(const audio::LegConfig& config) {
    const auto ms = config.packet_time.count();
    return ms == 10 || ms == 20 || ms == 40 || ms == 60;
  }

  int fd_;
  std::mutex mutex_;
  std::deque<Frame> frames_;
  audio::LegId next_ = 1;
};

}  // namespace sidetone::media::test
