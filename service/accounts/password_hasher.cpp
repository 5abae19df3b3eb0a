#include "service/accounts/password_hasher.hpp"

#include <argon2.h>

#include <array>
#include <cstdio>
#include <vector>

#include "net/crypto.hpp"

namespace sidetone::service::accounts {
namespace {

constexpr std::size_t kSaltBytes = 16;  // RFC 9106 §3.1
constexpr std::size_t kHashBytes = 32;

}  // namespace

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost, Random& random) {
  std::array<std::byte, kSaltBytes> salt;
  random.fill(salt);
  std::vector<char> encoded(
      argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes, kSaltBytes, kHashBytes, Argon2_id));
  const int result = argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, password.data(), password.size(),
                                           salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
  if (result != ARGON2_OK) return Error{ErrorCode::kInternal, argon2_error_message(result), "password"};
  return std::string(encoded.data());
}

bool password_fits(std::string_view password, const std::string& encoded) {
  return argon2id_verify(encoded.c_str(), password.data(), password.size()) == ARGON2_OK;
}

std::optional<PasswordCost> cost_of(std::string_view encoded) {
  const std::string text(encoded);
  PasswordCost cost;
  unsigned version = 0;
  // The form of libargon2's encode_string.
  if (std::sscanf(text.c_str(), "$argon2id$v=%u$m=%u,t=%u,p=%u$", &version, &cost.memory_kib, &cost.passes,
                  &cost.lanes) != 4 ||
      version != ARGON2_VERSION_NUMBER)
    return std::nullopt;
  return cost;
}

PasswordPool::PasswordPool(Post post, const PasswordCost& cost, Random& random, std::size_t threads,
                           std::size_t max_queued)
    : post_(std::move(post)), cost_(cost), random_(random), workers_(threads, max_queued) {
  imitate(cost);
}

void PasswordPool::imitate(const PasswordCost& cost) {
  if (cost_of(dummy_) == cost) return;
  dummy_ = hash_password(net::random_token(random_, 16), cost, random_).value();
}

bool PasswordPool::is_outdated(const std::string& encoded) const { return cost_of(encoded) != cost_; }

void PasswordPool::hash(std::string password, std::function<void(Result<std::string>)> done) {
  auto shared = std::make_shared<std::function<void(Result<std::string>)>>(std::move(done));
  const bool queued = workers_.submit([this, shared, password = std::move(password)] {
    auto made = std::make_shared<Result<std::string>>(hash_password(password, cost_, random_));
    post_([shared, made] { (*shared)(std::move(*made)); });
  });
  if (!queued) (*shared)(Error{ErrorCode::kUnavailable, "too many people are signing in", "sign_in"});
}

void PasswordPool::check(std::string password, std::string encoded, std::function<void(Result<bool>)> done) {
  const bool known = !encoded.empty();
  if (!known) encoded = dummy_;
  auto shared = std::make_shared<std::function<void(Result<bool>)>>(std::move(done));
  const bool queued =
      workers_.submit([this, shared, known, password = std::move(password), encoded = std::move(encoded)] {
        const bool fits = password_fits(password, encoded) && known;
        post_([shared, fits] { (*shared)(fits); });
      });
  if (!queued) (*shared)(Error{ErrorCode::kUnavailable, "too many people are signing in, try again soon", "sign_in"});
}

}  // namespace sidetone::service::accounts
