#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/clock.hpp"
#include "net/rate_limit.hpp"

namespace sidetone::service::accounts {

/// Slows down guessing. An attempt counts as wrong from the moment when it is looked at, so that many at once gain
/// nothing, and is given back when it was right.
///
/// - One account from one address: after some failures each further attempt waits twice as long.
/// - One address, whatever the account: a token bucket. It fills again while others there go on guessing, so that one
///   person cannot lock out everybody who shares the address.
/// - One account, wherever from: past a generous number of failures an address has a single free attempt, and the
///   longest wait after it. Whoever comes from an address of their own is never locked out by that.
/// - One account's codes of an authenticator app, wherever from: there are a million, so addresses without number must
///   not help whoever has found out the password. Recovery codes are not counted here, the owner gets in by one.
///
/// Addresses are counted by net::address_group.
/// @thread logic.
class SignInGuard {
 public:
  struct Limits {
    std::uint32_t free_per_account = 5;    ///< failures of one account from one address before the first wait
    std::uint32_t free_per_address = 100;  ///< of one address at once: whole virtual-desktop servers share one
    Seconds longest_wait{60};
    Seconds forgotten_after{900};
    std::size_t max_entries = 20'000;
    std::uint32_t free_everywhere = 100;  ///< of one account from all addresses, before each has a single attempt
  };

  explicit SignInGuard(const Limits& limits);

  /// @return zero: go on, the attempt is counted as wrong; else how long until the next attempt is looked at.
  Milliseconds attempt(std::string_view account, const std::string& address, MonotonicTime now);
  /// The attempt was right.
  void succeeded(std::string_view account, const std::string& address);
  /// The attempt could not be looked at: it counts for nothing, and those before it as much as they did.
  void give_back(std::string_view account, const std::string& address);

  /// A code of the account's authenticator app is to be looked at, within an attempt. @return as `attempt`
  Milliseconds attempt_code(std::string_view account, MonotonicTime now);
  /// It was right, or could not be looked at.
  void give_back_code(std::string_view account);

 private:
  struct Failures {
    std::uint32_t count = 0;
    MonotonicTime last;
    MonotonicTime next;
  };
  static std::string key(std::string_view account, std::string_view group);
  void note(Failures& entry, bool under_attack, MonotonicTime now);
  void make_room(MonotonicTime now);

  Limits limits_;
  std::unordered_map<std::string, Failures> failures_;  ///< of one account from one address
  net::RateLimiter addresses_;
  net::RateLimiter accounts_;
  net::RateLimiter codes_;
};

}  // namespace sidetone::service::accounts
