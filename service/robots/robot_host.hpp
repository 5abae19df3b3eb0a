#pragma once

#include <string>

#include "core/base/random.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::robots {

/// The credential of the robots' native host, as the host reads it: {"host":…,"credential":…,"service":…}. One that the
/// store knows is kept, so that the host which runs stays signed in over a restart of the service; else a new one is
/// made.
/// @param file     written anew, readable by its owner alone.
/// @param service  ws:// or wss:// address of this service.
/// @param done     on the logic thread, when host and file fit each other.
void prepare_robot_host(store::Store& store, Random& random, const std::string& file, const std::string& service,
                        std::function<void(Status)> done);

}  // namespace sidetone::service::robots
