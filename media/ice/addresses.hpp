#pragma once

#include <string>
#include <vector>

namespace sidetone::media::ice {

/// Addresses to make host candidates of, up to 16: those of the interfaces that are up, without link-local IPv6;
/// loopback only where there is nothing else (RFC 8445 §5.1.1.1 keeps it out), so that two parties on a machine without
/// a network still meet.
/// @thread any; one system call, no name service.
std::vector<std::string> host_addresses();

}  // namespace sidetone::media::ice
