#include "native-host/channel/loopback.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/write.hpp>

#include "net/crypto.hpp"

#include "tests/native-host/channel_fixture.hpp"
#include "tests/native-host/fake_media.hpp"

namespace sidetone::host::test {
namespace {

constexpr const char* kPage = "https://sidetone.example";
constexpr uid_t kNobody = 65534;

class LoopbackTest : public testing::Test {
 protected:
  void SetUp() override {
    open({});
    loopback->set_allowed_origins({kPage, "http://127.0.0.1:8080"});
  }
  void open(channel::LoopbackOptions options) {
    options.own_uid = ::geteuid();
    auto made = channel::Loopback::open(loop.context.get_executor(), options, clock, logger, control);
    ASSERT_TRUE(made) << to_string(made.error());
    loopback = std::move(made).value();
  }
  void issue(const std::string& ticket) { loopback->issue_ticket(net::base64url(net::sha256(ticket)), 7, Seconds{30}); }
  [[nodiscard]] std::string here() const { return "127.0.0.1:" + std::to_string(loopback->port()); }

  /// A client that behaves. @return why it did not come in.
  std::string come_in(const std::string& ticket, const std::string& origin = kPage,
                      const std::string& host = "127.0.0.1") {
    net::WebSocketAddress address;
    address.url = "ws://" + host + ":" + std::to_string(loopback->port()) + "/control";
    address.subprotocols = {"sidetone.1", ticket};
    address.origin = origin;
    std::optional<std::string> outcome;
    net::connect_websocket(loop.context.get_executor(), address, {},
                           [&](Result<std::shared_ptr<net::WebSocket>> result) {
                             if (result) client.take(*result);
                             outcome = result ? "" : result.error().text;
                           });
    EXPECT_TRUE(loop.run_until([&] { return outcome.has_value(); }));
    return outcome.value_or("?");
  }

  /// Any bytes. @return the first line of the answer.
  std::string ask(const std::string& bytes) {
    boost::asio::ip::tcp::socket socket(loop.context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), loopback->port()});
    boost::asio::write(socket, boost::asio::buffer(bytes));
    std::string answer(4096, '\0');
    bool done = false;
    socket.async_read_some(boost::asio::buffer(answer), [&](boost::system::error_code, std::size_t size) {
      answer.resize(size);
      done = true;
    });
    EXPECT_TRUE(loop.run_until([&] { return done; }));
    return answer.substr(0, answer.find('\r'));
  }
  static std::string upgrade(const std::string& path, const std::string& host, const std::string& origin,
                             const std::string& subprotocols) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host +
           "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + (origin.empty() ? "" : "Origin: " + origin + "\r\n") +
           "Sec-WebSocket-Protocol: " + subprotocols + "\r\n\r\n";
  }
  std::uint64_t refused(const std::string& reason) {
    const auto found = loopback->refused().find(reason);
    return found == loopback->refused().end() ? 0 : found->second;
  }

  Loop loop;
  FakeClock clock;
  net::Logger logger = quiet_logger();
  ControlRecord control;
  std::unique_ptr<channel::Loopback> loopback;
  Line client;
};

TEST_F(LoopbackTest, ATicketBringsAClientIn) {
  issue("ticket");
  ASSERT_EQ(come_in("ticket"), "");
  client.socket->send(R"({"t":"ping","r":1})");
  ASSERT_TRUE(loop.run_until([&] { return !control.received.empty(); }));
  const auto key = control.received[0].first;
  EXPECT_GT(key, control::kLoopback);
  EXPECT_EQ(control.received[0].second, R"({"t":"ping","r":1})");
  EXPECT_EQ(loopback->device_of(key), 7u);
  loopback->send(key, R"({"t":"ok","r":1})");
  ASSERT_TRUE(loop.run_until([&] { return !client.frames.empty(); }));
  EXPECT_EQ(client.frames[0], R"({"t":"ok","r":1})");
  client.socket->close(net::kCloseNormal, "");
  ASSERT_TRUE(loop.run_until([&] { return !control.gone.empty(); }));
  EXPECT_EQ(control.gone[0], key);
}

TEST_F(LoopbackTest, ByIpv6Too) {
  issue("ticket");
  EXPECT_EQ(come_in("ticket", kPage, "[::1]"), "");
}

TEST_F(LoopbackTest, AProgramThatIsNoBrowserSendsNoOrigin) {
  issue("ticket");
  EXPECT_EQ(come_in("ticket", ""), "");
}

TEST_F(LoopbackTest, ForgedOriginsAreRefused) {
  int count = 0;
  for (const std::string origin :
       {"https://evil.example", "https://sidetone.example.evil.example", "http://sidetone.example",
        "https://sidetone.example:444", "https://SIDETONE.example", "null", "https://sidetone.example/", "file://"}) {
    issue("ticket");
    EXPECT_NE(come_in("ticket", origin).find("403"), std::string::npos) << origin;
    EXPECT_EQ(refused("origin not allowed"), static_cast<std::uint64_t>(++count)) << origin;
  }
  EXPECT_TRUE(control.received.empty());
}

