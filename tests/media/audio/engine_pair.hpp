#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "media/audio/audio_engine.hpp"

namespace sidetone::testing {

class SteadyClock final : public Clock {
 public:
  MonotonicTime now() const override {
    return {std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now().time_since_epoch())};
  }
  WallTime wall() const override { return {0}; }
};

inline media::audio::CodecBinding opus() { return {111, "opus", 48000, "minptime=10;useinbandfec=1"}; }
inline media::audio::CodecBinding g722() { return {9, "G722", 8000, ""}; }
inline media::audio::CodecBinding g7221() { return {98, "G7221", 16000, "bitrate=24000"}; }
inline media::audio::CodecBinding g729() { return {18, "G729", 8000, ""}; }
inline media::audio::CodecBinding pcmu() { return {0, "PCMU", 8000, ""}; }

/// One engine and what it told.
struct TestEngine {
  explicit TestEngine(const media::audio::EngineOptions& options) {
    media::audio::EngineEvents events;
    events.devices_changed = [this] { ++changes; };
    events.source_lost = [this](media::audio::LegId leg, std::string reason) {
      lost.push_back(std::to_string(leg) + ": " + reason);
    };
    events.key_sent = [this](media::audio::LegId, const media::rtp::EventSender::Change& change) {
      keys_sent += change.key == 0 ? '.' : change.key;
    };
    events.key_received = [this](media::audio::LegId, const media::rtp::ReceivedKey& key) {
      keys_received += key.key + std::to_string(key.duration.count()) + " ";
    };
    engine = media::audio::make_audio_engine(options, clock, events);
  }
  media::audio::AudioEngine* operator->() const { return engine.get(); }

  SteadyClock clock;
  int changes = 0;
  std::vector<std::string> lost;
  std::string keys_sent;
  std::string keys_received;
  std::unique_ptr<media::audio::AudioEngine> engine;
};

/// Hands the frames of one leg to another, as a network without loss would.
class Wire {
 public:
  Wire(TestEngine& from, media::audio::LegId from_leg, TestEngine& to, media::audio::LegId to_leg)
      : from_(from), from_leg_(from_leg), to_(to), to_leg_(to_leg) {}

  /// Wait for frames (a while at most) and carry them over.
  void carry() {
    pollfd waiting{from_->frames_ready_fd(), POLLIN, 0};
    poll(&waiting, 1, 20);
    from_->take_frames([this](const media::audio::OutgoingFrame& frame) {
      if (frame.leg != from_leg_) return;
      timestamps.push_back(frame.timestamp);
      markers.push_back(frame.marker);
      payload_types.push_back(frame.payload_type);
      levels.push_back(frame.level_dbov);
      to_->deliver(to_leg_,
                   {1, sequence_++, frame.timestamp, frame.payload_type, frame.marker, to_.clock.now(), frame.payload});
    });
  }

  /// Carry frames until `done` or the time is up. @return whether it came true.
  bool carry_until(const std::function<bool()>& done, std::chrono::milliseconds at_most = std::chrono::seconds{10}) {
    const auto end = std::chrono::steady_clock::now() + at_most;
    while (std::chrono::steady_clock::now() < end) {
      if (done()) return true;
      carry();
    }
    return done();
  }

  std::vector<std::uint32_t> timestamps;
  std::vector<bool> markers;
  std::vector<std::uint8_t> payload_types;
  std::vector<std::uint8_t> levels;

 private:
  TestEngine& from_;
  media::audio::LegId from_leg_;
  TestEngine& to_;
  media::audio::LegId to_leg_;
  std::uint16_t sequence_ = 65530;
};

}  // namespace sidetone::testing
