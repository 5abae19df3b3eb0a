#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <vector>

/// Whom a connection counts for.
namespace sidetone::net {

/// What limits are counted by: an IPv4 address as it is, also one mapped into IPv6; of an IPv6 address its /64, which
/// one household or machine gets as a whole (RFC 6177 §2). Text that is no address is its own group.
std::string address_group(const std::string& address);

/// Who has asked: `peer`, or where that is one of the `trusted` proxies, the last address of `forwarded_for` that is
/// not one of them. What stands before that in the list was written by whoever asked and says nothing.
/// @param forwarded_for  the values of X-Forwarded-For, joined by commas.
/// @return `peer` where the list holds no address that can be read at the place that counts.
/// @fuzz
std::string client_address(const boost::asio::ip::address& peer, std::string_view forwarded_for,
                           const std::vector<std::string>& trusted);

/// One of the addresses, however each is spelled.
bool is_one_of(const boost::asio::ip::address& address, const std::vector<std::string>& addresses);

}  // namespace sidetone::net