TEST_F(LoopbackTest, WrongHostsAreRefused) {
  // What a page sends whose own name was rebound to 127.0.0.1.
  for (const std::string& host :
       {"evil.example:" + std::to_string(loopback->port()), std::string("127.0.0.1"),
        "localhost:" + std::to_string(loopback->port()), "127.0.0.1.evil.example:" + std::to_string(loopback->port()),
        "[::1]:" + std::to_string(loopback->port())}) {
    issue("ticket");
    EXPECT_EQ(ask(upgrade("/control", host, kPage, "sidetone.1, ticket")), "HTTP/1.1 403 Forbidden") << host;
  }
  EXPECT_EQ(refused("wrong host"), 5u);
}

TEST_F(LoopbackTest, TicketsMustBeRightFreshAndUnused) {
  EXPECT_NE(come_in("ticket").find("403"), std::string::npos) << "none issued";
  issue("ticket");
  EXPECT_NE(come_in("wrong").find("403"), std::string::npos);
  EXPECT_EQ(come_in("ticket"), "");
  EXPECT_NE(come_in("ticket").find("403"), std::string::npos) << "used";
  issue("second");
  clock.advance(Seconds{31});
  EXPECT_NE(come_in("second").find("403"), std::string::npos) << "expired";
  EXPECT_EQ(refused("ticket unknown, used or expired"), 4u);
  issue("third");
  EXPECT_EQ(ask(upgrade("/control", here(), kPage, "third")), "HTTP/1.1 403 Forbidden");
  EXPECT_EQ(ask(upgrade("/control", here(), kPage, "sidetone.2, third")), "HTTP/1.1 403 Forbidden");
  EXPECT_EQ(ask(upgrade("/control", here(), kPage, "sidetone.1, third, fourth")), "HTTP/1.1 403 Forbidden");
  EXPECT_EQ(refused("no ticket"), 3u);
}

