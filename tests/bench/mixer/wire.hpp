#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "media/srtp/srtp_session.hpp"

/// What the two ends of the benchmark have in common: UDP on the loopback interface, and keys that both know.
namespace sidetone::bench {

inline constexpr std::uint8_t kPayloadType = 111;
inline constexpr std::size_t kPacketSamples = 960;
inline constexpr std::size_t kLegsOfConference = 8;
inline constexpr std::size_t kTalkers = 2;

[[noreturn]] inline void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// A socket that does not wait, between two ports of this machine.
inline int connected_socket(std::uint16_t local, std::uint16_t remote) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const sockaddr_in here = loopback(local);
  const sockaddr_in there = loopback(remote);
  if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 ||
      connect(fd, reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0)
    fail("socket");
  return fd;
}

inline std::unique_ptr<media::srtp::SrtpSession> srtp_session() {
  static constexpr std::array<std::uint8_t, 28> kKeyAndSalt{1, 2, 3, 4, 5, 6, 7, 8};
  auto session = media::srtp::SrtpSession::make(media::srtp::Suite::kAeadAes128Gcm, kKeyAndSalt, kKeyAndSalt);
  if (!session.ok()) fail("SRTP");
  return std::move(*session);
}

}  // namespace sidetone::bench
