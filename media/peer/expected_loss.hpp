#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

namespace sidetone::media::peer {

/// How much of our stream the encoder is to reckon to be lost, from what the far end reports. A report that covers a
/// second, some 50 packets, says little, and an encoder is not told of every tremor; one of five seconds says more.
/// Redundancy costs a fifth of the encoder's time and a part of its bits: where nothing has been lost for ten reports
/// there is none, and the first loss brings it back.
class ExpectedLoss {
 public:
  static constexpr double kLeast = 0.01;  ///< what an encoder begins with: something may be lost

  /// @param fraction  lost since the report before, 0 … 1. @param packets  that were to come in this time.
  /// @return what the encoder is to be told now, if anything.
  std::optional<double> on_report(double fraction, double packets = kPacketsOfAReport) {
    constexpr double kWeight = 0.25;
    constexpr double kWorthTelling = 0.02;
    constexpr int kCleanReports = 10;
    smoothed_ += (fraction - smoothed_) * (1 - std::pow(1 - kWeight, packets / kPacketsOfAReport));
    clean_reports_ = fraction > 0 ? 0 : std::min(clean_reports_ + 1, kCleanReports);
    const double now = clean_reports_ == kCleanReports ? 0 : std::max(smoothed_, kLeast);
    const bool other_kind = (now == 0) != (told_ == 0);
    if (!other_kind && std::abs(now - told_) < kWorthTelling) return std::nullopt;
    told_ = now;
    return told_;
  }
  /// What the encoder has been told; 0: nothing is lost.
  [[nodiscard]] double told() const { return told_; }

 private:
  static constexpr double kPacketsOfAReport = 50;

  double smoothed_ = 0;
  double told_ = kLeast;
  int clean_reports_ = 0;
};

}  // namespace sidetone::media::peer