TEST_F(LoopbackTest, PlainHttpChangesNothing) {
  issue("ticket");
  EXPECT_EQ(ask("GET /control HTTP/1.1\r\nHost: " + here() + "\r\n\r\n"), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(ask("POST /control HTTP/1.1\r\nHost: " + here() + "\r\nContent-Length: 15\r\n\r\n{\"t\":\"attach\"}\r\n"),
            "HTTP/1.1 404 Not Found");
  EXPECT_EQ(
      ask("OPTIONS /control HTTP/1.1\r\nHost: " + here() + "\r\nAccess-Control-Request-Private-Network: true\r\n\r\n"),
      "HTTP/1.1 404 Not Found");
  EXPECT_EQ(ask(upgrade("/other", here(), kPage, "sidetone.1, ticket")), "HTTP/1.1 404 Not Found");
  EXPECT_TRUE(control.received.empty());
  EXPECT_EQ(come_in("ticket"), "");
}

TEST_F(LoopbackTest, GuessingIsSlowedDown) {
  int slowed = 0;
  for (int i = 0; i < 30; ++i) slowed += come_in("guess").find("429") != std::string::npos ? 1 : 0;
  EXPECT_EQ(slowed, 10);
  clock.advance(Seconds{1});
  issue("ticket");
  EXPECT_EQ(come_in("ticket"), "");
}

TEST_F(LoopbackTest, FramesOverTheLimitAndFloodsEndTheConnection) {
  issue("ticket");
  ASSERT_EQ(come_in("ticket"), "");
  // Up to twice the limit control answers with an error (ControlTest); beyond, the connection ends with the reason.
  client.socket->send(std::string(2 * protocol::limits::kControlBytes, 'x'));
  ASSERT_TRUE(loop.run_until([&] { return control.received.size() == 1; }));
  control.received.clear();
  client.socket->send(std::string(2 * protocol::limits::kControlBytes + 1, 'x'));
  ASSERT_TRUE(loop.run_until([&] { return client.code != 0; }));
  EXPECT_EQ(client.code, net::kCloseTooLarge);
  ASSERT_TRUE(loop.run_until([&] { return control.gone.size() == 1; }));

  issue("again");
  ASSERT_EQ(come_in("again"), "");
  for (int i = 0; i < 1100; ++i) client.socket->send("{}");
  ASSERT_TRUE(loop.run_until([&] { return client.code != 0; }));
  EXPECT_EQ(client.code, net::kClosePolicy);
  EXPECT_EQ(control.received.size(), 1000u);
}

TEST_F(LoopbackTest, AnEndedPairingEndsItsClients) {
  issue("ticket");
  ASSERT_EQ(come_in("ticket"), "");
  issue("second");
  loopback->drop_clients("not paired any more");
  ASSERT_TRUE(loop.run_until([&] { return client.code != 0; }));
  EXPECT_EQ(control.gone.size(), 1u);
  EXPECT_NE(come_in("second").find("403"), std::string::npos);
}

TEST_F(LoopbackTest, ASignedOutDeviceLosesItsConnectionsAndTickets) {
  issue("ticket");
  ASSERT_EQ(come_in("ticket"), "");
  issue("second");
  loopback->issue_ticket(net::base64url(net::sha256("another")), 8, Seconds{30});
  EXPECT_EQ(loopback->devices(), (std::vector<std::uint32_t>{7, 8}));
  loopback->drop_device(9, "signed out");
  EXPECT_TRUE(control.gone.empty());
  loopback->drop_device(7, "signed out");
  EXPECT_EQ(loopback->devices(), std::vector<std::uint32_t>{8});
  ASSERT_TRUE(loop.run_until([&] { return client.code != 0; }));
  EXPECT_EQ(control.gone.size(), 1u);
  EXPECT_NE(come_in("second").find("403"), std::string::npos);
  EXPECT_EQ(come_in("another"), "");
}

TEST_F(LoopbackTest, AnotherUserIsRefusedByTable) {
  channel::LoopbackOptions options;
  options.uid_of = [](const auto&, const auto&) { return std::optional<uid_t>(::geteuid() + 1); };
  open(options);
  loopback->set_allowed_origins({kPage});
  issue("ticket");
  EXPECT_NE(come_in("ticket"), "");
  EXPECT_EQ(refused("another user"), 1u);
  options.uid_of = [](const auto&, const auto&) { return std::optional<uid_t>(); };
  open(options);
  loopback->set_allowed_origins({kPage});
  issue("ticket");
  EXPECT_NE(come_in("ticket"), "") << "nobody knows who it is";
  EXPECT_EQ(refused("another user"), 1u);
}

TEST_F(LoopbackTest, ConnectionsOfAnotherUserDoNotCloseTheDoor) {
  uid_t who = ::geteuid() + 1;
  channel::LoopbackOptions options;
  options.uid_of = [&](const auto&, const auto&) { return std::optional<uid_t>(who); };
  open(options);
  loopback->set_allowed_origins({kPage});
  std::vector<boost::asio::ip::tcp::socket> held;
  for (int i = 0; i < 100; ++i)
    held.emplace_back(loop.context).connect({boost::asio::ip::make_address("127.0.0.1"), loopback->port()});
  ASSERT_TRUE(loop.run_until([&] { return refused("another user") == 100; }));
  who = ::geteuid();
  issue("ticket");
  EXPECT_EQ(come_in("ticket"), "");
}

// A real process of another user, which only root can start.
TEST_F(LoopbackTest, AnotherUsersProcessIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  issue("ticket");
  const std::string request = upgrade("/control", here(), kPage, "sidetone.1, ticket");
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const auto port = loopback->port();
  const pid_t child = ::fork();
  if (child == 0) {
    // Between fork and exit: system calls only.
    char answer[64] = {};
    if (::setuid(kNobody) != 0) ::_exit(1);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ::_exit(2);
    (void)!::write(descriptor, request.data(), request.size());
    const auto got = ::read(descriptor, answer, sizeof answer);
    // Closed without a word, or reset.
    ::_exit(::write(pipe_ends[1], got > 0 ? "!" : ".", 1) == 1 ? 0 : 4);
  }
  ASSERT_GT(child, 0);
  EXPECT_TRUE(loop.run_until([&] {
    pollfd wait{pipe_ends[0], POLLIN, 0};
    return ::poll(&wait, 1, 0) == 1;
  }));
  char answer[65] = {};
  EXPECT_GT(::read(pipe_ends[0], answer, 64), 0);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_STREQ(answer, ".") << "it gets an answer";
  EXPECT_EQ(refused("another user"), 1u);
  EXPECT_EQ(come_in("ticket"), "") << "and the ticket is not used up by that";
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST_F(LoopbackTest, BoundToLoopbackAlone) {
  // Every other address of this machine, here by the wildcard's first: 127.0.0.2 is loopback too, but not ours.
  boost::asio::ip::tcp::socket socket(loop.context);
  boost::system::error_code error;
  socket.connect({boost::asio::ip::make_address("127.0.0.2"), loopback->port()}, error);
  EXPECT_EQ(error, boost::asio::error::connection_refused);
}

TEST_F(LoopbackTest, APortInUseIsAnError) {
  channel::LoopbackOptions options;
  options.port = loopback->port();
  const auto second = channel::Loopback::open(loop.context.get_executor(), options, clock, logger, control);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace sidetone::host::test
