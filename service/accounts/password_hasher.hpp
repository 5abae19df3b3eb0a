#pragma once

#include <functional>
#include <optional>
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
  bool operator==(const PasswordCost&) const = default;
};

/// @return libargon2's encoded form, with a fresh salt. Blocks for tens of milliseconds.
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost, Random& random);
/// Blocks as long as hashing does, also for an encoded form that fits no password.
bool password_fits(std::string_view password, const std::string& encoded);

/// The cost that an encoded hash was made at; nothing where it is none of Argon2id's.
std::optional<PasswordCost> cost_of(std::string_view encoded);

/// Compares passwords away from the logic thread.
class PasswordChecker {
 public:
  virtual ~PasswordChecker() = default;
  /// @param encoded  of the account; empty: no such account or no password, which takes the same work and never fits.
  /// @param done     true: the password fits. @error kUnavailable: too many are waiting.
  virtual void check(std::string password, std::string encoded, std::function<void(Result<bool>)> done) = 0;
  /// Whether a hash that fits was made at another cost than new ones are.
  [[nodiscard]] virtual bool is_outdated(const std::string& encoded) const = 0;
  /// Hash at the cost of now. @error kUnavailable: too many are waiting.
  virtual void hash(std::string password, std::function<void(Result<std::string>)> done) = 0;
};

class PasswordPool final : public PasswordChecker {
 public:
  /// Runs an action on the logic thread. @thread it is called on the pool's.
  using Post = std::function<void(std::function<void()>)>;

  /// Hashes once, for the dummy that unknown accounts are compared with. @param random  safe on any thread.
  PasswordPool(Post post, const PasswordCost& cost, Random& random, std::size_t threads, std::size_t max_queued);
  void check(std::string password, std::string encoded, std::function<void(Result<bool>)> done) override;
  [[nodiscard]] bool is_outdated(const std::string& encoded) const override;
  void hash(std::string password, std::function<void(Result<std::string>)> done) override;

  /// Compare unknown accounts at this cost, that of most accounts, so that they take as long as one that is known.
  /// Blocks for one hash; before anybody signs in.
  void imitate(const PasswordCost& cost);
  [[nodiscard]] const std::string& dummy() const { return dummy_; }

 private:
  Post post_;
  PasswordCost cost_;
  Random& random_;
  std::string dummy_;
  WorkerPool workers_;
};

}  // namespace sidetone::service::accounts
