#pragma once

#include <sys/socket.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "media/udp/endpoint.hpp"

namespace sidetone::media::udp {

/// Local ports that may be taken, both ends among them. `first` 0: any.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};

/// A bound UDP socket that never waits. @thread one at a time.
class UdpSocket {
 public:
  /// @param local  port 0: any. @error kUnavailable: the port is taken; kIo: the system refuses, with its reason.
  static Result<std::unique_ptr<UdpSocket>> bind(const Endpoint& local);
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const Endpoint& local() const { return local_; }
  /// Mark what is sent from now on. @param dscp  0 … 63. @source RFC 2474 §3 (IPv6's traffic class: RFC 8200 §7)
  void mark(int dscp);
  /// @return false: the datagram is dropped, for the socket is full or the system refuses.
  bool send(Bytes datagram, const Endpoint& to);
  /// @param from  out. @return what was received, within `buffer`; a longer one is cut. Nothing: none is there.
  std::optional<std::span<std::uint8_t>> receive(std::span<std::uint8_t> buffer, Endpoint& from);

 private:
  UdpSocket(int fd, const Endpoint& local) : fd_(fd), local_(local) {}

  int fd_;
  Endpoint local_;
};

/// As the system's calls take it. @return the length of what is filled.
socklen_t to_system(const Endpoint& endpoint, sockaddr_storage& out);
/// The address that a socket is bound to; nothing: it is none of IPv4 or IPv6.
std::optional<Endpoint> bound_to(int fd);
/// The address of its far end; nothing: it has none, or none of IPv4 or IPv6.
std::optional<Endpoint> connected_to(int fd);
/// What waits first in a socket is left there. @param head  gets its first bytes. @param from  out.
/// @return its whole length; nothing: nothing waits.
std::optional<std::size_t> peek(int fd, std::span<std::uint8_t> head, Endpoint& from);
/// As UdpSocket::receive and UdpSocket::send, of a socket that somebody else has made.
std::optional<std::span<std::uint8_t>> receive_from(int fd, std::span<std::uint8_t> buffer, Endpoint& from);
bool send_to(int fd, Bytes datagram, const Endpoint& to);
/// What this socket sends leaves by one interface, whatever routes say; where nothing is bound to the interface for
/// receiving, so that an end on the same machine is still heard. @param interface  its index.
void leave_by(int fd, bool is_ipv6, unsigned int interface);

/// RTP on an even port and RTCP on the next. @source RFC 3550 §11
struct SocketPair {
  std::unique_ptr<UdpSocket> rtp;
  std::unique_ptr<UdpSocket> rtcp;
};

/// Tried from a random place of the range on. @param address  its port means nothing.
/// @error kUnavailable: no such pair is free, and in which range; kIo.
Result<SocketPair> bind_pair(const Endpoint& address, const PortRange& range, Random& random);

/// The address of this machine that what is sent to `far` leaves from; its port is 0. One route is looked up, nothing
/// is sent. @error kIo: there is no route.
Result<Endpoint> local_address_towards(const Endpoint& far);

/// Is there a free port for each of these addresses? @param addresses  numeric.
/// @error kUnavailable: every port of the range is taken on one of them, which is named.
Status require_free_port(const PortRange& range, const std::vector<std::string>& addresses, Random& random);

}  // namespace sidetone::media::udp
