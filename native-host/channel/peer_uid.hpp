#pragma once

#include <sys/types.h>

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string_view>

namespace sidetone::host::channel {

/// Which user's process holds the far end of a connection on this machine.
/// @param table  text of /proc/net/tcp or tcp6 (proc_pid_net(5)).
/// @param far    the far end's address, which is local in its own entry.
/// @param near   ours.
/// @return nothing: no such established connection.
std::optional<uid_t> find_uid(std::string_view table, const boost::asio::ip::tcp::endpoint& far,
                              const boost::asio::ip::tcp::endpoint& near);

/// The same from the running kernel; an IPv4 connection of an IPv6 socket is found too.
std::optional<uid_t> uid_of_peer(const boost::asio::ip::tcp::endpoint& far, const boost::asio::ip::tcp::endpoint& near);

}  // namespace sidetone::host::channel
