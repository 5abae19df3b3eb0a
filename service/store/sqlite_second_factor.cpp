#include "service/store/sqlite_transaction.hpp"

namespace sidetone::service::store {

std::optional<SecondFactor> SqliteTransaction::find_second_factor(UserId user) {
  Query query(db_,
              "SELECT secret, last_step, since, (SELECT count(*) FROM recovery_codes WHERE user = ?1) "
              "FROM second_factors WHERE user = ?1",
              user);
  if (!query.step()) return std::nullopt;
  return SecondFactor{user, query.blob(0), static_cast<std::uint64_t>(query.integer(1)), query.integer(2),
                      static_cast<std::uint32_t>(query.integer(3))};
}

Status SqliteTransaction::add_second_factor(const SecondFactor& factor,
                                            const std::vector<std::string>& recovery_hashes) {
  Query query(db_,
              "INSERT INTO second_factors (user, secret, last_step, since) SELECT user, ?, ?, ? FROM accounts WHERE "
              "user = ? AND removed = 0",
              Blob{factor.secret}, factor.last_step, factor.since, factor.user);
  query.run();
  if (query.conflicted()) return Error{ErrorCode::kConflict, "a second factor is on already", ""};
  if (db_.changed_rows() == 0) return Error{ErrorCode::kNotFound, "there is no such account", "account"};
  for (const auto& hash : recovery_hashes)
    Query(db_, "INSERT INTO recovery_codes (user, hash) VALUES (?, ?)", factor.user, hash).run();
  return {};
}

bool SqliteTransaction::accept_step(UserId user, std::uint64_t step) {
  Query(db_, "UPDATE second_factors SET last_step = ?1 WHERE user = ?2 AND last_step < ?1", step, user).run();
  return db_.changed_rows() > 0;
}

bool SqliteTransaction::use_recovery_code(UserId user, std::string_view hash) {
  Query(db_, "DELETE FROM recovery_codes WHERE user = ? AND hash = ?", user, hash).run();
  return db_.changed_rows() > 0;
}

bool SqliteTransaction::remove_second_factor(UserId user) {
  Query(db_, "DELETE FROM recovery_codes WHERE user = ?", user).run();
  Query(db_, "DELETE FROM second_factors WHERE user = ?", user).run();
  return db_.changed_rows() > 0;
}

}  // namespace sidetone::service::store
