#include "media/peer/bandwidth.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace sidetone::media::peer {
namespace {

/// The least delay of so long is taken for that of the empty path; clocks drift by less than a millisecond in it.
constexpr Seconds kDelayWindow{10};
constexpr std::int64_t kQueueUs = 40'000;       ///< longer is a queue, however it came about
constexpr std::int64_t kShortQueueUs = 15'000;  ///< shorter is none
/// No queue is that long: the far end's clock has been set, or the 24 bits of its time have wrapped.
constexpr std::int64_t kOtherClockUs = 10'000'000;
constexpr double kGrowth = 0.04;      ///< seconds of queue in a second
constexpr double kGrowthErrors = 4;   ///< standard errors that growth is above nothing
constexpr double kDrainShare = 0.85;  ///< of what is carried, so that the queue empties
constexpr double kGrowthPerSecond = 0.08;
constexpr double kGrowthNearLimit = 0.02;
constexpr double kLeastChange = 0.03;
constexpr std::size_t kLeastPackets = 8;  ///< fewer say nothing

}  // namespace

void Bandwidth::set_most(int most_bps) {
  most_bps_ = most_bps > 0 ? std::clamp(most_bps, kLeastBps, kEnoughBps) : kEnoughBps;
  target_bps_ = told_bps_ == 0 ? most_bps_ : std::min<double>(target_bps_, most_bps_);
}

void Bandwidth::path_changed(MonotonicTime now) {
  path_since_us_ = now.since_zero.count();
  carried_bps_.reset();
  forget_delays();
}

void Bandwidth::forget_delays() {
  least_delay_us_.reset();
  least_delay_before_us_.reset();
  delay_count_ = 0;
}

void Bandwidth::on_sent(std::size_t payload_bytes, std::size_t overhead_bytes, MonotonicTime now) {
  sent_[next_ % sent_.size()] = {true, next_, now.since_zero.count(), static_cast<std::uint32_t>(payload_bytes),
                                 static_cast<std::uint32_t>(payload_bytes + overhead_bytes)};
  ++next_;
}

Bandwidth::Rates Bandwidth::observe(const rtp::TransportFeedback& feedback) {
  Rates rates;
  std::int64_t first_arrival = INT64_MAX, last_arrival = INT64_MIN, first_sent = INT64_MAX, last_sent = INT64_MIN;
  std::int64_t bytes = 0, first_bytes = 0, overhead = 0;
  std::size_t told = 0;
  for (std::size_t i = 0; i < feedback.count; ++i) {
    const auto number = static_cast<std::uint16_t>(feedback.first + i);
    Sent& packet = sent_[number % sent_.size()];
    if (!packet.waits || packet.number != number) continue;  // never sent, long ago, or told twice
    packet.waits = false;
    if (packet.at_us < path_since_us_) continue;
    ++told;
    first_sent = std::min(first_sent, packet.at_us);
    last_sent = std::max(last_sent, packet.at_us);
    overhead += packet.packet_bytes - packet.payload_bytes;
    const std::int64_t arrival = feedback.arrivals_us[i];
    if (arrival == rtp::TransportFeedback::kLost) continue;
    add_delay({packet.at_us, arrival - packet.at_us});
    bytes += packet.packet_bytes;
    if (arrival < first_arrival) {
      first_arrival = arrival;
      first_bytes = packet.packet_bytes;
    }
    last_arrival = std::max(last_arrival, arrival);
  }
  // The first packet's time is that of what came before it.
  if (last_arrival > first_arrival)
    rates.received_bps =
        static_cast<double>(bytes - first_bytes) * 8e6 / static_cast<double>(last_arrival - first_arrival);
  if (last_sent > first_sent)
    rates.overhead_bps = static_cast<double>(overhead) * (1 - 1.0 / static_cast<double>(told)) * 8e6 /
                         static_cast<double>(last_sent - first_sent);
  return rates;
}

void Bandwidth::add_delay(const Delay& delay) {
  if (delay_count_ > 0 && std::abs(delay.delay_us - delay_before(0).delay_us) > kOtherClockUs) forget_delays();
  delays_[next_delay_] = delay;
  next_delay_ = (next_delay_ + 1) % delays_.size();
  delay_count_ = std::min(delay_count_ + 1, delays_.size());
}

