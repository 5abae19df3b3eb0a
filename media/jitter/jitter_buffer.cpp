#include "media/jitter/jitter_buffer.hpp"

#include <algorithm>
#include <utility>

namespace sidetone::media::jitter {
namespace {

constexpr std::int64_t kBlock = dsp::kBlockSamples;
constexpr std::int64_t kSecond = dsp::kSampleRateHz;
constexpr int kMaxDropout = 3000;  // RFC 3550 appendix A.1
constexpr int kMaxMisorder = 100;
constexpr std::int64_t kMaxTimestampJumpSeconds = 10;
constexpr std::size_t kConcealUnit = 120;   // 2.5 ms, the finest that Opus conceals
constexpr std::size_t kJoinSearch = 480;    // 10 ms: a period of a low voice
constexpr double kLossWeight = 0.01;        // 100 packets
constexpr double kLossWorthWaiting = 0.01;  // from here on the delay includes a packet's time for its redundancy …
constexpr double kLossStillWorth = 0.004;   // … down to here, or the delay would go up and down with every other loss
constexpr std::uint64_t kKnownPackets = 50;  // until then the start delay holds

/// @param packet  its payload is no longer than codec::kMaxPayload.
void fill_payload(StoredPacket& slot, const Packet& packet) {
  slot.payload_type = packet.payload_type;
  slot.size = static_cast<std::uint16_t>(packet.payload.size());
  std::ranges::copy(packet.payload, slot.data.begin());
}

std::int64_t to_samples(MonotonicTime time) { return time.since_zero.count() * 6 / 125; }
std::int64_t to_samples(Milliseconds time) { return time.count() * (dsp::kSampleRateHz / 1000); }
double to_seconds(std::int64_t samples) { return static_cast<double>(samples) / dsp::kSampleRateHz; }

}  // namespace

JitterBuffer::JitterBuffer(const Options& options) : options_(options) { no_sound_.fill(-1); }

std::vector<JitterBuffer::Binding> JitterBuffer::set_decoders(std::vector<Binding> decoders) {
  decoders_.swap(decoders);
  decoder_ = nullptr;
  unsaid_voice_ = 0;
  left_out_ = 0;
  return decoders;
}

const JitterBuffer::Binding* JitterBuffer::binding(std::uint8_t payload_type) const {
  for (const Binding& candidate : decoders_) {
    if (candidate.payload_type == payload_type) return &candidate;
  }
  return nullptr;
}

void JitterBuffer::restart() {
  if (receiving_) ++stats_.restarts;
  store_.clear();
  network_.reset();
  receiving_ = false;
  playing_ = false;
  no_sound_.fill(-1);
  odd_sequence_.reset();
  missing_run_ = 0;
  deep_of_ = -1;
  decoder_ = nullptr;
  unsaid_voice_ = 0;
  left_out_ = 0;
}

void JitterBuffer::skip(std::uint32_t ssrc, std::uint16_t sequence) {
  if (!receiving_ || ssrc != ssrc_) return;
  const int step = static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(newest_sequence_));
  if (step > kMaxDropout || step < -kMaxMisorder) return;
  no_sound_[no_sound_next_] = newest_sequence_ + step;
  no_sound_next_ = (no_sound_next_ + 1) % no_sound_.size();
}

std::int64_t JitterBuffer::skipped(std::int64_t from, std::int64_t to) const {
  return std::count_if(no_sound_.begin(), no_sound_.end(),
                       [=](std::int64_t sequence) { return sequence >= from && sequence < to; });
}

Push JitterBuffer::unwrap(const Packet& packet, std::uint32_t clock_rate_hz, std::int64_t& sequence,
                          std::int64_t& timestamp) {
  if (receiving_ && (packet.ssrc != ssrc_ || clock_rate_hz != clock_rate_hz_)) restart();
  if (receiving_) {
    const int step = static_cast<std::int16_t>(packet.sequence - static_cast<std::uint16_t>(newest_sequence_));
    const std::int64_t time_step =
        static_cast<std::int32_t>(packet.timestamp - static_cast<std::uint32_t>(newest_timestamp_));
    const std::int64_t jump = kMaxTimestampJumpSeconds * clock_rate_hz;
    if (step <= kMaxDropout && step >= -kMaxMisorder && time_step <= jump && time_step >= -jump) {
      sequence = newest_sequence_ + step;
      timestamp = newest_timestamp_ + time_step;
      odd_sequence_.reset();
      return Push::kAccepted;
    }
    // RFC 3550 appendix A.1: two packets in a row make a sender that started over, one makes a stray.
    if (odd_sequence_ != packet.sequence) {
      odd_sequence_ = static_cast<std::uint16_t>(packet.sequence + 1);
      return Push::kOverflow;
    }
    restart();
  }
  receiving_ = true;
  ssrc_ = packet.ssrc;
  clock_rate_hz_ = clock_rate_hz;
  newest_sequence_ = sequence = packet.sequence;
  newest_timestamp_ = timestamp = packet.timestamp;
  return Push::kAccepted;
}

