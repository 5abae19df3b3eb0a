#include "net/address.hpp"

#include <gtest/gtest.h>

namespace sidetone::net {
namespace {

boost::asio::ip::address address(const char* text) { return boost::asio::ip::make_address(text); }

TEST(AddressGroupTest, IsTheAddressOrTheNetworkOf64Bits) {
  EXPECT_EQ(address_group("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(address_group("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(address_group("2001:db8:1:2:3:4:5:6"), address_group("2001:db8:1:2::"));
  EXPECT_NE(address_group("2001:db8:1:2::1"), address_group("2001:db8:1:3::1"));
  EXPECT_EQ(address_group("fe80::1%1"), address_group("fe80::2"));
  EXPECT_EQ(address_group("no address"), "no address");
}

TEST(ClientAddressTest, IsThePeerUnlessThatIsTrusted) {
  EXPECT_EQ(client_address(address("192.0.2.1"), "203.0.113.9", {}), "192.0.2.1");
  EXPECT_EQ(client_address(address("192.0.2.1"), "203.0.113.9", {"192.0.2.2"}), "192.0.2.1");
  EXPECT_EQ(client_address(address("192.0.2.1"), "203.0.113.9", {"192.0.2.1"}), "203.0.113.9");
  EXPECT_EQ(client_address(address("::ffff:192.0.2.1"), "203.0.113.9", {"192.0.2.1"}), "203.0.113.9");
}

TEST(ClientAddressTest, IsTheLastThatIsNoProxy) {
  const std::vector<std::string> trusted{"127.0.0.1", "10.0.0.1", "2001:db8::1"};
  const auto client = [&](const char* forwarded) { return client_address(address("127.0.0.1"), forwarded, trusted); };
  EXPECT_EQ(client("198.51.100.66, 203.0.113.9"), "203.0.113.9") << "what stands before it was written by the client";
  EXPECT_EQ(client("203.0.113.9, 10.0.0.1"), "203.0.113.9");
  EXPECT_EQ(client("203.0.113.9,2001:DB8:0::1"), "203.0.113.9");
  EXPECT_EQ(client("203.0.113.9:4711"), "203.0.113.9");
  EXPECT_EQ(client("[2001:db8::9]:4711"), "2001:db8::9");
  EXPECT_EQ(client("2001:db8::9"), "2001:db8::9");
  EXPECT_EQ(client(""), "127.0.0.1");
  EXPECT_EQ(client("unknown"), "127.0.0.1");
  EXPECT_EQ(client("203.0.113.9, unknown"), "127.0.0.1") << "nothing behind what cannot be read is believed";
  EXPECT_EQ(client("203.0.113.9,"), "127.0.0.1");
  EXPECT_EQ(client("[203.0.113.9"), "203.0.113.9");
}

}  // namespace
}  // namespace sidetone::net
