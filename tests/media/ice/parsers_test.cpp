#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "media/ice/candidate.hpp"
#include "media/ice/mdns_message.hpp"
#include "media/ice/server_url.hpp"

namespace sidetone::media::ice {
namespace {

TEST(Candidate, ReadsWhatBrowsersWrite) {
  const auto host = parse_candidate(
      "candidate:4268350160 1 udp 2122194687 192.0.2.2 58716 typ host generation 0 ufrag 4zC2 network-id 1");
  ASSERT_TRUE(host.ok()) << host.error().text;
  EXPECT_EQ(host.value().address, "192.0.2.2");
  EXPECT_EQ(host.value().port, 58716);
  EXPECT_EQ(host.value().priority, 2122194687u);
  EXPECT_EQ(host.value().ufrag, "4zC2");
  const auto reflexive = parse_candidate("a=candidate:1 2 UDP 1 fd00::2 9 typ srflx raddr 10.0.0.1 rport 5000");
  ASSERT_TRUE(reflexive.ok());
  EXPECT_EQ(reflexive.value().type, CandidateType::kServerReflexive);
  EXPECT_EQ(reflexive.value().component, 2u);
  EXPECT_EQ(reflexive.value().related_address, "10.0.0.1");
  EXPECT_EQ(reflexive.value().related_port, 5000);
  EXPECT_EQ(parse_candidate(to_string(reflexive.value())).value(), reflexive.value());
  const auto tcp =
      parse_candidate("candidate:12783172 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active generation 0");
  ASSERT_TRUE(tcp.ok());
  EXPECT_EQ(tcp.value().protocol, Protocol::kTcp);
  EXPECT_EQ(tcp.value().tcp_type, "active");
  EXPECT_TRUE(is_mdns_name("8a6f1f3e-6a24-4c2b-8a9b-3c1d5a7b9e01.local"));
  EXPECT_TRUE(is_mdns_name("X.LOCAL"));
  EXPECT_FALSE(is_mdns_name("192.0.2.1"));
}

TEST(Candidate, RefusesTheRest) {
  for (const char* text :
       {"", "candidate:", "candidate:1 1 udp 1 1.2.3.4", "candidate:1 1 udp 1 1.2.3.4 99999 typ host",
        "candidate:1 1 udp x 1.2.3.4 9 typ host", "candidate:1 1 udp 1 1.2.3.4 9 host",
        "host:1 1 udp 1 1.2.3.4 9 typ host", "candidate:1 1 udp 1 1.2\"3 9 typ host"})
    EXPECT_EQ(parse_candidate(text).error().code, ErrorCode::kMalformed) << text;
  EXPECT_EQ(parse_candidate("candidate:1 0 udp 1 1.2.3.4 9 typ host").error().code, ErrorCode::kOutOfRange);
  EXPECT_EQ(parse_candidate("candidate:1 1 sctp 1 1.2.3.4 9 typ host").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse_candidate("candidate:1 1 udp 1 1.2.3.4 9 typ other").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse_candidate(std::string(600, 'c')).error().code, ErrorCode::kTooLarge);
}

TEST(ServerUrl, FollowsRfc7064And7065) {
  EXPECT_EQ(parse_server_url("stun:stun.example.org").value(),
            (ServerUrl{false, false, false, "stun.example.org", 3478}));
  EXPECT_EQ(parse_server_url("stun:[2001:db8::1]:5000").value(), (ServerUrl{false, false, false, "2001:db8::1", 5000}));
  EXPECT_EQ(parse_server_url("turn:10.0.0.1:3479?transport=tcp").value(),
            (ServerUrl{true, false, true, "10.0.0.1", 3479}));
  EXPECT_EQ(parse_server_url("turn:10.0.0.1?transport=udp").value(), (ServerUrl{true, false, false, "10.0.0.1", 3478}));
  EXPECT_EQ(parse_server_url("turns:t.example").value(), (ServerUrl{true, true, true, "t.example", 5349}));
  for (const char* url : {"", "turn", "http://x", "stun:", "stun:x:0", "stun:x:70000", "stun:x:1x",
                          "turn:x?transport=sctp", "stun:[::1", "stun:a b", "stun:x?transport=udp"})
    EXPECT_FALSE(parse_server_url(url).ok()) << url;
}

std::vector<std::uint8_t> response_for(const std::vector<std::uint8_t>& name_bytes) {
  std::vector<std::uint8_t> out{0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 0};
  out.insert(out.end(), name_bytes.begin(), name_bytes.end());
  const std::vector<std::uint8_t> a{0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, 192, 0, 2, 7};
  out.insert(out.end(), a.begin(), a.end());
  const std::vector<std::uint8_t> aaaa{0xC0, 12, 0, 28, 0x80, 1, 0, 0, 0, 120, 0, 16, 0xfd, 0,
                                       0,    0,  0, 0,  0,    0, 0, 0, 0, 0,   0, 0,  0,    9};
  out.insert(out.end(), aaaa.begin(), aaaa.end());
  return out;
}

TEST(Mdns, ReadsAddressesAndFollowsPointers) {
  const auto addresses = parse_mdns_response(response_for({3, 'A', 'b', 'c', 5, 'l', 'o', 'c', 'a', 'l', 0}));
  ASSERT_TRUE(addresses.ok()) << addresses.error().text;
  ASSERT_EQ(addresses.value().size(), 2u);
  EXPECT_EQ(addresses.value()[0], (MdnsAddress{"abc.local", "192.0.2.7"}));
  EXPECT_EQ(addresses.value()[1], (MdnsAddress{"abc.local", "fd00::9"}));
}

TEST(Mdns, RefusesLoopsAndWhatIsCutOff) {
  EXPECT_EQ(parse_mdns_response(response_for({0xC0, 12})).error().code, ErrorCode::kMalformed);  // points at itself
  EXPECT_EQ(parse_mdns_response(response_for({0x80, 1})).error().code, ErrorCode::kMalformed);
  const auto whole = response_for({1, 'x', 0});
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(parse_mdns_response(Bytes{whole}.first(length)).ok()) << length;
  EXPECT_EQ(parse_mdns_response(std::vector<std::uint8_t>(kMaxMdnsBytes + 1)).error().code, ErrorCode::kTooLarge);
}

TEST(Mdns, AQueryIsNoResponseAndAsksForBothFamilies) {
  std::array<std::uint8_t, 128> storage;
  ByteWriter out(storage);
  ASSERT_TRUE(write_mdns_query("abc.local", out).ok());
  const auto parsed = parse_mdns_response(out.written());
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed.value().empty());
  const std::vector<std::uint8_t> expected{0,   0,   0,   0,   0,   2, 0, 0, 0, 0, 0,    0,  3, 'a', 'b', 'c', 5,
                                           'l', 'o', 'c', 'a', 'l', 0, 0, 1, 0, 1, 0xC0, 12, 0, 28,  0,   1};
  EXPECT_EQ(std::vector<std::uint8_t>(out.written().begin(), out.written().end()), expected);
  EXPECT_EQ(write_mdns_query("a..local", out).error().code, ErrorCode::kOutOfRange);
  EXPECT_EQ(write_mdns_query(std::string(64, 'x') + ".local", out).error().code, ErrorCode::kOutOfRange);
}

}  // namespace
}  // namespace sidetone::media::ice
