#include "media/audio/sender.hpp"

#include <algorithm>

namespace sidetone::media::audio {
namespace {

constexpr Microseconds kPause{100'000};

}  // namespace

void Sender::swap_codec(std::unique_ptr<SendCodec>& codec) {
  codec_.swap(codec);
  filled_ = 0;
  spurt_begins_ = true;
}

void Sender::set_expected_loss(double fraction) {
  if (codec_ != nullptr) codec_->encoder->set_expected_loss(fraction);
}

bool Sender::send(dsp::ConstBlockSpan block, MonotonicTime now, FrameRing& frames) {
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
  std::copy(block.begin(), block.end(), gathered_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += block.size();
  if (filled_ < codec_->packet_samples) return false;
  filled_ = 0;
  return encode(frames);
}

bool Sender::encode(FrameRing& frames) {
  const std::span<const float> pcm = std::span{gathered_}.first(codec_->packet_samples);
  FrameSlot* slot = frames.claim();
  std::size_t size = 0;
  if (slot != nullptr) {
    size = codec_->encoder->encode(pcm, slot->data);
    slot->leg = leg_;
    slot->timestamp = timestamp_;
    slot->payload_type = codec_->payload_type;
    slot->level_dbov = dsp::level_dbov(dsp::mean_square(pcm));
    slot->marker = spurt_begins_;
    slot->size = static_cast<std::uint16_t>(size);
  }
  timestamp_ += static_cast<std::uint32_t>(static_cast<std::uint64_t>(codec_->packet_samples) * codec_->clock_rate_hz /
                                           dsp::kSampleRateHz);
  if (size == 0) return false;  // nobody takes frames: this one is left out, the clock goes on
  frames.publish();
  spurt_begins_ = false;
  ++frames_encoded_;
  return true;
}

}  // namespace sidetone::media::audio
