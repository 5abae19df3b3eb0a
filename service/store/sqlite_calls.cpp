#include "service/store/sqlite_transaction.hpp"

namespace sidetone::service::store {
namespace {

protocol::CallRecord record_of(const Query& query) {
  protocol::CallRecord record;
  record.record = static_cast<std::uint64_t>(query.integer(0));
  record.kind = static_cast<protocol::RecordKind>(query.integer(1));
  record.other = static_cast<UserId>(query.integer(2));
  record.time = query.integer(3);
  record.duration_s = static_cast<std::uint32_t>(query.integer(4));
  record.reason = static_cast<protocol::EndReason>(query.integer(5));
  return record;
}

std::uint32_t limit_of(protocol::RecordKind kind, const HistoryLimits& limits) {
  switch (kind) {
    case protocol::RecordKind::kMissed:
      return limits.missed;
    case protocol::RecordKind::kReceived:
      return limits.received;
    case protocol::RecordKind::kDialled:
      return limits.dialled;
  }
  return 0;
}

/// Removed records are remembered so long, counted in versions, that a client which was away gets a delta.
constexpr std::uint64_t kVersionsKept = 500;

}  // namespace

void SqliteTransaction::put_live_call(std::string_view call, std::string_view body) {
  Query(db_, "INSERT OR REPLACE INTO live_calls (call, body) VALUES (?, ?)", call, body).run();
}

std::vector<LiveCallRow> SqliteTransaction::load_live_calls() {
  std::vector<LiveCallRow> rows;
  Query query(db_, "SELECT call, body FROM live_calls ORDER BY call");
  while (query.step()) rows.push_back({query.text(0), query.text(1)});
  return rows;
}

std::vector<HistoryChange> SqliteTransaction::finish_call(std::string_view call, const std::vector<NewRecord>& records,
                                                          const HistoryLimits& limits) {
  Query(db_, "DELETE FROM live_calls WHERE call = ?", call).run();
  std::vector<HistoryChange> changes;
  for (const auto& record : records) changes.push_back({record.user, add_record(record, limits)});
  return changes;
}

protocol::History SqliteTransaction::add_record(const NewRecord& added, const HistoryLimits& limits) {
  protocol::History change;
  {
    Query query(db_, "SELECT version FROM histories WHERE user = ?", added.user);
    if (query.step()) change.since = static_cast<std::uint64_t>(query.integer(0));
  }
  change.version = change.since + 1;
  Query(db_,
        "INSERT INTO histories (user, version, reaches_back) VALUES (?1, ?2, 0) ON CONFLICT(user) DO UPDATE SET "
        "version = ?2, "
        "reaches_back = max(reaches_back, ?2 - ?3)",
        added.user, change.version, kVersionsKept)
      .run();
  auto record = added.record;
  record.record = change.version;
  Query(db_,
        "INSERT INTO call_records (user, record, kind, other, time, duration, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
        added.user, record.record, static_cast<int>(record.kind), record.other, record.time, record.duration_s,
        static_cast<int>(record.reason.value_or(protocol::EndReason::kHungUp)))
      .run();
  change.records.push_back(record);
  {
    Query query(db_,
                "SELECT record FROM call_records WHERE user = ? AND kind = ? AND removed IS NULL ORDER BY record DESC "
                "LIMIT -1 OFFSET ?",
                added.user, static_cast<int>(record.kind), limit_of(record.kind, limits));
    while (query.step()) change.removed.push_back(static_cast<std::uint64_t>(query.integer(0)));
  }
  for (const auto removed : change.removed)
    Query(db_, "UPDATE call_records SET removed = ? WHERE user = ? AND record = ?", change.version, added.user, removed)
        .run();
  if (change.version > kVersionsKept)
    Query(db_, "DELETE FROM call_records WHERE user = ? AND removed <= ?", added.user, change.version - kVersionsKept)
        .run();
  return change;
}

protocol::History SqliteTransaction::history_since(UserId user, std::uint64_t since) {
  protocol::History history;
  std::uint64_t reaches_back = 0;
  {
    Query query(db_, "SELECT version, reaches_back FROM histories WHERE user = ?", user);
    if (query.step()) {
      history.version = static_cast<std::uint64_t>(query.integer(0));
      reaches_back = static_cast<std::uint64_t>(query.integer(1));
    }
  }
  history.since = since < reaches_back || since > history.version ? 0 : since;
  {
    Query query(db_,
                "SELECT record, kind, other, time, duration, reason FROM call_records WHERE user = ? AND record > ? "
                "AND removed IS NULL ORDER BY record",
                user, history.since);
    while (query.step()) history.records.push_back(record_of(query));
  }
  if (history.since == 0) return history;
  Query query(db_, "SELECT record FROM call_records WHERE user = ? AND record <= ? AND removed > ? ORDER BY record",
              user, history.since, history.since);
  while (query.step()) history.removed.push_back(static_cast<std::uint64_t>(query.integer(0)));
  return history;
}

}  // namespace sidetone::service::store
