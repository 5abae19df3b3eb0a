#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "net/log.hpp"
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
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& path, Post post,
                                                   const net::Logger& log = net::Logger());
  /// Without: nothing happens until `run_queued`. For tests and the command line.
  static Result<std::unique_ptr<SqliteStore>> open_manual(const std::string& path,
                                                          const net::Logger& log = net::Logger());
  /// What is queued is still done, but nobody hears of it.
  ~SqliteStore() override;

  void submit(Work work, Done done) override;
  /// Do what is queued in one commit, and call back. @return how many.
  std::size_t run_queued();
  [[nodiscard]] StoreHealth health() const override { return {failing_, commits_, failed_commits_, failed_jobs_}; }
  [[nodiscard]] std::uint64_t commits() const { return commits_; }

 private:
  struct Job {
    Work work;
    Done done;
    Status status;
  };
  SqliteStore(std::unique_ptr<SqliteDatabase> database, Post post, const net::Logger& log);
  void serve();
  void carry_out(std::deque<Job>& batch);
  /// @return what the database did wrong, if it did.
  std::optional<Error> carry_out(Job& job);
  /// Count, and log where it is news.
  void note(const std::optional<Error>& fault, bool wrote);

  static constexpr std::size_t kBatch = 256;

  std::unique_ptr<SqliteDatabase> database_;
  Post post_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  const net::Logger log_;
  std::atomic<bool> failing_ = false;
  std::atomic<std::uint64_t> commits_ = 0;
  std::atomic<std::uint64_t> failed_commits_ = 0;
  std::atomic<std::uint64_t> failed_jobs_ = 0;
  std::thread thread_;
};

}  // namespace sidetone::service::store
