#include "native-host/channel/tickets.hpp"

#include "net/crypto.hpp"

namespace sidetone::host::channel {

void Tickets::issue(std::string hash, std::uint32_t client, MonotonicTime expires) {
  if (issued_.size() == kMaxTickets) issued_.erase(issued_.begin());
  issued_.push_back({std::move(hash), client, expires});
}

std::optional<std::uint32_t> Tickets::redeem(std::string_view ticket, MonotonicTime now) {
  const std::string hash = net::base64url(net::sha256(ticket));
  std::erase_if(issued_, [&](const Issued& one) { return one.expires <= now; });
  auto found = issued_.end();
  for (auto one = issued_.begin(); one != issued_.end(); ++one)
    if (net::constant_time_equal(one->hash, hash)) found = one;
  if (found == issued_.end()) return std::nullopt;
  const std::uint32_t client = found->client;
  issued_.erase(found);
  return client;
}

void Tickets::drop(std::uint32_t client) {
  std::erase_if(issued_, [client](const Issued& one) { return one.client == client; });
}

std::vector<std::uint32_t> Tickets::clients(MonotonicTime now) {
  std::erase_if(issued_, [now](const Issued& one) { return one.expires <= now; });
  std::vector<std::uint32_t> out;
  for (const auto& one : issued_) out.push_back(one.client);
  return out;
}

}  // namespace sidetone::host::channel