Push JitterBuffer::push(const Packet& packet, MonotonicTime arrival) {
  const auto count = [this](Push result) {
    switch (result) {
      case Push::kAccepted:
        ++stats_.packets_accepted;
        break;
      case Push::kLate:
        ++stats_.packets_late;
        break;
      case Push::kDuplicate:
        ++stats_.packets_duplicate;
        break;
      case Push::kUnknown:
        ++stats_.packets_unknown;
        break;
      case Push::kOverflow:
        ++stats_.packets_overflow;
        break;
    }
    return result;
  };
  const Binding* codec = binding(packet.payload_type);
  if (codec == nullptr || packet.payload.size() > codec::kMaxPayload) return count(Push::kUnknown);
  const std::size_t samples = codec->decoder->packet_samples(packet.payload);
  if (samples == 0) return count(Push::kUnknown);

  std::int64_t sequence = 0;
  std::int64_t timestamp = 0;
  if (const Push result = unwrap(packet, codec->clock_rate_hz, sequence, timestamp); result != Push::kAccepted) {
    return count(result);
  }
  const std::int64_t time = timestamp * (dsp::kSampleRateHz / static_cast<std::int64_t>(codec->clock_rate_hz));
  const bool late = playing_ && time + static_cast<std::int64_t>(samples) <= next_timestamp_;

  const auto fill = [&](StoredPacket& slot) {
    slot.sequence = sequence;
    slot.timestamp = time;
    slot.samples = samples;
    slot.arrival = arrival;
    slot.copy = false;
    fill_payload(slot, packet);
  };
  if (late) {
    network_.add(to_samples(arrival), time);
    return count(Push::kLate);
  }
  if (StoredPacket* copy = store_.find(sequence); copy != nullptr && copy->copy) {
    network_.add(to_samples(arrival), time);
    fill(*copy);
    return count(Push::kAccepted);
  }
  PacketStore::Insert inserted = store_.insert(sequence, fill);
  while (inserted == PacketStore::Insert::kFull && sequence > newest_sequence_) {
    stats_.samples_dropped += store_.first()->samples;  // nobody pulls, or far too slowly: the newest counts
    store_.pop();
    inserted = store_.insert(sequence, fill);
  }
  if (inserted == PacketStore::Insert::kFull) return count(Push::kOverflow);
  if (inserted == PacketStore::Insert::kDuplicate) return count(Push::kDuplicate);
  network_.add(to_samples(arrival), time);
  if (sequence > newest_sequence_) newest_sequence_ = sequence;
  if (timestamp > newest_timestamp_) newest_timestamp_ = timestamp;
  return count(Push::kAccepted);
}

void JitterBuffer::push_copy(const Packet& packet, MonotonicTime arrival) {
  const Binding* codec = binding(packet.payload_type);
  if (!receiving_ || packet.ssrc != ssrc_ || codec == nullptr || codec->clock_rate_hz != clock_rate_hz_ ||
      packet.payload.size() > codec::kMaxPayload) {
    return;
  }
  const std::size_t samples = codec->decoder->packet_samples(packet.payload);
  const int behind = static_cast<std::int16_t>(static_cast<std::uint16_t>(newest_sequence_) - packet.sequence);
  const std::int64_t time_behind =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(newest_timestamp_) - packet.timestamp);
  if (samples == 0 || behind <= 0 || behind > kMaxMisorder || time_behind <= 0 ||
      time_behind > kMaxTimestampJumpSeconds * clock_rate_hz_) {
    return;
  }
  depth_seen_ = std::max(depth_seen_, std::min<std::size_t>(static_cast<std::size_t>(behind), kMaxDepth));
  const std::int64_t step = dsp::kSampleRateHz / static_cast<std::int64_t>(clock_rate_hz_);
  const std::int64_t time = (newest_timestamp_ - time_behind) * step;
  if (playing_ && time + static_cast<std::int64_t>(samples) <= next_timestamp_) return;
  store_.insert(newest_sequence_ - behind, [&](StoredPacket& slot) {
    slot.sequence = newest_sequence_ - behind;
    slot.timestamp = time;
    slot.samples = samples;
    slot.arrival = arrival;
    slot.copy = true;
    fill_payload(slot, packet);
  });
}

