#include "native-host/control/sounds.hpp"

#include <algorithm>
#include <utility>

#include "native-host/control/tracks.hpp"

namespace sidetone::host::control {
namespace {

constexpr Milliseconds kFade{50};  // a sound that is cut off clicks

media::audio::Sound engine_sound(protocol::Sound sound) {
  switch (sound) {
    case protocol::Sound::kRing:
      return media::audio::Sound::kRing;
    case protocol::Sound::kRingBack:
      return media::audio::Sound::kRingBack;
    case protocol::Sound::kTest:
      break;
  }
  return media::audio::Sound::kTest;
}

}  // namespace

Sounds::Sounds(media::audio::AudioEngine& audio, Scheduler& scheduler, Send send)
    : audio_(audio), scheduler_(scheduler), send_(std::move(send)) {}

Sounds::~Sounds() {
  end_watch();
  if (sounding_) audio_.remove_leg(*sounding_);
  for (const auto leg : fading_) audio_.remove_leg(leg);
}

void Sounds::after(Milliseconds delay, std::function<void()> task) {
  scheduler_.after(delay, [alive = std::weak_ptr<int>(alive_), task = std::move(task)] {
    if (!alive.expired()) task();
  });
}

Status Sounds::play(const protocol::SoundPlay& request) {
  SIDETONE_TRY(auto sink, sink_of_device(audio_, request.device));
  sink.gain = request.volume_percent.value_or(100) / 100.0;
  const double pitch = request.pitch_percent.value_or(100) / 100.0;
  SIDETONE_TRY(const auto leg, audio_.add_leg({.sound = engine_sound(request.sound), .sound_pitch = pitch}));
  if (auto placed = audio_.set_sink(leg, sink); !placed.ok()) {
    audio_.remove_leg(leg);
    return placed;
  }
  stop();
  sounding_ = leg;
  sink_ = sink;
  after(Seconds{request.seconds}, [this, sound = ++played_] {
    if (sound == played_) stop();
  });
  return {};
}

void Sounds::stop() {
  if (!sounding_) return;
  const auto leg = *std::exchange(sounding_, std::nullopt);
  sink_.gain = 0;
  (void)audio_.set_sink(leg, sink_);
  fading_.push_back(leg);
  after(kFade, [this, leg] {
    std::erase(fading_, leg);
    audio_.remove_leg(leg);
  });
}

Status Sounds::watch(const protocol::MicrophoneWatch& request) {
  if (request.seconds == 0) {
    end_watch();
    return {};
  }
  SIDETONE_TRY(auto source, source_of_device(audio_, request.device));
  source.processing = {false, false, false};  // the meter is of the microphone
  if (!metered_ || microphone_ != request.device) {
    SIDETONE_TRY(const auto leg, audio_.add_leg({.metered = true}));
    if (auto placed = audio_.set_source(leg, source); !placed.ok()) {
      audio_.remove_leg(leg);
      return placed;
    }
    end_watch();
    metered_ = leg;
    microphone_ = request.device;
  }
  const std::uint32_t watch = ++watched_;
  tell_level(watch, Milliseconds{request.interval_ms});
  after(Seconds{request.seconds}, [this, watch] {
    if (watch == watched_) end_watch();
  });
  return {};
}

void Sounds::end_watch() {
  ++watched_;
  if (metered_) audio_.remove_leg(*std::exchange(metered_, std::nullopt));
}

void Sounds::tell_level(std::uint32_t watch, Milliseconds interval) {
  after(interval, [this, watch, interval] {
    if (watch != watched_ || !metered_) return;
    send_(protocol::MicrophoneLevel{audio_.stats(*metered_).sent_level});
    tell_level(watch, interval);
  });
}

}  // namespace sidetone::host::control
