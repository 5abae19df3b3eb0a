#include <fcntl.h>
#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>
#include <unordered_map>
#include <utility>

#include "media/audio/audio_engine.hpp"
#include "media/audio/audio_thread.hpp"
#include "media/audio/conference.hpp"
#include "media/codec/codec.hpp"
#include "media/codec/comfort_noise.hpp"

namespace sidetone::media::audio {
namespace {

constexpr std::size_t kFrames = 256;
constexpr std::size_t kFramesOfServer = 2048;  // of its many legs, half send within one period
constexpr std::size_t kFirstRoom = 16;
constexpr std::chrono::milliseconds kFirstList{500};  // a local audio server answers in a few milliseconds

std::uint32_t random_u32() {
  std::uint32_t value = 0;
  if (getrandom(&value, sizeof value, 0) != sizeof value) value = 0;
  return value;
}

Result<std::unique_ptr<LegCodecs>> make_codecs(const LegConfig& config, const EngineOptions& options) {
  auto codecs = std::make_unique<LegCodecs>();
  const auto packet_ms = config.packet_time.count();
  if (std::ranges::find(kPacketTimes, packet_ms) == kPacketTimes.end()) {
    return Error{ErrorCode::kOutOfRange, "a packet holds 10, 20, 40 or 60 ms", {}};
  }
  const auto entry_of = [](const CodecBinding& binding) {
    return codec::find(binding.name, binding.clock_rate_hz, binding.format_parameters);
  };
  const auto unknown = [](const CodecBinding& binding) {
    return Error{ErrorCode::kUnsupported, "no such codec", binding.name};
  };
  if (config.send) {
    const codec::CodecEntry* entry = entry_of(*config.send);
    if (entry == nullptr || entry->make_encoder == nullptr) return unknown(*config.send);
    auto send = std::make_unique<SendCodec>();
    send->payload_type = config.send->payload_type;
    send->clock_rate_hz = entry->clock_rate_hz;
    send->packet_samples = static_cast<std::size_t>(packet_ms) * dsp::kSampleRateHz / 1000;
    if (!entry->takes_packet(send->packet_samples)) {
      return Error{ErrorCode::kOutOfRange, "the codec has no packets of " + std::to_string(packet_ms) + " ms",
                   config.send->name};
    }
    send->encoder = entry->make_encoder({.format_parameters = config.send->format_parameters,
                                         .complexity = options.encoder_complexity,
                                         .max_bitrate_bps = config.max_bitrate_bps});
    if (config.send_comfort_noise && entry->pauses_by_comfort_noise) {
      send->encoder = codec::with_comfort_noise(std::move(send->encoder));
      send->comfort_noise_payload_type = *config.send_comfort_noise;
    }
    send->events = config.send_events;
    send->encoding = config.send->name + ' ' + std::to_string(entry->clock_rate_hz) + ' ' +
                     config.send->format_parameters + ' ' + std::to_string(packet_ms) + ' ' +
                     std::to_string(config.max_bitrate_bps) + (send->comfort_noise_payload_type != 0 ? " CN" : "");
    codecs->send = std::move(send);
  }
  for (const CodecBinding& binding : config.receive) {
    const codec::CodecEntry* entry = entry_of(binding);
    if (entry == nullptr) return unknown(binding);
    codecs->receive.push_back({binding.payload_type, entry->clock_rate_hz,
                               entry->make_decoder({binding.format_parameters, options.decoder_complexity})});
  }
  for (std::size_t i = 0; i < std::min(config.receive_events.size(), kMaxEventBindings); ++i)
    codecs->events[i] = config.receive_events[i];
  codecs->receives = !codecs->receive.empty();
  codecs->metered = config.metered;
  codecs->sound = config.sound;
  codecs->sound_pitch = config.sound_pitch;
  return codecs;
}

bool same(const CodecBinding& a, const CodecBinding& b) {
  return a.payload_type == b.payload_type && a.name == b.name && a.clock_rate_hz == b.clock_rate_hz &&
         a.format_parameters == b.format_parameters;
}

bool same(const LegConfig& a, const LegConfig& b) {
  if (a.send.has_value() != b.send.has_value() || a.packet_time != b.packet_time) return false;
  if (a.send && !same(*a.send, *b.send)) return false;
  if (a.send_events != b.send_events || a.receive_events != b.receive_events) return false;
  if (a.metered != b.metered || a.sound != b.sound || a.sound_pitch != b.sound_pitch) return false;
  if (a.send_comfort_noise != b.send_comfort_noise || a.max_bitrate_bps != b.max_bitrate_bps) return false;
  return std::ranges::equal(a.receive, b.receive,
                            [](const CodecBinding& x, const CodecBinding& y) { return same(x, y); });
}

class Engine final : public AudioEngine {
 public:
  Engine(const EngineOptions& options, const Clock& clock, EngineEvents events)
      : options_(options), channels_(options.use_devices ? kFrames : kFramesOfServer), events_(std::move(events)) {
    thread_ = std::thread([this, &clock] { AudioThread(options_, clock, channels_).run(); });
    std::unique_lock lock(channels_.start_mutex);
    channels_.start_changed.wait_for(lock, kFirstList, [this] { return channels_.started; });
  }

