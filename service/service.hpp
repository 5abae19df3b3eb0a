#pragma once

#include <functional>
#include <string>

#include "core/base/random.hpp"
#include "net/log.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/second_factors.hpp"
#include "service/calls/call_switch.hpp"
#include "service/config/settings.hpp"
#include "service/directory/directory.hpp"
#include "service/directory/favourites.hpp"
#include "service/directory/pictures.hpp"
#include "service/directory/saved_numbers.hpp"
#include "service/history/history.hpp"
#include "service/hosts/host_registry.hpp"
#include "service/messaging/messaging.hpp"
#include "service/presence/presence.hpp"
#include "service/robots/robot_desk.hpp"
#include "service/session/client_hub.hpp"
#include "service/session/router.hpp"

namespace sidetone::service {

/// What the service stands on; all of it outlives the service.
struct Ground {
  store::Store& store;
  accounts::PasswordChecker& passwords;
  Scheduler& scheduler;
  Random& random;
  const net::Logger& log;
};

/// All parts of the service, put together. Knows nothing of sockets: frames come in by `clients()` and `hosts()`.
/// @thread logic.
class Service {
 public:
  Service(const Ground& ground, const config::Settings& settings, robots::IdentityKey robot_key);

  /// Read what the store holds; then connections may come.
  void load(std::function<void(Status)> ready);

  ClientHub& clients() { return hub_; }
  hosts::HostRegistry& hosts() { return hosts_; }
  directory::Directory& directory() { return directory_; }
  directory::Pictures& pictures() { return pictures_; }
  presence::PresenceBoard& presence() { return presence_; }
  calls::CallSwitch& calls() { return calls_; }
  Counters& counters() { return counters_; }

  /// For /health: what is there and how often what has happened, as JSON.
  [[nodiscard]] std::string health() const;
  /// False: what clients are told to be kept is not.
  [[nodiscard]] bool healthy() const { return !ground_.store.health().failing; }

 private:
  struct Loaded {
    store::DirectoryLog directory;
    std::vector<protocol::PresenceState> statuses;
    std::vector<store::Host> hosts;
    std::vector<store::LiveCallRow> calls;
  };
  void take_in(Loaded loaded);

  Ground ground_;
  config::Settings settings_;
  Counters counters_;
  ClientHub hub_;
  accounts::SignInGuard guard_;
  accounts::CredentialChecker credentials_;
  accounts::Accounts accounts_;
  directory::Directory directory_;
  accounts::SecondFactors second_factors_;
  directory::Favourites favourites_;
  directory::SavedNumbers saved_numbers_;
  directory::Pictures pictures_;
  presence::PresenceBoard presence_;
  history::CallHistory history_;
  hosts::HostRegistry hosts_;
  calls::CallSwitch calls_;
  messaging::Messaging messaging_;
  robots::RobotDesk robots_;
  Parts parts_;
  MonotonicTime started_;
};

/// STUN and TURN servers for one user now; see [ice] in the settings.
std::vector<protocol::IceServer> ice_servers(const config::Settings& settings, UserId user, std::int64_t now);

}  // namespace sidetone::service
