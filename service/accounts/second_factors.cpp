#include "service/accounts/second_factors.hpp"

#include "net/crypto.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/qr_code.hpp"
#include "service/accounts/recovery_codes.hpp"
#include "service/accounts/totp.hpp"

namespace sidetone::service::accounts {
namespace {

constexpr Seconds kConfirmWithin{600};

protocol::SecondFactor told(const std::optional<store::SecondFactor>& factor) {
  if (!factor) return {};
  return {true, factor->since, factor->recovery_codes};
}

}  // namespace

SecondFactors::SecondFactors(ClientHub& hub, store::Store& store, CredentialChecker& credentials,
                             const directory::Directory& directory, Scheduler& scheduler, Random& random,
                             Counters& counters, const net::Logger& log)
    : hub_(hub),
      store_(store),
      credentials_(credentials),
      directory_(directory),
      scheduler_(scheduler),
      random_(random),
      counters_(counters),
      log_(log) {}

void SecondFactors::handle(const Asker& asker, const protocol::SecondFactorGet&) {
  using Found = std::optional<store::SecondFactor>;
  store_.run<Found>([user = asker.user](store::Transaction& t) -> Result<Found> { return t.find_second_factor(user); },
                    [this, asker](Result<Found> found) {
                      if (!found.ok()) return hub_.refuse(asker, found.error());
                      hub_.answer(asker, told(*found));
                    });
}

Credentials SecondFactors::shown(const Asker& asker, const std::string& password,
                                 std::optional<std::string> code) const {
  const auto* contact = directory_.find(asker.user);
  return {contact == nullptr ? std::string() : contact->address.value_or(std::string()), password, std::move(code),
          hub_.address_of(asker.device)};
}

void SecondFactors::handle(const Asker& asker, const protocol::SecondFactorBegin& message) {
  credentials_.check(
      shown(asker, message.password, std::nullopt),
      [this, asker](const store::Account& account) { begin(asker, account); },
      [this, asker](const Error& error, std::optional<std::uint32_t> retry_after_ms) {
        if (error.code == ErrorCode::kSecondFactor)
          return hub_.refuse(asker, {ErrorCode::kConflict, "a second factor is on already", ""});
        hub_.refuse(asker, error, retry_after_ms);
      });
}

void SecondFactors::begin(const Asker& asker, const store::Account& account) {
  const auto now = scheduler_.clock().now();
  std::erase_if(begun_, [now](const auto& one) { return one.second.until <= now; });
  std::string secret(totp::kSecretBytes, '\0');
  random_.fill(std::as_writable_bytes(std::span{secret}));
  const auto uri = totp::set_up_uri(secret, account.login);
  auto code = make_qr_code(uri);
  if (!code.ok()) return hub_.refuse(asker, code.error());
  protocol::SecondFactorSecret answer;
  answer.secret = net::base32({reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size()});
  answer.uri = uri;
  answer.qr_side = code->side;
  answer.qr_modules = std::move(code->modules);
  answer.valid_s = static_cast<std::uint32_t>(kConfirmWithin.count());
  begun_[asker.user] = {std::move(secret), now + kConfirmWithin};
  hub_.answer(asker, answer);
}

void SecondFactors::handle(const Asker& asker, const protocol::SecondFactorConfirm& message) {
  const auto found = begun_.find(asker.user);
  if (found == begun_.end() || found->second.until <= scheduler_.clock().now())
    return hub_.refuse(asker, {ErrorCode::kNotFound, "nothing was begun, or its time is over", ""});
  const auto now = scheduler_.clock().wall().unix_seconds;
  const auto step = totp::matching_step(found->second.secret, normal_code(message.code), now, 0);
  if (!step) return hub_.refuse(asker, {ErrorCode::kSecondFactor, "that is not the code of now", "c"});
  const auto codes = make_recovery_codes(random_);
  const store::SecondFactor factor{asker.user, found->second.secret, *step, now,
                                   static_cast<std::uint32_t>(codes.size())};
  std::vector<std::string> hashes;
  for (const auto& code : codes) hashes.push_back(secret_hash(normal_code(code)));
  store_.submit([factor, hashes](store::Transaction& t) { return t.add_second_factor(factor, hashes); },
                [this, asker, factor, codes](const Status& added) {
                  if (!added.ok()) return hub_.refuse(asker, added.error());
                  begun_.erase(asker.user);
                  counters_.add("second_factors_turned_on");
                  log_.info("second factor on", {{"user", asker.user}, {"device", asker.device}});
                  hub_.to_user(asker.user, told(factor));
                  hub_.answer(asker, protocol::SecondFactorCodes{codes});
                });
}

void SecondFactors::handle(const Asker& asker, const protocol::SecondFactorRemove& message) {
  credentials_.check(
      shown(asker, message.password, message.code), [this, asker](const store::Account&) { turn_off(asker); },
      [this, asker](const Error& error, std::optional<std::uint32_t> retry_after_ms) {
        hub_.refuse(asker, error, retry_after_ms);
      });
}

void SecondFactors::turn_off(const Asker& asker) {
  store_.run<bool>([user = asker.user](store::Transaction& t) -> Result<bool> { return t.remove_second_factor(user); },
                   [this, asker](Result<bool> removed) {
                     if (!removed.ok()) return hub_.refuse(asker, removed.error());
                     if (!*removed) return hub_.refuse(asker, {ErrorCode::kNotFound, "there is no second factor", ""});
                     counters_.add("second_factors_turned_off");
                     log_.info("second factor off", {{"user", asker.user}, {"device", asker.device}});
                     hub_.to_user(asker.user, told(std::nullopt));
                     hub_.ok(asker);
                   });
}

}  // namespace sidetone::service::accounts
