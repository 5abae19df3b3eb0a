#include <algorithm>

#include "net/crypto.hpp"
#include "net/websocket.hpp"
#include "service/accounts/accounts.hpp"
#include "service/hosts/host_registry.hpp"

/// What a user's clients ask of the user's hosts.
namespace sidetone::service::hosts {
namespace {

constexpr std::size_t kHostsPerUser = 32;  // as many as `hosts` can list

}  // namespace

HostRegistry::Known* HostRegistry::own(const Asker& asker, const std::string& host) {
  if (owns(asker.user, host)) return find(host);
  outbox_.refuse(asker, {ErrorCode::kNotFound, "you have no such native host", "h"});
  return nullptr;
}

void HostRegistry::handle(const Asker& asker, const protocol::HostPair& message) {
  const auto claim = desk_.claim(asker.user, message.code, scheduler_.clock().now());
  if (!claim.ok()) {
    counters_.add("pairings_refused");
    return outbox_.refuse(asker, claim.error());
  }
  outbox_.answer(asker, protocol::HostPairing{claim->pairing, claim->name, claim->address});
}

void HostRegistry::handle(const Asker& asker, const protocol::HostConfirm& message) {
  const auto settled = desk_.settle(asker.user, message.pairing, scheduler_.clock().now());
  if (!settled.ok()) return outbox_.refuse(asker, settled.error());
  const auto found = connections_.find(settled->connection);
  if (found == connections_.end())
    return outbox_.refuse(asker, {ErrorCode::kUnavailable, "the endpoint is not connected any more", "i"});
  found->second.code_ends.cancel();
  if (message.accept) return paired(asker, *settled);
  outbox_.ok(asker);
  refuse({settled->connection, found->second, std::nullopt},
         {ErrorCode::kForbidden, "the user has refused the pairing", ""});
}

void HostRegistry::paired(const Asker& asker, const PairingDesk::Paired& endpoint) {
  if (by_user_[asker.user].size() >= kHostsPerUser)
    return outbox_.refuse(asker, {ErrorCode::kTooLarge,
                                  "at most " + std::to_string(kHostsPerUser) + " native hosts, unpair one first", ""});
  const auto credential = net::random_token(random_, 32);
  const store::Host record{net::random_token(random_, 16), asker.user, endpoint.name,
                           accounts::secret_hash(credential)};
  store_.run<bool>(
      [record](store::Transaction& t) -> Result<bool> {
        t.put_host(record);
        return true;
      },
      [this, asker, record, credential, connection = endpoint.connection](Result<bool> kept) {
        if (!kept.ok()) return outbox_.refuse(asker, kept.error());
        hosts_[record.host].record = record;
        by_user_[asker.user].insert(record.host);
        counters_.add("hosts_paired");
        log_.info("host paired", {{"host", record.host}, {"user", record.user}});
        outbox_.ok(asker);
        const auto* contact = directory_.find(asker.user);
        send(connection, protocol::HostPaired{record.host, credential, contact ? contact->name : std::string()});
        tell_user(asker.user);
      });
}

void HostRegistry::handle(const Asker& asker, const protocol::HostList&) {
  outbox_.answer(asker, hosts_of(asker.user));
}

void HostRegistry::handle(const Asker& asker, const protocol::HostUnpair& message) {
  if (own(asker, message.host) == nullptr) return;
  store_.run<bool>(
      [host = message.host](store::Transaction& t) -> Result<bool> {
        t.remove_host(host);
        return true;
      },
      [this, asker, host = message.host](Result<bool> removed) {
        if (!removed.ok()) return outbox_.refuse(asker, removed.error());
        outbox_.ok(asker);
        const auto found = hosts_.find(host);
        if (found == hosts_.end()) return;
        const auto connection = found->second.connection;
        by_user_[asker.user].erase(host);
        hosts_.erase(found);
        if (const auto open = connections_.find(connection); open != connections_.end()) {
          send(connection, protocol::HostUnpaired{});
          open->second.host.clear();
          open->second.wire->close(net::kCloseSignedOut, "unpaired");
        }
        tell_user(asker.user);
        if (calls_changed_) calls_changed_(host);
      });
}

void HostRegistry::handle(const Asker& asker, const protocol::HostTicket& message) {
  const auto* known = own(asker, message.host);
  if (known == nullptr) return;
  if (known->connection == 0)
    return outbox_.refuse(asker, {ErrorCode::kUnavailable, "this host is not connected now", "h"});
  if (!known->loopback_port)
    return outbox_.refuse(asker, {ErrorCode::kUnavailable, "this host has no loopback way in", "h"});
  const auto ticket = net::random_token(random_, 32);
  const auto valid_s = static_cast<std::uint32_t>(options_.ticket_valid_for.count());
  send(known->connection, protocol::HostTicketIssued{accounts::secret_hash(ticket), asker.device, valid_s});
  outbox_.answer(asker, protocol::HostTicketGranted{ticket, *known->loopback_port, valid_s});
}

void HostRegistry::handle(const Asker& asker, const protocol::Control& message) {
  auto* known = own(asker, message.host);
  if (known == nullptr) return;
  if (known->connection == 0)
    return outbox_.refuse(asker, {ErrorCode::kUnavailable, "this host is not connected now", "h"});
  known->clients.insert(asker.device);
  outbox_.ok(asker);
  send(known->connection, protocol::HostControl{asker.device, message.message});
}

void HostRegistry::session_changed(UserId user, DeviceId device, SessionChange change) {
  const bool lost = change == SessionChange::kDisconnected;
  if (!lost && change != SessionChange::kEnded && change != SessionChange::kSignedOut) return;
  const auto own = by_user_.find(user);
  if (own == by_user_.end()) return;
  if (lost) {
    for (const auto& host : own->second) {
      const auto& known = hosts_.at(host);
      if (known.clients.contains(device)) send(known.connection, protocol::HostClientLost{device});
    }
    return;
  }
  // By loopback a device is heard without us: that it signed out is told to every host, whether it came by tunnel or
  // not. A host that is away asks when it signs in.
  const bool signed_out = change == SessionChange::kSignedOut;
  for (const auto& host : own->second) {
    auto& known = hosts_.at(host);
    if (known.clients.erase(device) > 0 || signed_out)
      send(known.connection, protocol::HostClientGone{device, signed_out});
  }
}

void HostRegistry::end_signed_out(std::uint64_t connection, UserId user, const std::vector<DeviceId>& clients) {
  if (clients.empty()) return;
  store_.run<std::vector<store::Device>>(
      [user](store::Transaction& t) -> Result<std::vector<store::Device>> { return t.devices_of(user); },
      [this, connection, clients](Result<std::vector<store::Device>> devices) {
        if (!devices.ok()) return;
        for (const auto client : clients)
          if (std::none_of(devices->begin(), devices->end(), [&](const auto& one) { return one.device == client; }))
            send(connection, protocol::HostClientGone{client, true});
      });
}

protocol::Hosts HostRegistry::hosts_of(UserId user) const {
  protocol::Hosts out;
  const auto own = by_user_.find(user);
  if (own == by_user_.end()) return out;
  for (const auto& host : own->second) {
    const auto& known = hosts_.at(host);
    out.hosts.push_back(
        {host, known.record.name, known.connection != 0, known.connection != 0 ? known.loopback_port : std::nullopt});
  }
  return out;
}

void HostRegistry::tell_user(UserId user) {
  if (user != 0) outbox_.to_user(user, hosts_of(user));
}

}  // namespace sidetone::service::hosts
