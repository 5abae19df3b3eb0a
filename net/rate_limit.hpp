#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/clock.hpp"

namespace sidetone::net {

struct Rate {
  double per_second = 1;
  double burst = 10;
};

/// A token bucket: `burst` at once, then `per_second`.
class TokenBucket {
 public:
  /// @return zero: taken; else how long until one is there.
  Milliseconds take(const Rate& rate, MonotonicTime now);
  /// One that was taken was not used after all.
  void give_back() { missing_ = missing_ > 1 ? missing_ - 1 : 0; }
  /// Full again, so that forgetting it changes nothing.
  [[nodiscard]] bool is_full(const Rate& rate, MonotonicTime now) const;

 private:
  double missing_ = 0;  ///< tokens below the burst
  MonotonicTime at_;
};

/// A token bucket for each key (an address, an account), of bounded number: at the bound the full ones are forgotten;
/// if none is, unknown keys share one.
class RateLimiter {
 public:
  explicit RateLimiter(Rate rate, std::size_t max_keys = 10'000) : rate_(rate), max_keys_(max_keys) {}
  /// @return zero: go on; else try again after this.
  Milliseconds take(std::string_view key, MonotonicTime now);
  void give_back(std::string_view key);
  [[nodiscard]] std::size_t size() const { return buckets_.size(); }

 private:
  Rate rate_;
  std::size_t max_keys_;
  std::unordered_map<std::string, TokenBucket> buckets_;
  TokenBucket overflow_;
};

}  // namespace sidetone::net
