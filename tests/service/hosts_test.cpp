#include "net/crypto.hpp"
#include "net/websocket.hpp"
#include "tests/service/support/rig.hpp"

/// Pairing, the tunnel between clients and hosts, and tickets.
namespace sidetone::service::testing {
namespace {

using namespace protocol;

TEST(PairingTest, ACodeIsEightDigitsGoodOnceAndForAWhile) {
  Rig rig;
  auto& alice = rig["alice"];
  HostClient host(rig);
  host.connect();
  host.send(HostEnrol{"thin client 12"});
  const auto first = host.events<HostCode>();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].code.size(), 8u);
  EXPECT_EQ(first[0].valid_s, 300u);
  rig.advance(Seconds{301});
  const auto second = host.events<HostCode>();
  ASSERT_EQ(second.size(), 1u) << "an endpoint that waits on shows a fresh code";
  EXPECT_EQ(alice.ask_for_error(HostPair{first[0].code}), "not_found");
  const auto typed = second[0].code.substr(0, 4) + " " + second[0].code.substr(4);
  const auto pairing = alice.ask_for<HostPairing>(HostPair{typed});
  EXPECT_EQ(pairing.name, "thin client 12");
  EXPECT_EQ(pairing.address, "198.51.100.7");
  EXPECT_EQ(alice.ask_for_error(HostPair{second[0].code}), "not_found") << "one use";
  EXPECT_EQ(rig["bob"].ask_for_error(HostConfirm{pairing.pairing, true}), "not_found") << "whoever typed it confirms";
  EXPECT_TRUE(host.events<HostPaired>().empty());
  alice.ask_for<Ok>(HostConfirm{pairing.pairing, true});
  EXPECT_EQ(host.events<HostPaired>().size(), 1u);
  EXPECT_EQ(alice.ask_for_error(HostConfirm{pairing.pairing, true}), "not_found");
}

TEST(PairingTest, TheUserMayRefuse) {
  Rig rig;
  auto& alice = rig["alice"];
  HostClient host(rig);
  host.connect();
  host.send(HostEnrol{"not mine"});
  const auto pairing = alice.ask_for<HostPairing>(HostPair{host.events<HostCode>().at(0).code});
  alice.ask_for<Ok>(HostConfirm{pairing.pairing, false});
  EXPECT_EQ(host.events<Failure>().at(0).code, "forbidden");
  EXPECT_TRUE(alice.ask_for<Hosts>(HostList{}).hosts.empty());
}

TEST(StrangeHostTest, WhoeverNeitherSignsInNorEnrolsIsSentAway) {
  Rig rig;
  HostClient host(rig);
  host.connect();
  rig.advance(Seconds{29});
  EXPECT_FALSE(host.wire->closed);
  rig.advance(Seconds{2});
  EXPECT_EQ(host.wire->closed, net::kClosePolicy);
}

TEST(StrangeHostTest, AnEnrollingHostMayWaitForAPersonButNotForEver) {
  Rig rig;
  HostClient host(rig);
  host.connect();
  host.send(HostEnrol{"endpoint"});
  rig.advance(Seconds{3500});
  EXPECT_FALSE(host.wire->closed);
  host.send(HostEnrol{"endpoint"});
  rig.advance(Seconds{200});
  EXPECT_EQ(host.wire->closed, net::kClosePolicy) << "a fresh code does not prolong the time";
  const auto code = host.events<HostCode>().back().code;
  EXPECT_EQ(rig["alice"].ask_for_error(HostPair{code}), "not_found");
}

TEST(StrangeHostTest, APairedHostHasNoDeadline) {
  Rig rig;
  HostClient host(rig);
  host.pair_with(rig["alice"]);
  rig.advance(Seconds{8000});
  EXPECT_FALSE(host.wire->closed);
}

TEST(StrangeHostTest, FramesBeforeTheSignInAreFew) {
  Rig rig;
  HostClient host(rig);
  host.connect();
  for (int i = 0; i < 21; ++i) host.send(Ping{});
  EXPECT_EQ(host.wire->closed, net::kClosePolicy);
}