  ~Engine() override {
    channels_.stop.store(true);
    channels_.wake.raise();
    thread_.join();
    // What still lies in the rings: commands that were never obeyed own what they carry.
    while (const Command* command = channels_.commands.front()) {
      free_all({nullptr, command->codecs, command->source, command->sink, command->keys, command->room});
      channels_.commands.pop();
    }
    for (const Command& command : overflow_)
      free_all({nullptr, command.codecs, command.source, command.sink, command.keys, command.room});
    collect_garbage();
  }

  std::vector<DeviceInfo> devices() const override {
    std::vector<DeviceInfo> out;
    for (const device::Device& device : snapshot().devices) {
      if (device.monitor) continue;
      out.push_back(
          {device.id, device.label, device.input ? DeviceKind::kInput : DeviceKind::kOutput, device.is_default});
    }
    return out;
  }

  std::string devices_missing_reason() const override { return snapshot().missing_reason; }

  Result<LegId> add_leg(const LegConfig& config) override {
    SIDETONE_TRY(auto codecs, make_codecs(config, options_));
    const LegId id = next_id_++;
    auto leg = std::make_unique<Leg>(id, random_u32());
    leg->swap_codecs(*codecs);
    ConferenceRoom* larger = nullptr;
    if (legs_.size() + retiring_.size() >= room_) {
      room_ = 2 * room_ + kFirstRoom;
      larger = new ConferenceRoom(room_);
    }
    command({.kind = Command::Kind::kAddLeg, .leg = leg.get(), .room = larger});
    legs_[id] = Entry{std::move(leg), config};
    return id;
  }

  Status update_leg(LegId id, const LegConfig& config) override {
    Entry* entry = find(id);
    if (entry == nullptr) return no_leg();
    if (same(config, entry->config)) return {};  // an offer that changes nothing here is not to be heard
    SIDETONE_TRY(auto codecs, make_codecs(config, options_));
    entry->config = config;
    command({.kind = Command::Kind::kCodecs, .leg = entry->leg.get(), .codecs = codecs.release()});
    return {};
  }

  void remove_leg(LegId id) override {
    const auto found = legs_.find(id);
    if (found == legs_.end()) return;
    Leg* leg = found->second.leg.get();
    retiring_.push_back(std::move(found->second.leg));
    legs_.erase(found);
    command({.kind = Command::Kind::kRemoveLeg, .leg = leg});
  }

  Status set_source(LegId id, const Source& source) override {
    Entry* entry = find(id);
    if (entry == nullptr) return no_leg();
    if (source.kind == SourceKind::kConference && source.conference.empty())
      return Error{ErrorCode::kMalformed, "a conference has a name", {}};
    if (source.kind == SourceKind::kDevice || (source.kind == SourceKind::kConference && source.with_microphone))
      SIDETONE_CHECK(check_device(source.device, true));
    command({.kind = Command::Kind::kSource, .leg = entry->leg.get(), .source = new Source(source)});
    return {};
  }

