#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "service/schedule/worker_pool.hpp"

namespace sidetone::service::accounts {

/// Argon2id's cost (RFC 9106 §3.1; OWASP's minimum is 19 MiB, 2 passes, 1 lane).
struct PasswordCost {
  std::uint32_t memory_kib = 19 * 1024;
  std::uint32_t passes = 2;
  std::uint32_t lanes = 1;
};

/// @return libargon2's encoded form, with a fresh salt. Blocks for tens of milliseconds.
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost, Random& random);
/// Blocks as long as hashing does, also for an encoded form that fits no password.
bool password_fits(std::string_view password, const std::string& encoded);

/// Compares passwords away from the logic thread.
class PasswordChecker {
 public:
  virtual ~PasswordChecker() = default;
  /// @param encoded  of the account; empty: no such account or no password, which takes the same work and never fits.
  /// @param done     true: the password fits. @error kUnavailable: too many are waiting.
  virtual void check(std::string password, std::string encoded, std::function<void(Result<bool>)> done) = 0;
};

class PasswordPool final : public PasswordChecker {
 public:
  /// Runs an action on the logic thread. @thread it is called on the pool's.
  using Post = std::function<void(std::function<void()>)>;

  /// Hashes once, for the dummy that unknown accounts are compared with.
  PasswordPool(Post post, const PasswordCost& cost, Random& random, std::size_t threads, std::size_t max_queued);
  void check(std::string password, std::string encoded, std::function<void(Result<bool>)> done) override;

 private:
  Post post_;
  std::string dummy_;
  WorkerPool workers_;
};

}  // namespace sidetone::service::accounts
