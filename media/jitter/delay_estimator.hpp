#pragma once

#include <array>
#include <cstdint>

namespace sidetone::media::jitter {

/// Smallest value of the last two seconds or so, kept as minima of ten buckets: follows a drifting clock, forgets a
/// stall.
class WindowedMinimum {
 public:
  explicit WindowedMinimum(std::int64_t bucket_span) : bucket_span_(bucket_span) {}

  /// @param at  position on the axis that `bucket_span` counts; never goes back.
  void add(std::int64_t at, std::int64_t value);
  [[nodiscard]] std::int64_t value() const { return minimum_; }
  void reset() { filled_ = 0; }

 private:
  static constexpr std::size_t kBuckets = 10;
  std::int64_t bucket_span_;
  std::int64_t bucket_start_ = 0;
  std::int64_t minimum_ = 0;
  std::size_t filled_ = 0;
  std::size_t current_ = 0;
  std::array<std::int64_t, kBuckets> buckets_{};
};

/// How long packets are under way compared with the fastest one of late, and what delay would have caught nearly all of
/// them. Times count samples at 48 kHz.
class DelayEstimator {
 public:
  /// @param arrival  on the receiver's clock. @param timestamp  the sender's.
  void add(std::int64_t arrival, std::int64_t timestamp);

  /// Transit (arrival − timestamp) of the fastest packet of the last two seconds.
  [[nodiscard]] std::int64_t fastest() const { return fastest_.value(); }
  /// Delay beyond `fastest` that covers the packets of the last ten seconds but for an outlier; a stall counts once.
  [[nodiscard]] std::int64_t spread() const { return spread_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  void reset();

 private:
  static constexpr std::size_t kBuckets = 512;  ///< of 1 ms
  static constexpr std::int64_t kBucketSamples = 48;
  static constexpr std::size_t kWindow = 500;  ///< packets that are remembered: ten seconds of 20 ms
  static constexpr std::size_t kOutliers = 1;  ///< of a full window that may be later than the spread

  WindowedMinimum fastest_{9600};
  std::array<std::uint16_t, kBuckets> histogram_{};
  std::array<std::uint16_t, kWindow> window_{};
  std::int64_t spread_ = 0;
  std::uint64_t packets_ = 0;  ///< all
  std::uint64_t counted_ = 0;  ///< in the window, ever
  std::int64_t last_arrival_ = 0;
  std::int64_t last_timestamp_ = 0;
};

}  // namespace sidetone::media::jitter
