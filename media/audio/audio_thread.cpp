#include "media/audio/audio_thread.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "media/device/pulse_backend.hpp"
#include "media/device/wav_backend.hpp"
#include "media/dsp/soft_limiter.hpp"

namespace sidetone::media::audio {
namespace {

constexpr Microseconds kDeviceSilent{200'000};  // a device that has not called for so long drives nothing
constexpr Microseconds kTryAgain{1'000'000};
constexpr int kRealTimePriority = 5;  // as PulseAudio's own clients do
constexpr long kTickNs = 10'000'000;
constexpr Microseconds kForever{-1};
constexpr std::uint64_t kMaxCatchUp = 20;  // after a stall of our own: 200 ms are made good, the rest is gone

}  // namespace

Signal::Signal() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
Signal::~Signal() { close(descriptor_); }
void Signal::raise() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(descriptor_, &one, sizeof one);  // full: it is raised already
}
void Signal::clear() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(descriptor_, &count, sizeof count);
}

AudioThread::AudioThread(const EngineOptions& options, const Clock& clock, Channels& channels)
    : options_(options),
      clock_(clock),
      channels_(channels),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {}

AudioThread::~AudioThread() {
  captures_.clear();
  playbacks_.clear();
  backend_.reset();
  close(timer_);
}

void AudioThread::run() {
  pthread_setname_np(pthread_self(), "audio");
  if (options_.use_devices) {
    // A device does not wait for a busy machine. Without the right to it the thread runs like any other.
    sched_param priority{};
    priority.sched_priority = kRealTimePriority;
    pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &priority);
  }
  loop_.watch(channels_.wake.descriptor(), [this] {
    channels_.wake.clear();
    while (Command* command = channels_.commands.front()) {
      obey(*command);
      channels_.commands.pop();
    }
  });
  loop_.watch(timer_, [this] { on_timer(); });
  open_backend();
  // A device that falls silent does not say so: that the loop waited in vain does.
  while (!channels_.stop.load(std::memory_order_relaxed) &&
         loop_.run_once(legs_ == nullptr ? kForever : kDeviceSilent)) {
    forget_old_failures();
    if (route_wanted_) route();
    set_ticking();
    if (std::exchange(frames_wait_, false)) channels_.ready.raise();
  }
}

void AudioThread::open_backend() {
  if (!options_.use_devices && options_.wav.empty()) return on_devices({}, "sound devices are switched off");
  const auto pulse = [this](device::BackendEvents events) -> std::unique_ptr<device::Backend> {
    if (!options_.use_devices) return nullptr;
    return std::make_unique<device::PulseBackend>(loop_, device::PulseOptions{options_.server, options_.device_period},
                                                  std::move(events));
  };
  device::BackendEvents events{[this](std::vector<device::Device> devices, std::string reason) {
                                 on_devices(std::move(devices), std::move(reason));
                               },
                               [this] { route_wanted_ = true; }};
  if (options_.wav.empty()) {
    backend_ = pulse(std::move(events));
  } else {
    backend_ = std::make_unique<device::WavBackend>(loop_, options_.wav, std::move(events), pulse);
  }
}

void AudioThread::obey(Command& command) {
  Garbage garbage;
  Leg* leg = command.leg;
  switch (command.kind) {
    case Command::Kind::kAddLeg:
      leg->next = std::exchange(legs_, leg);
      if (command.room != nullptr) conferences_.swap_room(*command.room);
      garbage.room = command.room;
      break;
    case Command::Kind::kRemoveLeg: {
      conferences_.release(*leg);
      Leg** link = &legs_;
      while (*link != nullptr && *link != leg) link = &(*link)->next;
      if (*link != nullptr) *link = leg->next;
      garbage.leg = leg;
      break;
    }
    case Command::Kind::kCodecs:
      conferences_.release(*leg);
      leg->swap_codecs(*command.codecs);
      garbage.codecs = command.codecs;
      break;
    case Command::Kind::kSource:
      conferences_.release(*leg);
      leg->set_source(*command.source);
      garbage.source = command.source;
      break;
    case Command::Kind::kSink:
      std::swap(leg->sink, *command.sink);
      garbage.sink = command.sink;
      break;
    case Command::Kind::kKeys:
      leg->sender.insert_keys(*command.keys);
      garbage.keys = command.keys;
      break;
    case Command::Kind::kExpectedLoss:
      leg->sender.set_expected_loss(command.fraction);
      return;
    case Command::Kind::kAvailableBitrate:
      leg->sender.set_available_bitrate(command.bitrate_bps);
      return;
  }
  route_wanted_ |= command.kind != Command::Kind::kKeys;
  if (command.kind != Command::Kind::kKeys) conferences_.arrange(legs_);
  if (Garbage* slot = channels_.garbage.claim()) {
    *slot = garbage;
    channels_.garbage.publish();
  }
}

