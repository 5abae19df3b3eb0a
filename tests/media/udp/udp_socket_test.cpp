#include "media/udp/udp_socket.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "tests/media/support/sources.hpp"

namespace sidetone::media::udp {
namespace {

Endpoint loopback(bool ipv6 = false) { return *parse_endpoint(ipv6 ? "::1" : "127.0.0.1", 0); }

/// A range of this many free ports, whose first is even; another program may take one at any time, but seldom does.
PortRange quiet_range(std::uint16_t ports) {
  const std::uint16_t first = 21'200;
  return {first, static_cast<std::uint16_t>(first + ports - 1)};
}

TEST(UdpEndpoint, IsANumericAddress) {
  for (const char* text : {"192.0.2.1", "::1", "2001:db8::17"}) {
    const auto endpoint = parse_endpoint(text, 5004);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(address_text(*endpoint), text);
    EXPECT_EQ(endpoint->port, 5004);
  }
  for (const char* text : {"", "example.org", "192.0.2", "192.0.2.1.1", "fe80::1%eth0", ":"})
    EXPECT_FALSE(parse_endpoint(text, 1)) << text;
  EXPECT_FALSE(parse_endpoint(std::string(1000, '1'), 1));
}

TEST(UdpSocket, CarriesDatagramsWithTheirMark) {
  for (const bool ipv6 : {false, true}) {
    const auto a = UdpSocket::bind(loopback(ipv6)).value();
    const auto b = UdpSocket::bind(loopback(ipv6)).value();
    const int on = 1;
    ASSERT_EQ(
        setsockopt(b->fd(), ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_RECVTCLASS : IP_RECVTOS, &on, sizeof on), 0);
    a->mark(46);
    const std::vector<std::uint8_t> data{1, 2, 3};
    ASSERT_TRUE(a->send(data, b->local()));
    std::uint8_t buffer[16];
    alignas(cmsghdr) char control[64];
    iovec part{buffer, sizeof buffer};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ASSERT_EQ(recvmsg(b->fd(), &message, 0), 3);
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    ASSERT_NE(header, nullptr);
    EXPECT_EQ(*CMSG_DATA(header), 46 << 2) << (ipv6 ? "IPv6" : "IPv4");

    ASSERT_TRUE(b->send(data, a->local()));
    Endpoint from;
    const auto received = a->receive(buffer, from);
    ASSERT_TRUE(received);
    EXPECT_EQ(std::vector<std::uint8_t>(received->begin(), received->end()), data);
    EXPECT_EQ(from, b->local());
    EXPECT_FALSE(a->receive(buffer, from)) << "there was one";
  }
}

TEST(UdpSocket, WhatCannotBeBoundSaysWhereAndWhy) {
  const auto first = UdpSocket::bind(loopback()).value();
  const auto taken = UdpSocket::bind(first->local());
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(taken.error().where, "udp 127.0.0.1 port " + std::to_string(first->local().port));
  const auto foreign = UdpSocket::bind(*parse_endpoint("192.0.2.1", 0));
  ASSERT_FALSE(foreign.ok());
  EXPECT_EQ(foreign.error().code, ErrorCode::kIo);
}

TEST(SocketPair, IsAnEvenPortAndTheNextWithinItsRange) {
  test::SeededRandom random{3};
  for (const bool ipv6 : {false, true}) {
    const PortRange range = quiet_range(10);
    std::vector<SocketPair> pairs;
    for (int i = 0; i < 5; ++i) {
      auto pair = bind_pair(loopback(ipv6), range, random);
      ASSERT_TRUE(pair.ok()) << to_string(pair.error());
      const std::uint16_t port = pair->rtp->local().port;
      EXPECT_EQ(port % 2, 0);
      EXPECT_EQ(pair->rtcp->local().port, port + 1);
      EXPECT_GE(port, range.first);
      EXPECT_LE(port + 1, range.last);
      pairs.push_back(std::move(pair).value());
    }
    const auto over = bind_pair(loopback(ipv6), range, random);
    ASSERT_FALSE(over.ok());
    EXPECT_EQ(over.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(over.error().text, "no two neighbouring UDP ports of 21200 to 21209 are free");
    pairs.pop_back();
    EXPECT_TRUE(bind_pair(loopback(ipv6), range, random).ok()) << "what is given back is found again";
  }
}

TEST(SocketPair, BeginsEvenInARangeThatDoesNot) {
  test::SeededRandom random{4};
  const auto pair = bind_pair(loopback(), {21'221, 21'223}, random);
  ASSERT_TRUE(pair.ok()) << to_string(pair.error());
  EXPECT_EQ(pair->rtp->local().port, 21'222);
  EXPECT_FALSE(bind_pair(loopback(), {21'231, 21'232}, random).ok());
  EXPECT_TRUE(bind_pair(loopback(), {}, random).ok()) << "any";
}

TEST(PortRange, OfWhichAllPortsAreTakenIsTold) {
  test::SeededRandom random{5};
  const PortRange range{21'240, 21'242};
  const std::vector<std::string> addresses{"127.0.0.1", "::1"};
  std::vector<std::unique_ptr<UdpSocket>> taken;
  for (std::uint16_t port = range.first; port <= range.last; ++port) {
    EXPECT_TRUE(require_free_port(range, addresses, random).ok()) << port;
    taken.push_back(UdpSocket::bind(*parse_endpoint("::1", port)).value());
  }
  const auto none = require_free_port(range, addresses, random);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(none.error().text, "all UDP ports of 21240 to 21242 are taken");
  EXPECT_EQ(none.error().where, "udp ::1");
  EXPECT_TRUE(require_free_port({}, addresses, random).ok());
}

}  // namespace
}  // namespace sidetone::media::udp
