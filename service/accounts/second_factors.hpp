#pragma once

#include <map>
#include <string>

#include "service/accounts/credentials.hpp"
#include "service/directory/directory.hpp"
#include "service/session/client_hub.hpp"

namespace sidetone::service::accounts {

/// People turn their second factor on and off: row S1. What a sign-in makes of it is the CredentialChecker's.
/// @thread logic.
class SecondFactors {
 public:
  SecondFactors(ClientHub& hub, store::Store& store, CredentialChecker& credentials,
                const directory::Directory& directory, Scheduler& scheduler, Random& random, Counters& counters,
                const net::Logger& log);

  void handle(const Asker& asker, const protocol::SecondFactorGet& message);
  void handle(const Asker& asker, const protocol::SecondFactorBegin& message);
  void handle(const Asker& asker, const protocol::SecondFactorConfirm& message);
  void handle(const Asker& asker, const protocol::SecondFactorRemove& message);

 private:
  /// A secret that has been shown and not been confirmed. It is forgotten by a restart: nothing depends on it.
  struct Begun {
    std::string secret;
    MonotonicTime until;
  };
  void begin(const Asker& asker, const store::Account& account);
  void turn_off(const Asker& asker);
  [[nodiscard]] Credentials shown(const Asker& asker, const std::string& password,
                                  std::optional<std::string> code) const;

  ClientHub& hub_;
  store::Store& store_;
  CredentialChecker& credentials_;
  const directory::Directory& directory_;
  Scheduler& scheduler_;
  Random& random_;
  Counters& counters_;
  const net::Logger& log_;
  std::map<UserId, Begun> begun_;
};

}  // namespace sidetone::service::accounts
