#include "media/peer/voice_copies.hpp"

#include <algorithm>
#include <span>

namespace sidetone::media::peer {
namespace {

constexpr double kMostSavedSeconds = 0.2;  // copies of a loud word may take what a pause before it has left

}  // namespace

void VoiceCopies::agree(const Terms& terms) {
  if (terms == terms_) return;
  terms_ = terms;
  red_.reset();
  last_timestamp_.reset();
  saved_bits_ = 0;
}

int VoiceCopies::bound_bps() const {
  if (available_bps_ == 0 || terms_.max_bitrate_bps == 0) return std::max(available_bps_, terms_.max_bitrate_bps);
  return std::min(available_bps_, terms_.max_bitrate_bps);
}

/// Octets that the payload may have.
std::size_t VoiceCopies::room(const audio::OutgoingFrame& frame) {
  const int bound = bound_bps();
  if (bound == 0) return packed_.size();
  if (last_timestamp_) {
    const double seconds =
        static_cast<double>(static_cast<std::uint32_t>(frame.timestamp - *last_timestamp_)) / terms_.clock_rate_hz;
    saved_bits_ = std::min(saved_bits_ + bound * std::min(seconds, 1.0), bound * kMostSavedSeconds);
  }
  last_timestamp_ = frame.timestamp;
  return std::min(static_cast<std::size_t>(std::max(saved_bits_, 0.0) / 8), packed_.size());
}

VoiceCopies::Payload VoiceCopies::add(const audio::OutgoingFrame& frame, double loss) {
  const Payload plain{frame.payload_type, frame.payload};
  if (!terms_.payload_type) return plain;
  if (frame.payload_type != terms_.voice_payload_type) {
    red_.reset();  // what is in between takes a sequence number: copies would be put into the wrong places
    return plain;
  }
  const std::size_t allowed = room(frame);
  const std::size_t depth = std::min<std::size_t>(rtp::red_depth(loss), terms_.deep_redundancy ? 1 : 2);
  // One octet more than the voice alone holds no copy, and is remembered.
  const std::size_t most = std::clamp(allowed, std::min(frame.payload.size() + 1, packed_.size()), packed_.size());
  const std::size_t size =
      red_.pack(frame.payload_type, frame.timestamp, frame.payload, depth, std::span{packed_}.first(most));
  const bool copied = size > frame.payload.size() + 1;
  const std::size_t sent = copied ? size : frame.payload.size();
  saved_bits_ -= static_cast<double>(sent) * 8;
  if (!copied) return plain;
  ++packets_;
  bytes_ += size - frame.payload.size();
  return {*terms_.payload_type, Bytes{packed_}.first(size)};
}

}  // namespace sidetone::media::peer
