#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "media/peer/peer_connection.hpp"
#include "native-host/control/scheduler.hpp"

namespace sidetone::host::test {

namespace peer = media::peer;
namespace audio = media::audio;

class FakeClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override { return {now_.since_zero.count() / 1'000'000}; }
  void advance(Microseconds time) { now_ = now_ + time; }

 private:
  MonotonicTime now_{Seconds{1000}};
};

/// Timers on a fake clock.
class FakeScheduler final : public control::Scheduler {
 public:
  explicit FakeScheduler(FakeClock& clock) : clock_(clock) {}
  void after(Milliseconds delay, std::function<void()> task) override {
    timers_.emplace(clock_.now().since_zero + delay, std::move(task));
  }
  /// Let time pass; what falls due in it runs at its time.
  void advance(Milliseconds time) {
    const auto end = clock_.now() + time;
    while (!timers_.empty() && timers_.begin()->first <= end.since_zero) {
      auto first = timers_.extract(timers_.begin());
      clock_.advance(first.key() - clock_.now().since_zero);
      first.mapped()();
    }
    clock_.advance(end - clock_.now());
  }
  [[nodiscard]] std::size_t pending() const { return timers_.size(); }

 private:
  FakeClock& clock_;
  std::multimap<Microseconds, std::function<void()>> timers_;
};

class FakeAudio final : public audio::AudioEngine {
 public:
  std::vector<audio::DeviceInfo> list{{"mic", "Microphone", audio::DeviceKind::kInput, true},
                                      {"ear", "Loudspeaker", audio::DeviceKind::kOutput, true}};
  std::string missing;

  [[nodiscard]] std::vector<audio::DeviceInfo> devices() const override { return list; }
  [[nodiscard]] std::string devices_missing_reason() const override { return missing; }
  /// A leg that is there: what control itself makes, besides those of peer connections.
  struct Leg {
    audio::LegConfig config;
    audio::Source source;
    audio::Sink sink;
  };
  std::map<audio::LegId, Leg> legs;
  double level = 0;

  Result<audio::LegId> add_leg(const audio::LegConfig& config) override {
    legs[++last_leg_].config = config;
    return last_leg_;
  }
  Status update_leg(audio::LegId, const audio::LegConfig&) override { return {}; }
  void remove_leg(audio::LegId leg) override { legs.erase(leg); }
  Status set_source(audio::LegId leg, const audio::Source& source) override {
    legs[leg].source = source;
    return {};
  }
  void set_muted(audio::LegId, bool) override {}
  Status set_sink(audio::LegId leg, const audio::Sink& sink) override {
    legs[leg].sink = sink;
    return {};
  }
  Status insert_keys(audio::LegId, const media::rtp::KeyPresses&) override { return {}; }
  void deliver(audio::LegId, const audio::IncomingPacket&) override {}
  [[nodiscard]] int frames_ready_fd() const override { return -1; }
  void take_frames(const std::function<void(const audio::OutgoingFrame&)>&) override {}
  [[nodiscard]] audio::LegStats stats(audio::LegId) const override {
    audio::LegStats stats;
    stats.sent_level = level;
    return stats;
  }

 private:
  audio::LegId last_leg_ = 0;
};

/// What a peer connection was told; outlives it.
struct PeerRecord {
  peer::Configuration configuration;
  peer::PeerEvents events;
  peer::States states;
  std::vector<peer::TransceiverInfo> transceivers;
  audio::Source source;
  audio::Sink sink;
  bool muted = false;
  bool closed = false;
  std::string keys;
  std::optional<peer::SessionDescription> local;
  std::optional<peer::SessionDescription> remote;
  std::vector<peer::IceCandidate> candidates;
  std::vector<std::string> sent;
  peer::ChannelHandle last_channel = 0;
  std::vector<peer::ChannelHandle> closed_channels;
  peer::DataChannelOptions channel_options;
  std::string stats = "[]";
  peer::PeerConnection::LevelPair levels{0.25, 0.5};

  void connect() {
    states.connection = peer::ConnectionState::kConnected;
    events.states_changed(states);
  }
  void fail() {
    states.connection = peer::ConnectionState::kFailed;
    events.states_changed(states);
  }
};