// The smallest delay that would have caught nearly every packet of late, with what redundancy needs where there is
// loss.
std::int64_t JitterBuffer::target_samples() const {
  std::int64_t target = network_.spread() + to_samples(options_.margin);
  target += static_cast<std::int64_t>(depth_ * packet_samples_);
  if (network_.packets() < kKnownPackets) target = std::max(target, to_samples(options_.start_delay));
  return std::min(target, to_samples(options_.max_delay));
}

// A packet has come in its time, `missing` before it have not: the last of these takes redundancy that is one packet
// behind, the one before it two, and so on.
void JitterBuffer::learn(std::size_t missing) {
  for (std::size_t depth = std::min<std::size_t>(missing, 100);; --depth) {
    for (std::size_t i = 0; i < kMaxDepth; ++i) missing_[i] += ((depth > i ? 1 : 0) - missing_[i]) * kLossWeight;
    if (depth == 0) break;
  }
  std::size_t worth = 0;
  while (worth < depth_seen_ && missing_[worth] > (worth < depth_ ? kLossStillWorth : kLossWorthWaiting)) ++worth;
  depth_ = worth;
}

// How much later than the fastest packet of late a packet may come and still be in time. Sound leaves in whole blocks:
// a packet is needed at the beginning of the block in which its first sample lies.
std::int64_t JitterBuffer::level(std::int64_t now) const {
  const auto waiting = static_cast<std::int64_t>(playout_.waiting());
  return now + waiting - waiting % kBlock - next_timestamp_ - network_.fastest();
}

// Whether a packet that opens a spurt of talk may be played now, so that the ones after it have the wanted delay.
bool JitterBuffer::due(std::int64_t timestamp, std::int64_t now) const {
  const auto waiting = static_cast<std::int64_t>(playout_.waiting());
  return now + waiting - waiting % kBlock - timestamp - network_.fastest() >= target_samples();
}

bool JitterBuffer::pull(MonotonicTime time, dsp::BlockSpan out) {
  // Pulls come in the rhythm of a device that may be early or late: what counts is the earliest of late.
  ++pulls_;
  earliest_pull_.add(to_samples(time), to_samples(time) - pulls_ * kBlock);
  const std::int64_t now = pulls_ * kBlock + earliest_pull_.value();
  stats_.target_s = to_seconds(target_samples());
  emitted_ = false;

  if (!playing_) {
    const StoredPacket* first = store_.first();
    if (first == nullptr || !due(first->timestamp, now)) {
      const std::size_t rest = std::min(playout_.waiting(), out.size());
      playout_.take(out.first(rest));
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(rest), out.end(), 0.0F);
      return false;
    }
    playing_ = true;
    next_timestamp_ = first->timestamp;
    next_sequence_ = first->sequence;
    expanded_ = 0;
    uncounted_ = 0;
  }
  ++blocks_since_stretch_;
  drop_excess(now);
  produce_block(now, time);
  if (expanded_ == 0) adapt(now, time);
  produce_block(now, time);
  playout_.take(out);
  stats_.samples_played += out.size();
  const bool silence = decoder_ != nullptr && decoder_->sender_is_silent();
  if (!silence && expanded_ > std::max(kSecond, to_samples(options_.max_delay))) playing_ = false;  // it has stopped
  return emitted_;
}

// What ends a gap is followed by the sound behind it at once, so that it can be shortened where the two fit.
void JitterBuffer::produce_block(std::int64_t now, MonotonicTime time) {
  while (playout_.waiting() < dsp::kBlockSamples || ending_ > 0) produce(now, time);
}

void JitterBuffer::produce(std::int64_t now, MonotonicTime time) {
  const StoredPacket* next = store_.first();
  while (next != nullptr && next->timestamp + static_cast<std::int64_t>(next->samples) <= next_timestamp_) {
    store_.pop();
    next = store_.first();
  }
  if (next == nullptr) {
    conceal(kBlock);
    return;
  }
  const std::int64_t gap = next->timestamp - next_timestamp_;
  if (gap <= 0) {
    play(*next, now, time);
  } else {
    fill_gap(*next, gap, now);
  }
}

