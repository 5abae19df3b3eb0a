#include "net/websocket.hpp"

#include "tests/net/net_fixture.hpp"

namespace sidetone::net::test {
namespace {

std::string upgrade_request(std::uint16_t port, const std::string& extra = "") {
  return "GET /echo HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
         "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
         extra + "\r\n";
}

/// One frame from the client, masked with zeros (RFC 6455 §5.2).
std::string client_frame(std::uint8_t first, const std::string& payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(0x80 | payload.size()));
  } else {
    frame.push_back(static_cast<char>(0x80 | 126));
    frame.push_back(static_cast<char>(payload.size() >> 8));
    frame.push_back(static_cast<char>(payload.size() & 0xFF));
  }
  return frame + std::string(4, '\0') + payload;
}

/// A server that echoes, and remembers what became of its sockets.
class WebSocketTest : public testing::Test {
 protected:
  void serve() {
    HttpHandlers handlers;
    handlers.request = [](const HttpRequest&) { return HttpResponse{404}; };
    handlers.upgrade = [this](const HttpRequest& request) -> UpgradeDecision {
      last_request = request;
      if (request.target == "/no") {
        HttpResponse refused;
        refused.status = 403;
        return refused;
      }
      AcceptWebSocket accepted;
      accepted.options = options;
      if (!request.subprotocols.empty()) accepted.subprotocol = request.subprotocols.front();
      accepted.opened = [this](std::shared_ptr<WebSocket> socket) {
        served = socket;
        auto handlers_of = inbox.handlers();
        handlers_of.message = [this, keep = handlers_of.message, raw = socket.get()](std::string_view text) {
          keep(text);
          if (echo) raw->send(std::string(text));
        };
        socket->set_handlers(handlers_of);
      };
      return accepted;
    };
    auto made = serve_http(loop.context.get_executor(), {}, handlers);
    ASSERT_TRUE(made) << to_string(made.error());
    server = *made;
  }

  Result<std::shared_ptr<WebSocket>> connect(WebSocketAddress address) {
    std::optional<Result<std::shared_ptr<WebSocket>>> got;
    if (address.url.empty()) address.url = "ws://127.0.0.1:" + std::to_string(server->port()) + "/echo";
    connect_websocket(loop.context.get_executor(), address, {}, [&](auto result) {
      if (result) (*result)->set_handlers(client_inbox.handlers());
      got = std::move(result);
    });
    EXPECT_FALSE(got) << "called from inside";
    EXPECT_TRUE(loop.run_until([&] { return got.has_value(); }));
    return got ? *got : Error{};
  }

  Loop loop;
  WebSocketOptions options;
  std::shared_ptr<HttpServer> server;
  std::shared_ptr<WebSocket> served;
  HttpRequest last_request;
  Inbox inbox;
  Inbox client_inbox;
  bool echo = true;
};

