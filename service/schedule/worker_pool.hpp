#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sidetone::service {

/// A few threads for work that takes long and touches nothing shared (password hashes, compression), with a bounded
/// queue.
class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t max_queued);
  /// What is queued is forgotten; what runs is waited for.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// @return false: the queue is full and `work` will not run. @thread any.
  bool submit(std::function<void()> work);

 private:
  void run();

  const std::size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sidetone::service