void JitterBuffer::play(const StoredPacket& packet, std::int64_t now, MonotonicTime time) {
  const Binding* codec = binding(packet.payload_type);
  // Concealment has run past the packet's time. It goes on a little, to hand over where the two fit.
  const bool joins = expanded_ > 0 && expanded_ < kSecond && left_out_ == 0 && codec != nullptr &&
                     codec->decoder.get() == decoder_ && decoder_->can_rewind() && packet.samples >= dsp::kSpliceFade;
  const std::size_t made_up = playout_.waiting();
  if (joins) conceal(kJoinSearch + dsp::kSpliceFade);
  const std::size_t real = playout_.waiting();
  const std::span<float> room = playout_.room();
  std::size_t samples = 0;
  if (codec != nullptr && room.size() >= packet.samples) {
    if (decoder_ == nullptr) codec->decoder->reset();
    if (std::exchange(decoder_, codec->decoder.get()) != decoder_) left_out_ = 0;
    if (joins && !lost_) decoder_->rewind();
    samples = decode(packet, room);
  }
  if (samples == 0) {  // a decoder that changed under it, or a damaged payload: its time passes in concealment
    ++stats_.packets_unknown;
    samples = packet.samples;
    conceal(samples);
    count_concealed();
  } else {
    playout_.commit(samples);
    if (joins) uncounted_ -= static_cast<std::int64_t>(real - made_up - playout_.join(made_up, real));
    shorten(samples, now, packet.timestamp + static_cast<std::int64_t>(samples));
    count_concealed();
    if (!packet.copy) count_delay(time - packet.arrival, samples);
    if (packet.copy) ++stats_.packets_recovered;
    emitted_ = true;
  }
  lost_ = false;
  if (packet.copy) {
    ++missing_run_;
    ++stats_.packets_lost;
  } else {
    learn(std::exchange(missing_run_, 0));
  }
  packet_samples_ = samples;
  next_timestamp_ = packet.timestamp + static_cast<std::int64_t>(samples);
  next_sequence_ = packet.sequence + 1;
  expanded_ = 0;
  store_.pop();
}

/// @return samples written to `room`; 0: it is undecodable.
std::size_t JitterBuffer::decode(const StoredPacket& packet, std::span<float> room) {
  if (is_to_be_left_out(packet)) {
    ++left_out_;
    last_left_out_ = packet;
    std::ranges::fill(room.first(packet.samples), 0.0F);
    return packet.samples;
  }
  if (std::exchange(left_out_, 0) > 0 && decoder_->has_voice(packet.payload()) != false)
    (void)decoder_->decode(last_left_out_.payload(), room);
  const std::size_t samples = decoder_->decode(packet.payload(), room);
  if (samples == 0) return 0;
  if (decoder_->has_redundancy(packet.payload())) depth_seen_ = std::max<std::size_t>(depth_seen_, 1);
  const auto deep = static_cast<std::size_t>(deep_reach(packet)) / samples;
  depth_seen_ = std::max(depth_seen_, std::min(deep, kMaxDepth));
  return samples;
}

bool JitterBuffer::is_to_be_left_out(const StoredPacket& packet) {
  const std::optional<bool> voice = decoder_->has_voice(packet.payload());
  if (voice == true) unsaid_voice_ = 0;
  return leaves_noise_out_ && unsaid_voice_ < kUnsaidVoice && voice == false && left_out_ + 1 < kNoiseHeardEvery;
}

/// @param wait  of a packet in the buffer, whose `samples` are the last that wait to be played.
void JitterBuffer::count_delay(Microseconds wait, std::size_t samples) {
  const double ahead_s = to_seconds(static_cast<std::int64_t>(playout_.waiting() - samples));
  const double first_s = std::max(0.0, static_cast<double>(wait.count()) * 1e-6 + ahead_s);
  const double later_s = to_seconds(static_cast<std::int64_t>(samples) - kBlock) / 2;
  stats_.delay_sum_s += static_cast<double>(samples) * (first_s + std::max(0.0, later_s));
  stats_.samples_emitted += samples;
  stats_.delay_s = first_s;
}