Bandwidth::Queue Bandwidth::queue(MonotonicTime now) {
  std::int64_t least = INT64_MAX;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < delay_count_; ++i) {
    const std::int64_t delay = delay_before(i).delay_us;
    least = std::min(least, delay);
    sum += delay;
  }
  if (!least_delay_us_ || now - window_began_ >= kDelayWindow) {
    least_delay_before_us_ = least_delay_us_;
    least_delay_us_ = least;
    window_began_ = now;
  }
  least_delay_us_ = std::min(*least_delay_us_, least);
  const std::int64_t empty = std::min(*least_delay_us_, least_delay_before_us_.value_or(*least_delay_us_));
  const std::int64_t mean = sum / static_cast<std::int64_t>(delay_count_);
  return {least - empty, mean - empty, has_growth(mean)};
}

/// Regression of delay over time of sending, and how far its slope stands out of its own error.
bool Bandwidth::has_growth(std::int64_t mean_us) const {
  const auto n = static_cast<double>(delay_count_);
  const std::int64_t zero = delay_before(0).sent_us;
  double mean_time = 0;
  for (std::size_t i = 0; i < delay_count_; ++i) mean_time += static_cast<double>(delay_before(i).sent_us - zero) / n;
  double times = 0, products = 0, squares = 0;
  for (std::size_t i = 0; i < delay_count_; ++i) {
    const double time = static_cast<double>(delay_before(i).sent_us - zero) - mean_time;
    const auto delay = static_cast<double>(delay_before(i).delay_us - mean_us);
    times += time * time;
    products += time * delay;
    squares += delay * delay;
  }
  if (times == 0) return false;
  const double slope = products / times;
  const double error = std::sqrt(std::max(squares - slope * products, 0.0) / (n - 2) / times);
  return slope > kGrowth && slope > kGrowthErrors * error;
}

void Bandwidth::judge(const Rates& rates, const Queue& queue, double since_last_s, MonotonicTime now) {
  if (now < drained_at_) return;
  if (queue.least_us > kQueueUs || (queue.grows && queue.mean_us > kShortQueueUs)) {
    if (rates.received_bps == 0) return;
    carried_bps_ = std::max(rates.received_bps - rates.overhead_bps, 0.0);
    target_bps_ = std::min(target_bps_, rates.received_bps * kDrainShare - rates.overhead_bps);
    target_bps_ = std::max<double>(target_bps_, kLeastBps);
    const auto drain = static_cast<std::int64_t>(static_cast<double>(queue.mean_us) / (1 - kDrainShare));
    drained_at_ = now + Microseconds{std::clamp<std::int64_t>(drain, 300'000, 2'000'000)};
    delay_count_ = 0;  // the delays of the new rate are judged by themselves
  } else if (queue.least_us <= kShortQueueUs && !queue.grows) {
    const bool near_limit = carried_bps_ && std::abs(target_bps_ - *carried_bps_) < 0.1 * *carried_bps_;
    target_bps_ *= 1 + (near_limit ? kGrowthNearLimit : kGrowthPerSecond) * since_last_s;
    if (carried_bps_ && target_bps_ > 1.5 * *carried_bps_) carried_bps_.reset();  // the path has become wider
  }
}

std::optional<int> Bandwidth::on_feedback(const rtp::TransportFeedback& feedback, MonotonicTime now) {
  const Rates rates = observe(feedback);
  if (delay_count_ < kLeastPackets) return std::nullopt;
  const Queue queue = this->queue(now);
  const double since_last_s =
      last_feedback_ ? std::min(static_cast<double>((now - *last_feedback_).count()) / 1e6, 1.0) : 0;
  last_feedback_ = now;
  judge(rates, queue, since_last_s, now);
  target_bps_ = std::min<double>(target_bps_, most_bps_);
  const int wanted = target_bps_ >= most_bps_ ? 0 : static_cast<int>(target_bps_);
  if (wanted == told_bps_) return std::nullopt;
  const bool same_kind = wanted != 0 && told_bps_ != 0;
  if (same_kind && std::abs(wanted - told_bps_) < kLeastChange * told_bps_) return std::nullopt;
  told_bps_ = wanted;
  return told_bps_;
}

}  // namespace sidetone::media::peer
