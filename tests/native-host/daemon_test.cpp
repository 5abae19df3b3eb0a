#include "native-host/daemon.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "net/crypto.hpp"
#include "net/system_clock.hpp"
#include "tests/native-host/fake_media.hpp"
#include "tests/native-host/fake_service.hpp"
#include "tests/native-host/temporary_folder.hpp"

namespace sidetone::host::test {
namespace {

using namespace protocol;

/// The fake engine on a thread of its own, as the real one is.
class ThreadedEngine final : public FakeMediaEngine {
 public:
  ThreadedEngine() : work_(loop_.get_executor()), thread_([this] { loop_.run(); }) {}
  ~ThreadedEngine() override {
    work_.reset();
    thread_.join();
  }
  void post(std::function<void()> task) override { boost::asio::post(loop_, std::move(task)); }

 private:
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

class DaemonTest : public testing::Test {
 protected:
  void SetUp() override {
    options.service = service.url();
    options.credential_file = folder.path() / "host.json";
    options.name = "desk";
    ASSERT_TRUE(channel::save_credential(options.credential_file, {"h1", "secret", ""}));
    daemon.emplace(
        loop.context, options,
        [this](std::function<void()>) {
          auto made = std::make_unique<ThreadedEngine>();
          engine = made.get();
          return made;
        },
        clock, random, logger, events);
    ASSERT_TRUE(daemon->start());
    sign_in = service.welcome(5, {"https://page"});
  }
  void TearDown() override { std::fclose(output); }

  template <class M>
  std::string control(const M& message) {
    service.say(HostControl{7, encode(message, {1, std::nullopt})});
    return service.hear<HostControl>().message;
  }
  /// A page that attaches by loopback, with a ticket for this device.
  void come_in(Line& page, std::uint32_t device) {
    const std::string ticket = "ticket" + std::to_string(device);
    service.say(HostTicketIssued{net::base64url(net::sha256(ticket)), device, 30});
    control(Ping{});  // its answer says that the ticket has arrived
    net::WebSocketAddress address;
    address.url = "ws://127.0.0.1:" + std::to_string(*sign_in.loopback_port) + "/control";
    address.subprotocols = {"sidetone.1", ticket};
    address.origin = "https://page";
    net::connect_websocket(loop.context.get_executor(), address, {}, [&](auto result) {
      ASSERT_TRUE(result) << to_string(result.error());
      page.take(*result);
      page.socket->send(encode(Attach{}, {2, std::nullopt}));
    });
    ASSERT_TRUE(loop.run_until([&] { return !page.frames.empty(); }));
  }
  std::string written() {
    std::rewind(output);
    std::string text(4096, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), output));
    return text;
  }

  TemporaryFolder folder;
  Loop loop;
  FakeService service{loop};
  net::SystemClock clock;
  net::SystemRandom random;
  net::Logger logger = quiet_logger();
  std::FILE* output = std::tmpfile();
  EventWriter events{true, output};
  Options options;
  ThreadedEngine* engine = nullptr;
  HostSignIn sign_in;
  std::optional<Daemon> daemon;
};

TEST_F(DaemonTest, CarriesOutControlByRendezvousAndReportsCalls) {
  EXPECT_NE(control(Attach{}).find("\"attached\""), std::string::npos);
  EXPECT_EQ(control(PeerCreate{"p", "call-1", {}, false}), R"({"t":"ok","r":1})");
  engine->post([this] { engine->peers.at(0)->connect(); });
  EXPECT_EQ(service.hear<HostLiveCalls>().calls, std::vector<std::string>{"call-1"});
  service.say(HostRelease{"call-1"});
  EXPECT_TRUE(service.hear<HostLiveCalls>().calls.empty());
  const auto text = written();
  EXPECT_NE(text.find(R"({"event":"signed_in","host":"h1","loopback_port":)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"({"event":"client_attached","client":7})"), std::string::npos) << text;
  EXPECT_NE(text.find(R"({"event":"audio","devices":2,"reason":""})"), std::string::npos) << text;
  EXPECT_EQ(text.find("secret"), std::string::npos);
}

TEST_F(DaemonTest, ATicketOfTheServiceOpensTheLoopback) {
  EXPECT_NE(control(Attach{}).find("\"attached\""), std::string::npos);
  Line page;
  come_in(page, 9);
  EXPECT_NE(page.frames.at(0).find("\"attached\""), std::string::npos);
  EXPECT_EQ(service.hear<HostControl>().message, R"({"t":"detached"})");
  ASSERT_TRUE(
      loop.run_until([&] { return written().find(R"({"event":"client_attached","client":9})") != std::string::npos; }));
  service.say(HostUnpaired{});
  ASSERT_TRUE(loop.run_until([&] { return page.code != 0; })) << "an ended pairing ends the page's way in";
}

TEST_F(DaemonTest, ADeviceThatSignsOutLosesItsWayIn) {
  Line page;
  come_in(page, 9);
  Line other;
  come_in(other, 10);
  service.say(HostClientGone{9});
  service.say(HostClientGone{9, true});
  ASSERT_TRUE(loop.run_until([&] { return page.code != 0; }));
  service.line.socket->close(net::kCloseRestart, "restart");
  EXPECT_EQ(service.welcome().loopback_clients, std::vector<std::uint32_t>{10});
}

TEST_F(DaemonTest, TheNextUserFindsNothingOfTheOneBefore) {
  control(Attach{});
  control(PeerCreate{"p", "call-1", {}, false});
  engine->post([this] { engine->peers.at(0)->connect(); });
  EXPECT_EQ(service.hear<HostLiveCalls>().calls, std::vector<std::string>{"call-1"});
  service.say(HostUnpaired{});
  service.hear<HostEnrol>();
  service.say(HostPaired{"h2", "another", "Bob"});
  EXPECT_TRUE(service.welcome(6).live_calls.empty());
  const auto attached = control(Attach{});
  EXPECT_NE(attached.find("\"attached\""), std::string::npos);
  EXPECT_EQ(attached.find("call-1"), std::string::npos) << attached;
  auto closed = std::make_shared<std::promise<bool>>();
  engine->post([this, closed] { closed->set_value(engine->peers.at(0)->closed); });
  EXPECT_TRUE(closed->get_future().get());
}

TEST_F(DaemonTest, StopSaysGoodbyeEverywhere) {
  control(Attach{});
  control(PeerCreate{"p", "call-1", {}, false});
  auto record = engine->peers.at(0);
  daemon->stop();
  ASSERT_TRUE(loop.run_until([&] { return loop.context.stopped(); }));
  EXPECT_TRUE(record->closed);
  daemon.reset();
  EXPECT_TRUE(loop.run_until([&] { return service.line.code != 0; }));
  EXPECT_EQ(service.line.code, net::kCloseGoingAway);
}

}  // namespace
}  // namespace sidetone::host::test
