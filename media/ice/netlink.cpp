#include "media/ice/netlink.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sidetone::media::ice {
namespace {
constexpr std::size_t kMaxNetlinkBytes = 8192;  // NLMSG_GOODSIZE: the kernel cuts its messages to this
}

Result<NetworkChange> parse_network_change(Bytes datagram) {
  NetworkChange change;
  while (datagram.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header{};
    std::memcpy(&header, datagram.data(), sizeof header);
    if (header.nlmsg_len < sizeof header)
      return Error{ErrorCode::kMalformed, "a message is shorter than its header", "netlink"};
    if (header.nlmsg_len > datagram.size()) break;
    change.links |= header.nlmsg_type == RTM_NEWLINK || header.nlmsg_type == RTM_DELLINK;
    change.addresses |= header.nlmsg_type == RTM_NEWADDR || header.nlmsg_type == RTM_DELADDR;
    change.routes |= header.nlmsg_type == RTM_NEWROUTE || header.nlmsg_type == RTM_DELROUTE;
    const std::size_t step = std::size_t{NLMSG_ALIGN(header.nlmsg_len)};
    datagram = datagram.subspan(std::min(step, datagram.size()));
  }
  return change;
}

InterfaceWatch::InterfaceWatch(GMainContext* context, std::function<void()> changed)
    : changed_(std::move(changed)), fd_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  if (fd_ < 0) return;
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
  watch_ = std::make_unique<ReadWatch>(context, fd_, [this] { read(); });
}

InterfaceWatch::~InterfaceWatch() {
  watch_.reset();
  if (fd_ >= 0) ::close(fd_);
}

void InterfaceWatch::read() {
  NetworkChange seen;
  for (;;) {
    std::array<std::uint8_t, kMaxNetlinkBytes> buffer;
    sockaddr_nl from{};
    socklen_t length = sizeof from;
    const auto size = ::recvfrom(fd_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0 && errno == ENOBUFS) {
      seen.links = true;  // some were lost: whatever they said
      continue;
    }
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    if (from.nl_pid != 0) continue;  // not from the kernel
    const auto change = parse_network_change({buffer.data(), static_cast<std::size_t>(size)});
    if (!change.ok()) continue;
    seen.links |= change.value().links;
    seen.addresses |= change.value().addresses;
    seen.routes |= change.value().routes;
  }
  if (seen.any()) changed_();
}

}  // namespace sidetone::media::ice
