#include "service/store/sqlite_schema.hpp"

#include <array>
#include <string>

#include "service/store/sqlite_database.hpp"

namespace sidetone::service::store {
namespace {

/// Step n brings a file from version n to n + 1. Steps are never changed once released; a change is a new step.
constexpr std::array kSteps{
    R"sql(
CREATE TABLE accounts (
  user INTEGER PRIMARY KEY AUTOINCREMENT,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  number TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  robot INTEGER NOT NULL,
  version INTEGER NOT NULL,             -- of the directory, at the last change
  removed INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX accounts_by_login ON accounts(login) WHERE removed = 0;
CREATE UNIQUE INDEX accounts_by_number ON accounts(number) WHERE removed = 0;
CREATE INDEX accounts_by_version ON accounts(version);

CREATE TABLE devices (
  device INTEGER PRIMARY KEY AUTOINCREMENT,
  user INTEGER NOT NULL,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  token_before TEXT UNIQUE,
  last_seen INTEGER NOT NULL);
CREATE INDEX devices_by_user ON devices(user);

CREATE TABLE statuses (
  user INTEGER PRIMARY KEY,
  availability INTEGER NOT NULL,
  text TEXT,
  until INTEGER);

CREATE TABLE conversations (
  conversation INTEGER PRIMARY KEY AUTOINCREMENT,
  low INTEGER NOT NULL,                 -- the two of a pair, smaller number first
  high INTEGER NOT NULL,
  last_number INTEGER NOT NULL DEFAULT 0,
  last_time INTEGER NOT NULL DEFAULT 0,
  UNIQUE (low, high));

CREATE TABLE members (
  user INTEGER NOT NULL,
  conversation INTEGER NOT NULL,
  delivered INTEGER NOT NULL DEFAULT 0,
  read INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user, conversation)) WITHOUT ROWID;
CREATE INDEX members_by_conversation ON members(conversation);

CREATE TABLE messages (
  conversation INTEGER NOT NULL,
  number INTEGER NOT NULL,
  time INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  client_message_id TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (conversation, number)) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_by_client_id ON messages(sender, client_message_id);

CREATE TABLE live_calls (call TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE histories (
  user INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  reaches_back INTEGER NOT NULL);       -- deltas are possible from this version on
CREATE TABLE call_records (
  user INTEGER NOT NULL,
  record INTEGER NOT NULL,              -- the version that added it
  kind INTEGER NOT NULL,
  other INTEGER NOT NULL,
  time INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  removed INTEGER,                      -- the version that removed it
  PRIMARY KEY (user, record)) WITHOUT ROWID;

CREATE TABLE hosts (
  host TEXT PRIMARY KEY,
  user INTEGER NOT NULL,
  name TEXT NOT NULL,
  credential_hash TEXT NOT NULL) WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE favourites (
  user INTEGER NOT NULL,
  favourite INTEGER NOT NULL,
  PRIMARY KEY (user, favourite)) WITHOUT ROWID;
CREATE INDEX favourites_by_favourite ON favourites(favourite);
)sql",
    R"sql(
CREATE TABLE pictures (name TEXT PRIMARY KEY, jpeg BLOB NOT NULL);
ALTER TABLE accounts ADD COLUMN picture TEXT;
CREATE INDEX accounts_by_picture ON accounts(picture) WHERE picture IS NOT NULL;
)sql",
    // What is looked for: `row` rises with the time at which messages came, so that the newest are found first.
    R"sql(
ALTER TABLE conversations ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN edited INTEGER;
ALTER TABLE messages ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN change INTEGER NOT NULL DEFAULT 0;  -- the conversation's, that made it what it is
CREATE INDEX messages_by_change ON messages(conversation, change) WHERE change > 0;
CREATE TABLE reactions (
  conversation INTEGER NOT NULL,
  number INTEGER NOT NULL,
  user INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  PRIMARY KEY (conversation, number, user)) WITHOUT ROWID;

CREATE TABLE searched_messages (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation INTEGER NOT NULL,
  number INTEGER NOT NULL,
  UNIQUE (conversation, number));
CREATE VIRTUAL TABLE message_words USING fts5(
  words, content='', columnsize=0, tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co'");
INSERT INTO searched_messages (conversation, number) SELECT conversation, number FROM messages ORDER BY time, conversation, number;
INSERT INTO message_words (rowid, words)
  SELECT s.row, member_words(m.text, c.low) || ' ' || member_words(m.text, c.high)
  FROM searched_messages s
  JOIN messages m ON m.conversation = s.conversation AND m.number = s.number
  JOIN conversations c ON c.conversation = s.conversation;
)sql",
    R"sql(
CREATE TABLE second_factors (
  user INTEGER PRIMARY KEY,
  secret BLOB NOT NULL,
  last_step INTEGER NOT NULL,           -- time step of the code that was accepted last
  since INTEGER NOT NULL);
CREATE TABLE recovery_codes (
  user INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (user, hash)) WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE saved_numbers (
  user INTEGER NOT NULL,
  number TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (user, number)) WITHOUT ROWID;
)sql",
};

}  // namespace

Status prepare_schema(SqliteDatabase& database) {
  std::int64_t version = 0;
  {
    Query query(database, "PRAGMA user_version");
    if (query.step()) version = query.integer(0);
    if (auto failure = database.take_failure()) return *failure;
  }
  const auto newest = static_cast<std::int64_t>(kSteps.size());
  if (version > newest)
    return Error{
        ErrorCode::kUnsupported,
        "the store has version " + std::to_string(version) + ", this program knows up to " + std::to_string(newest),
        "store"};
  for (; version < newest; ++version) {
    const std::string step = std::string("BEGIN IMMEDIATE;") + kSteps[static_cast<std::size_t>(version)] +
                             "PRAGMA user_version=" + std::to_string(version + 1) + ";COMMIT;";
    SIDETONE_CHECK(database.execute(step.c_str()));
  }
  return {};
}

}  // namespace sidetone::service::store