class FakePeer final : public peer::PeerConnection {
 public:
  explicit FakePeer(std::shared_ptr<PeerRecord> record) : record_(std::move(record)) {}
  [[nodiscard]] peer::States states() const override { return record_->states; }
  Result<std::size_t> add_transceiver(peer::Direction direction) override {
    if (!record_->transceivers.empty()) return Error{ErrorCode::kUnsupported, "one audio transceiver", ""};
    record_->transceivers.push_back({"", direction, std::nullopt});
    return std::size_t{0};
  }
  Status set_direction(std::size_t index, peer::Direction direction) override {
    record_->transceivers.at(index).direction = direction;
    return {};
  }
  [[nodiscard]] std::vector<peer::TransceiverInfo> transceivers() const override { return record_->transceivers; }
  Result<peer::SessionDescription> create_offer(bool ice_restart) override {
    return peer::SessionDescription{peer::SdpType::kOffer, ice_restart ? "offer again" : "offer"};
  }
  Result<peer::SessionDescription> create_answer() override {
    if (!record_->remote) return Error{ErrorCode::kConflict, "there is no offer to answer", ""};
    return peer::SessionDescription{peer::SdpType::kAnswer, "answer"};
  }
  Result<peer::SessionDescription> set_local_description(std::optional<peer::SessionDescription> description) override {
    record_->local = description.value_or(peer::SessionDescription{peer::SdpType::kOffer, "made"});
    return *record_->local;
  }
  Status set_remote_description(const peer::SessionDescription& description) override {
    if (description.sdp == "bad") return Error{ErrorCode::kMalformed, "is not SDP", "o"};
    record_->remote = description;
    return {};
  }
  [[nodiscard]] std::optional<peer::SessionDescription> local_description() const override { return record_->local; }
  [[nodiscard]] std::optional<peer::SessionDescription> remote_description() const override { return record_->remote; }
  Status add_ice_candidate(const peer::IceCandidate& candidate) override {
    record_->candidates.push_back(candidate);
    return {};
  }
  Result<peer::ChannelHandle> create_data_channel(const peer::DataChannelOptions& options) override {
    record_->channel_options = options;
    return ++record_->last_channel;
  }
  Status send(peer::ChannelHandle, bool binary, Bytes data) override {
    record_->sent.push_back((binary ? "b:" : "t:") + std::string(data.begin(), data.end()));
    return {};
  }
  void close_channel(peer::ChannelHandle channel) override { record_->closed_channels.push_back(channel); }
  Status set_source(const audio::Source& source) override {
    record_->source = source;
    return {};
  }
  void set_muted(bool muted) override { record_->muted = muted; }
  Status set_sink(const audio::Sink& sink) override {
    record_->sink = sink;
    return {};
  }
  Status insert_keys(const std::string& keys, Milliseconds duration, Milliseconds gap, bool append) override {
    record_->keys =
        keys + " " + std::to_string(duration.count()) + " " + std::to_string(gap.count()) + (append ? " appended" : "");
    return {};
  }
  [[nodiscard]] LevelPair levels() const override { return record_->levels; }
  [[nodiscard]] std::string stats_json() const override { return record_->stats; }
  void close() override { record_->closed = true; }

 private:
  std::shared_ptr<PeerRecord> record_;
};

/// Tasks run at once, on the caller's thread.
class FakeMediaEngine : public peer::MediaEngine {
 public:
  std::vector<std::shared_ptr<PeerRecord>> peers;
  FakeAudio sound;
  bool out_of_keys = false;
  std::function<void()> network_changed;

  void post(std::function<void()> task) override { task(); }
  std::unique_ptr<peer::PeerConnection> make_peer(const peer::Configuration& configuration,
                                                  peer::PeerEvents events) override {
    if (out_of_keys) return nullptr;
    auto record = std::make_shared<PeerRecord>();
    record->configuration = configuration;
    record->events = std::move(events);
    peers.push_back(record);
    return std::make_unique<FakePeer>(record);
  }
  audio::AudioEngine& audio() override { return sound; }
  void on_network_change(std::function<void()> changed) override { network_changed = std::move(changed); }
};

}  // namespace sidetone::host::test
