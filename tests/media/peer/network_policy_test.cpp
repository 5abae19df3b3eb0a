#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <set>

#include "media/ice/addresses.hpp"
#include "media/ice/candidate.hpp"
#include "tests/media/support/peer_rig.hpp"

/// What the owner of the machine says about ports, as the user of a peer connection sees it.
namespace sidetone::media::test {
namespace {

peer::NetworkPolicy ports(std::uint16_t first, std::uint16_t last) {
  peer::NetworkPolicy network;
  network.ports = {first, last};
  return network;
}

TEST(NetworkPolicy, HostCandidatesStayWithinThePortsAlsoAfterARestart) {
  Rig rig(ports(21'300, 21'399));
  End& a = rig.add();
  End& b = rig.add();
  rig.run([&] {
    for (End* end : {&a, &b}) ASSERT_TRUE(end->peer->add_transceiver(peer::Direction::kSendRecv).ok());
  });
  rig.negotiate(a, b);
  ASSERT_TRUE(rig.connected(a, b));
  rig.negotiate(a, b, true);
  const auto gathered = [](const End& end) { return end.peer->states().gathering == peer::GatheringState::kComplete; };
  ASSERT_TRUE(rig.wait_for([&] { return gathered(a) && gathered(b); }));
  rig.run([&] {
    std::size_t seen = 0;
    for (const End* end : {&a, &b}) {
      for (const auto& one : end->candidates) {
        if (one.candidate.empty()) continue;
        const auto candidate = ice::parse_candidate(one.candidate);
        ASSERT_TRUE(candidate.ok()) << one.candidate;
        EXPECT_GE(candidate->port, 21'300);
        EXPECT_LE(candidate->port, 21'399);
        ++seen;
      }
    }
    EXPECT_GE(seen, 4u) << "two ends, each before and after the restart";
  });
}

/// Marks of this process' UDP sockets whose ports are of the range.
std::set<int> marks(const udp::PortRange& ports) {
  std::set<int> found;
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in6 local{};
    socklen_t length = sizeof local;
    int type = 0;
    socklen_t type_length = sizeof type;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length) != 0 || type != SOCK_DGRAM)
      continue;
    const std::uint16_t port = ntohs(local.sin6_port);  // at the same place in sockaddr_in
    if (port < ports.first || port > ports.last) continue;
    int traffic_class = -1;
    length = sizeof traffic_class;
    const bool ipv6 = local.sin6_family == AF_INET6;
    EXPECT_EQ(getsockopt(fd, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_TCLASS : IP_TOS, &traffic_class, &length),
              0);
    found.insert(traffic_class >> 2);
  }
  return found;
}

TEST(NetworkPolicy, DataAndVoiceHaveTheirOwnMarks) {
  peer::NetworkPolicy network = ports(21'500, 21'599);
  network.dscp_voice = 34;
  network.dscp_data = 10;
  Rig rig(network);
  End& a = rig.add();
  End& b = rig.add();
  rig.run([&] {
    ASSERT_TRUE(a.peer->add_transceiver(peer::Direction::kSendRecv).ok());
    ASSERT_TRUE(a.peer->create_data_channel({"c", "", true, {}, {}, {}}).ok());
  });
  rig.negotiate(a, b);
  EXPECT_EQ(marks(network.ports), std::set<int>{34}) << "of checks and handshakes";
  ASSERT_TRUE(rig.connected(a, b));
  ASSERT_TRUE(rig.wait_for([&] { return a.channels.size() == 1 && b.channels.size() == 1; }));
  rig.run([&] {
    const std::vector<std::uint8_t> text{'x'};
    EXPECT_TRUE(a.peer->send(a.channels[0].handle, true, text).ok());
  });
  ASSERT_TRUE(rig.wait_for([&] { return b.messages.size() == 1; }));
  EXPECT_TRUE(marks(network.ports).contains(10));
  const audio::LegId leg = 2;  // of the one that made the offer
  ASSERT_TRUE(rig.wait_for([&] {
    rig.audio->push({leg, rig.audio->legs.at(leg).config.send->payload_type, 960, {1, 2, 3}});
    return marks(network.ports).contains(34);
  }));
}

TEST(NetworkPolicy, AnOfferIsRefusedWhenAllPortsAreTaken) {
  SeededRandom random{11};
  std::vector<std::unique_ptr<udp::UdpSocket>> taken;
  for (const auto& address : ice::host_addresses())
    for (const std::uint16_t port : {21'400, 21'401, 21'402})
      taken.push_back(udp::UdpSocket::bind(*udp::parse_endpoint(address, port)).value());
  Rig rig(ports(21'400, 21'402));
  End& end = rig.add();
  rig.run([&] {
    ASSERT_TRUE(end.peer->add_transceiver(peer::Direction::kSendRecv).ok());
    const auto offer = end.peer->create_offer(false);
    ASSERT_FALSE(offer.ok());
    EXPECT_EQ(offer.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(offer.error().text, "all UDP ports of 21400 to 21402 are taken");
    EXPECT_EQ(end.peer->states().signaling, peer::SignalingState::kStable);
    taken.clear();
    EXPECT_TRUE(end.peer->create_offer(false).ok()) << "as soon as there is one";
  });
}

}  // namespace
}  // namespace sidetone::media::test