  void set_muted(LegId id, bool muted) override {
    if (Entry* entry = find(id)) entry->leg->muted.store(muted, std::memory_order_relaxed);
  }

  Status set_sink(LegId id, const Sink& sink) override {
    Entry* entry = find(id);
    if (entry == nullptr) return no_leg();
    // The default output may come later; a named one must be there.
    if (sink.to_device && !sink.device.empty()) SIDETONE_CHECK(check_device(sink.device, false));
    auto copy = std::make_unique<Sink>(sink);
    copy->gain = std::clamp(copy->gain, 0.0, 1.0);
    command({.kind = Command::Kind::kSink, .leg = entry->leg.get(), .sink = copy.release()});
    return {};
  }

  void set_expected_loss(LegId id, double fraction) override {
    Entry* entry = find(id);
    if (entry == nullptr) return;
    command({.kind = Command::Kind::kExpectedLoss, .leg = entry->leg.get(), .fraction = fraction});
  }

  void set_available_bitrate(LegId id, int bps) override {
    Entry* entry = find(id);
    if (entry == nullptr) return;
    command({.kind = Command::Kind::kAvailableBitrate, .leg = entry->leg.get(), .bitrate_bps = bps});
  }

  Status insert_keys(LegId id, const rtp::KeyPresses& presses) override {
    Entry* entry = find(id);
    if (entry == nullptr) return no_leg();
    if (!entry->config.send || !entry->config.send_events)
      return Error{ErrorCode::kUnavailable, "the far end takes no keys now", {}};
    auto copy = std::make_unique<rtp::KeyPresses>(presses);
    copy->keys.reserve(rtp::kMostKeys);  // the audio thread puts those that wait in front
    command({.kind = Command::Kind::kKeys, .leg = entry->leg.get(), .keys = copy.release()});
    return {};
  }

  void deliver(LegId id, const IncomingPacket& packet) override {
    Entry* entry = find(id);
    if (entry == nullptr) return;
    if (packet.payload.size() > codec::kMaxPayload) {
      ++entry->too_large;
      return;
    }
    PacketSlot* slot = entry->leg->packets.claim();
    if (slot == nullptr) {
      ++entry->ring_full;
      return;
    }
    slot->ssrc = packet.ssrc;
    slot->sequence = packet.sequence;
    slot->timestamp = packet.timestamp;
    slot->payload_type = packet.payload_type;
    slot->marker = packet.marker;
    slot->copy = packet.copy;
    slot->arrival = packet.arrival;
    slot->size = static_cast<std::uint16_t>(packet.payload.size());
    std::ranges::copy(packet.payload, slot->data.begin());
    entry->leg->packets.publish();
  }

  int frames_ready_fd() const override { return channels_.ready.descriptor(); }

  void take_frames(const std::function<void(const OutgoingFrame&)>& on_frame) override {
    channels_.ready.clear();
    collect_garbage();
    flush_commands();
    while (const FrameSlot* slot = channels_.frames.front()) {
      if (legs_.contains(slot->leg)) {
        on_frame({slot->leg, slot->payload_type, slot->marker, slot->timestamp, slot->level_dbov,
                  Bytes{slot->data}.first(slot->size)});
      }
      channels_.frames.pop();
    }
    while (Notice* slot = channels_.notices.front()) {
      const Notice notice = std::move(*slot);
      channels_.notices.pop();
      tell(notice);
    }
  }

  LegStats stats(LegId id) const override {
    const auto found = legs_.find(id);
    if (found == legs_.end()) return {};
    LegStats stats = found->second.leg->published.read();
    stats.packets_discarded += found->second.ring_full;
    stats.packets_unknown += found->second.too_large;
    return stats;
  }

 private:
  struct Entry {
    std::unique_ptr<Leg> leg;
    LegConfig config;
    std::uint64_t ring_full = 0;
    std::uint64_t too_large = 0;
  };

