#include "service/store/sqlite_transaction.hpp"

namespace sidetone::service::store {

std::vector<Host> SqliteTransaction::load_hosts() {
  std::vector<Host> hosts;
  Query query(db_, "SELECT host, user, name, credential_hash FROM hosts");
  while (query.step())
    hosts.push_back({query.text(0), static_cast<UserId>(query.integer(1)), query.text(2), query.text(3)});
  return hosts;
}

void SqliteTransaction::put_host(const Host& host) {
  Query(db_, "INSERT OR REPLACE INTO hosts (host, user, name, credential_hash) VALUES (?, ?, ?, ?)", host.host,
        host.user, host.name, host.credential_hash)
      .run();
}

void SqliteTransaction::remove_host(std::string_view host) {
  Query(db_, "DELETE FROM hosts WHERE host = ?", host).run();
}

}  // namespace sidetone::service::store
