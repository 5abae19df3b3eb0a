#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/clock.hpp"

namespace sidetone::service::accounts {

/// Slows down guessing: after some failures each further attempt waits twice as long, for one account from one address,
/// and for one address whatever the account. Nobody is locked out for good, and nobody is locked out from elsewhere.
/// @thread logic.
class SignInGuard {
 public:
  struct Limits {
    std::uint32_t free_per_account = 5;    ///< failures of one account from one address before the first wait
    std::uint32_t free_per_address = 100;  ///< of one address: whole virtual-desktop servers share one
    Seconds longest_wait{60};
    Seconds forgotten_after{900};
    std::size_t max_entries = 20'000;
  };

  explicit SignInGuard(const Limits& limits) : limits_(limits) {}

  /// @return zero: go on; else how long until the next attempt is looked at.
  [[nodiscard]] Milliseconds wait(std::string_view account, std::string_view address, MonotonicTime now) const;
  void failed(std::string_view account, std::string_view address, MonotonicTime now);
  void succeeded(std::string_view account, std::string_view address);

 private:
  struct Failures {
    std::uint32_t count = 0;
    MonotonicTime last;
    MonotonicTime next;
  };
  static std::string key(std::string_view account, std::string_view address);
  void note(const std::string& key, std::uint32_t free, MonotonicTime now);
  [[nodiscard]] Milliseconds wait(const std::string& key, MonotonicTime now) const;
  void make_room(MonotonicTime now);

  Limits limits_;
  std::unordered_map<std::string, Failures> failures_;
};

}  // namespace sidetone::service::accounts
