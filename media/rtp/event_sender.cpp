#include "media/rtp/event_sender.hpp"

#include <algorithm>
#include <utility>

namespace sidetone::media::rtp {
namespace {

constexpr int kFinalReports = 3;                   // RFC 4733 §2.5.1.4
constexpr std::int64_t kPauseSamples = 2 * 48000;  // what ',' stands for
constexpr std::uint8_t kKeyVolume = 10;            // −10 dBm0: a telephone's key, ITU-T Q.24 wants −5 to −27

constexpr std::int64_t to_samples(Milliseconds time) { return time.count() * 48; }

}  // namespace

void EventSender::configure(std::uint32_t stream_clock_hz, std::uint32_t event_clock_hz, std::size_t interval) {
  stream_clock_hz_ = stream_clock_hz;
  event_clock_hz_ = event_clock_hz;
  interval_ = static_cast<std::int64_t>(interval);
}

void EventSender::insert(KeyPresses& presses) {
  if (presses.append && presses.keys.size() + (order_.keys.size() - next_) <= presses.keys.capacity())
    presses.keys.insert(0, order_.keys, next_, std::string::npos);
  std::swap(order_, presses);
  next_ = 0;
  if (scheduled_ || order_.keys.empty()) return;
  scheduled_ = true;
  due_ = position_;
}

void EventSender::cancel() {
  next_ = order_.keys.size();
  scheduled_ = false;
  ends_left_ = 0;
  segment_ends_left_ = 0;
}

bool EventSender::takes(std::size_t packet) const {
  if (ends_left_ > 0) return true;
  return scheduled_ && next_ < order_.keys.size() && order_.keys[next_] != ',' &&
         due_ < position_ + static_cast<std::int64_t>(packet);
}

std::span<const EventSender::Packet> EventSender::advance(std::size_t samples, std::uint32_t timestamp,
                                                          bool may_begin) {
  count_ = 0;
  const std::int64_t block_start = position_;
  position_ += static_cast<std::int64_t>(samples);
  if (ends_left_ > 0) report(position_);
  if (scheduled_ && due_ < position_) {
    const bool over = next_ >= order_.keys.size();
    const char key = over ? char{0} : order_.keys[next_];
    if (over) {
      scheduled_ = false;
    } else if (key == ',') {
      ++next_;
      due_ += kPauseSamples;
    } else if (may_begin) {
      ++next_;
      begin(key, std::max(due_, block_start), block_start, timestamp);
      report(position_);
    } else {
      return std::span{packets_}.first(count_);
    }
    change_ = Change{key, order_.number};
  }
  return std::span{packets_}.first(count_);
}

std::optional<EventSender::Change> EventSender::take_change() { return std::exchange(change_, std::nullopt); }

void EventSender::begin(char key, std::int64_t at, std::int64_t block_start, std::uint32_t timestamp) {
  event_ = event_of_key(key).value_or(0);
  ends_left_ = kFinalReports;
  segment_ends_left_ = 0;
  first_ = true;
  ended_ = false;
  segment_start_ = at;
  segment_timestamp_ = timestamp + to_stream(at - block_start);
  end_ = at + to_samples(order_.duration);
  next_report_ = at + interval_;
  due_ = end_ + to_samples(order_.gap);
}

/// What is known `now`: once an interval, and as soon as the key is let go.
void EventSender::report(std::int64_t now) {
  const bool ends_now = !ended_ && now >= end_;
  if (now < next_report_ && !ends_now) return;
  if (ended_) {
    put(segment_timestamp_, true, end_ - segment_start_);
    --ends_left_;
    next_report_ += interval_;
    return;
  }
  if (segment_ends_left_ > 0) {
    put(full_timestamp_, false, segment_samples());
    --segment_ends_left_;
  }
  // RFC 4733 §2.5.1.3: what is longer than the field can say goes on as another segment, without a marker.
  if (std::min(now, end_) - segment_start_ > segment_samples()) {
    put(segment_timestamp_, false, segment_samples());
    full_timestamp_ = segment_timestamp_;
    segment_ends_left_ = kFinalReports - 1;
    segment_timestamp_ += to_stream(segment_samples());
    segment_start_ += segment_samples();
  }
  ended_ = ends_now;
  put(segment_timestamp_, ended_, std::min(now, end_) - segment_start_);
  if (ended_) --ends_left_;
  next_report_ = ended_ ? now + interval_ : next_report_ + interval_;
}

void EventSender::put(std::uint32_t timestamp, bool end, std::int64_t duration) {
  const auto units = static_cast<std::uint16_t>(duration * event_clock_hz_ / 48000);
  packets_[count_++] = {timestamp, std::exchange(first_, false), {event_, end, kKeyVolume, units}};
}

}  // namespace sidetone::media::rtp