void AudioThread::notice(Notice::Kind kind, LegId leg, std::string reason) {
  if (Notice* slot = channels_.notices.claim()) {
    slot->kind = kind;
    slot->leg = leg;
    slot->reason = std::move(reason);
    channels_.notices.publish();
    channels_.ready.raise();
  }
}

/// No more than a few a second: a ring that is full is a control thread that has stopped.
void AudioThread::tell_keys(Leg& leg, MonotonicTime now) {
  const auto put = [&](Notice::Kind kind, const rtp::EventSender::Change& sent, const rtp::ReceivedKey& received) {
    Notice* slot = channels_.notices.claim();
    if (slot == nullptr) return;
    slot->kind = kind;
    slot->leg = leg.id;
    slot->sent = sent;
    slot->received = received;
    channels_.notices.publish();
    frames_wait_ = true;
  };
  if (const auto sent = leg.sender.take_key_change()) put(Notice::Kind::kKeySent, *sent, {});
  while (const auto received = leg.take_key(now)) put(Notice::Kind::kKeyReceived, {}, *received);
}

void AudioThread::on_devices(std::vector<device::Device> devices, std::string missing_reason) {
  failures_.clear();
  route_wanted_ = true;
  // The server tells of every change of a device, of its state and volume too.
  if (devices_known_ && devices == devices_ && missing_reason == devices_missing_) return;
  devices_ = devices;
  devices_missing_ = missing_reason;
  devices_known_ = true;
  delete channels_.devices.exchange(new DeviceSnapshot{std::move(devices), std::move(missing_reason)},
                                    std::memory_order_acq_rel);
  notice(Notice::Kind::kDevicesChanged, 0, {});
  const std::lock_guard lock(channels_.start_mutex);
  channels_.started = true;
  channels_.start_changed.notify_all();
}

const device::Device* AudioThread::find_device(const std::string& id, bool input) const {
  const auto found = std::ranges::find_if(devices_, [&](const device::Device& device) {
    return device.input == input && (id.empty() ? device.is_default : device.id == id);
  });
  return found == devices_.end() ? nullptr : &*found;
}

bool AudioThread::failed_lately(const std::string& id) const {
  return std::ranges::any_of(
      failures_, [&](const Failure& failure) { return failure.id == id && clock_.now() - failure.when < kTryAgain; });
}

void AudioThread::forget_old_failures() {
  if (failures_.empty()) return;
  const MonotonicTime now = clock_.now();
  route_wanted_ |=
      std::erase_if(failures_, [now](const Failure& failure) { return now - failure.when >= kTryAgain; }) > 0;
}

void AudioThread::route() {
  route_wanted_ = false;
  const auto drop_lost = [this](auto& ports) {
    for (auto& open : ports) {
      open.used = false;
      if (open.stream->state() == device::StreamState::kLost) {
        std::erase_if(failures_, [&](const Failure& failure) { return failure.id == open.id; });
        failures_.push_back({open.id, clock_.now()});
      }
    }
  };
  drop_lost(captures_);
  drop_lost(playbacks_);
  for (Leg* leg = legs_; leg != nullptr; leg = leg->next) {
    route_capture(*leg);
    route_playback(*leg);
  }
  for (CapturePort& microphone : captures_)
    for (auto& processed : microphone.processed) processed.used = false;
  for (Leg* leg = legs_; leg != nullptr; leg = leg->next) route_processing(*leg);
  for (CapturePort& microphone : captures_)
    microphone.processed.remove_if([](const CapturePort::Processed& one) { return !one.used; });
  conferences_.take_microphones();
  close_unused(captures_);
  close_unused(playbacks_);
}

