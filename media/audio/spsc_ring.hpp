#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

namespace sidetone::media::audio {

/// A bounded queue between exactly one writing and one reading thread. Slots are allocated once and used in place: no
/// lock, no allocation, and neither side ever waits for the other.
template <class T>
class SpscRing {
 public:
  /// @param slots  a power of two.
  explicit SpscRing(std::size_t slots) : slots_(slots), mask_(slots - 1) {}

  /// The next free slot, to be filled and then published; nullptr: full. @thread the writer
  T* claim() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_seen_ == slots_.size()) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head - tail_seen_ == slots_.size()) return nullptr;
    }
    return &slots_[head & mask_];
  }
  void publish() { head_.store(head_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  /// The oldest published slot; nullptr: empty. It stays the reader's until pop(). @thread the reader
  T* front() {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail == head_seen_) {
      head_seen_ = head_.load(std::memory_order_acquire);
      if (tail == head_seen_) return nullptr;
    }
    return &slots_[tail & mask_];
  }
  void pop() { tail_.store(tail_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

 private:
  std::vector<T> slots_;
  std::size_t mask_;
  alignas(64) std::atomic<std::size_t> head_{0};
  std::size_t tail_seen_ = 0;  // the writer's copy
  alignas(64) std::atomic<std::size_t> tail_{0};
  std::size_t head_seen_ = 0;  // the reader's copy
};

}  // namespace sidetone::media::audio
