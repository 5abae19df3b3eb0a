#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "media/audio/exchange.hpp"
#include "media/codec/codec.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/pcm.hpp"
#include "media/rtp/event_sender.hpp"

namespace sidetone::media::audio {

/// An encoder and how its packets are labelled.
struct SendCodec {
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate_hz = 48000;
  std::size_t packet_samples = 960;  ///< at 48 kHz
  std::unique_ptr<codec::Encoder> encoder;
  std::optional<EventBinding> events;
  std::uint8_t comfort_noise_payload_type = 0;  ///< of what the encoder says is Content::kComfortNoise
};

/// Gathers blocks into packets, encodes them and keeps the RTP clock. The clock runs with the sound, also through
/// silence; when no block came for a while (a device that went away) it is moved on by the time that passed.
/// @thread audio.
class Sender {
 public:
  static constexpr std::size_t kMaxPacketSamples = 2880;  ///< 60 ms

  Sender(LegId leg, std::uint32_t first_timestamp) : leg_(leg), timestamp_(first_timestamp) {}

  /// Exchange the codec; `codec` then holds the old one.
  void swap_codec(std::unique_ptr<SendCodec>& codec);
  void set_expected_loss(double fraction);
  /// Press keys in place of the sound; `presses` then holds what was before.
  void insert_keys(rtp::KeyPresses& presses) { events_.insert(presses); }
  std::optional<rtp::EventSender::Change> take_key_change() { return events_.take_change(); }
  /// @return whether a frame was put into `frames`.
  bool send(dsp::ConstBlockSpan block, MonotonicTime now, FrameRing& frames);

  [[nodiscard]] bool active() const { return codec_ != nullptr; }
  [[nodiscard]] std::uint64_t frames_encoded() const { return frames_encoded_; }
  [[nodiscard]] double level() const { return meter_.rms(); }

 private:
  bool encode(FrameRing& frames);
  bool send_event(const rtp::EventSender::Packet& packet, FrameRing& frames);
  [[nodiscard]] std::uint32_t to_clock(std::size_t samples) const;

  LegId leg_;
  std::uint32_t timestamp_;
  std::unique_ptr<SendCodec> codec_;
  std::array<float, kMaxPacketSamples> gathered_{};
  std::size_t filled_ = 0;
  MonotonicTime last_block_;
  bool started_ = false;
  bool spurt_begins_ = true;
  std::uint64_t frames_encoded_ = 0;
  dsp::LevelMeter meter_;
  rtp::EventSender events_;
};

}  // namespace sidetone::media::audio
