#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

namespace sidetone::testing {

/// Plays a steady tone into a sink until it is destroyed.
class TonePlayer {
 public:
  TonePlayer(std::string server, std::string sink, double frequency_hz, double amplitude);
  ~TonePlayer();

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

/// Records a source and measures the last 100 ms.
class ToneMeter {
 public:
  ToneMeter(std::string server, std::string source, double frequency_hz);
  ~ToneMeter();
  [[nodiscard]] double amplitude() const { return amplitude_; }
  [[nodiscard]] double rms() const { return rms_; }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<double> amplitude_{0};
  std::atomic<double> rms_{0};
  std::thread thread_;
};

}  // namespace sidetone::testing
