#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "service/store/sqlite_transaction.hpp"

namespace sidetone::service::store {

/// The store in one SQLite file. What is queued while a commit runs shares the next one, so that a disk which commits
/// 500 times a second acknowledges many more messages than that.
class SqliteStore final : public Store {
 public:
  /// Runs `done` on the logic thread. @thread it is called on the store's.
  using Post = std::function<void(std::function<void()>)>;

  /// With a thread of its own.
  /// @error as SqliteDatabase::open.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& path, Post post);
  /// Without: nothing happens until `run_queued`. For tests and the command line.
  static Result<std::unique_ptr<SqliteStore>> open_manual(const std::string& path);
  /// What is queued is still done, but nobody hears of it.
  ~SqliteStore() override;

  void submit(Work work, Done done) override;
  /// Do what is queued in one commit, and call back. @return how many.
  std::size_t run_queued();
  /// @thread the one that runs transactions, or any when there is none.
  [[nodiscard]] std::uint64_t commits() const { return commits_; }

 private:
  struct Job {
    Work work;
    Done done;
    Status status;
  };
  SqliteStore(std::unique_ptr<SqliteDatabase> database, Post post);
  void serve();
  void carry_out(std::deque<Job>& batch);
  void carry_out(Job& job);

  static constexpr std::size_t kBatch = 256;

  std::unique_ptr<SqliteDatabase> database_;
  Post post_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::uint64_t commits_ = 0;
  std::thread thread_;
};

}  // namespace sidetone::service::store
