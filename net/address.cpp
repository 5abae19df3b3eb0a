#include "net/address.hpp"

#include <algorithm>
#include <boost/asio/ip/network_v6.hpp>
#include <optional>

namespace sidetone::net {
namespace {

namespace ip = boost::asio::ip;

constexpr unsigned short kPrefixBits = 64;

ip::address plain(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

std::optional<ip::address> parsed(std::string_view text) {
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return plain(address);
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Some proxies write the port behind the address: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::string_view without_port(std::string_view text) {
  if (!text.empty() && text.front() == '[') return text.substr(1, text.find(']') - 1);
  const auto colon = text.find(':');
  return colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos ? text.substr(0, colon)
                                                                                                : text;
}

}  // namespace

std::string address_group(const std::string& address) {
  const auto known = parsed(address);
  if (!known || known->is_v4()) return known ? known->to_string() : address;
  auto bits = known->to_v6();
  bits.scope_id(0);
  return ip::network_v6(bits, kPrefixBits).canonical().to_string();
}

bool is_one_of(const ip::address& address, const std::vector<std::string>& addresses) {
  const auto wanted = plain(address);
  return std::any_of(addresses.begin(), addresses.end(), [&](const auto& one) { return parsed(one) == wanted; });
}

std::string client_address(const ip::address& peer, std::string_view forwarded_for,
                           const std::vector<std::string>& trusted) {
  auto client = plain(peer);
  while (is_one_of(client, trusted) && !forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    const auto last = comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1);
    forwarded_for = comma == std::string_view::npos ? std::string_view() : forwarded_for.substr(0, comma);
    const auto before = parsed(without_port(without_blanks(last)));
    if (!before) break;
    client = *before;
  }
  return client.to_string();
}

}  // namespace sidetone::net