TEST_F(WebSocketTest, EchoesAndCloses) {
  serve();
  auto socket = connect({.subprotocols = {"sidetone.1", "ticket"}, .origin = "https://here.example"});
  ASSERT_TRUE(socket) << to_string(socket.error());
  EXPECT_EQ(last_request.subprotocols, (std::vector<std::string>{"sidetone.1", "ticket"}));
  EXPECT_EQ(last_request.origin, "https://here.example");
  EXPECT_EQ(last_request.host, "127.0.0.1:" + std::to_string(server->port()));
  EXPECT_EQ(last_request.local.port(), server->port());
  const std::string large(60'000, 'x');
  (*socket)->send("first");
  (*socket)->send(large);
  EXPECT_GT((*socket)->queued_bytes(), large.size());
  ASSERT_TRUE(loop.run_until([&] { return client_inbox.messages.size() == 2; }));
  EXPECT_EQ(client_inbox.messages[0], "first");
  EXPECT_EQ(client_inbox.messages[1], large);
  EXPECT_EQ((*socket)->queued_bytes(), 0u);

  (*socket)->send("last words");
  (*socket)->close(kCloseNormal, "done");
  EXPECT_EQ(client_inbox.code, 0) << "called from inside";
  ASSERT_TRUE(loop.run_until([&] { return inbox.code != 0 && client_inbox.code != 0; }));
  EXPECT_EQ(inbox.messages.back(), "last words");
  EXPECT_EQ(inbox.code, kCloseNormal);
  EXPECT_EQ(inbox.reason, "done");
  EXPECT_EQ(client_inbox.code, kCloseNormal);
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(WebSocketTest, RefusedUpgradeSaysWhatTheServerAnswered) {
  serve();
  const auto url = "ws://127.0.0.1:" + std::to_string(server->port()) + "/no";
  const auto socket = connect({.url = url});
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, ErrorCode::kForbidden);
  EXPECT_NE(socket.error().text.find("403"), std::string::npos);
  EXPECT_EQ(socket.error().where, url);
}

TEST_F(WebSocketTest, NobodyListening) {
  serve();
  const auto port = server->port();
  server.reset();
  const auto socket = connect({.url = "ws://127.0.0.1:" + std::to_string(port) + "/"});
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, ErrorCode::kIo);
}

TEST_F(WebSocketTest, ServerThatNeverAnswersTimesOut) {
  boost::asio::ip::tcp::acceptor silent(loop.context, {boost::asio::ip::make_address("127.0.0.1"), 0});
  const auto socket = connect({.url = "ws://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/",
                               .timeout = std::chrono::seconds(1)});
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, ErrorCode::kTimeout);
}

TEST_F(WebSocketTest, BadAddressesAreNamed) {
  serve();
  for (const auto* url : {"http://127.0.0.1/", "ws:/x", "ws://", "ws://h:99999/", "ws://user@h/"}) {
    const auto socket = connect({.url = url});
    ASSERT_FALSE(socket) << url;
    EXPECT_EQ(socket.error().code, ErrorCode::kMalformed) << url;
    EXPECT_EQ(socket.error().where, url);
  }
}

struct BadFrame {
  const char* name;
  std::string bytes;
  std::uint16_t code;
};

TEST_F(WebSocketTest, BadFramesCloseWithTheirCode) {
  options.max_message_bytes = 1000;
  serve();
  std::string unmasked = client_frame(0x81, "x");
  unmasked[1] = 1;
  unmasked.erase(2, 4);
  const BadFrame cases[] = {
      {"too long", client_frame(0x81, std::string(1001, 'x')), 1009},
      {"too long in fragments", client_frame(0x01, std::string(600, 'x')) + client_frame(0x80, std::string(600, 'x')),
       1009},
      {"binary", client_frame(0x82, "x"), 1003},
      {"not UTF-8", client_frame(0x81, "\xC3\x28"), 1007},
      {"not masked", unmasked, 1002},
      {"reserved bits", client_frame(0xC1, "x"), 1002},
  };
  for (const auto& one : cases) {
    inbox = {};
    RawConnection raw(loop, server->port());
    raw.send(upgrade_request(server->port()));
    ASSERT_NE(raw.receive("\r\n\r\n").find("101"), std::string::npos);
    raw.send(one.bytes);
    const auto answer = raw.receive("\x88");
    ASSERT_GE(answer.size(), 4u) << one.name;
    EXPECT_EQ(static_cast<std::uint8_t>(answer[2]) << 8 | static_cast<std::uint8_t>(answer[3]), one.code) << one.name;
    boost::system::error_code ignored;
    raw.socket().close(ignored);
    EXPECT_TRUE(loop.run_until([&] { return inbox.code != 0; })) << one.name;
    EXPECT_EQ(inbox.code, one.code) << one.name;
    EXPECT_TRUE(inbox.messages.empty()) << one.name;
  }
  EXPECT_TRUE(loop.run_until([&] { return server->connections() == 0; }));
}

