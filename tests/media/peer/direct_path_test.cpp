#include "media/peer/direct_path.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/media/support/sources.hpp"

namespace sidetone::media::peer {
namespace {

using udp::Endpoint;
using udp::UdpSocket;

/// A path, and sockets of others on the loopback interface. A packet that ends in 'x' is not genuine.
class Path {
 public:
  explicit Path(bool authenticated) {
    DirectPath::Callbacks callbacks;
    callbacks.received = [this](rtp::PacketKind kind, std::span<std::uint8_t> packet) {
      if (packet.back() == 'x') return false;
      (kind == rtp::PacketKind::kRtp ? rtp_heard : rtcp_heard) += static_cast<char>(packet.back());
      return true;
    };
    DirectPath::Options options;
    options.local = *udp::parse_endpoint("127.0.0.1", 0);
    options.authenticated = authenticated;
    made = DirectPath::make(context.get(), options, clock, random, std::move(callbacks)).value();
    made->set_remote({described.rtp->local(), described.rtcp->local(), false});
  }

  static udp::SocketPair others() {
    static test::SeededRandom random{17};
    return udp::bind_pair(*udp::parse_endpoint("127.0.0.1", 0), {}, random).value();
  }
  /// One packet, and everything that it makes happen.
  void send(UdpSocket& from, char mark, bool rtcp = false, bool to_rtcp_port = true) {
    std::vector<std::uint8_t> packet(12, 0);
    packet[0] = 0x80;
    packet[1] = rtcp ? 200 : 0;
    packet.back() = static_cast<std::uint8_t>(mark);
    ASSERT_TRUE(from.send(packet, rtcp && to_rtcp_port ? made->local_rtcp() : made->local_rtp()));
    while (context.iterate(false)) {
    }
  }
  void send(UdpSocket& from, const std::string& marks) {
    for (const char mark : marks) send(from, mark);
  }

