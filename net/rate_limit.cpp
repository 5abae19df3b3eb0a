#include "net/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace sidetone::net {
namespace {

double seconds(Microseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

Milliseconds TokenBucket::take(const Rate& rate, MonotonicTime now) {
  missing_ = std::max(0.0, missing_ - seconds(now - at_) * rate.per_second);
  at_ = now;
  if (missing_ + 1 <= rate.burst) {
    missing_ += 1;
    return Milliseconds{0};
  }
  const double wait_s = (missing_ + 1 - rate.burst) / rate.per_second;
  return Milliseconds{static_cast<std::int64_t>(std::ceil(wait_s * 1000))};
}

bool TokenBucket::is_full(const Rate& rate, MonotonicTime now) const {
  return missing_ <= seconds(now - at_) * rate.per_second;
}

Milliseconds RateLimiter::take(std::string_view key, MonotonicTime now) {
  std::string name(key);
  if (const auto known = buckets_.find(name); known != buckets_.end()) return known->second.take(rate_, now);
  if (buckets_.size() >= max_keys_)
    std::erase_if(buckets_, [&](const auto& one) { return one.second.is_full(rate_, now); });
  if (buckets_.size() >= max_keys_) return overflow_.take(rate_, now);
  return buckets_[std::move(name)].take(rate_, now);
}

void RateLimiter::give_back(std::string_view key) {
  const auto known = buckets_.find(std::string(key));
  (known == buckets_.end() ? overflow_ : known->second).give_back();
}

}  // namespace sidetone::net
