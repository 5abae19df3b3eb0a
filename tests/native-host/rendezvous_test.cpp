#include "native-host/channel/rendezvous.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/native-host/fake_service.hpp"
#include "tests/native-host/temporary_folder.hpp"

namespace sidetone::host::test {
namespace {

using namespace protocol;

class SeededRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (auto& byte : out) {
      state_ = state_ * 6364136223846793005u + 1442695040888963407u;
      byte = static_cast<std::byte>(state_ >> 56);
    }
  }

 private:
  std::uint64_t state_ = 1;
};

class RendezvousTest : public testing::Test {
 protected:
  void SetUp() override {
    options.shortest_wait = Milliseconds{10};
    options.longest_wait = Milliseconds{100};
  }
  void start() {
    options.service = service.url();
    options.name = "desk";
    options.credential_file = folder.path() / "host.json";
    channel::RendezvousEvents events;
    events.pairing_code = [this](const std::string& code, std::uint32_t) { codes.push_back(code); };
    events.paired = [this](const std::string& user) { paired = user; };
    events.signed_in = [this](const std::string& host, const HostWelcome& welcome) {
      signed_in_as = host;
      origins = welcome.allowed_origins;
      ++sign_ins;
    };
    events.disconnected = [this](const std::string& reason) { disconnected.push_back(reason); };
    events.unpaired = [this] { ++unpaired; };
    events.device_signed_out = [this](std::uint32_t device) { signed_out.push_back(device); };
    events.loopback_devices = [this] { return loopback_devices; };
    events.ticket_issued = [this](const HostTicketIssued& ticket) { tickets.push_back(ticket.ticket); };
    rendezvous.emplace(loop.context.get_executor(), options, events, random, logger, control, 4711);
    rendezvous->start();
  }
  void save(const std::string& host = "h1", const std::string& url = "") {
    ASSERT_TRUE(
        channel::save_credential(folder.path() / "host.json", {host, "secret", url.empty() ? service.url() : url}));
  }
  void sign_in(UserId user = 5) {
    save();
    start();
    service.welcome(user);
    ASSERT_TRUE(loop.run_until([&] { return sign_ins == 1; }));
  }

  TemporaryFolder folder;
  Loop loop;
  FakeService service{loop};
  SeededRandom random;
  net::Logger logger = quiet_logger();
  ControlRecord control;
  channel::RendezvousOptions options;
  std::vector<std::string> codes;
  std::vector<std::string> tickets;
  std::vector<std::string> origins;
  std::vector<std::string> disconnected;
  std::vector<std::uint32_t> signed_out;
  std::vector<std::uint32_t> loopback_devices;
  std::string paired;
  std::string signed_in_as;
  int sign_ins = 0;
  int unpaired = 0;
  std::optional<channel::Rendezvous> rendezvous;
};

TEST_F(RendezvousTest, WhatIsSentToTheServiceIsMarked) {
  options.dscp = 24;
  sign_in();
  int found = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in far{};
    socklen_t length = sizeof far;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&far), &length) != 0 || far.sin_family != AF_INET ||
        ntohs(far.sin_port) != service.port())
      continue;
    int traffic_class = -1;
    length = sizeof traffic_class;
    ASSERT_EQ(getsockopt(fd, IPPROTO_IP, IP_TOS, &traffic_class, &length), 0);
    EXPECT_EQ(traffic_class, 24 << 2);
    ++found;
  }
  EXPECT_EQ(found, 1);
}

TEST_F(RendezvousTest, PairsByCodeAndSignsIn) {
  start();
  EXPECT_EQ(service.hear<HostEnrol>().name, "desk");
  EXPECT_EQ(service.target, "/host");
  service.say(HostCode{"123456", 300});
  ASSERT_TRUE(loop.run_until([&] { return codes == std::vector<std::string>{"123456"}; }));
  service.say(HostPaired{"h1", "secret", "Alice"});
  const auto request = service.hear<HostSignIn>();
  EXPECT_EQ(paired, "Alice");
  EXPECT_EQ(request.host, "h1");
  EXPECT_EQ(request.credential, "secret");
  EXPECT_EQ(request.name, "desk");
  EXPECT_EQ(request.loopback_port, 4711u);
  const auto kept = channel::load_credential(folder.path() / "host.json");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->service, service.url());
  service.say(HostWelcome{5, {"https://page"}});
  ASSERT_TRUE(loop.run_until([&] { return sign_ins == 1; }));
  EXPECT_EQ(signed_in_as, "h1");
  EXPECT_EQ(origins, std::vector<std::string>{"https://page"});
}

