#include "media/dsp/voice_activity.hpp"

#include <algorithm>

#include "media/dsp/level_meter.hpp"

namespace sidetone::media::dsp {
namespace {

constexpr std::size_t kPiece = 40;  // 5 ms: an onset is found wherever in a packet it lies
constexpr int kPieceMs = 5;
constexpr std::size_t kPiecesPerSlot = 50;
constexpr double kAboveFloor = 6;      // 8 dB: noise itself goes as far in 5 ms now and then
constexpr double kAlwaysSound = 1e-4;  // −40 dBov: no room is so loud that it should be taken away
constexpr double kNeverSound = 1e-8;   // −80 dBov, below the steps of G.711
constexpr double kTonal = 30;          // 15 dB of prediction gain: the noise of rooms has 10 at most
constexpr double kEmphasis = 0.9;
constexpr double kSmoothing = 0.2;  // 25 ms

}  // namespace

bool VoiceActivity::update(std::span<const float> pcm, double prediction_gain) {
  bool sound = false;
  for (; pcm.size() >= kPiece; pcm = pcm.subspan(kPiece)) {
    const double energy = mean_square(pcm.first(kPiece));
    const double bright = emphasised(pcm.first(kPiece));
    smoothed_ = starting_ > 0 ? bright : smoothed_ + kSmoothing * (bright - smoothed_);
    const double floor =
        known_ == 0 ? 0 : *std::min_element(floors_.begin(), floors_.begin() + static_cast<std::ptrdiff_t>(known_));
    const bool stands_out = bright > std::max(floor * kAboveFloor, kNeverSound);
    const bool tonal = prediction_gain > kTonal && energy > kNeverSound;
    const bool here = stands_out || tonal || energy > kAlwaysSound;
    hangover_ms_ = here ? kHangoverMs : std::max(0, hangover_ms_ - kPieceMs);
    sound |= here;

    if (starting_ > 0) {
      --starting_;
      continue;
    }
    if (filled_ == 0) floors_[slot_] = smoothed_;
    floors_[slot_] = std::min(floors_[slot_], smoothed_);
    if (++filled_ == kPiecesPerSlot) {
      filled_ = 0;
      known_ = std::max(known_, slot_ + 1);
      slot_ = (slot_ + 1) % kSlots;
    }
  }
  noise_only_ = !sound;
  return sound || hangover_ms_ > 0;
}

/// Rumble is most of a room's noise and none of a voice, and where it is most, 5 ms tell little of the level.
double VoiceActivity::emphasised(std::span<const float> pcm) {
  double sum = 0;
  for (const float x : pcm) {
    const double y = x - kEmphasis * last_;
    last_ = x;
    sum += y * y;
  }
  return sum / static_cast<double>(pcm.size());
}

}  // namespace sidetone::media::dsp