template <class PortType, class Open>
PortType* AudioThread::port(std::list<PortType>& ports, const std::string& id, Open open) {
  for (PortType& existing : ports) {
    if (existing.id == id && existing.stream->state() != device::StreamState::kLost) {
      existing.used = true;
      return &existing;
    }
  }
  if (failed_lately(id)) return nullptr;
  PortType& made = ports.emplace_back();
  made.id = id;
  made.stream = open(made);
  if (made.stream == nullptr) {
    ports.pop_back();
    return nullptr;
  }
  made.used = true;
  return &made;
}

template <class PortType>
void AudioThread::close_unused(std::list<PortType>& ports) {
  ports.remove_if([](const PortType& open) { return !open.used; });
}

void AudioThread::route_capture(Leg& leg) {
  leg.capture = nullptr;
  if (leg.source.kind != SourceKind::kDevice && !(leg.in_conference() && leg.source.with_microphone)) return;
  const device::Device* wanted = find_device(leg.source.device, true);
  if (wanted != nullptr && (!leg.records() || backend_ == nullptr)) return;
  if (wanted != nullptr) {
    leg.capture = port(captures_, wanted->id, [&](CapturePort& made) {
      return backend_->open_capture(wanted->id, [this, &made](dsp::ConstBlockSpan block) { captured(made, block); });
    });
  }
  if (leg.capture != nullptr) {
    leg.source_lost = false;
  } else if (!leg.source_lost && devices_known_) {
    leg.source_lost = true;
    notice(Notice::Kind::kSourceLost, leg.id,
           wanted != nullptr           ? "the microphone \"" + wanted->label + "\" stopped"
           : leg.source.device.empty() ? std::string("there is no microphone")
                                       : "the microphone \"" + leg.source.device + "\" is gone");
  }
}

void AudioThread::route_playback(Leg& leg) {
  leg.playback = nullptr;
  if (!leg.sink.to_device || !leg.plays() || backend_ == nullptr) return;
  const device::Device* wanted = find_device(leg.sink.device, false);
  if (wanted == nullptr || failed_lately(wanted->id)) wanted = find_device({}, false);
  if (wanted == nullptr) return;
  leg.playback = port(playbacks_, wanted->id, [&](PlaybackPort& made) {
    return backend_->open_playback(wanted->id, [this, &made](dsp::BlockSpan block) { render(made, block); });
  });
}

void AudioThread::route_processing(Leg& leg) {
  leg.processed = nullptr;
  if (leg.capture == nullptr) return;
  const device::Device* microphone = find_device(leg.capture->id, true);
  if (microphone == nullptr) return;
  const device::Device* loudspeaker = leg.playback == nullptr ? nullptr : find_device(leg.playback->id, false);
  const dsp::VoiceProcessing wanted = processing_of(leg.source.processing, options_, *microphone, loudspeaker);
  if (!wanted.any()) return;
  const PlaybackPort* echoes = wanted.echo_cancellation ? leg.playback : nullptr;
  auto& all = leg.capture->processed;
  auto found = std::ranges::find_if(all, [&](const CapturePort::Processed& one) {
    return one.sound.processing() == wanted && one.loudspeaker == echoes;
  });
  if (found == all.end()) found = all.insert(all.end(), CapturePort::Processed{ProcessedCapture(wanted), echoes});
  found->used = true;
  leg.processed = &found->sound;
}

