#include "media/ice/ice_transport.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "media/ice/addresses.hpp"
#include "media/ice/main_context.hpp"
#include "tests/media/support/iterate_until.hpp"
#include "tests/media/support/sources.hpp"

namespace sidetone::media::ice {
namespace {

/// Two ICE sessions on one main context.
class Pair {
 public:
  explicit Pair(const TransportOptions& options = {}) {
    for (int i = 0; i < 2; ++i) {
      TransportOptions own = options;
      own.controlling = i == 0;
      TransportCallbacks callbacks;
      callbacks.candidate_found = [this, i](const Candidate& candidate) {
        EXPECT_TRUE(ends[1 - i]->add_remote(candidate).ok());
      };
      callbacks.gathering_done = [this, i] { ends[1 - i]->remote_done(); };
      callbacks.state_changed = [](Component, State) {};
      callbacks.received = [this, i](Component component, std::span<std::uint8_t> data) {
        (component == Component::kRtp ? received : received_rtcp)[i].emplace_back(data.begin(), data.end());
        return true;
      };
      callbacks.path_changed = [this, i](Component) { ++path_changes[i]; };
      ends[i] = std::move(IceTransport::make(context.get(), clock, random, own, std::move(callbacks))).value();
    }
  }
  ~Pair() {
    ends[0].reset();
    ends[1].reset();
  }

  void start(const std::vector<std::string>& addresses) {
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(ends[i]->set_remote(ends[1 - i]->local()).ok());
      ASSERT_TRUE(ends[i]->gather(addresses, {}).ok());
    }
  }

  bool wait_for(const std::function<bool()>& condition) { return test::iterate_until(context, Seconds{10}, condition); }

  bool connect(const std::vector<std::string>& addresses) {
    start(addresses);
    return wait_for([&] { return ends[0]->state() == State::kConnected && ends[1]->state() == State::kConnected; });
  }

  test::SteadyClock clock;
  test::SeededRandom random{1};
  MainContext context;
  std::unique_ptr<IceTransport> ends[2];
  int path_changes[2] = {0, 0};
  std::vector<std::string> received[2];
  std::vector<std::string> received_rtcp[2];
};

int traffic_class(int fd, int family) {
  int value = -1;
  socklen_t length = sizeof value;
  const int done = family == AF_INET ? getsockopt(fd, IPPROTO_IP, IP_TOS, &value, &length)
                                     : getsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &value, &length);
  return done == 0 ? value : -1;
}

void expect_marked_datagrams(const char* address, int family) {
  Pair pair;
  ASSERT_TRUE(pair.connect({address}));
  const int fd = pair.ends[0]->socket();
  ASSERT_GE(fd, 0);
  EXPECT_EQ(traffic_class(fd, family), 46 << 2) << "of checks";
  const std::vector<std::uint8_t> data{'x'};
  EXPECT_TRUE(pair.ends[0]->send(Component::kRtp, data, 46));
  EXPECT_TRUE(pair.wait_for([&] { return pair.received[1].size() == 1; }));
  EXPECT_TRUE(pair.ends[0]->send(Component::kRtp, data, 10));
  EXPECT_EQ(traffic_class(fd, family), 10 << 2) << "of another class";
  EXPECT_TRUE(pair.wait_for([&] { return pair.received[1].size() == 2; }));
  EXPECT_EQ(pair.ends[0]->selected()->local.address, address);
}

TEST(IceTransport, ConnectsOverIpv4AndMarksExpeditedForwarding) { expect_marked_datagrams("127.0.0.1", AF_INET); }

TEST(IceTransport, ConnectsOverIpv6AndMarksTheTrafficClass) { expect_marked_datagrams("::1", AF_INET6); }

TEST(IceTransport, TwoThatBothControlAgree) {
  Pair pair;
  pair.ends[1]->set_controlling(true);
  EXPECT_TRUE(pair.connect({"127.0.0.1"}));
}