TEST(StrangeHostTest, OneAddressCannotTakeAllCodes) {
  Rig rig;
  std::vector<std::unique_ptr<HostClient>> hosts;
  int refused = 0;
  for (int i = 0; i < 80; ++i) {
    auto& host = hosts.emplace_back(std::make_unique<HostClient>(rig));
    host->connect("2001:db8::" + std::to_string(i));
    host->send(HostEnrol{"endpoint"});
    refused += host->events<HostCode>().empty() ? 1 : 0;
    rig.advance(Seconds{2});  // past the rate of enrolments
  }
  EXPECT_EQ(refused, 30);
  HostClient elsewhere(rig);
  elsewhere.connect("192.0.2.9");
  elsewhere.send(HostEnrol{"endpoint"});
  EXPECT_EQ(elsewhere.events<HostCode>().size(), 1u);
}

TEST(PairingTest, GuessingCodesIsSlow) {
  Rig rig;
  auto& alice = rig["alice"];
  int looked_at = 0;
  for (int i = 0; i < 10; ++i)
    looked_at += alice.ask_for_error(HostPair{"0000000" + std::to_string(i)}) == "not_found" ? 1 : 0;
  EXPECT_EQ(looked_at, 5);
}

class HostsTest : public ::testing::Test {
 protected:
  HostsTest() { host_.pair_with(alice_); }
  Rig rig_;
  Client& alice_ = rig_["alice"];
  Client& bob_ = rig_["bob"];
  HostClient host_{rig_};
};

TEST_F(HostsTest, AHostSignsInWithItsCredentialAndNoOther) {
  EXPECT_EQ(host_.events<HostWelcome>().at(0).user, alice_.user());
  HostClient thief(rig_);
  thief.host = host_.host;
  thief.credential = "made up";
  thief.connect();
  thief.sign_in();
  EXPECT_EQ(thief.events<Failure>().at(0).code, "unauthenticated");
  EXPECT_EQ(thief.wire->closed, net::kClosePolicy);
  EXPECT_TRUE(alice_.ask_for<Hosts>(HostList{}).hosts.at(0).online) << "the real one is still there";
  thief.host = "no such host";
  thief.connect();
  thief.sign_in();
  EXPECT_EQ(thief.events<Failure>().at(0).code, "unauthenticated");
}

TEST_F(HostsTest, TheTunnelConnectsAUsersClientsAndHostsAndNobodyElse) {
  alice_.ask_for<Ok>(Control{host_.host, "{\"t\":\"attach\"}"});
  const auto control = host_.events<HostControl>();
  ASSERT_EQ(control.size(), 1u);
  EXPECT_EQ(control[0].client, alice_.device());
  EXPECT_EQ(control[0].message, "{\"t\":\"attach\"}");
  host_.send(HostControl{alice_.device(), "{\"t\":\"attached\"}"});
  const auto back = alice_.events<Control>();
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].host, host_.host);

  host_.take();
  EXPECT_EQ(bob_.ask_for_error(Control{host_.host, "x"}), "not_found");
  EXPECT_EQ(bob_.ask_for_error(HostTicket{host_.host}), "not_found");
  EXPECT_EQ(bob_.ask_for_error(HostUnpair{host_.host}), "not_found");
  EXPECT_TRUE(bob_.ask_for<Hosts>(HostList{}).hosts.empty());
  CallInvite invite;
  invite.call = "a-call-of-bob";
  invite.to = rig_.user("carol");
  invite.host = host_.host;
  EXPECT_EQ(bob_.ask_for_error(invite), "not_found");
  EXPECT_TRUE(host_.take().empty());

  host_.send(HostControl{bob_.device(), "x"});
  EXPECT_TRUE(bob_.events<Control>().empty());
  host_.send(HostControl{0, "x"});
  const auto refused = host_.events<Failure>();
  ASSERT_EQ(refused.size(), 2u);
  EXPECT_EQ(refused[0].code, "not_found");
  EXPECT_EQ(refused[1].code, "forbidden");
}

TEST_F(HostsTest, AnUnpairedConnectionHasNoSay) {
  HostClient stranger(rig_);
  stranger.connect();
  stranger.send(HostControl{alice_.device(), "x"});
  stranger.send(HostLiveCalls{{"call"}});
  const auto refused = stranger.events<Failure>();
  ASSERT_EQ(refused.size(), 2u);
  EXPECT_EQ(refused[0].code, "unauthenticated");
  EXPECT_TRUE(alice_.events<Control>().empty());
}

