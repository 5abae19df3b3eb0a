#include "service/accounts/credentials.hpp"

#include <algorithm>

#include "service/accounts/accounts.hpp"
#include "service/accounts/recovery_codes.hpp"
#include "service/accounts/totp.hpp"

namespace sidetone::service::accounts {
namespace {

Error wrong_password() { return {ErrorCode::kUnauthenticated, "the name or the password is wrong", ""}; }
Error code_wanted() { return {ErrorCode::kSecondFactor, "a code of the second factor is wanted", "c"}; }
Error wrong_code() { return {ErrorCode::kSecondFactor, "the code is wrong, or was used already", "c"}; }

/// Of the authenticator app; other codes are recovery codes, which nobody guesses.
bool is_one_time_password(std::string_view code) {
  return code.size() == totp::kDigits &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What came of a code.
struct UsedCode {
  bool wanted = false;                             ///< the account has a second factor
  bool given = false;                              ///< right, and used up
  std::optional<store::SecondFactor> by_recovery;  ///< how it stands after a recovery code
};

Result<UsedCode> use_code(store::Transaction& t, UserId user, const std::string& code, std::int64_t now) {
  auto factor = t.find_second_factor(user);
  if (!factor) return UsedCode{};
  if (code.empty()) return UsedCode{true, false, std::nullopt};
  if (is_one_time_password(code)) {
    const auto step = totp::matching_step(factor->secret, code, now, factor->last_step);
    return UsedCode{true, step && t.accept_step(user, *step), std::nullopt};
  }
  if (!t.use_recovery_code(user, secret_hash(code))) return UsedCode{true, false, std::nullopt};
  --factor->recovery_codes;
  return UsedCode{true, true, std::move(factor)};
}

}  // namespace

/// Credentials on their way through the checks.
struct CredentialChecker::Case {
  Credentials shown;
  Accepted accepted;
  Refused refused;
  store::Account account;
};

CredentialChecker::CredentialChecker(Outbox& outbox, store::Store& store, PasswordChecker& passwords,
                                     SignInGuard& guard, Scheduler& scheduler, Random& random, Counters& counters,
                                     const net::Logger& log)
    : outbox_(outbox),
      store_(store),
      passwords_(passwords),
      guard_(guard),
      scheduler_(scheduler),
      random_(random),
      counters_(counters),
      log_(log) {}

void CredentialChecker::check(Credentials shown, Accepted accepted, Refused refused) {
  auto one = std::make_shared<Case>(Case{std::move(shown), std::move(accepted), std::move(refused), {}});
  const auto& login = one->shown.login;
  const auto wait = guard_.attempt(login, one->shown.address, scheduler_.clock().now());
  if (wait > Milliseconds{0})
    return one->refused({ErrorCode::kRateLimited, "too many wrong passwords or codes, try again later", ""},
                        static_cast<std::uint32_t>(wait.count()));
  store_.run<std::optional<store::Account>>(
      [login](store::Transaction& t) -> Result<std::optional<store::Account>> { return t.find_account(login); },
      [this, one](Result<std::optional<store::Account>> found) {
        if (!found.ok()) {
          guard_.give_back(one->shown.login, one->shown.address);
          return one->refused(found.error(), std::nullopt);
        }
        check_password(one, std::move(*found));
      });
}

void CredentialChecker::check_password(const std::shared_ptr<Case>& one, std::optional<store::Account> found) {
  const bool known = found.has_value();
  if (known) one->account = std::move(*found);
  // The same work for an account that is not there: its absence must not show in the time.
  passwords_.check(one->shown.password, one->account.password_hash, [this, one, known](Result<bool> fits) {
    if (!fits.ok()) {
      guard_.give_back(one->shown.login, one->shown.address);
      return one->refused(fits.error(), 500 + random_.next_u32() % 2000);
    }
    if (!known || !*fits) {
      log_.info("password refused", {{"address", one->shown.address}});
      return one->refused(wrong_password(), std::nullopt);
    }
    check_code(one);
  });
}

void CredentialChecker::check_code(const std::shared_ptr<Case>& one) {
  const auto code = normal_code(one->shown.code.value_or(std::string()));
  const auto& login = one->shown.login;
  const bool guessable = is_one_time_password(code);
  if (guessable) {
    const auto wait = guard_.attempt_code(login, scheduler_.clock().now());
    if (wait > Milliseconds{0}) {
      guard_.give_back(login, one->shown.address);
      return one->refused({ErrorCode::kRateLimited, "too many wrong codes, try again later", ""},
                          static_cast<std::uint32_t>(wait.count()));
    }
  }
  store_.run<UsedCode>(
      [user = one->account.user, code, now = scheduler_.clock().wall().unix_seconds](store::Transaction& t) {
        return use_code(t, user, code, now);
      },
      [this, one, code, guessable](Result<UsedCode> used) {
        const auto& name = one->shown.login;
        const auto& address = one->shown.address;
        if (guessable && (!used.ok() || !used->wanted || used->given)) guard_.give_back_code(name);
        if (!used.ok()) {
          guard_.give_back(name, address);
          return one->refused(used.error(), std::nullopt);
        }
        if (used->wanted && code.empty()) {
          guard_.give_back(name, address);
          counters_.add("second_factors_wanted");
          return one->refused(code_wanted(), std::nullopt);
        }
        if (used->wanted && !used->given) {
          counters_.add("second_factors_refused");
          log_.info("code of a second factor refused", {{"user", one->account.user}, {"address", address}});
          return one->refused(wrong_code(), std::nullopt);
        }
        guard_.succeeded(name, address);
        if (used->by_recovery) {
          counters_.add("recovery_codes_used");
          log_.info("recovery code used", {{"user", one->account.user}, {"address", address}});
          outbox_.to_user(one->account.user,
                          protocol::SecondFactor{true, used->by_recovery->since, used->by_recovery->recovery_codes});
        }
        one->accepted(one->account);
      });
}

}  // namespace sidetone::service::accounts
