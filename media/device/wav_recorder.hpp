#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/base/result.hpp"
#include "media/audio/spsc_ring.hpp"
#include "media/dsp/pcm.hpp"

namespace sidetone::media::device {

/// A WAV file that grows: mono, 48 kHz, 16 bits. A disk may make who writes to it wait, so a thread of its own does;
/// what is in the file can be read at any time, and is complete with the destructor.
class WavRecorder {
 public:
  static constexpr std::uint32_t kMostBytes = 1U << 31U;  ///< 6 h; what comes then is left out

  /// Makes the file empty. @error kIo: where is the path.
  static Result<std::shared_ptr<WavRecorder>> create(const std::string& path);
  ~WavRecorder();
  WavRecorder(const WavRecorder&) = delete;
  WavRecorder& operator=(const WavRecorder&) = delete;

  /// The next 10 ms; left out where the disk is 2.5 s behind. @thread one; no allocation, no lock, no system call.
  void write(dsp::ConstBlockSpan block);
  [[nodiscard]] std::uint64_t blocks_left_out() const { return left_out_.load(std::memory_order_relaxed); }

 private:
  explicit WavRecorder(int file);
  void run();
  void write_waiting();

  int file_;
  std::uint32_t written_ = 0;
  audio::SpscRing<dsp::Block> waiting_{256};
  std::atomic<std::uint64_t> left_out_{0};
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace sidetone::media::device
