#include "media/audio/sender.hpp"

#include <algorithm>

namespace sidetone::media::audio {
namespace {

constexpr Microseconds kPause{100'000};
constexpr double kLossBeforeReports = 0.1;          // what encoders begin with
constexpr std::size_t kLongestEventInterval = 960;  // RFC 4733 §2.5.1.2 leaves it open; a lost report matters less

}  // namespace

void Sender::swap_codec(std::unique_ptr<SendCodec>& codec) {
  codec_.swap(codec);
  filled_ = 0;
  spurt_begins_ = true;
  if (codec_ == nullptr || !codec_->events) return events_.cancel();
  events_.configure(codec_->clock_rate_hz, codec_->events->clock_rate_hz,
                    std::min(codec_->packet_samples, kLongestEventInterval));
}

std::uint32_t Sender::to_clock(std::size_t samples) const {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(samples) * codec_->clock_rate_hz / dsp::kSampleRateHz);
}

double Sender::expected_loss() const { return expected_loss_.value_or(kLossBeforeReports); }

void Sender::exchange_encoders(Sender& other) {
  std::swap(codec_->encoder, other.codec_->encoder);
  std::swap(codec_->told_loss, other.codec_->told_loss);
  std::swap(codec_->behind, other.codec_->behind);
}

bool Sender::send(dsp::ConstBlockSpan block, MonotonicTime now, FrameRing& frames, const MixedBlock* mixed) {
  meter_.add(block);
  if (codec_ == nullptr) return false;
  const Microseconds since = now - last_block_;
  if (started_ && since > kPause) {
    // RFC 3550 §5.1: the clock goes on while nothing is sent.
    const auto packet = static_cast<std::int64_t>(codec_->packet_samples);
    const std::int64_t missed = (since.count() * 6 / 125 + static_cast<std::int64_t>(filled_)) / packet * packet;
    timestamp_ += static_cast<std::uint32_t>(missed * codec_->clock_rate_hz / dsp::kSampleRateHz);
    filled_ = 0;
    spurt_begins_ = true;
  }
  started_ = true;
  last_block_ = now;
  const bool key = filled_ == 0 && events_.takes(codec_->packet_samples);
  bool sent = false;
  for (const auto& packet : events_.advance(block.size(), timestamp_ + to_clock(filled_), filled_ == 0))
    sent |= send_event(packet, frames);
  const bool packets_begin = mixed == nullptr || mixed->number * dsp::kBlockSamples % codec_->packet_samples == 0;
  if (key || (filled_ == 0 && !packets_begin)) {
    timestamp_ += to_clock(block.size());
    spurt_begins_ = true;
    return sent;
  }
  SharedPacket* const shared = mixed == nullptr ? nullptr : mixed->shared;
  all_shared_ = shared != nullptr && (filled_ == 0 || all_shared_);
  std::copy(block.begin(), block.end(), gathered_[gathering_].begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += block.size();
  if (filled_ < codec_->packet_samples) return sent;
  filled_ = 0;
  return encode(frames, all_shared_ ? shared : nullptr) || sent;
}

/// An encoder that others have spoken for goes on from what was heard last, not from where it stopped.
void Sender::catch_up(std::span<std::uint8_t> scratch) {
  if (!std::exchange(codec_->behind, false)) return;
  codec_->encoder->encode(std::span{gathered_[1 - gathering_]}.first(codec_->packet_samples), scratch);
}

bool Sender::encode(FrameRing& frames, SharedPacket* shared) {
  const std::span<const float> pcm = std::span{gathered_[gathering_]}.first(codec_->packet_samples);
  FrameSlot* slot = frames.claim();
  std::size_t size = 0;
  if (slot != nullptr) {
    codec::Encoder::Content content = codec::Encoder::Content::kSound;
    if (shared != nullptr && shared->made) {
      size = shared->size;
      content = shared->content;
      slot->level_dbov = shared->level_dbov;
      std::copy_n(shared->payload.begin(), size, slot->data.begin());
      codec_->behind = true;
      ++frames_shared_;
    } else {
      const std::optional<double> loss = shared != nullptr ? std::optional{shared->expected_loss} : expected_loss_;
      if (loss && codec_->told_loss != loss) {
        codec_->told_loss = loss;
        codec_->encoder->set_expected_loss(*loss);
      }
      const int available = shared != nullptr ? shared->available_bitrate : available_bitrate_;
      if (std::exchange(codec_->told_bitrate, available) != available)
        codec_->encoder->set_available_bitrate(available);
      catch_up(slot->data);
      size = codec_->encoder->encode(pcm, slot->data);
      content = codec_->encoder->content();
      slot->level_dbov = dsp::level_dbov(dsp::mean_square(pcm));
    }
    if (shared != nullptr && !shared->made) {
      shared->made = true;
      shared->size = size;
      shared->content = content;
      shared->level_dbov = slot->level_dbov;
      std::copy_n(slot->data.begin(), size, shared->payload.begin());
    }
    const bool pause = content != codec::Encoder::Content::kSound;
    if (pause) spurt_begins_ = true;  // RFC 3551 §4.1: the packet behind a pause is marked
    slot->leg = leg_;
    slot->timestamp = timestamp_;
    slot->payload_type =
        content == codec::Encoder::Content::kComfortNoise ? codec_->comfort_noise_payload_type : codec_->payload_type;
    slot->marker = spurt_begins_ && !pause;
    slot->size = static_cast<std::uint16_t>(size);
    if (size > 0 && !pause) spurt_begins_ = false;
  }
  timestamp_ += to_clock(codec_->packet_samples);
  gathering_ = 1 - gathering_;
  if (size == 0) return false;  // nobody takes frames, or a pause goes on: this one is left out, the clock goes on
  frames.publish();
  ++frames_encoded_;
  return true;
}

bool Sender::send_event(const rtp::EventSender::Packet& packet, FrameRing& frames) {
  FrameSlot* slot = frames.claim();
  if (slot == nullptr) return false;
  const auto payload = rtp::write_telephone_event(packet.event);
  slot->leg = leg_;
  slot->timestamp = packet.timestamp;
  slot->payload_type = codec_->events->payload_type;
  slot->level_dbov = 127;
  slot->marker = packet.marker;
  slot->size = static_cast<std::uint16_t>(payload.size());
  std::copy(payload.begin(), payload.end(), slot->data.begin());
  frames.publish();
  return true;
}

}  // namespace sidetone::media::audio
