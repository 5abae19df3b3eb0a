#include "service/store/sqlite_database.hpp"

#include <sqlite3.h>

#include "service/store/message_words.hpp"
#include "service/store/sqlite_schema.hpp"

namespace sidetone::service::store {

namespace {

/// `member_words(text, member)`, for the step of the schema that fills the index.
void call_member_words(sqlite3_context* context, int, sqlite3_value** values) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
  const auto words = member_words(text == nullptr ? std::string_view() : std::string_view(text, size),
                                  static_cast<UserId>(sqlite3_value_int64(values[1])));
  sqlite3_result_text(context, words.data(), static_cast<int>(words.size()), SQLITE_TRANSIENT);
}

}  // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const std::string& path) {
  sqlite3* connection = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &connection,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(connection));
  if (opened != SQLITE_OK) return Error{ErrorCode::kIo, connection ? sqlite3_errmsg(connection) : "no memory", path};
  // FULL: a commit is on the disk when it is acknowledged (https://www.sqlite.org/pragma.html#pragma_synchronous).
  auto status = database->execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY; PRAGMA "
      "cache_size=-4096; "
      "PRAGMA busy_timeout=5000;");
  if (status.ok() && sqlite3_create_function_v2(connection, "member_words", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                                nullptr, call_member_words, nullptr, nullptr, nullptr) != SQLITE_OK)
    status = Error{ErrorCode::kIo, sqlite3_errmsg(connection), "store"};
  if (status.ok()) status = prepare_schema(*database);
  if (!status.ok()) {
    auto error = status.take_error();
    error.where = path;
    return error;
  }
  return database;
}

SqliteDatabase::~SqliteDatabase() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(connection_);
}

Status SqliteDatabase::execute(const char* sql) {
  if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return Error{ErrorCode::kIo, sqlite3_errmsg(connection_), "store"};
}

std::int64_t SqliteDatabase::last_insert_id() const { return sqlite3_last_insert_rowid(connection_); }
int SqliteDatabase::changed_rows() const { return sqlite3_changes(connection_); }

std::int64_t SqliteDatabase::rows_written() const { return sqlite3_total_changes64(connection_); }

std::optional<Error> SqliteDatabase::take_failure() { return std::exchange(failure_, std::nullopt); }

void SqliteDatabase::note_failure() {
  if (!failure_) failure_ = Error{ErrorCode::kIo, sqlite3_errmsg(connection_), "store"};
}

sqlite3_stmt* SqliteDatabase::prepared(const char* sql) {
  auto& statement = statements_[sql];
  if (statement == nullptr &&
      sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
    note_failure();
  return statement;
}

Query::Query(SqliteDatabase& database, const char* sql) : database_(database), statement_(database.prepared(sql)) {}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::bind(std::int64_t value) {
  if (statement_ && sqlite3_bind_int64(statement_, ++bound_, value) != SQLITE_OK) database_.note_failure();
}
void Query::bind(std::string_view value) {
  // The values outlive the statement's run: both live in the caller's expression or scope, so a copy is taken to be
  // safe with temporaries.
  if (statement_ && sqlite3_bind_text(statement_, ++bound_, value.data() ? value.data() : "",
                                      static_cast<int>(value.size()), SQLITE_TRANSIENT) != SQLITE_OK)
    database_.note_failure();
}
void Query::bind(const Blob& value) {
  if (statement_ && sqlite3_bind_blob(statement_, ++bound_, value.bytes.data(), static_cast<int>(value.bytes.size()),
                                      SQLITE_TRANSIENT) != SQLITE_OK)
    database_.note_failure();
}
void Query::bind_nothing() { ++bound_; }

bool Query::step() {
  if (statement_ == nullptr) return false;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  if ((result & 0xff) == SQLITE_CONSTRAINT)
    conflicted_ = true;
  else
    database_.note_failure();
  return false;
}

bool Query::run() {
  step();
  return statement_ != nullptr && !conflicted_ && !database_.failure_;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }
bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::string Query::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::string Query::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

}  // namespace sidetone::service::store
