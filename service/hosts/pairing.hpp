#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "net/rate_limit.hpp"
#include "service/store/rows.hpp"

namespace sidetone::service::hosts {

/// Endpoints that show a code, and users who have typed it: codes of 8 digits, good for a few minutes and for one
/// claim.
/// @thread logic.
class PairingDesk {
 public:
  struct Claim {
    std::string pairing;
    std::string name;
    std::string address;
  };
  struct Paired {
    std::uint64_t connection = 0;
    std::string name;
  };

  PairingDesk(Random& random, Seconds valid_for) : random_(random), valid_for_(valid_for) {}

  [[nodiscard]] Seconds valid_for() const { return valid_for_; }
  /// A code for this connection's endpoint, instead of any before it. @error kUnavailable: too many wait, or too
  /// many of this address.
  Result<std::string> issue(std::uint64_t connection, std::string name, std::string address, MonotonicTime now);
  /// The user has typed a code; spaces and dashes do not matter. @error kNotFound: no endpoint shows it; kRateLimited.
  Result<Claim> claim(UserId user, std::string_view code, MonotonicTime now);
  /// The user has said yes or no. @error kNotFound: not a pairing of this user, or too late.
  Result<Paired> settle(UserId user, const std::string& pairing, MonotonicTime now);
  void drop(std::uint64_t connection);
  [[nodiscard]] std::size_t waiting() const { return by_connection_.size(); }

 private:
  struct Waiting {
    std::string code;     ///< empty once claimed
    std::string pairing;  ///< empty until claimed
    UserId user = 0;
    std::string name;
    std::string address;
    std::string group;  ///< of addresses, for the bound
    MonotonicTime until;
  };
  void expire(MonotonicTime now);

  Random& random_;
  Seconds valid_for_;
  std::map<std::uint64_t, Waiting> by_connection_;
  std::unordered_map<std::string, std::uint64_t> by_code_;
  net::RateLimiter claims_{net::Rate{1.0 / 12, 5}};
};

}  // namespace sidetone::service::hosts
