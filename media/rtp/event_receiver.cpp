#include "media/rtp/event_receiver.hpp"

#include <algorithm>

namespace sidetone::media::rtp {
namespace {

// RFC 4733 §2.5.2.2: a key of which nothing more is heard is let go. Reports come every 20 to 50 ms.
constexpr Microseconds kNoMoreHeard{200'000};
constexpr Microseconds kShortestHeard{80'000};
// One report says at most so much of a key that is new to us; anything beyond has to take its time.
constexpr Microseconds kSlack{200'000};
constexpr std::size_t kMostInPacket = 8;
constexpr double kKeysPerSecond = 15;  // a dialler presses 12 (ITU-T Q.24: 40 ms each at least)

std::int32_t distance(std::uint32_t to, std::uint32_t from) { return static_cast<std::int32_t>(to - from); }

}  // namespace

void EventReceiver::push(const Report& report, MonotonicTime now) {
  Bytes rest = report.payload;
  if (rest.empty() || rest.size() % kTelephoneEventBytes != 0 || rest.size() > kMostInPacket * kTelephoneEventBytes) {
    ++stats_.malformed;
    return;
  }
  if (report.ssrc != ssrc_) {
    if (pressed_) let_go(now);
    ssrc_ = report.ssrc;
    newest_timestamp_.reset();
  }
  // Several in one packet follow each other without a gap (RFC 4733 §2.5.1.5).
  for (std::uint32_t timestamp = report.timestamp; !rest.empty(); rest = rest.subspan(kTelephoneEventBytes)) {
    const auto event = parse_telephone_event(rest.first(kTelephoneEventBytes));
    if (!event.ok()) return;
    accept(event.value(), timestamp, report, now);
    timestamp += event.value().duration;
  }
}

void EventReceiver::accept(const TelephoneEvent& event, std::uint32_t timestamp, const Report& report,
                           MonotonicTime now) {
  if (!key_of_event(event.event)) {
    ++stats_.foreign;
    return;
  }
  const bool same = newest_timestamp_ == timestamp;
  if (newest_timestamp_ && !same && distance(timestamp, *newest_timestamp_) < 0) return;  // of a key that is over
  if (same && (!pressed_ || pressed_->event != event.event)) return;                      // repeated
  if (!same) {
    if (continues(event, timestamp, report)) {
      pressed_->before += kLongestEventSegment;
      pressed_->timestamp = timestamp;
      pressed_->duration = 0;
    } else {
      if (!allowed(now)) {
        ++stats_.too_many;
        return;
      }
      if (pressed_) let_go(now);
      pressed_ = Pressed{event.event, timestamp, report.clock_rate_hz, 0, event.duration, false, {}, now, now};
      pressed_->first_heard_of = pressed_->pressed_for();
    }
    newest_timestamp_ = timestamp;
  }
  pressed_->duration = std::max(pressed_->duration, event.duration);
  pressed_->last_report = now;
  heard_ = *key_of_event(event.event);
  heard_until_ = now + kNoMoreHeard;
  if (event.end) let_go(now);
}

/// The next segment of the key that is pressed (RFC 4733 §2.5.1.3). Its timestamp may count in the clock of the voice.
bool EventReceiver::continues(const TelephoneEvent& event, std::uint32_t timestamp, const Report& report) const {
  if (!pressed_ || report.marker || pressed_->event != event.event) return false;
  const auto step = static_cast<std::uint32_t>(distance(timestamp, pressed_->timestamp));
  return step == kLongestEventSegment || step == kLongestEventSegment * (48000 / report.clock_rate_hz);
}

bool EventReceiver::allowed(MonotonicTime now) {
  const double passed_s = static_cast<double>((now - credited_at_).count()) * 1e-6;
  credit_ = std::min(kMostAtOnce, credit_ + passed_s * kKeysPerSecond);
  credited_at_ = now;
  if (credit_ < 1 || done_count_ == done_.size()) return false;
  credit_ -= 1;
  return true;
}

void EventReceiver::let_go(MonotonicTime now) {
  // A sender cannot have pressed it for longer than it has taken, and what was over before we heard of it.
  const Microseconds segment{std::int64_t{kLongestEventSegment} * 1'000'000 / pressed_->clock_rate_hz};
  const Microseconds most = (now - pressed_->began) + std::min(pressed_->first_heard_of, segment) + kSlack;
  const Microseconds duration = std::min(pressed_->pressed_for(), most);
  if (done_count_ < done_.size())
    done_[done_count_++] = {*key_of_event(pressed_->event), std::chrono::duration_cast<Milliseconds>(duration)};
  heard_until_ = pressed_->began +
                 std::max(duration - std::min(pressed_->first_heard_of, duration), std::min(duration, kShortestHeard));
  pressed_.reset();
}

std::optional<ReceivedKey> EventReceiver::take(MonotonicTime now) {
  if (pressed_ && now - pressed_->last_report >= kNoMoreHeard) let_go(now);
  if (done_count_ == 0) return std::nullopt;
  const ReceivedKey first = done_[0];
  std::copy(done_.begin() + 1, done_.begin() + static_cast<std::ptrdiff_t>(done_count_), done_.begin());
  --done_count_;
  return first;
}

std::optional<char> EventReceiver::sounding(MonotonicTime now) const {
  if (heard_ == 0 || now >= heard_until_) return std::nullopt;
  return heard_;
}

}  // namespace sidetone::media::rtp
