#include "service/store/sqlite_store.hpp"

#include <algorithm>

namespace sidetone::service::store {

SqliteStore::SqliteStore(std::unique_ptr<SqliteDatabase> database, Post post, const net::Logger& log)
    : database_(std::move(database)), post_(std::move(post)), log_(log) {}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, Post post, const net::Logger& log) {
  SIDETONE_TRY(auto database, SqliteDatabase::open(path));
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(database), std::move(post), log));
  store->thread_ = std::thread([raw = store.get()] { raw->serve(); });
  return store;
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open_manual(const std::string& path, const net::Logger& log) {
  SIDETONE_TRY(auto database, SqliteDatabase::open(path));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(database), nullptr, log));
}

SqliteStore::~SqliteStore() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SqliteStore::submit(Work work, Done done) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(work), std::move(done), {}});
  }
  changed_.notify_one();
}

void SqliteStore::serve() {
  for (;;) {
    auto batch = std::make_shared<std::deque<Job>>();
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kBatch));
      batch->assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
      if (stopping_)
        for (auto& job : *batch) job.done = [](const Status&) {};
    }
    carry_out(*batch);
    post_([batch] {
      for (auto& job : *batch) job.done(std::move(job.status));
    });
  }
}

std::size_t SqliteStore::run_queued() {
  std::deque<Job> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(queue_);
  }
  if (batch.empty()) return 0;
  carry_out(batch);
  for (auto& job : batch) job.done(std::move(job.status));
  return batch.size();
}

void SqliteStore::carry_out(std::deque<Job>& batch) {
  std::optional<Error> fault;
  const auto rows = database_->rows_written();
  auto status = database_->execute("BEGIN IMMEDIATE");
  if (status.ok()) {
    for (auto& job : batch)
      if (auto one = carry_out(job)) fault = std::move(one);
    status = database_->execute("COMMIT");
    if (!status.ok()) (void)database_->execute("ROLLBACK");
  }
  ++commits_;
  if (!status.ok()) {
    ++failed_commits_;
    fault = status.error();
    for (auto& job : batch)
      if (job.status.ok()) job.status = Error(status.error());
  }
  note(fault, database_->rows_written() != rows);
}

std::optional<Error> SqliteStore::carry_out(Job& job) {
  job.status = database_->execute("SAVEPOINT job");
  if (!job.status.ok()) return ++failed_jobs_, job.status.error();
  SqliteTransaction transaction(*database_);
  job.status = job.work(transaction);
  auto fault = database_->take_failure();
  if (fault) ++failed_jobs_, job.status = Error(*fault);
  if (!job.status.ok()) (void)database_->execute("ROLLBACK TO job");
  (void)database_->execute("RELEASE job");
  return fault;
}

void SqliteStore::note(const std::optional<Error>& fault, bool wrote) {
  // Reading works on a full disk: only what was written shows that the fault is over.
  if (fault) {
    if (!failing_.exchange(true)) log_.error("store failed", {{"reason", fault->text}});
  } else if (wrote && failing_.exchange(false)) {
    log_.info("store works again");
  }
}

}  // namespace sidetone::service::store