TEST_F(RendezvousTest, ACodeThatRunsOutIsReplaced) {
  start();
  service.hear<HostEnrol>();
  service.say(HostCode{"one", 0});
  service.hear<HostEnrol>();
  service.say(HostCode{"two", 300});
  ASSERT_TRUE(loop.run_until([&] { return codes == std::vector<std::string>{"one", "two"}; }));
}

TEST_F(RendezvousTest, NothingIsTakenBeforeTheWelcome) {
  start();
  service.hear<HostEnrol>();
  service.say(HostWelcome{0, {}});
  service.say(HostControl{1, "x"});
  service.say(HostRelease{"call"});
  service.say(HostTicketIssued{"hash", 1, 30});
  service.say(HostUnpaired{});
  service.say(HostCode{"after", 300});
  ASSERT_TRUE(loop.run_until([&] { return codes.size() == 1; }));
  EXPECT_EQ(sign_ins, 0);
  EXPECT_TRUE(control.received.empty());
  EXPECT_TRUE(control.released.empty());
  EXPECT_TRUE(tickets.empty());
}

TEST_F(RendezvousTest, AConnectionFromAnAddressThatIsGoneIsMadeAnewAtOnce) {
  options.shortest_wait = Milliseconds{600'000};
  sign_in();
  rendezvous->network_changed({"127.0.0.1"});
  rendezvous->network_changed({"192.0.2.1"});  // loopback is not spoken of where there is another interface
  rendezvous->network_changed({"127.0.0.9"});
  service.welcome();
  ASSERT_TRUE(loop.run_until([&] { return sign_ins == 2; }));
  EXPECT_EQ(service.connections, 2);
  EXPECT_EQ(control.lost, 1);
  EXPECT_EQ(disconnected, std::vector<std::string>{"its address 127.0.0.1 is gone"});
}

TEST_F(RendezvousTest, AChangeOfTheNetworkEndsTheWaiting) {
  options.shortest_wait = options.longest_wait = Milliseconds{600'000};
  sign_in();
  service.line.socket->close(net::kClosePolicy, "go");
  ASSERT_TRUE(loop.run_until([&] { return disconnected.size() == 1; }));
  rendezvous->network_changed({"127.0.0.1"});
  service.welcome();
  ASSERT_TRUE(loop.run_until([&] { return sign_ins == 2; }));
}

TEST_F(RendezvousTest, CarriesControlBothWays) {
  sign_in();
  service.say(HostControl{7, R"({"t":"ping","r":1})"});
  service.say(HostControl{0, R"({"t":"ping","r":2})"});
  service.say(HostClientLost{9});
  service.say(HostClientGone{7});
  service.say(HostClientGone{8, true});
  service.say(HostRelease{"call-1"});
  service.say(HostTicketIssued{"hash", 7, 30});
  ASSERT_TRUE(loop.run_until([&] { return tickets.size() == 1; }));
  ASSERT_EQ(control.received.size(), 1u) << "the service is no client of a person's host";
  EXPECT_EQ(control.received[0].first, 7u);
  EXPECT_EQ(control.received[0].second, R"({"t":"ping","r":1})");
  EXPECT_EQ(control.clients_lost, std::vector<control::ClientKey>{9});
  EXPECT_EQ(control.gone, (std::vector<control::ClientKey>{7, 8}));
  EXPECT_EQ(signed_out, std::vector<std::uint32_t>{8});
  EXPECT_EQ(control.released, std::vector<std::string>{"call-1"});
  rendezvous->send(7, R"({"t":"ok","r":1})");
  const auto answer = service.hear<HostControl>();
  EXPECT_EQ(answer.client, 7u);
  EXPECT_EQ(answer.message, R"({"t":"ok","r":1})");
  rendezvous->set_live_calls({"call-1"});
  EXPECT_EQ(service.hear<HostLiveCalls>().calls, std::vector<std::string>{"call-1"});
  service.line.socket->send("{ not JSON");
  service.say(HostControl{8, "x"});
  ASSERT_TRUE(loop.run_until([&] { return control.received.size() == 2; })) << "a bad frame ends nothing";
}

TEST_F(RendezvousTest, RobotsObeyTheService) {
  sign_in(/*user=*/0);
  service.say(HostControl{0, "x"});
  ASSERT_TRUE(loop.run_until([&] { return control.received.size() == 1; }));
  EXPECT_EQ(control.received[0].first, 0u);
}

TEST_F(RendezvousTest, ComesBackAndSaysWhatItCarries) {
  sign_in();
  rendezvous->set_live_calls({"call-1"});
  loopback_devices = {7, 9};
  service.stop_listening();
  service.line.socket->close(1011, "crash");
  ASSERT_TRUE(loop.run_until([&] { return disconnected.size() >= 3; })) << "it goes on trying";
  EXPECT_EQ(control.lost, 1);
  EXPECT_TRUE(control.gone.empty()) << "its client may come back";
  service.listen(service.port());
  const auto again = service.welcome();
  EXPECT_EQ(again.live_calls, std::vector<std::string>{"call-1"});
  EXPECT_EQ(again.loopback_clients, (std::vector<std::uint32_t>{7, 9}));
  EXPECT_EQ(control.pairings_over, 0);
  ASSERT_TRUE(loop.run_until([&] { return sign_ins == 2; }));
}

TEST_F(RendezvousTest, ComesBackAtOnceAfterARestart) {
  options.shortest_wait = options.longest_wait = Seconds{3600};
  sign_in();
  service.line.socket->close(net::kCloseRestart, "restart");
  service.welcome();
  ASSERT_TRUE(loop.run_until([&] { return sign_ins == 2; }));
}

TEST_F(RendezvousTest, WaitsAsLongAsTheServiceSays) {
  save();
  start();
  service.hear<HostSignIn>();
  const auto begin = std::chrono::steady_clock::now();
  Failure busy;
  busy.code = "rate_limited";
  busy.text = "later";
  busy.retry_after_ms = 300;
  service.say(busy);
  service.welcome();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(300));
}

TEST_F(RendezvousTest, ARefusedCredentialLeadsToANewPairing) {
  save();
  start();
  service.hear<HostSignIn>();
  Failure refused;
  refused.code = "unauthenticated";
  refused.text = "no";
  service.say(refused);
  service.hear<HostEnrol>();
  EXPECT_EQ(unpaired, 1);
  EXPECT_EQ(control.pairings_over, 1);
  EXPECT_TRUE(channel::load_credential(folder.path() / "host.json")) << "kept until there is a new one";
  // A service that ends the connection after a refusal gets the same.
  service.line.socket->close(1008, "");
  service.hear<HostEnrol>();
  service.say(HostPaired{"h2", "new", "Bob"});
  EXPECT_EQ(service.hear<HostSignIn>().host, "h2");
  EXPECT_EQ(channel::load_credential(folder.path() / "host.json")->host, "h2");
}

TEST_F(RendezvousTest, UnpairedForgetsTheCredential) {
  sign_in();
  service.say(HostUnpaired{});
  service.hear<HostEnrol>();
  EXPECT_EQ(unpaired, 1);
  EXPECT_EQ(control.pairings_over, 1);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "host.json"));
}

TEST_F(RendezvousTest, ACredentialOfAnotherUserEndsThePairingBefore) {
  sign_in(5);
  save("h2");
  service.line.socket->close(net::kCloseRestart, "restart");
  service.welcome(6);
  ASSERT_TRUE(loop.run_until([&] { return sign_ins == 2; }));
  EXPECT_EQ(signed_in_as, "h2");
  EXPECT_EQ(unpaired, 1);
  EXPECT_EQ(control.pairings_over, 1);
}

TEST_F(RendezvousTest, ARobotWaitsForItsCredentialAndNeverEnrols) {
  options.may_enrol = false;
  start();
  ASSERT_TRUE(loop.run_until([&] { return service.connections >= 2; })) << "it tries again";
  EXPECT_TRUE(service.line.frames.empty());
  save("robots");
  EXPECT_EQ(service.welcome(0).host, "robots");
}

TEST_F(RendezvousTest, ACredentialIsShownToItsOwnServiceAlone) {
  options.may_enrol = false;
  save("h1", "wss://elsewhere.example");
  start();
  ASSERT_TRUE(loop.run_until([&] { return service.connections >= 2; }));
  EXPECT_TRUE(service.line.frames.empty());
}

}  // namespace
}  // namespace sidetone::host::test
