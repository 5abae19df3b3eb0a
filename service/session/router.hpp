#pragma once

#include "service/accounts/accounts.hpp"
#include "service/accounts/second_factors.hpp"
#include "service/calls/call_switch.hpp"
#include "service/directory/directory.hpp"
#include "service/directory/favourites.hpp"
#include "service/directory/pictures.hpp"
#include "service/directory/saved_numbers.hpp"
#include "service/history/history.hpp"
#include "service/hosts/host_registry.hpp"
#include "service/messaging/messaging.hpp"
#include "service/presence/presence.hpp"
#include "service/session/session.hpp"

namespace sidetone::service {

/// Who handles what.
struct Parts {
  accounts::Accounts& accounts;
  accounts::SecondFactors& second_factors;
  directory::Directory& directory;
  directory::Favourites& favourites;
  directory::SavedNumbers& saved_numbers;
  directory::Pictures& pictures;
  presence::PresenceBoard& presence;
  messaging::Messaging& messaging;
  calls::CallSwitch& calls;
  history::CallHistory& history;
  hosts::HostRegistry& hosts;
};

/// Hand a signed-in client's request to its handler, unless its session asks too often.
/// A message gets a handler by one line of the table in router.cpp; the build fails for a message without.
void route(Parts& parts, Outbox& outbox, Counters& counters, MonotonicTime now, const Asker& asker, Session& session,
           const FromClient& message);

}  // namespace sidetone::service