TEST_F(WebSocketTest, LongestMessageIsTaken) {
  options.max_message_bytes = 1000;
  serve();
  auto socket = connect({});
  ASSERT_TRUE(socket);
  (*socket)->send(std::string(1000, 'x'));
  ASSERT_TRUE(loop.run_until([&] { return client_inbox.messages.size() == 1; }));
}

TEST_F(WebSocketTest, TheSenderOfATooLongMessageIsTold) {
  serve();
  auto socket = connect({});
  ASSERT_TRUE(socket);
  for (int i = 0; i < 10; ++i) (*socket)->send(std::string(options.max_message_bytes + 1, 'x'));
  ASSERT_TRUE(loop.run_until([&] { return inbox.code != 0 && client_inbox.code != 0; }));
  EXPECT_EQ(inbox.code, kCloseTooLarge);
  EXPECT_EQ(client_inbox.code, kCloseTooLarge);
  EXPECT_EQ(client_inbox.reason, "a message has at most " + std::to_string(options.max_message_bytes) + " bytes");
}

TEST_F(WebSocketTest, SlowReaderIsClosedWithResumeLater) {
  options.max_queue_bytes = 256 * 1024;
  serve();
  RawConnection raw(loop, server->port());
  raw.socket().set_option(boost::asio::socket_base::receive_buffer_size(4096));
  raw.send(upgrade_request(server->port()));
  ASSERT_TRUE(loop.run_until([&] { return served != nullptr; }));
  const auto frame = std::make_shared<const std::string>(32 * 1024, 'x');
  // The kernel takes some megabytes before the queue begins to grow.
  for (int i = 0; i < 2000 && inbox.code == 0; ++i) {
    served->send(frame);
    ASSERT_LE(served->queued_bytes(), options.max_queue_bytes);
    loop.context.poll();
  }
  ASSERT_TRUE(loop.run_until([&] { return inbox.code != 0; }));
  EXPECT_EQ(inbox.code, kCloseResumeLater);
  EXPECT_EQ(served->queued_bytes(), 0u);
}

TEST_F(WebSocketTest, SilentPeerIsPingedThenGivenUp) {
  options.ping_after = std::chrono::seconds(1);
  serve();
  RawConnection raw(loop, server->port());
  raw.send(upgrade_request(server->port()));
  raw.receive("\r\n\r\n");
  EXPECT_NE(raw.receive("\x89").find('\x89'), std::string::npos) << "no ping";
  EXPECT_EQ(inbox.code, 0);
  // The ping stays unanswered, as from a machine that was switched off.
  ASSERT_TRUE(loop.run_until([&] { return inbox.code != 0; }));
  EXPECT_EQ(inbox.code, 1006);
}

TEST_F(WebSocketTest, LostConnectionIs1006) {
  serve();
  RawConnection raw(loop, server->port());
  raw.send(upgrade_request(server->port()));
  ASSERT_TRUE(loop.run_until([&] { return served != nullptr; }));
  raw.socket().set_option(boost::asio::socket_base::linger(true, 0));
  raw.socket().close();
  ASSERT_TRUE(loop.run_until([&] { return inbox.code != 0; }));
  EXPECT_EQ(inbox.code, 1006);
}

TEST_F(WebSocketTest, DataBeforeTheAnswerIsRefused) {
  serve();
  RawConnection raw(loop, server->port());
  raw.send(upgrade_request(server->port()) + client_frame(0x81, "early"));
  EXPECT_EQ(raw.receive().substr(0, 12), "HTTP/1.1 400");
  EXPECT_EQ(served, nullptr);
}

TEST_F(WebSocketTest, CompressionIsNotNegotiated) {
  serve();
  RawConnection raw(loop, server->port());
  raw.send(upgrade_request(server->port(), "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
  EXPECT_EQ(raw.receive("\r\n\r\n").find("xtensions"), std::string::npos);
}

}  // namespace
}  // namespace sidetone::net::test