  void tell(const Notice& notice) {
    if (notice.kind == Notice::Kind::kDevicesChanged) {
      if (events_.devices_changed) events_.devices_changed();
      return;
    }
    if (!legs_.contains(notice.leg)) return;
    if (notice.kind == Notice::Kind::kSourceLost && events_.source_lost) events_.source_lost(notice.leg, notice.reason);
    if (notice.kind == Notice::Kind::kKeySent && events_.key_sent) events_.key_sent(notice.leg, notice.sent);
    if (notice.kind == Notice::Kind::kKeyReceived && events_.key_received)
      events_.key_received(notice.leg, notice.received);
  }

  static Error no_leg() { return {ErrorCode::kNotFound, "no such leg", {}}; }

  Entry* find(LegId id) {
    const auto found = legs_.find(id);
    return found == legs_.end() ? nullptr : &found->second;
  }

  const DeviceSnapshot& snapshot() const {
    if (DeviceSnapshot* newest = channels_.devices.exchange(nullptr, std::memory_order_acq_rel)) {
      snapshot_.reset(newest);
    }
    static const DeviceSnapshot kNone{{}, "the audio server has not answered yet"};
    return snapshot_ == nullptr ? kNone : *snapshot_;
  }

  Status check_device(const std::string& id, bool input) const {
    const DeviceSnapshot& now = snapshot();
    if (snapshot_ == nullptr) return {};  // not known yet: the audio thread takes it up, or says that it is lost
    for (const device::Device& device : now.devices) {
      if (device.input == input && (id.empty() ? device.is_default : device.id == id)) return {};
    }
    if (!now.missing_reason.empty()) return Error{ErrorCode::kUnavailable, now.missing_reason, id};
    return Error{ErrorCode::kUnavailable, input ? "no such microphone now" : "no such loudspeaker now", id};
  }

  void command(const Command& what) {
    collect_garbage();
    overflow_.push_back(what);
    flush_commands();
  }

  void flush_commands() {
    bool sent = false;
    while (!overflow_.empty()) {
      Command* slot = channels_.commands.claim();
      if (slot == nullptr) break;
      *slot = overflow_.front();
      overflow_.pop_front();
      channels_.commands.publish();
      sent = true;
    }
    if (sent) channels_.wake.raise();
  }

  void collect_garbage() {
    while (const Garbage* garbage = channels_.garbage.front()) {
      free_all(*garbage);
      channels_.garbage.pop();
    }
  }

  void free_all(const Garbage& garbage) {
    delete garbage.codecs;
    delete garbage.source;
    delete garbage.sink;
    delete garbage.keys;
    delete garbage.room;
    if (garbage.leg != nullptr) {
      std::erase_if(retiring_, [&](const std::unique_ptr<Leg>& leg) { return leg.get() == garbage.leg; });
    }
  }

  const EngineOptions options_;
  mutable Channels channels_;
  EngineEvents events_;
  mutable std::unique_ptr<DeviceSnapshot> snapshot_;
  std::unordered_map<LegId, Entry> legs_;
  std::vector<std::unique_ptr<Leg>> retiring_;  ///< until the audio thread has let go of them
  std::deque<Command> overflow_;
  LegId next_id_ = 1;
  std::size_t room_ = 0;  ///< legs that the audio thread has room for in conferences
  std::thread thread_;
};

}  // namespace

std::unique_ptr<AudioEngine> make_audio_engine(const EngineOptions& options, const Clock& clock, EngineEvents events) {
  return std::make_unique<Engine>(options, clock, std::move(events));
}

std::vector<CodecDescription> supported_codecs() {
  std::vector<CodecDescription> out;
  for (const codec::CodecEntry& entry : codec::registry()) {
    CodecDescription codec{std::string(entry.name), entry.clock_rate_hz, entry.sdp_channels, entry.static_payload_type,
                           std::string(entry.format_parameters)};
    codec.comfort_noise = entry.make_encoder == nullptr;
    codec.pauses_by_comfort_noise = entry.pauses_by_comfort_noise;
    std::erase_if(codec.packet_times,
                  [&](std::uint16_t ms) { return !entry.takes_packet(std::size_t{ms} * dsp::kSampleRateHz / 1000); });
    out.push_back(std::move(codec));
  }
  return out;
}

}  // namespace sidetone::media::audio