TEST(IceTransport, StaysWithinItsPorts) {
  TransportOptions options;
  options.ports = {41'000, 41'099};
  Pair pair(options);
  ASSERT_TRUE(pair.connect({"127.0.0.1"}));
  for (const auto& end : pair.ends)
    for (const auto& candidate : end->local_candidates()) {
      EXPECT_GE(candidate.port, 41'000);
      EXPECT_LE(candidate.port, 41'099);
    }
}

TEST(IceTransport, BoundsWhatTheFarEndMayTrickle) {
  Pair pair;
  Candidate candidate;
  candidate.foundation = "1";
  candidate.address = "192.0.2.1";
  candidate.port = 9;
  for (std::size_t i = 0; i < IceTransport::kMaxRemoteCandidates; ++i)
    EXPECT_TRUE(pair.ends[0]->add_remote(candidate).ok());
  EXPECT_EQ(pair.ends[0]->add_remote(candidate).error().code, ErrorCode::kTooLarge);
  candidate.protocol = Protocol::kTcp;
  EXPECT_EQ(pair.ends[1]->add_remote(candidate).error().code, ErrorCode::kUnsupported);
  candidate.protocol = Protocol::kUdp;
  candidate.port = 0;
  EXPECT_EQ(pair.ends[1]->add_remote(candidate).error().code, ErrorCode::kOutOfRange);
}

TEST(IceTransport, LeavesAnAddressThatIsGoneAndTheFarEndFollows) {
  Pair pair;
  ASSERT_TRUE(pair.connect({"127.0.0.1", "127.0.0.2"}));
  const std::string first = pair.ends[0]->selected()->local.address;
  const std::string other = first == "127.0.0.1" ? "127.0.0.2" : "127.0.0.1";
  pair.ends[0]->network_changed({{other, 1}});
  EXPECT_TRUE(pair.wait_for([&] { return pair.ends[0]->selected()->local.address == other; }));
  EXPECT_EQ(pair.path_changes[0], 1);
  const auto new_port = pair.ends[0]->selected()->local.port;
  const std::vector<std::uint8_t> media(12, 0x80);
  // The far end wants to have answered there itself, and to have heard nothing by the old way for a while.
  Timer every(pair.context.get(), [&] {
    EXPECT_TRUE(pair.ends[0]->send(Component::kRtp, media, 46));
    every.start(Milliseconds{10});
  });
  every.start(Milliseconds{0});
  EXPECT_TRUE(pair.wait_for([&] {
    const auto remote = pair.ends[1]->selected()->remote;
    return remote.address == other && remote.port == new_port;
  }));
  EXPECT_FALSE(pair.received[1].empty());
  EXPECT_EQ(pair.received[1][0], std::string(12, '\x80'));
  EXPECT_TRUE(pair.ends[1]->send(Component::kRtp, media, 46));
  EXPECT_TRUE(pair.wait_for([&] { return !pair.received[0].empty(); }));
  EXPECT_EQ(pair.ends[0]->state(), State::kConnected);
}

TEST(IceTransport, AnEndThatHasNothingToSayIsNotLeft) {
  Pair pair;
  ASSERT_TRUE(pair.connect({"127.0.0.1", "127.0.0.2"}));
  const auto path = pair.ends[0]->selected()->local.port;
  bool over = false;
  Timer while_silent(pair.context.get(), [&] { over = true; });
  while_silent.start(Milliseconds{1'500});  // seven times what starts a search
  EXPECT_TRUE(pair.wait_for([&] { return over; }));
  EXPECT_EQ(pair.ends[0]->selected()->local.port, path);
  EXPECT_EQ(pair.path_changes[0] + pair.path_changes[1], 0);
}

TEST(IceTransport, RtcpHasAComponentWithAWayOfItsOwn) {
  TransportOptions options;
  options.separate_rtcp = true;
  Pair pair(options);
  pair.start({"127.0.0.1", "127.0.0.2"});
  const auto both = [&](Component component) {
    return pair.ends[0]->state(component) == State::kConnected && pair.ends[1]->state(component) == State::kConnected;
  };
  ASSERT_TRUE(pair.wait_for([&] { return both(Component::kRtp) && both(Component::kRtcp); }));
  const auto rtp = pair.ends[0]->selected();
  const auto rtcp = pair.ends[0]->selected(Component::kRtcp);
  ASSERT_TRUE(rtp && rtcp);
  EXPECT_EQ(rtp->local.component, 1u);
  EXPECT_EQ(rtcp->local.component, 2u);
  EXPECT_NE(rtp->local.port, rtcp->local.port);
  const std::vector<std::uint8_t> voice{'v'};
  const std::vector<std::uint8_t> report{'r'};
  EXPECT_TRUE(pair.ends[0]->send(Component::kRtp, voice, 46));
  EXPECT_TRUE(pair.ends[0]->send(Component::kRtcp, report, 46));
  EXPECT_TRUE(pair.wait_for([&] { return !pair.received[1].empty() && !pair.received_rtcp[1].empty(); }));
  EXPECT_EQ(pair.received[1], std::vector<std::string>{"v"});
  EXPECT_EQ(pair.received_rtcp[1], std::vector<std::string>{"r"});

  // Each leaves an address that is gone.
  const std::string other = rtcp->local.address == "127.0.0.1" ? "127.0.0.2" : "127.0.0.1";
  pair.ends[0]->network_changed({{other, 1}});
  EXPECT_TRUE(pair.wait_for([&] {
    return pair.ends[0]->selected()->local.address == other &&
           pair.ends[0]->selected(Component::kRtcp)->local.address == other;
  }));
  EXPECT_TRUE(pair.ends[0]->send(Component::kRtcp, report, 46));
  EXPECT_TRUE(pair.wait_for([&] { return pair.received_rtcp[1].size() == 2; }));
}

TEST(IceTransport, WithoutASecondComponentThereIsNone) {
  Pair pair;
  ASSERT_TRUE(pair.connect({"127.0.0.1"}));
  Candidate candidate = pair.ends[1]->local_candidates().at(0);
  candidate.component = 2;
  EXPECT_EQ(pair.ends[0]->add_remote(candidate).error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(pair.ends[0]->send(Component::kRtcp, std::vector<std::uint8_t>{'r'}, 46));
  EXPECT_FALSE(pair.ends[0]->selected(Component::kRtcp));
  EXPECT_EQ(pair.ends[0]->state(Component::kRtcp), State::kNew);
}

TEST(IceTransport, RelayOnlyKeepsNoOtherWays) {
  TransportOptions options;
  options.relay_only = true;
  Pair pair(options);
  pair.start({"127.0.0.1"});
  EXPECT_TRUE(pair.wait_for([&] { return pair.ends[0]->gathering_done(); }));
  EXPECT_TRUE(pair.ends[0]->local_candidates().empty());
  pair.ends[0]->network_changed({{"127.0.0.2", 1}});
  EXPECT_FALSE(pair.ends[0]->selected());
}

TEST(Addresses, AreThereEvenWithoutANetwork) { EXPECT_FALSE(host_addresses().empty()); }

}  // namespace
}  // namespace sidetone::media::ice
