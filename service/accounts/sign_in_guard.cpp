#include "service/accounts/sign_in_guard.hpp"

#include <algorithm>

namespace sidetone::service::accounts {

std::string SignInGuard::key(std::string_view account, std::string_view address) {
  std::string out(address);
  out += '\n';  // stands in no address
  out += account;
  return out;
}

Milliseconds SignInGuard::wait(std::string_view account, std::string_view address, MonotonicTime now) const {
  return std::max(wait(key(account, address), now), wait(std::string(address), now));
}

Milliseconds SignInGuard::wait(const std::string& key, MonotonicTime now) const {
  const auto found = failures_.find(key);
  if (found == failures_.end() || found->second.next <= now) return Milliseconds{0};
  return std::chrono::ceil<Milliseconds>(found->second.next - now);
}

void SignInGuard::failed(std::string_view account, std::string_view address, MonotonicTime now) {
  make_room(now);
  note(key(account, address), limits_.free_per_account, now);
  note(std::string(address), limits_.free_per_address, now);
}

void SignInGuard::note(const std::string& key, std::uint32_t free, MonotonicTime now) {
  auto& entry = failures_[key];
  if (now - entry.last > limits_.forgotten_after) entry.count = 0;
  entry.last = now;
  ++entry.count;
  if (entry.count < free) return;
  const auto doublings = std::min<std::uint32_t>(entry.count - free, 20);
  entry.next = now + std::min<Seconds>(Seconds{std::int64_t{1} << doublings}, limits_.longest_wait);
}

void SignInGuard::succeeded(std::string_view account, std::string_view address) {
  failures_.erase(key(account, address));
}

void SignInGuard::make_room(MonotonicTime now) {
  if (failures_.size() + 2 <= limits_.max_entries) return;
  std::erase_if(failures_, [&](const auto& one) { return now - one.second.last > limits_.forgotten_after; });
  if (failures_.size() + 2 <= limits_.max_entries) return;
  // A flood of names: those that wait stay, the others are cheap to count again.
  std::erase_if(failures_, [&](const auto& one) { return one.second.next <= now; });
  if (failures_.size() + 2 > limits_.max_entries) failures_.clear();
}

}  // namespace sidetone::service::accounts
