#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/// The measuring ends: a player that feeds the microphone's sink and a recorder on the loudspeaker's monitor, with the
/// moments at which sound was written and read.
namespace sidetone::bench {

double now_ms();

/// Plays a steady tone, or short bursts of it, into a PulseAudio sink.
class Player {
 public:
  Player(const std::string& server, const std::string& sink, double tone_hz, bool bursts);
  ~Player();
  /// When each burst's first sample was handed to the server.
  std::vector<double> bursts() const;

 private:
  void run(std::string server, std::string sink);
  double tone_hz_;
  bool in_bursts_;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<double> burst_times_;
  std::thread thread_;
};

/// Records from a PulseAudio source: the samples, and when the end of each 10 ms was read.
class Recorder {
 public:
  Recorder(const std::string& server, const std::string& source);
  ~Recorder();
  void stop();
  std::vector<float> samples;
  std::vector<double> read_times;

 private:
  void run(std::string server, std::string source);
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace sidetone::bench
