#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "media/audio/exchange.hpp"
#include "media/codec/codec.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/pcm.hpp"
#include "media/rtp/event_sender.hpp"

namespace sidetone::media::audio {

/// One packet of what several hear alike: the first of them encodes it, each labels it with its own clock.
struct SharedPacket {
  bool made = false;
  double expected_loss = 0;   ///< 0 … 1, of whom it reaches worst
  int available_bitrate = 0;  ///< bit/s that the network carries to each of them; 0: enough
  codec::Encoder::Content content = codec::Encoder::Content::kSound;
  std::uint8_t level_dbov = 127;
  std::size_t size = 0;
  std::array<std::uint8_t, codec::kMaxPayload> payload;
};

/// Where 10 ms of a conference belong.
struct MixedBlock {
  std::uint64_t number = 0;        ///< packets of all its parties begin at the same blocks
  SharedPacket* shared = nullptr;  ///< of those who hear the same; nullptr: nobody else hears this
};

/// An encoder and how its packets are labelled.
struct SendCodec {
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate_hz = 48000;
  std::size_t packet_samples = 960;  ///< at 48 kHz
  std::unique_ptr<codec::Encoder> encoder;
  std::string encoding;  ///< names all that `encoder` was made of: two with the same name make the same of a sound
  std::optional<double> told_loss;  ///< what the encoder was told last; none: what it begins with
  int told_bitrate = 0;             ///< likewise; 0: that all is carried
  bool behind = false;              ///< the encoder has not had the last packet
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
  void set_expected_loss(double fraction) { expected_loss_ = fraction; }
  void set_available_bitrate(int bps) { available_bitrate_ = bps; }
  /// Press keys in place of the sound; `presses` then holds what was before.
  void insert_keys(rtp::KeyPresses& presses) { events_.insert(presses); }
  std::optional<rtp::EventSender::Change> take_key_change() { return events_.take_change(); }
  /// @return whether a frame was put into `frames`.
  bool send(dsp::ConstBlockSpan block, MonotonicTime now, FrameRing& frames) {
    return send(block, now, frames, nullptr);
  }
  /// The same of a conference, in which those who hear the same send one packet.
  bool send_mixed(dsp::ConstBlockSpan block, const MixedBlock& mixed, MonotonicTime now, FrameRing& frames) {
    return send(block, now, frames, &mixed);
  }

  /// Whether a block that all hear would complete a packet that all hear.
  [[nodiscard]] bool completes_shared_packet() const {
    return codec_ != nullptr && (filled_ == 0 || all_shared_) && filled_ + dsp::kBlockSamples == codec_->packet_samples;
  }
  /// What `encoder` was made of; empty: nothing is sent.
  [[nodiscard]] std::string_view encoding() const { return codec_ == nullptr ? std::string_view{} : codec_->encoding; }
  /// The encoder that all have heard passes from one that they hear no more to the next. Both are of one encoding.
  void exchange_encoders(Sender& other);
  [[nodiscard]] double expected_loss() const;
  [[nodiscard]] int available_bitrate() const { return available_bitrate_; }  ///< bit/s; 0: enough

  [[nodiscard]] bool active() const { return codec_ != nullptr; }
  [[nodiscard]] std::uint64_t frames_encoded() const { return frames_encoded_; }
  [[nodiscard]] std::uint64_t frames_shared() const { return frames_shared_; }
  [[nodiscard]] double level() const { return meter_.rms(); }

 private:
  bool send(dsp::ConstBlockSpan block, MonotonicTime now, FrameRing& frames, const MixedBlock* mixed);
  bool encode(FrameRing& frames, SharedPacket* shared);
  void catch_up(std::span<std::uint8_t> scratch);
  bool send_event(const rtp::EventSender::Packet& packet, FrameRing& frames);
  [[nodiscard]] std::uint32_t to_clock(std::size_t samples) const;

  LegId leg_;
  std::uint32_t timestamp_;
  std::unique_ptr<SendCodec> codec_;
  std::array<std::array<float, kMaxPacketSamples>, 2> gathered_{};  ///< this packet's sound, and the last one's
  std::size_t gathering_ = 0;
  std::size_t filled_ = 0;
  bool all_shared_ = false;  ///< what is gathered
  std::optional<double> expected_loss_;
  int available_bitrate_ = 0;
  MonotonicTime last_block_;
  bool started_ = false;
  bool spurt_begins_ = true;
  std::uint64_t frames_encoded_ = 0;
  std::uint64_t frames_shared_ = 0;
  dsp::LevelMeter meter_;
  rtp::EventSender events_;
};

}  // namespace sidetone::media::audio