TEST_F(HostsTest, ATicketGoesToTheClientAndItsHashToTheHost) {
  const auto granted = alice_.ask_for<HostTicketGranted>(HostTicket{host_.host});
  EXPECT_EQ(granted.port, 40'000u);
  const auto issued = host_.events<HostTicketIssued>();
  ASSERT_EQ(issued.size(), 1u);
  EXPECT_EQ(issued[0].ticket, net::base64url(net::sha256(granted.ticket)));
  EXPECT_EQ(issued[0].client, alice_.device());
  host_.lose();
  EXPECT_EQ(alice_.ask_for_error(HostTicket{host_.host}), "unavailable");
}

TEST_F(HostsTest, ClientsHearOfHostsThatComeAndGo) {
  alice_.forget_events();
  host_.lose();
  EXPECT_FALSE(alice_.events<Hosts>().at(0).hosts.at(0).online);
  EXPECT_EQ(alice_.ask_for_error(Control{host_.host, "x"}), "unavailable");
  host_.connect();
  host_.sign_in();
  const auto hosts = alice_.events<Hosts>().at(0).hosts;
  EXPECT_TRUE(hosts.at(0).online);
  EXPECT_EQ(hosts.at(0).loopback_port, 40'000u);
}

TEST_F(HostsTest, TheHostHearsOfAClientThatIsGoneForGood) {
  alice_.ask_for<Ok>(Control{host_.host, "x"});
  host_.take();
  alice_.lose();
  const auto lost = host_.events<HostClientLost>();
  ASSERT_EQ(lost.size(), 1u) << "at once: what rings for it falls silent";
  EXPECT_EQ(lost[0].client, alice_.device());
  rig_.advance(Seconds{5});
  EXPECT_TRUE(host_.events<HostClientGone>().empty()) << "it may resume";
  EXPECT_TRUE(alice_.resume());
  alice_.ask_for<Ok>(SignOut{});
  const auto gone = host_.events<HostClientGone>();
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].client, alice_.device());
}

TEST_F(HostsTest, TheHostHearsOfADeviceThatSignedOut) {
  auto& laptop = rig_["alice/laptop"];
  const auto laptop_device = laptop.device();
  laptop.ask_for<HostTicketGranted>(HostTicket{host_.host});
  host_.take();
  laptop.ask_for<Ok>(SignOut{});
  const auto gone = host_.events<HostClientGone>();
  ASSERT_EQ(gone.size(), 1u) << "it has never come by the tunnel";
  EXPECT_EQ(gone[0].client, laptop_device);
  EXPECT_TRUE(gone[0].signed_out);

  // One that may come back keeps its way in.
  auto& phone = rig_["alice/phone"];
  phone.ask_for<HostTicketGranted>(HostTicket{host_.host});
  phone.ask_for<Ok>(Control{host_.host, "x"});
  phone.lose();
  rig_.advance(Seconds{600});
  const auto ended = host_.events<HostClientGone>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_FALSE(ended[0].signed_out);
}

TEST_F(HostsTest, AHostThatWasAwayHearsAtItsSignInWhoSignedOut) {
  auto& laptop = rig_["alice/laptop"];
  const auto laptop_device = laptop.device();
  host_.lose();
  laptop.ask_for<Ok>(SignOut{});
  host_.connect();
  HostSignIn request{host_.host, host_.credential, "endpoint", "0.1", 40'000, {}, {}};
  request.loopback_clients = {alice_.device(), laptop_device};
  host_.send(request);
  const auto gone = host_.events<HostClientGone>();
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].client, laptop_device);
  EXPECT_TRUE(gone[0].signed_out);
}

TEST_F(HostsTest, AnUnpairedHostForgetsItsCredentialAndIsCutOff) {
  alice_.ask_for<Ok>(HostUnpair{host_.host});
  EXPECT_EQ(host_.events<HostUnpaired>().size(), 1u);
  EXPECT_EQ(host_.wire->closed, net::kCloseSignedOut);
  host_.connect();
  host_.sign_in();
  EXPECT_EQ(host_.events<Failure>().at(0).code, "unauthenticated");
  EXPECT_TRUE(alice_.ask_for<Hosts>(HostList{}).hosts.empty());
}

TEST(HostsRestartTest, APairingSurvivesTheService) {
  Rig rig({}, true);
  auto& alice = rig["alice"];
  HostClient host(rig);
  host.pair_with(alice);
  rig.kill_and_restart();
  host.connect();
  host.take();
  host.sign_in();
  EXPECT_EQ(host.events<HostWelcome>().at(0).user, alice.user());
  alice.resume();
  EXPECT_TRUE(alice.ask_for<Hosts>(HostList{}).hosts.at(0).online);
}

}  // namespace
}  // namespace sidetone::service::testing
