#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sidetone::service::store {

/// One connection to SQLite with its prepared statements. A failing statement marks the database as failed until
/// `take_failure`.
/// @thread one at a time.
class SqliteDatabase {
 public:
  /// @param path  ":memory:" for none.
  /// @error kIo: the file cannot be opened or is no database of ours; `where` is the path.
  static Result<std::unique_ptr<SqliteDatabase>> open(const std::string& path);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  /// Statements without parameters and results.
  Status execute(const char* sql);
  [[nodiscard]] std::int64_t last_insert_id() const;
  [[nodiscard]] int changed_rows() const;
  /// Since it was opened, also by what was undone.
  [[nodiscard]] std::int64_t rows_written() const;
  /// Why a statement failed since the last call, if one did.
  std::optional<Error> take_failure();

 private:
  friend class Query;
  explicit SqliteDatabase(sqlite3* connection) : connection_(connection) {}
  sqlite3_stmt* prepared(const char* sql);
  void note_failure();

  sqlite3* connection_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;  ///< by the literal's address
  std::optional<Error> failure_;
};

/// Bytes that are no text.
struct Blob {
  std::string_view bytes;
};

/// One run of a prepared statement: bind in order, step through the rows, read columns.
class Query {
 public:
  /// @param sql  a string literal; its address names the prepared statement.
  Query(SqliteDatabase& database, const char* sql);
  template <class... Values>
  Query(SqliteDatabase& database, const char* sql, const Values&... values) : Query(database, sql) {
    (bind(values), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// @return true: there is a row.
  bool step();
  /// For statements without rows. @error: the database is marked as failed; false also for a violated constraint, which
  /// is not a failure.
  bool run();
  [[nodiscard]] bool conflicted() const { return conflicted_; }

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::string blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  void bind(std::int64_t value);
  void bind(std::uint64_t value) { bind(static_cast<std::int64_t>(value)); }
  void bind(std::uint32_t value) { bind(static_cast<std::int64_t>(value)); }
  void bind(int value) { bind(static_cast<std::int64_t>(value)); }
  void bind(bool value) { bind(static_cast<std::int64_t>(value)); }
  void bind(std::string_view value);
  void bind(const Blob& value);
  void bind(const std::string& value) { bind(std::string_view(value)); }
  void bind_nothing();
  template <class T>
  void bind(const std::optional<T>& value) {
    if (value)
      bind(*value);
    else
      bind_nothing();
  }

  SqliteDatabase& database_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
  bool conflicted_ = false;
};

}  // namespace sidetone::service::store
