#include "media/device/wav_recorder.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

#include "media/device/wav.hpp"

namespace sidetone::media::device {
namespace {

constexpr std::chrono::milliseconds kBetweenWrites{100};

bool write_at(int file, Bytes bytes, std::size_t offset) {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::size_t>(done);
  }
  return true;
}

}  // namespace

Result<std::shared_ptr<WavRecorder>> WavRecorder::create(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK,
                          0600);  // a pipe would keep it waiting
  if (file < 0 || !write_at(file, wav_header(0), 0)) {
    const Error error{ErrorCode::kIo, std::string("it cannot be written: ") + std::strerror(errno), path};
    if (file >= 0) ::close(file);
    return error;
  }
  return std::shared_ptr<WavRecorder>(new WavRecorder(file));
}

WavRecorder::WavRecorder(int file) : file_(file), thread_([this] { run(); }) {}

WavRecorder::~WavRecorder() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_one();
  thread_.join();
  ::close(file_);
}

void WavRecorder::write(dsp::ConstBlockSpan block) {
  dsp::Block* slot = waiting_.claim();
  if (slot == nullptr) {
    left_out_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  std::ranges::copy(block, slot->begin());
  waiting_.publish();
}

void WavRecorder::run() {
  pthread_setname_np(pthread_self(), "wav");
  std::unique_lock lock(mutex_);
  // What came before the end is written, also where the end came before this thread.
  for (bool last = false; !last;) {
    last = stopped_.wait_for(lock, kBetweenWrites, [this] { return stop_; });
    write_waiting();
  }
}

void WavRecorder::write_waiting() {
  const std::size_t header = wav_header(0).size();
  std::vector<std::uint8_t> bytes;
  while (const dsp::Block* block = waiting_.front()) {
    for (const float sample : *block) {
      const auto value = static_cast<std::uint16_t>(std::lround(std::clamp(sample, -1.0F, 1.0F) * 32767));
      bytes.push_back(static_cast<std::uint8_t>(value));
      bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
    }
    waiting_.pop();
  }
  if (bytes.empty()) return;
  const bool full = bytes.size() > kMostBytes - written_;
  // The length follows what it counts: whoever reads meanwhile finds all of it.
  if (full || !write_at(file_, bytes, header + written_)) {
    left_out_.fetch_add(bytes.size() / (2 * dsp::kBlockSamples), std::memory_order_relaxed);
    return;
  }
  written_ += static_cast<std::uint32_t>(bytes.size());
  write_at(file_, wav_header(written_), 0);
}

}  // namespace sidetone::media::device
