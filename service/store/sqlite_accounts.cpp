#include "service/store/sqlite_transaction.hpp"

namespace sidetone::service::store {
namespace {

/// An account's row can say "robot" to the directory too.
protocol::Contact contact_of(const Query& query) {
  protocol::Contact contact;
  contact.user = static_cast<UserId>(query.integer(0));
  contact.name = query.text(1);
  contact.number = query.text(2);
  contact.address = query.text(3);
  contact.robot = query.integer(4) != 0;
  if (!query.is_null(5)) contact.picture = query.text(5);
  return contact;
}

Error taken() { return {ErrorCode::kConflict, "the sign-in name or the number is taken", "account"}; }
Error no_account() { return {ErrorCode::kNotFound, "there is no such account", "account"}; }

}  // namespace

std::optional<Account> SqliteTransaction::find_account(std::string_view login) {
  Query query(db_,
              "SELECT user, login, name, number, password_hash, robot FROM accounts WHERE login = ? AND removed = 0",
              login);
  if (!query.step()) return std::nullopt;
  return Account{static_cast<UserId>(query.integer(0)),
                 query.text(1),
                 query.text(2),
                 query.text(3),
                 query.text(4),
                 query.integer(5) != 0};
}

Result<UserId> SqliteTransaction::add_account(const Account& account) {
  Query query(
      db_, "INSERT INTO accounts (login, name, number, password_hash, robot, version) VALUES (?, ?, ?, ?, ?, ?)",
      account.login, account.name, account.number, account.password_hash, account.robot, directory_version() + 1);
  query.run();
  if (query.conflicted()) return taken();
  return static_cast<UserId>(db_.last_insert_id());
}

void SqliteTransaction::set_password(UserId user, std::string_view password_hash) {
  Query(db_, "UPDATE accounts SET password_hash = ? WHERE user = ?", password_hash, user).run();
}

bool SqliteTransaction::renew_password(UserId user, std::string_view before, std::string_view fresh) {
  Query(db_, "UPDATE accounts SET password_hash = ? WHERE user = ? AND password_hash = ?", fresh, user, before).run();
  return db_.changed_rows() > 0;
}

std::string SqliteTransaction::commonest_password() {
  // libargon2's form ends in "$", 22 characters of salt, "$" and 43 of hash: what stands before says the cost.
  Query query(db_,
              "SELECT password_hash FROM accounts WHERE password_hash <> '' AND removed = 0 "
              "GROUP BY substr(password_hash, 1, length(password_hash) - 67) ORDER BY count(*) DESC LIMIT 1");
  return query.step() ? query.text(0) : std::string();
}

DeviceId SqliteTransaction::add_device(const NewDevice& device) {
  Query(db_, "INSERT INTO devices (user, name, key, token_hash, last_seen) VALUES (?, ?, ?, ?, ?)", device.user,
        device.name, device.key, device.token_hash, device.now)
      .run();
  return static_cast<DeviceId>(db_.last_insert_id());
}

std::optional<KnownDevice> SqliteTransaction::resume_device(std::string_view token_hash, std::string_view fresh,
                                                            std::int64_t now) {
  KnownDevice known;
  {
    Query query(db_,
                "SELECT d.device, d.user, d.name, d.key, a.name FROM devices d JOIN accounts a ON a.user = d.user AND "
                "a.removed = 0 "
                "WHERE d.token_hash = ?1 OR d.token_before = ?1",
                token_hash);
    if (!query.step()) return std::nullopt;
    known.device = {static_cast<DeviceId>(query.integer(0)), static_cast<UserId>(query.integer(1)), query.text(2),
                    query.text(3), now};
    known.user_name = query.text(4);
  }
  // The token that was shown stays good until the fresh one is used.
  Query(db_, "UPDATE devices SET token_before = ?, token_hash = ?, last_seen = ? WHERE device = ?", token_hash, fresh,
        now, known.device.device)
      .run();
  return known;
}

std::vector<Device> SqliteTransaction::devices_of(UserId user) {
  std::vector<Device> devices;
  Query query(db_,
              "SELECT device, name, key, last_seen FROM devices WHERE user = ? ORDER BY last_seen DESC, device DESC",
              user);
  while (query.step())
    devices.push_back({static_cast<DeviceId>(query.integer(0)), user, query.text(1), query.text(2), query.integer(3)});
  return devices;
}

void SqliteTransaction::touch_device(DeviceId device, std::int64_t now) {
  Query(db_, "UPDATE devices SET last_seen = ? WHERE device = ?", now, device).run();
}

std::vector<DeviceId> SqliteTransaction::drop_devices(UserId user, std::uint32_t most) {
  std::vector<DeviceId> dropped;
  {
    Query query(db_, "SELECT device FROM devices WHERE user = ? ORDER BY last_seen DESC, device DESC LIMIT -1 OFFSET ?",
                user, most);
    while (query.step()) dropped.push_back(static_cast<DeviceId>(query.integer(0)));
  }
  for (const auto device : dropped) Query(db_, "DELETE FROM devices WHERE device = ?", device).run();
  return dropped;
}

bool SqliteTransaction::remove_device(UserId user, DeviceId device) {
  Query(db_, "DELETE FROM devices WHERE device = ? AND user = ?", device, user).run();
  return db_.changed_rows() > 0;
}

std::uint64_t SqliteTransaction::directory_version() {
  Query query(db_, "SELECT coalesce(max(version), 0) FROM accounts");
  return query.step() ? static_cast<std::uint64_t>(query.integer(0)) : 0;
}

DirectoryLog SqliteTransaction::load_directory() {
  DirectoryLog log;
  log.version = directory_version();
  Query query(db_, "SELECT user, name, number, login, robot, picture, version, removed FROM accounts ORDER BY user");
  while (query.step())
    log.entries.push_back({contact_of(query), static_cast<std::uint64_t>(query.integer(6)), query.integer(7) != 0});
  return log;
}

Result<std::uint64_t> SqliteTransaction::change_contact(UserId user, std::string_view name, std::string_view number) {
  const auto version = directory_version() + 1;
  Query query(db_, "UPDATE accounts SET name = ?, number = ?, version = ? WHERE user = ? AND removed = 0", name, number,
              version, user);
  query.run();
  if (query.conflicted()) return taken();
  if (db_.changed_rows() == 0) return no_account();
  return version;
}

Result<std::uint64_t> SqliteTransaction::remove_account(UserId user) {
  const auto version = directory_version() + 1;
  const auto picture = picture_of(user);
  Query(db_,
        "UPDATE accounts SET removed = 1, password_hash = '', picture = NULL, version = ? WHERE user = ? AND removed = "
        "0",
        version, user)
      .run();
  if (db_.changed_rows() == 0) return no_account();
  if (picture) drop_picture(*picture);
  Query(db_, "DELETE FROM devices WHERE user = ?", user).run();
  remove_second_factor(user);
  Query(db_, "DELETE FROM favourites WHERE user = ?1 OR favourite = ?1", user).run();
  Query(db_, "DELETE FROM saved_numbers WHERE user = ?", user).run();
  return version;
}

std::optional<std::string> SqliteTransaction::picture_of(UserId user) {
  Query query(db_, "SELECT coalesce(picture, '') FROM accounts WHERE user = ? AND removed = 0", user);
  if (!query.step()) return std::nullopt;
  return query.text(0);
}

void SqliteTransaction::drop_picture(std::string_view name) {
  Query(db_, "DELETE FROM pictures WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM accounts WHERE picture = ?1)", name)
      .run();
}

Result<std::uint64_t> SqliteTransaction::set_picture(UserId user, const std::optional<Picture>& picture) {
  const auto before = picture_of(user);
  if (!before) return no_account();
  const auto version = directory_version() + 1;
  if (picture)
    Query(db_, "INSERT OR IGNORE INTO pictures (name, jpeg) VALUES (?, ?)", picture->name, Blob{picture->jpeg}).run();
  Query(db_, "UPDATE accounts SET picture = ?, version = ? WHERE user = ?",
        picture ? std::optional(picture->name) : std::nullopt, version, user)
      .run();
  drop_picture(*before);
  return version;
}

std::optional<std::string> SqliteTransaction::find_picture(std::string_view name) {
  Query query(db_, "SELECT jpeg FROM pictures WHERE name = ?", name);
  if (!query.step()) return std::nullopt;
  return query.blob(0);
}

Result<bool> SqliteTransaction::set_favourite(UserId user, UserId favourite, bool is_one) {
  if (!is_one) {
    Query(db_, "DELETE FROM favourites WHERE user = ? AND favourite = ?", user, favourite).run();
    return db_.changed_rows() > 0;
  }
  Query(
      db_,
      "INSERT OR IGNORE INTO favourites (user, favourite) SELECT ?, user FROM accounts WHERE user = ? AND removed = 0",
      user, favourite)
      .run();
  if (db_.changed_rows() == 0) return false;
  Query count(db_, "SELECT count(*) FROM favourites WHERE user = ?", user);
  constexpr auto kMost = static_cast<std::int64_t>(protocol::limits::kFavourites);
  if (count.step() && count.integer(0) > kMost)
    return Error{ErrorCode::kTooLarge, "nobody has more than " + std::to_string(kMost) + " favourites", "favourite"};
  return true;
}

std::vector<UserId> SqliteTransaction::favourites_of(UserId user) {
  std::vector<UserId> favourites;
  Query query(db_, "SELECT favourite FROM favourites WHERE user = ? ORDER BY favourite", user);
  while (query.step()) favourites.push_back(static_cast<UserId>(query.integer(0)));
  return favourites;
}

Result<bool> SqliteTransaction::set_saved_number(UserId user, std::string_view number,
                                                 const std::optional<std::string>& name) {
  if (!name) {
    Query(db_, "DELETE FROM saved_numbers WHERE user = ? AND number = ?", user, number).run();
    return db_.changed_rows() > 0;
  }
  Query(db_,
        "INSERT INTO saved_numbers (user, number, name) VALUES (?, ?, ?) ON CONFLICT (user, number) DO UPDATE SET "
        "name = excluded.name WHERE name <> excluded.name",
        user, number, *name)
      .run();
  if (db_.changed_rows() == 0) return false;
  Query count(db_, "SELECT count(*) FROM saved_numbers WHERE user = ?", user);
  constexpr auto kMost = static_cast<std::int64_t>(protocol::limits::kSavedNumbers);
  if (count.step() && count.integer(0) > kMost)
    return Error{ErrorCode::kTooLarge, "nobody keeps more than " + std::to_string(kMost) + " numbers", "number"};
  return true;
}

std::vector<protocol::SavedNumber> SqliteTransaction::saved_numbers_of(UserId user) {
  std::vector<protocol::SavedNumber> numbers;
  Query query(db_, "SELECT number, name FROM saved_numbers WHERE user = ? ORDER BY number", user);
  while (query.step()) numbers.push_back({query.text(0), query.text(1)});
  return numbers;
}

std::vector<protocol::PresenceState> SqliteTransaction::load_statuses() {
  std::vector<protocol::PresenceState> statuses;
  Query query(db_, "SELECT user, availability, text, until FROM statuses");
  while (query.step()) {
    protocol::PresenceState status;
    status.user = static_cast<UserId>(query.integer(0));
    status.availability = static_cast<protocol::Availability>(query.integer(1));
    if (!query.is_null(2)) status.text = query.text(2);
    if (!query.is_null(3)) status.until = query.integer(3);
    statuses.push_back(std::move(status));
  }
  return statuses;
}

void SqliteTransaction::put_status(const protocol::PresenceState& status) {
  Query(db_, "INSERT OR REPLACE INTO statuses (user, availability, text, until) VALUES (?, ?, ?, ?)", status.user,
        static_cast<int>(status.availability), status.text, status.until)
      .run();
}

}  // namespace sidetone::service::store
