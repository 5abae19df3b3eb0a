#include "service/accounts/sign_in_guard.hpp"

#include <algorithm>

#include "net/address.hpp"

namespace sidetone::service::accounts {
namespace {

/// A bucket is full again after this.
constexpr Seconds kAddressFillsIn{300};
constexpr Seconds kAccountFillsIn{3600};
/// RFC 4226 §7.3 wants them throttled. 250 a day, each of three in a million: whoever knows the password gets in with a
/// probability of 0.00075 a day.
constexpr std::uint32_t kWrongCodes = 10;
constexpr Seconds kCodesFillIn{3600};

net::Rate rate_of(std::uint32_t burst, Seconds fills_in) {
  return {static_cast<double>(burst) / static_cast<double>(fills_in.count()), static_cast<double>(burst)};
}

}  // namespace

SignInGuard::SignInGuard(const Limits& limits)
    : limits_(limits),
      addresses_(rate_of(limits.free_per_address, kAddressFillsIn), limits.max_entries),
      accounts_(rate_of(limits.free_everywhere, kAccountFillsIn), 4 * limits.max_entries),
      codes_(rate_of(kWrongCodes, kCodesFillIn), 4 * limits.max_entries) {}

std::string SignInGuard::key(std::string_view account, std::string_view group) {
  std::string out(group);
  out += '\n';  // stands in no address
  out += account;
  return out;
}

Milliseconds SignInGuard::attempt(std::string_view account, const std::string& address, MonotonicTime now) {
  const auto group = net::address_group(address);
  const auto name = key(account, group);
  if (const auto known = failures_.find(name); known != failures_.end() && known->second.next > now)
    return std::chrono::ceil<Milliseconds>(known->second.next - now);
  if (const auto wait = addresses_.take(group, now); wait > Milliseconds{0}) return wait;
  const bool under_attack = accounts_.take(account, now) > Milliseconds{0};
  make_room(now);
  note(failures_[name], under_attack, now);
  return Milliseconds{0};
}

void SignInGuard::note(Failures& entry, bool under_attack, MonotonicTime now) {
  if (now - entry.last > limits_.forgotten_after) entry.count = 0;
  entry.last = now;
  ++entry.count;
  if (under_attack) entry.next = now + limits_.longest_wait;
  if (under_attack || entry.count < limits_.free_per_account) return;
  const auto doublings = std::min<std::uint32_t>(entry.count - limits_.free_per_account, 20);
  entry.next = now + std::min<Seconds>(Seconds{std::int64_t{1} << doublings}, limits_.longest_wait);
}

void SignInGuard::succeeded(std::string_view account, const std::string& address) {
  give_back(account, address);
  failures_.erase(key(account, net::address_group(address)));
}

void SignInGuard::give_back(std::string_view account, const std::string& address) {
  const auto group = net::address_group(address);
  if (const auto known = failures_.find(key(account, group)); known != failures_.end()) {
    auto& entry = known->second;
    if (entry.count > 0) --entry.count;
    if (entry.count < limits_.free_per_account) entry.next = {};
  }
  addresses_.give_back(group);
  accounts_.give_back(account);
}

Milliseconds SignInGuard::attempt_code(std::string_view account, MonotonicTime now) {
  return codes_.take(account, now);
}

void SignInGuard::give_back_code(std::string_view account) { codes_.give_back(account); }

void SignInGuard::make_room(MonotonicTime now) {
  if (failures_.size() + 1 <= limits_.max_entries) return;
  std::erase_if(failures_, [&](const auto& one) { return now - one.second.last > limits_.forgotten_after; });
  if (failures_.size() + 1 <= limits_.max_entries) return;
  // A flood of names: those that wait stay, the others are cheap to count again.
  std::erase_if(failures_, [&](const auto& one) { return one.second.next <= now; });
  if (failures_.size() + 1 > limits_.max_entries) failures_.clear();
}

}  // namespace sidetone::service::accounts
