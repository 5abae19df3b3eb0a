#include "service/admin/second_factor_off.hpp"

#include <filesystem>
#include <system_error>

#include "service/accounts/accounts.hpp"
#include "service/store/sqlite_store.hpp"

namespace sidetone::service::admin {

Status turn_off_second_factor(const config::Settings& settings, const std::string& login) {
  const auto file = std::filesystem::path(settings.data) / "sidetone.db";
  std::error_code unreadable;
  if (!std::filesystem::exists(file, unreadable))
    return Error{ErrorCode::kNotFound, unreadable ? unreadable.message() : "there is no such data file", file.string()};
  SIDETONE_TRY(const auto store, store::SqliteStore::open_manual(file.string()));
  Status out;
  store->submit(
      [name = accounts::normal_login(login)](store::Transaction& t) -> Status {
        const auto account = t.find_account(name);
        if (!account) return Error{ErrorCode::kNotFound, "there is no such sign-in name", name};
        if (!t.remove_second_factor(account->user)) return Error{ErrorCode::kNotFound, "has no second factor", name};
        return {};
      },
      [&out](Status done) { out = std::move(done); });
  store->run_queued();
  return out;
}

}  // namespace sidetone::service::admin
