#include "media/udp/udp_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sidetone::media::udp {
namespace {

// RFC 3550 §11 wants ports for RTP that are dynamic; below are the system's.
constexpr std::uint32_t kFirstUnprivileged = 1024;

union SocketAddress {
  sockaddr any;
  sockaddr_in ipv4;
  sockaddr_in6 ipv6;
  sockaddr_storage storage;
};

Endpoint from_system(const SocketAddress& address) {
  Endpoint endpoint;
  endpoint.is_ipv6 = address.any.sa_family == AF_INET6;
  if (endpoint.is_ipv6) {
    endpoint.port = ntohs(address.ipv6.sin6_port);
    std::memcpy(endpoint.address.data(), &address.ipv6.sin6_addr, 16);
  } else {
    endpoint.port = ntohs(address.ipv4.sin_port);
    std::memcpy(endpoint.address.data(), &address.ipv4.sin_addr, 4);
  }
  return endpoint;
}

using AskForAddress = int (*)(int, sockaddr*, socklen_t*);
std::optional<Endpoint> endpoint_of(AskForAddress ask, int fd) {
  SocketAddress address;
  socklen_t length = sizeof address;
  if (ask(fd, &address.any, &length) != 0) return std::nullopt;
  if (address.any.sa_family != AF_INET && address.any.sa_family != AF_INET6) return std::nullopt;
  return from_system(address);
}

std::string range_text(const PortRange& range) {
  if (range.first == 0) return "";
  return " of " + std::to_string(range.first) + " to " + std::to_string(range.last);
}

PortRange whole(const PortRange& range) { return range.first == 0 ? PortRange{kFirstUnprivileged, 65535} : range; }

}  // namespace

socklen_t to_system(const Endpoint& endpoint, sockaddr_storage& out) {
  std::memset(&out, 0, sizeof out);
  if (endpoint.is_ipv6) {
    auto& ipv6 = reinterpret_cast<sockaddr_in6&>(out);
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(endpoint.port);
    std::memcpy(&ipv6.sin6_addr, endpoint.address.data(), 16);
    return sizeof ipv6;
  }
  auto& ipv4 = reinterpret_cast<sockaddr_in&>(out);
  ipv4.sin_family = AF_INET;
  ipv4.sin_port = htons(endpoint.port);
  std::memcpy(&ipv4.sin_addr, endpoint.address.data(), 4);
  return sizeof ipv4;
}

