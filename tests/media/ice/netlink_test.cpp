#include "media/ice/netlink.hpp"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <thread>
#include <vector>

namespace sidetone::media::ice {
namespace {

std::vector<std::uint8_t> netlink_message(std::uint16_t type, std::size_t body, std::uint32_t claimed = 0) {
  std::vector<std::uint8_t> out(NLMSG_ALIGN(sizeof(nlmsghdr) + body));
  nlmsghdr header{};
  header.nlmsg_len = claimed != 0 ? claimed : static_cast<std::uint32_t>(sizeof(nlmsghdr) + body);
  header.nlmsg_type = type;
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

TEST(Netlink, TellsLinksAddressesAndRoutesApart) {
  EXPECT_TRUE(parse_network_change(netlink_message(RTM_NEWLINK, 16)).value().links);
  EXPECT_TRUE(parse_network_change(netlink_message(RTM_DELLINK, 16)).value().links);
  EXPECT_TRUE(parse_network_change(netlink_message(RTM_NEWADDR, 8)).value().addresses);
  EXPECT_TRUE(parse_network_change(netlink_message(RTM_DELADDR, 8)).value().addresses);
  EXPECT_TRUE(parse_network_change(netlink_message(RTM_DELROUTE, 12)).value().routes);
  EXPECT_FALSE(parse_network_change(netlink_message(RTM_NEWNEIGH, 12)).value().any());
}

TEST(Netlink, ReadsEveryMessageOfADatagram) {
  auto datagram = netlink_message(RTM_NEWROUTE, 13);  // padded to four bytes
  const auto second = netlink_message(RTM_DELADDR, 8);
  datagram.insert(datagram.end(), second.begin(), second.end());
  EXPECT_TRUE(parse_network_change(datagram).value().addresses);
}

TEST(Netlink, RefusesWhatIsShorterThanItsHeaderAndIgnoresWhatIsCut) {
  EXPECT_EQ(parse_network_change(netlink_message(RTM_NEWLINK, 16, 3)).error().code, ErrorCode::kMalformed);
  EXPECT_FALSE(parse_network_change(netlink_message(RTM_NEWLINK, 16, 1000)).value().any());
  const auto whole = netlink_message(RTM_NEWLINK, 16);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_network_change(Bytes(whole).first(size)).value().any()) << size;
}

TEST(InterfaceWatch, HearsThatAnInterfaceRises) {
  bool may = true;
  bool told = false;
  std::thread([&] {
    // A network of this thread's own, in which lo is down.
    if (unshare(CLONE_NEWNET) != 0) {
      may = false;
      return;
    }
    MainContext context;
    bool over = false;
    Timer patience(context.get(), [&] { over = true; });
    patience.start(Seconds{10});
    const InterfaceWatch watch(context.get(), [&] { told = true; });
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    EXPECT_EQ(::ioctl(fd, SIOCSIFFLAGS, &request), 0);
    ::close(fd);
    while (!told && !over) context.iterate(true);
  }).join();
  if (!may) GTEST_SKIP() << "needs the right to make a network namespace";
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace sidetone::media::ice
