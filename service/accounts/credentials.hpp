#pragma once

#include <functional>
#include <optional>
#include <string>

#include "net/log.hpp"
#include "service/accounts/password_hasher.hpp"
#include "service/accounts/sign_in_guard.hpp"
#include "service/admin/counters.hpp"
#include "service/schedule/scheduler.hpp"
#include "service/session/outbox.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::accounts {

/// What somebody shows to prove who they are.
struct Credentials {
  std::string login;  ///< see normal_login
  std::string password;
  std::optional<std::string> code;  ///< of the second factor
  std::string address;              ///< where from
};

/// Looks at credentials: the guard first, then the password, then, where the account wants one, the code. Every place
/// where a password is asked for comes here.
///
/// A name that nobody has and a wrong password are one answer and take one time; that an account wants a code is only
/// told to whoever knows its password. A code is used up by being right: of the authenticator app with all that are
/// older, in the transaction that has compared it, so that one of two racing sign-ins wins.
/// @thread logic.
class CredentialChecker {
 public:
  CredentialChecker(Outbox& outbox, store::Store& store, PasswordChecker& passwords, SignInGuard& guard,
                    Scheduler& scheduler, Random& random, Counters& counters, const net::Logger& log);

  using Accepted = std::function<void(const store::Account& account)>;
  /// @error kRateLimited and kUnavailable, with a time; kUnauthenticated: name or password; kSecondFactor: a code is
  /// wanted, or this one is wrong or was used; kIo.
  using Refused = std::function<void(const Error& error, std::optional<std::uint32_t> retry_after_ms)>;
  /// One of the two is called, later.
  void check(Credentials shown, Accepted accepted, Refused refused);

 private:
  struct Case;
  void check_password(const std::shared_ptr<Case>& one, std::optional<store::Account> found);
  void check_code(const std::shared_ptr<Case>& one);

  Outbox& outbox_;
  store::Store& store_;
  PasswordChecker& passwords_;
  SignInGuard& guard_;
  Scheduler& scheduler_;
  Random& random_;
  Counters& counters_;
  const net::Logger& log_;
};

}  // namespace sidetone::service::accounts
