#include "media/udp/endpoint.hpp"

#include <arpa/inet.h>

namespace sidetone::media::udp {

std::optional<Endpoint> parse_endpoint(std::string_view address, std::uint16_t port) {
  if (address.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string text(address);
  Endpoint endpoint;
  endpoint.port = port;
  endpoint.is_ipv6 = address.find(':') != std::string_view::npos;
  if (inet_pton(endpoint.is_ipv6 ? AF_INET6 : AF_INET, text.c_str(), endpoint.address.data()) != 1) return std::nullopt;
  return endpoint;
}

std::string address_text(const Endpoint& endpoint) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(endpoint.is_ipv6 ? AF_INET6 : AF_INET, endpoint.address.data(), text.data(), text.size());
  return text.data();
}

}  // namespace sidetone::media::udp