Result<std::unique_ptr<UdpSocket>> UdpSocket::bind(const Endpoint& local) {
  const auto refuse = [&](const char* doing) {
    const int reason = errno;
    return Error{reason == EADDRINUSE ? ErrorCode::kUnavailable : ErrorCode::kIo,
                 std::string(doing) + ": " + std::strerror(reason),
                 "udp " + address_text(local) + " port " + std::to_string(local.port)};
  };
  const int fd = ::socket(local.is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return refuse("no socket");
  std::unique_ptr<UdpSocket> socket(new UdpSocket(fd, local));
  const int on = 1;
  if (local.is_ipv6) (void)::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  SocketAddress address;
  socklen_t length = to_system(local, address.storage);
  if (::bind(fd, &address.any, length) != 0) return refuse("cannot be bound");
  if (::getsockname(fd, &address.any, &length) != 0) return refuse("has no name");
  socket->local_ = from_system(address);
  return socket;
}

UdpSocket::~UdpSocket() { ::close(fd_); }

void UdpSocket::mark(int dscp) {
  const int traffic_class = dscp << 2;
  const auto [level, option] = local_.is_ipv6 ? std::pair{IPPROTO_IPV6, IPV6_TCLASS} : std::pair{IPPROTO_IP, IP_TOS};
  (void)::setsockopt(fd_, level, option, &traffic_class, sizeof traffic_class);
}

bool UdpSocket::send(Bytes datagram, const Endpoint& to) { return send_to(fd_, datagram, to); }

std::optional<std::span<std::uint8_t>> UdpSocket::receive(std::span<std::uint8_t> buffer, Endpoint& from) {
  return receive_from(fd_, buffer, from);
}

std::optional<Endpoint> bound_to(int fd) { return endpoint_of(::getsockname, fd); }

std::optional<Endpoint> connected_to(int fd) { return endpoint_of(::getpeername, fd); }

bool send_to(int fd, Bytes datagram, const Endpoint& to) {
  SocketAddress address;
  const socklen_t length = to_system(to, address.storage);
  return ::sendto(fd, datagram.data(), datagram.size(), MSG_NOSIGNAL | MSG_DONTWAIT, &address.any, length) ==
         static_cast<ssize_t>(datagram.size());
}

namespace {
std::optional<std::size_t> udp_receive(int fd, std::span<std::uint8_t> buffer, int flags, Endpoint& from) {
  SocketAddress address;
  socklen_t length = sizeof address;
  for (;;) {
    const ssize_t size = ::recvfrom(fd, buffer.data(), buffer.size(), flags | MSG_DONTWAIT, &address.any, &length);
    if (size >= 0) {
      from = from_system(address);
      return static_cast<std::size_t>(size);
    }
    // An ICMP error of something sent before is told here, once; what has arrived is behind it.
    if (errno != ECONNREFUSED && errno != EINTR) return std::nullopt;
  }
}
}  // namespace

std::optional<std::size_t> peek(int fd, std::span<std::uint8_t> head, Endpoint& from) {
  return udp_receive(fd, head, MSG_PEEK | MSG_TRUNC, from);
}

std::optional<std::span<std::uint8_t>> receive_from(int fd, std::span<std::uint8_t> buffer, Endpoint& from) {
  const auto size = udp_receive(fd, buffer, 0, from);
  if (!size) return std::nullopt;
  return buffer.first(*size);
}

void leave_by(int fd, bool is_ipv6, unsigned int interface) {
  const std::uint32_t index = htonl(interface);
  const auto [level, option] =
      is_ipv6 ? std::pair{IPPROTO_IPV6, IPV6_UNICAST_IF} : std::pair{IPPROTO_IP, IP_UNICAST_IF};
  (void)::setsockopt(fd, level, option, &index, sizeof index);
}

Result<SocketPair> bind_pair(const Endpoint& address, const PortRange& range, Random& random) {
  const PortRange ports = whole(range);
  const std::uint32_t first = (std::uint32_t{ports.first} + 1) / 2;
  const std::uint32_t pairs = ports.last > first * 2 ? (ports.last - 1U) / 2 - first + 1 : 0;
  const std::uint32_t start = pairs == 0 ? 0 : random.next_u32() % pairs;
  for (std::uint32_t i = 0; i < pairs; ++i) {
    Endpoint local = address;
    local.port = static_cast<std::uint16_t>(2 * (first + (start + i) % pairs));
    auto rtp = UdpSocket::bind(local);
    if (!rtp.ok() && rtp.error().code != ErrorCode::kUnavailable) return rtp.take_error();
    if (!rtp.ok()) continue;
    ++local.port;
    auto rtcp = UdpSocket::bind(local);
    if (!rtcp.ok() && rtcp.error().code != ErrorCode::kUnavailable) return rtcp.take_error();
    if (rtcp.ok()) return SocketPair{std::move(rtp).value(), std::move(rtcp).value()};
  }
  return Error{ErrorCode::kUnavailable, "no two neighbouring UDP ports" + range_text(range) + " are free",
               "udp " + address_text(address)};
}

Result<Endpoint> local_address_towards(const Endpoint& far) {
  Endpoint any;
  any.is_ipv6 = far.is_ipv6;
  SIDETONE_TRY(const auto socket, UdpSocket::bind(any));
  SocketAddress address;
  socklen_t length = to_system(far, address.storage);
  if (::connect(socket->fd(), &address.any, length) != 0 || ::getsockname(socket->fd(), &address.any, &length) != 0)
    return Error{ErrorCode::kIo, std::string("cannot be reached: ") + std::strerror(errno), "udp " + address_text(far)};
  Endpoint local = from_system(address);
  local.port = 0;
  return local;
}

Status require_free_port(const PortRange& range, const std::vector<std::string>& addresses, Random& random) {
  if (range.first == 0) return {};  // the system finds one
  const std::uint32_t count = std::uint32_t{range.last} - range.first + 1;
  for (const std::string& text : addresses) {
    auto local = parse_endpoint(text, 0);
    if (!local) continue;
    const std::uint32_t start = random.next_u32() % count;
    bool free = false;
    for (std::uint32_t i = 0; i < count && !free; ++i) {
      local->port = static_cast<std::uint16_t>(range.first + (start + i) % count);
      const auto bound = UdpSocket::bind(*local);
      if (!bound.ok() && bound.error().code != ErrorCode::kUnavailable) break;  // the address is gone: no port's fault
      free = bound.ok();
      if (!free && i + 1 == count)
        return Error{ErrorCode::kUnavailable, "all UDP ports" + range_text(range) + " are taken", "udp " + text};
    }
  }
  return {};
}

}  // namespace sidetone::media::udp