void AudioThread::captured(CapturePort& from, dsp::ConstBlockSpan block) {
  const MonotonicTime now = clock_.now();
  from.last_call = now;
  for (auto& processed : from.processed) processed.sound.captured(block, from.stream->latency());
  const auto heard_by = [&](const Leg& leg) {
    return leg.processed == nullptr ? block : dsp::ConstBlockSpan{leg.processed->block()};
  };
  for (Leg* leg = legs_; leg != nullptr; leg = leg->next) {
    if (leg->clocked_by() != &from) continue;
    if (!leg->in_conference()) frames_wait_ |= leg->send_captured(heard_by(*leg), now, channels_.frames);
    tell_keys(*leg, now);
    if (!leg->plays()) leg->publish();  // else whoever plays it does
  }
  dsp::Block said;
  std::optional<bool> speaks;  // judged only where a conference hears it
  conferences_.for_each([&](Conferences::Members members) {
    if (members.front()->clocked_by() != &from) return;
    if (!speaks) {
      const auto whose = std::ranges::find(members, &from, [](const Leg* leg) { return leg->capture; });
      std::ranges::copy(heard_by(**whose), said.begin());
      speaks = from.gate.apply(said);
    }
    frames_wait_ |= conferences_.advance(members, *speaks ? &said : nullptr, now, channels_.frames);
  });
}

void AudioThread::render(PlaybackPort& to, dsp::BlockSpan mix) {
  const MonotonicTime now = clock_.now();
  to.last_call = now;
  dsp::Block voice;
  for (Leg* leg = legs_; leg != nullptr; leg = leg->next) {
    if (leg->playback != &to) continue;
    leg->receive(voice, now);
    tell_keys(*leg, now);
    leg->publish();
    const auto wanted = static_cast<float>(leg->sink.gain);
    const float step = (wanted - leg->gain) / static_cast<float>(mix.size());
    for (std::size_t i = 0; i < mix.size(); ++i) mix[i] += voice[i] * (leg->gain + step * static_cast<float>(i));
    leg->gain = wanted;
  }
  dsp::SoftLimiter::apply(mix);
  for (CapturePort& microphone : captures_)
    for (auto& processed : microphone.processed)
      if (processed.loudspeaker == &to) processed.sound.played(mix, to.stream->latency());
}

bool AudioThread::live(const Port* candidate) const {
  return candidate != nullptr && candidate->last_call && clock_.now() - *candidate->last_call < kDeviceSilent &&
         candidate->stream->state() == device::StreamState::kRunning;
}

bool AudioThread::driven_by_devices(const Leg& leg) const {
  return (!leg.plays() || live(leg.playback)) && (!leg.records() || live(leg.clocked_by()));
}

void AudioThread::on_timer() {
  std::uint64_t expirations = 0;
  if (read(timer_, &expirations, sizeof expirations) != sizeof expirations) return;
  const MonotonicTime now = clock_.now();
  for (std::uint64_t i = std::min(expirations, kMaxCatchUp); i > 0; --i) tick(now);
}

// 10 ms for every leg, or half of a leg, that no device drives. What is sent may be what others say: all are heard
// first.
void AudioThread::tick(MonotonicTime now) {
  dsp::Block voice;
  for (Leg* leg = legs_; leg != nullptr; leg = leg->next)
    if (leg->plays() && !live(leg->playback)) leg->receive(voice, now);
  conferences_.for_each([&](Conferences::Members members) {
    if (!live(members.front()->clocked_by()))
      frames_wait_ |= conferences_.advance(members, nullptr, now, channels_.frames);
  });
  for (Leg* leg = legs_; leg != nullptr; leg = leg->next) {
    if (leg->records() && !leg->in_conference() && !live(leg->capture))
      frames_wait_ |= leg->send_made(now, channels_.frames);
    tell_keys(*leg, now);
    leg->publish();
  }
}

void AudioThread::set_ticking() {
  bool wanted = false;
  for (const Leg* leg = legs_; leg != nullptr; leg = leg->next) wanted |= !driven_by_devices(*leg);
  if (wanted == ticking_) return;
  ticking_ = wanted;
  // An interval timer keeps to its grid however late it is read: the pace does not drift.
  const long period_ns = wanted ? kTickNs : 0;
  const itimerspec every{{0, period_ns}, {0, period_ns}};
  timerfd_settime(timer_, 0, &every, nullptr);
}

}  // namespace sidetone::media::audio
