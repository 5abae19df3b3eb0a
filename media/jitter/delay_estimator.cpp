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
  last_arrival_ = arrival;
  last_timestamp_ = timestamp;
  if (on_its_heels) return;
  const std::int64_t beyond = std::max<std::int64_t>(0, transit - fastest_.value());
  const auto bucket = std::min<std::size_t>(static_cast<std::size_t>(beyond / kBucketSamples), kBuckets - 1);
  ++packets_;
  // Few packets: each counts for more, so that the start is quick.
  const double weight = std::max(1.0 - kForget, 1.0 / static_cast<double>(packets_));
  double sum = 0;
  std::size_t quantile = kBuckets;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    histogram_[i] *= 1.0 - weight;
    if (i == bucket) histogram_[i] += weight;
    sum += histogram_[i];
    if (quantile == kBuckets && sum >= kQuantile) quantile = i;
  }
  if (quantile == kBuckets) quantile = kBuckets - 1;
  spread_ = static_cast<std::int64_t>(quantile + 1) * kBucketSamples;
}

void DelayEstimator::reset() {
  fastest_.reset();
  histogram_.fill(0);
  spread_ = 0;
  packets_ = 0;
}

}  // namespace sidetone::media::jitter
