#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.hpp"

namespace sidetone::host::channel {

/// What a host signs in with; from host_paired, or written by the service for its robots.
struct Credential {
  std::string host;
  std::string credential;  ///< secret
  std::string service;     ///< ws:// or wss:// address that it is good for; empty: any
};

/// @error kNotFound: no such file; kForbidden: other users can read it; kMalformed: not a credential. `where` names the
/// file.
Result<Credential> load_credential(const std::filesystem::path& file);

/// Written beside and renamed, readable by this user alone: after a crash there is the old file or the new one.
/// @error kIo
Status save_credential(const std::filesystem::path& file, const Credential& credential);

void forget_credential(const std::filesystem::path& file);

}  // namespace sidetone::host::channel
