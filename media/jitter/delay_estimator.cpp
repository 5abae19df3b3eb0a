#include "media/jitter/delay_estimator.hpp"

#include <algorithm>

namespace sidetone::media::jitter {

void WindowedMinimum::add(std::int64_t at, std::int64_t value) {
  if (filled_ == 0 || at - bucket_start_ >= bucket_span_ * static_cast<std::int64_t>(kBuckets)) {
    buckets_[0] = value;
    current_ = 0;
    filled_ = 1;
    bucket_start_ = at;
  } else if (at - bucket_start_ >= bucket_span_) {
    bucket_start_ = at;
    current_ = (current_ + 1) % kBuckets;
    buckets_[current_] = value;
    filled_ = std::min(filled_ + 1, kBuckets);
  } else {
    buckets_[current_] = std::min(buckets_[current_], value);
  }
  minimum_ = buckets_[current_];
  for (std::size_t i = 0; i < filled_; ++i) {
    minimum_ = std::min(minimum_, buckets_[(current_ + kBuckets - i) % kBuckets]);
  }
}

void DelayEstimator::add(std::int64_t arrival, std::int64_t timestamp) {
  const std::int64_t transit = arrival - timestamp;
  fastest_.add(arrival, transit);
  // What was held up behind a stall and came on its heels is the same stall: it counts once, by its first packet.
  const std::int64_t step = timestamp - last_timestamp_;
  const bool on_its_heels = packets_ > 0 && step > 0 && arrival - last_arrival_ < step / 2;
  ++packets_;
  last_arrival_ = arrival;
  last_timestamp_ = timestamp;
  if (on_its_heels) return;
  const std::int64_t beyond = std::max<std::int64_t>(0, transit - fastest_.value());
  const auto bucket = std::min<std::size_t>(static_cast<std::size_t>(beyond / kBucketSamples), kBuckets - 1);
  std::uint16_t& oldest = window_[counted_ % kWindow];
  if (counted_ >= kWindow) --histogram_[oldest];
  oldest = static_cast<std::uint16_t>(bucket);
  ++histogram_[bucket];
  ++counted_;
  std::size_t later = counted_ >= kWindow ? kOutliers : 0;
  std::size_t highest = kBuckets - 1;
  while (highest > 0 && histogram_[highest] <= later) later -= histogram_[highest--];
  spread_ = static_cast<std::int64_t>(highest + 1) * kBucketSamples;
}

void DelayEstimator::reset() {
  fastest_.reset();
  histogram_.fill(0);
  spread_ = 0;
  packets_ = 0;
  counted_ = 0;
}

}  // namespace sidetone::media::jitter
