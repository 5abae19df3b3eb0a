#include "media/ice/addresses.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <utility>

#include "media/udp/udp_socket.hpp"

namespace sidetone::media::ice {
namespace {

constexpr std::size_t kMaxAddresses = 16;

std::string numeric(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text.data(), text.size());
  } else if (address->sa_family == AF_INET6) {
    const auto& in6 = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    // A link-local candidate needs a zone that the far end cannot know (RFC 8421 §5 advises against it).
    if (IN6_IS_ADDR_LINKLOCAL(&in6)) return {};
    inet_ntop(AF_INET6, &in6, text.data(), text.size());
  }
  return text.data();
}

}  // namespace

std::vector<HostAddress> host_addresses_by_interface() {
  std::vector<HostAddress> addresses;
  std::vector<HostAddress> loopback;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    constexpr unsigned int kUsable = IFF_UP | IFF_RUNNING;
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & kUsable) != kUsable) continue;
    const std::string address = numeric(entry->ifa_addr);
    if (address.empty()) continue;
    auto& target = (entry->ifa_flags & IFF_LOOPBACK) != 0 ? loopback : addresses;
    const bool known =
        std::any_of(target.begin(), target.end(), [&](const HostAddress& one) { return one.address == address; });
    if (target.size() < kMaxAddresses && !known) target.push_back({address, if_nametoindex(entry->ifa_name)});
  }
  freeifaddrs(list);
  return addresses.empty() ? loopback : addresses;
}

void bind_to_interfaces(const std::vector<int>& sockets, const std::vector<HostAddress>& addresses) {
  const bool several = std::any_of(addresses.begin(), addresses.end(),
                                   [&](const HostAddress& one) { return one.interface != addresses[0].interface; });
  if (!several) return;
  for (const int fd : sockets) {
    const auto bound = udp::bound_to(fd);
    if (!bound) continue;
    const std::string address = udp::address_text(*bound);
    for (const auto& one : addresses)
      if (one.address == address) udp::leave_by(fd, bound->is_ipv6, one.interface);
  }
}

std::vector<std::string> host_addresses() {
  std::vector<std::string> out;
  for (auto& one : host_addresses_by_interface()) out.push_back(std::move(one.address));
  return out;
}

}  // namespace sidetone::media::ice
