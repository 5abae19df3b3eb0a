#pragma once

#include <string>
#include <vector>

namespace sidetone::media::ice {

/// Addresses to make host candidates of, up to 16: those of the interfaces that are up and have a carrier, without
/// link-local IPv6; loopback only where there is nothing else (RFC 8445 §5.1.1.1 keeps it out), so that two parties on
/// a machine without a network still meet.
/// @thread any; one system call, no name service.
std::vector<std::string> host_addresses();

struct HostAddress {
  std::string address;         ///< numeric
  unsigned int interface = 0;  ///< its index
  bool operator==(const HostAddress&) const = default;
};

/// The same with their interfaces.
std::vector<HostAddress> host_addresses_by_interface();

/// Of several interfaces each shall be used for what comes from its own address: by the system's routes all would leave
/// by the preferred one, and be lost with it. With a single interface nothing happens.
void bind_to_interfaces(const std::vector<int>& sockets, const std::vector<HostAddress>& addresses);

}  // namespace sidetone::media::ice