void JitterBuffer::fill_gap(const StoredPacket& next, std::int64_t gap, std::int64_t now) {
  const std::int64_t lost = next.sequence - next_sequence_ - skipped(next_sequence_, next.sequence);
  if (lost <= 0 || gap > kSecond) {  // the sender paused (RFC 3551 §4.1): not a loss; the delay is set afresh
    if (!due(next.timestamp, now)) {
      conceal(kBlock);
      return;
    }
    uncounted_ = 0;
    expanded_ = 0;
    next_timestamp_ = next.timestamp;
    next_sequence_ = next.sequence;
    return;
  }
  const std::int64_t remaining = gap - expanded_;
  if (remaining <= 0) {
    missing_run_ += static_cast<std::size_t>(lost);
    stats_.packets_lost += static_cast<std::uint64_t>(lost);
    expanded_ = -remaining;
    lost_ = true;
    next_timestamp_ = next.timestamp;
    next_sequence_ = next.sequence;
    return;
  }
  const std::int64_t frame = std::min<std::int64_t>(gap, static_cast<std::int64_t>(next.samples));
  const Binding* codec = binding(next.payload_type);
  const bool heard = codec != nullptr && codec->decoder.get() == decoder_ && left_out_ == 0;
  const bool redundant = heard && decoder_->has_redundancy(next.payload());
  if (redundant && remaining <= frame) {
    const std::span<float> room = playout_.room();
    if (room.size() >= static_cast<std::size_t>(frame) &&
        decoder_->decode_redundancy(next.payload(), room.first(static_cast<std::size_t>(frame))) ==
            static_cast<std::size_t>(frame)) {
      std::copy(room.begin() + (frame - remaining), room.begin() + frame, room.begin());
      playout_.commit(static_cast<std::size_t>(remaining));
      expanded_ += remaining;
      ++stats_.packets_recovered;
      depth_seen_ = std::max<std::size_t>(depth_seen_, 1);
      emitted_ = true;
      shorten(static_cast<std::size_t>(remaining), now, next.timestamp);
      return;
    }
  }
  const std::int64_t unknown = redundant && remaining > frame ? remaining - frame : remaining;
  const std::int64_t block = std::min(kBlock, unknown);
  const bool described = heard && deep_reach(next) >= remaining;
  if (!described) {
    const std::size_t before = playout_.waiting();
    conceal(static_cast<std::size_t>(block));
    if (block == unknown) ending_ = playout_.waiting() - before;
    return;
  }
  const std::size_t samples = (static_cast<std::size_t>(block) + kConcealUnit - 1) / kConcealUnit * kConcealUnit;
  const std::span<float> room = playout_.room();
  if (room.size() < samples) return conceal(static_cast<std::size_t>(block));
  ending_ = 0;
  decoder_->decode_deep_redundancy(static_cast<std::size_t>(remaining), room.first(samples));
  playout_.commit(samples);
  expanded_ += static_cast<std::int64_t>(samples);
  if ((remaining - 1) / frame != (remaining - 1 - block) / frame || remaining == block) ++stats_.packets_recovered;
  emitted_ = true;
}

/// The sound behind a gap is there before the gap is over: it takes the place of what is made up and not yet played,
/// where the two fit. This may cost up to a block of the delay that is wanted, which grows again by stretching.
/// @param real  samples behind the concealment, the last that wait. @param timestamp  their end.
void JitterBuffer::shorten(std::size_t real, std::int64_t now, std::int64_t timestamp) {
  const std::size_t made_up = std::exchange(ending_, 0);
  if (made_up == 0) return;
  const auto waiting = static_cast<std::int64_t>(playout_.waiting());
  const std::int64_t beyond_block = waiting % kBlock;
  const std::int64_t least = target_samples() - kBlock;
  const std::int64_t excess = now + waiting - beyond_block - timestamp - network_.fastest() - least;
  if (excess < 0) return;
  const auto most = std::min(made_up, static_cast<std::size_t>(beyond_block + excess / kBlock * kBlock));
  const std::size_t at = playout_.waiting() - real - made_up;
  const dsp::SplicePoint point = playout_.find_skip(most, at);
  const bool quiet = point.mean_square < dsp::kSpliceQuiet;
  if (point.lag == 0 || (!quiet && point.similarity < 0)) return;
  playout_.skip(point.lag, at);
  uncounted_ -= static_cast<std::int64_t>(point.lag);
}

/// How far back from its beginning the packet describes the sound, in samples: 0 where it does not.
std::int64_t JitterBuffer::deep_reach(const StoredPacket& packet) {
  if (deep_of_ != packet.sequence) {
    deep_of_ = packet.sequence;
    deep_reach_ = static_cast<std::int64_t>(decoder_->read_deep_redundancy(packet.payload()));
  }
  return deep_reach_;
}

