#include "service/hosts/pairing.hpp"

#include <algorithm>
#include <vector>

#include "net/address.hpp"
#include "net/crypto.hpp"

namespace sidetone::service::hosts {
namespace {

constexpr std::size_t kMaxWaiting = 1000;
constexpr std::ptrdiff_t kMaxWaitingPerAddress = 50;  // a room of thin clients; no stranger takes all places
constexpr std::size_t kCodeDigits = 8;

std::string digits_of(std::string_view typed) {
  std::string out;
  for (const char c : typed)
    if (c != ' ' && c != '-') out += c;
  return out;
}

}  // namespace

Result<std::string> PairingDesk::issue(std::uint64_t connection, std::string name, std::string address,
                                       MonotonicTime now) {
  expire(now);
  drop(connection);
  if (by_connection_.size() >= kMaxWaiting)
    return Error{ErrorCode::kUnavailable, "too many endpoints wait to be paired", ""};
  const auto group = net::address_group(address);
  if (std::count_if(by_connection_.begin(), by_connection_.end(),
                    [&](const auto& one) { return one.second.group == group; }) >= kMaxWaitingPerAddress)
    return Error{ErrorCode::kUnavailable, "too many endpoints of this address wait to be paired", ""};
  std::string code;
  do {
    code = std::to_string(random_.next_u64() % 100'000'000);
    code.insert(0, kCodeDigits - code.size(), '0');
  } while (by_code_.count(code) != 0);
  by_code_[code] = connection;
  by_connection_[connection] = {code, "", 0, std::move(name), std::move(address), group, now + valid_for_};
  return code;
}

Result<PairingDesk::Claim> PairingDesk::claim(UserId user, std::string_view typed, MonotonicTime now) {
  expire(now);
  if (claims_.take(std::to_string(user), now) > Milliseconds{0})
    return Error{ErrorCode::kRateLimited, "too many codes, wait a minute", "c"};
  const auto found = by_code_.find(digits_of(typed));
  if (found == by_code_.end()) return Error{ErrorCode::kNotFound, "no endpoint shows this code now", "c"};
  auto& waiting = by_connection_.at(found->second);
  by_code_.erase(found);
  waiting.code.clear();
  waiting.pairing = net::random_token(random_, 16);
  waiting.user = user;
  return Claim{waiting.pairing, waiting.name, waiting.address};
}

Result<PairingDesk::Paired> PairingDesk::settle(UserId user, const std::string& pairing, MonotonicTime now) {
  expire(now);
  for (const auto& [connection, waiting] : by_connection_) {
    if (pairing.empty() || waiting.pairing != pairing || waiting.user != user) continue;
    Paired paired{connection, waiting.name};
    drop(connection);
    return paired;
  }
  return Error{ErrorCode::kNotFound, "this pairing is over, begin again with a new code", "i"};
}

void PairingDesk::drop(std::uint64_t connection) {
  const auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return;
  by_code_.erase(found->second.code);
  by_connection_.erase(found);
}

void PairingDesk::expire(MonotonicTime now) {
  std::vector<std::uint64_t> over;
  for (const auto& [connection, waiting] : by_connection_)
    if (waiting.until <= now) over.push_back(connection);
  for (const auto connection : over) drop(connection);
}

}  // namespace sidetone::service::hosts
