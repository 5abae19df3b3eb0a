#include "media/ice/addresses.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <array>

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

std::vector<std::string> host_addresses() {
  std::vector<std::string> addresses;
  std::vector<std::string> loopback;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    const std::string address = numeric(entry->ifa_addr);
    if (address.empty()) continue;
    auto& target = (entry->ifa_flags & IFF_LOOPBACK) != 0 ? loopback : addresses;
    if (target.size() < kMaxAddresses && std::find(target.begin(), target.end(), address) == target.end())
      target.push_back(address);
  }
  freeifaddrs(list);
  return addresses.empty() ? loopback : addresses;
}

}  // namespace sidetone::media::ice