void JitterBuffer::conceal(std::size_t samples) {
  ending_ = 0;
  samples = (samples + kConcealUnit - 1) / kConcealUnit * kConcealUnit;
  const std::span<float> room = playout_.room();
  samples = std::min(samples, room.size());
  // A second on, every concealment is silence: the decoder's time is saved. The noise of a room goes on, unless it is
  // left out.
  if (decoder_ != nullptr && left_out_ == 0 && (expanded_ < kSecond || decoder_->sender_is_silent())) {
    decoder_->conceal(room.first(samples));
  } else {
    std::ranges::fill(room.first(samples), 0.0F);
  }
  playout_.commit(samples);
  expanded_ += static_cast<std::int64_t>(samples);
  uncounted_ += static_cast<std::int64_t>(samples);
}

void JitterBuffer::count_concealed() {
  if (uncounted_ == 0) return;
  stats_.samples_concealed += static_cast<std::uint64_t>(std::min(uncounted_, kSecond));
  ++stats_.concealment_events;
  uncounted_ = 0;
}

void JitterBuffer::drop_excess(std::int64_t now) {
  if (level(now) <= to_samples(options_.max_delay)) return;
  const std::int64_t wanted = target_samples() + 6 * kBlock;
  const auto waiting = static_cast<std::int64_t>(playout_.waiting());
  bool dropped = false;
  while (store_.size() > 1 && now + waiting - store_.first()->timestamp - network_.fastest() > wanted) {
    stats_.samples_dropped += store_.first()->samples;
    store_.pop();
    dropped = true;
  }
  if (!dropped) return;
  count_concealed();
  next_timestamp_ = store_.first()->timestamp;
  next_sequence_ = store_.first()->sequence;
  expanded_ = 0;
}

void JitterBuffer::adapt(std::int64_t now, MonotonicTime time) {
  constexpr std::int64_t kSlack = 48;
  const std::int64_t target = target_samples();
  const std::int64_t have = level(now);
  if (have < target - kSlack) {
    if (blocks_since_stretch_ >= 5) grow();
  } else {
    shrink(have - target, now, time);
  }
}

// Longer by one pitch period. The level rises only when a block's border is passed, so a few may be needed.
void JitterBuffer::grow() {
  const dsp::SplicePoint point = playout_.find_repeat(dsp::kSpliceMaxLag);
  if (point.lag == 0) return;
  const bool quiet = point.mean_square < dsp::kSpliceQuiet;
  if (!quiet && point.similarity < 0.5 && blocks_since_stretch_ < 20) return;
  playout_.repeat(point.lag);
  stats_.samples_inserted += point.lag;
  blocks_since_stretch_ = 0;
}

/// Shorter by a pitch period, as long as the level stays at the target: a cut up to the next block's border costs none
/// of it.
void JitterBuffer::shrink(std::int64_t excess, std::int64_t now, MonotonicTime time) {
  const auto beyond_block = static_cast<std::int64_t>(playout_.waiting()) % kBlock;
  const std::int64_t max_lag = std::min<std::int64_t>(dsp::kSpliceMaxLag, beyond_block + excess / kBlock * kBlock);
  const bool urgent = excess > 6 * kBlock;
  const int pause = urgent ? 3 : excess >= kBlock ? 5 : 10;
  if (blocks_since_stretch_ < pause || max_lag < static_cast<std::int64_t>(dsp::kSpliceMinLag)) return;

  const auto wanted = static_cast<std::size_t>(max_lag) + dsp::kSpliceFade;
  while (playout_.waiting() < wanted && store_.first() != nullptr && store_.first()->timestamp == next_timestamp_) {
    play(*store_.first(), now, time);
  }
  const dsp::SplicePoint point = playout_.find_skip(static_cast<std::size_t>(max_lag));
  if (point.lag == 0) return;
  const bool quiet = point.mean_square < dsp::kSpliceQuiet;
  // The longer nothing fits, the less choosy: a late cut is worse than a slightly rough one.
  const double choosy = (urgent ? 0.7 : 0.9) - 0.001 * std::min(blocks_since_stretch_, 400);
  if (!quiet && point.similarity < choosy) return;
  playout_.skip(point.lag);
  stats_.samples_removed += point.lag;
  blocks_since_stretch_ = 0;
}

}  // namespace sidetone::media::jitter