  ice::MainContext context;
  test::VirtualClock clock;
  test::SeededRandom random{9};
  udp::SocketPair described = others();
  std::string rtp_heard;
  std::string rtcp_heard;
  std::unique_ptr<DirectPath> made;
};

constexpr const char* kEnough = "abcde";
static_assert(DirectPath::kProbation == 5);

TEST(DirectPath, SendsWhereTheDescriptionSays) {
  Path path(true);
  const std::vector<std::uint8_t> packet{0x80, 0, 1};
  std::uint8_t buffer[16];
  Endpoint from;
  EXPECT_TRUE(path.made->send_rtp(packet));
  EXPECT_TRUE(path.made->send_rtcp(packet));
  EXPECT_TRUE(path.described.rtp->receive(buffer, from));
  EXPECT_EQ(from, path.made->local_rtp());
  EXPECT_TRUE(path.described.rtcp->receive(buffer, from));
  EXPECT_EQ(from, path.made->local_rtcp());
  EXPECT_EQ(from.port, path.made->local_rtp().port + 1);
  path.made->set_remote({path.described.rtp->local(), path.described.rtcp->local(), true});
  EXPECT_TRUE(path.made->send_rtcp(packet));
  EXPECT_TRUE(path.described.rtp->receive(buffer, from)) << "multiplexed";
  EXPECT_EQ(from, path.made->local_rtp());
  path.send(*path.described.rtp, 'r', true, false);
  EXPECT_EQ(path.rtcp_heard, "r");
}

TEST(DirectPath, SendsNothingToNowhere) {
  Path path(true);
  const std::vector<std::uint8_t> packet{0x80, 0, 1};
  for (const Endpoint& nowhere : {*udp::parse_endpoint("0.0.0.0", 4000), *udp::parse_endpoint("127.0.0.1", 0),
                                  *udp::parse_endpoint("::1", 4000)}) {
    path.made->set_remote({nowhere, nowhere, false});
    EXPECT_FALSE(path.made->send_rtp(packet));
    EXPECT_FALSE(path.made->send_rtcp(packet));
  }
}

TEST(DirectPath, FollowsGenuinePacketsOfAnotherAddressAfterAFew) {
  Path path(true);
  const auto nat = Path::others();
  path.send(*nat.rtp, "abcd");
  EXPECT_EQ(path.made->far_rtp(), path.described.rtp->local());
  path.send(*nat.rtp, 'e');
  EXPECT_EQ(path.made->far_rtp(), nat.rtp->local());
  EXPECT_EQ(path.rtp_heard, "abcde") << "what is authenticated is heard from anywhere";
  path.send(*nat.rtcp, 'r', true);
  EXPECT_EQ(path.rtcp_heard, "r");
  const std::vector<std::uint8_t> report{0x80, 200, 1};
  std::uint8_t buffer[16];
  Endpoint from;
  EXPECT_TRUE(path.made->send_rtcp(report));
  EXPECT_TRUE(nat.rtcp->receive(buffer, from)) << "reports by themselves";
  EXPECT_EQ(path.made->figures().latched, 2u);
}

TEST(DirectPath, IsNotMovedByWhatIsNotGenuine) {
  Path path(true);
  const auto attacker = Path::others();
  path.send(*attacker.rtp, std::string(1000, 'x'));
  EXPECT_EQ(path.made->far_rtp(), path.described.rtp->local());
  EXPECT_EQ(path.made->figures().strays, 1000u);
  EXPECT_EQ(path.made->figures().latched, 0u);
  EXPECT_EQ(path.rtp_heard, "");
}

TEST(DirectPath, IsNotMovedWhileThePresentAddressSpeaks) {
  Path path(true);
  const auto nat = Path::others();
  const auto thief = Path::others();
  path.send(*nat.rtp, kEnough);
  ASSERT_EQ(path.made->far_rtp(), nat.rtp->local());
  for (int i = 0; i < 100; ++i) {
    path.clock.advance(Milliseconds{20});
    path.send(*nat.rtp, '.');
    path.send(*thief.rtp, 't');
  }
  EXPECT_EQ(path.made->far_rtp(), nat.rtp->local());
  // A NAT that has forgotten, a telephone that has moved: the old address is silent.
  path.clock.advance(DirectPath::kSilence);
  path.send(*thief.rtp, kEnough);
  EXPECT_EQ(path.made->far_rtp(), thief.rtp->local());
  EXPECT_EQ(path.made->figures().latched, 2u);
}

TEST(DirectPath, CountsTheProbationOfOneAddressAtATime) {
  Path path(true);
  const auto a = Path::others();
  const auto b = Path::others();
  for (int i = 0; i < 20; ++i) {
    path.send(*a.rtp, "aaaa");
    path.send(*b.rtp, "bbbb");
  }
  EXPECT_EQ(path.made->far_rtp(), path.described.rtp->local());
}

TEST(DirectPath, WithoutSrtpIsMovedOnceAndNeverFromADescribedAddressThatSpoke) {
  Path path(false);
  const auto nat = Path::others();
  const auto thief = Path::others();
  path.send(*nat.rtp, kEnough);
  ASSERT_EQ(path.made->far_rtp(), nat.rtp->local());
  path.clock.advance(Seconds{60});
  path.send(*thief.rtp, std::string(50, 't'));
  EXPECT_EQ(path.made->far_rtp(), nat.rtp->local());
  EXPECT_EQ(path.rtp_heard, kEnough) << "strangers are not heard either";
  EXPECT_EQ(path.made->figures().strays, 50u);

  Path described(false);
  described.send(*described.described.rtp, 'd');
  described.clock.advance(Seconds{60});
  described.send(*thief.rtp, std::string(50, 't'));
  EXPECT_EQ(described.made->far_rtp(), described.described.rtp->local());
  EXPECT_EQ(described.rtp_heard, "d");
}

TEST(DirectPath, ANewDescriptionCountsAgainAndTheSameOneChangesNothing) {
  Path path(false);
  const auto nat = Path::others();
  path.send(*nat.rtp, kEnough);
  path.made->set_remote({path.described.rtp->local(), path.described.rtcp->local(), false});
  EXPECT_EQ(path.made->far_rtp(), nat.rtp->local());
  const auto moved = Path::others();
  path.made->set_remote({moved.rtp->local(), moved.rtcp->local(), false});
  EXPECT_EQ(path.made->far_rtp(), moved.rtp->local());
  path.send(*nat.rtp, kEnough);
  EXPECT_EQ(path.made->far_rtp(), nat.rtp->local());
}

TEST(DirectPath, WhatIsNeitherRtpNorRtcpIsAStray) {
  Path path(true);
  for (const std::uint8_t first : {0, 22, 64, 255}) {
    const std::vector<std::uint8_t> packet{first, 0, 0, 'y'};
    ASSERT_TRUE(path.described.rtp->send(packet, path.made->local_rtp()));
  }
  ASSERT_TRUE(path.described.rtp->send({}, path.made->local_rtp()));
  const std::vector<std::uint8_t> huge(4000, 0x80);
  ASSERT_TRUE(path.described.rtp->send(huge, path.made->local_rtp()));
  path.send(*path.described.rtp, 'a');
  EXPECT_EQ(path.rtp_heard, "a");
  EXPECT_EQ(path.made->figures().strays, 5u) << "one that is too long is not looked at";
}

}  // namespace
}  // namespace sidetone::media::peer
