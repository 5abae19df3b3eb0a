#include "service/store/sqlite_store.hpp"

#include <algorithm>

namespace sidetone::service::store {

SqliteStore::SqliteStore(std::unique_ptr<SqliteDatabase> database, Post post)
    : database_(std::move(database)), post_(std::move(post)) {}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, Post post) {
  SIDETONE_TRY(auto database, SqliteDatabase::open(path));
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(database), std::move(post)));
  store->thread_ = std::thread([raw = store.get()] { raw->serve(); });
  return store;
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open_manual(const std::string& path) {
  SIDETONE_TRY(auto database, SqliteDatabase::open(path));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(database), nullptr));
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
  auto status = database_->execute("BEGIN IMMEDIATE");
  if (status.ok()) {
    for (auto& job : batch) carry_out(job);
    status = database_->execute("COMMIT");
    if (!status.ok()) (void)database_->execute("ROLLBACK");
  }
  ++commits_;
  if (status.ok()) return;
  for (auto& job : batch)
    if (job.status.ok()) job.status = Error(status.error());
}

void SqliteStore::carry_out(Job& job) {
  job.status = database_->execute("SAVEPOINT job");
  if (!job.status.ok()) return;
  SqliteTransaction transaction(*database_);
  job.status = job.work(transaction);
  if (auto failure = database_->take_failure()) job.status = std::move(*failure);
  if (!job.status.ok()) (void)database_->execute("ROLLBACK TO job");
  (void)database_->execute("RELEASE job");
}

}  // namespace sidetone::service::store
