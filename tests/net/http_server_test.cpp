#include "net/http_server.hpp"

#include "tests/net/net_fixture.hpp"

namespace sidetone::net::test {
namespace {

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override {
    options.request_timeout = std::chrono::seconds(1);
    options.max_connections = 3;
    options.max_header_bytes = 2048;
    options.max_body_bytes = 1000;
    start();
  }
  void start() {
    server.reset();
    HttpHandlers handlers;
    handlers.request = [this](const HttpRequest& request) -> HttpAnswer {
      last = request;
      ++requests;
      if (request.target == "/later")
        return HttpAnswer([this](std::function<void(HttpResponse)> respond) { waiting = std::move(respond); });
      HttpResponse response;
      response.headers.emplace_back("X-Good", "yes");
      response.headers.emplace_back("X-Bad", "one\r\nSet-Cookie: two");
      response.body = std::make_shared<const std::string>("hello");
      return response;
    };
    auto made = serve_http(loop.context.get_executor(), options, handlers);
    ASSERT_TRUE(made) << to_string(made.error());
    server = *made;
  }
  std::string ask(const std::string& bytes) {
    RawConnection raw(loop, server->port());
    raw.send(bytes);
    return raw.receive();
  }

  Loop loop;
  HttpServerOptions options;
  std::shared_ptr<HttpServer> server;
  HttpRequest last;
  int requests = 0;
  std::function<void(HttpResponse)> waiting;
};

TEST_F(HttpServerTest, KeepsTheConnectionForMoreRequests) {
  RawConnection raw(loop, server->port());
  raw.send(
      "GET /a?b HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\nIf-None-Match: \"e\"\r\nOrigin: http://o\r\n\r\n");
  const auto first = raw.receive("hello");
  EXPECT_EQ(first.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_NE(first.find("X-Good: yes\r\n"), std::string::npos);
  EXPECT_EQ(first.find("Set-Cookie"), std::string::npos) << "response splitting";
  EXPECT_NE(first.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_EQ(last.target, "/a?b");
  EXPECT_EQ(last.authorization, "Bearer t");
  EXPECT_EQ(last.if_none_match, "\"e\"");
  EXPECT_EQ(last.origin, "http://o");
  raw.send("POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
  raw.receive("hello");
  EXPECT_EQ(last.method, "POST");
  EXPECT_EQ(last.body, "body");
  raw.send("HEAD /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto head = raw.receive();
  EXPECT_NE(head.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_EQ(head.substr(head.size() - 4), "\r\n\r\n");
  EXPECT_EQ(requests, 3);
}

TEST_F(HttpServerTest, AnAnswerMayComeLater) {
  RawConnection raw(loop, server->port());
  raw.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(loop.run_until([&] { return waiting != nullptr; }));
  waiting(plain_response(200, "at last"));
  EXPECT_NE(raw.receive("at last").find("Content-Length: 8\r\n"), std::string::npos);
  raw.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(raw.receive("hello").find("200 OK"), std::string::npos) << "the connection goes on";
}

TEST_F(HttpServerTest, AnAnswerThatComesTooLateFindsNobody) {
  EXPECT_EQ(ask("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"), "") << "closed when the time was over";
  ASSERT_TRUE(waiting != nullptr);
  waiting(plain_response(200, "at last"));
  EXPECT_NE(ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").find("200 OK"), std::string::npos);
}

TEST_F(HttpServerTest, OneAddressHasItsShareOfTheConnections) {
  options.max_connections = 10;
  options.max_connections_per_client = 2;
  start();
  RawConnection one(loop, server->port());
  auto two = std::make_unique<RawConnection>(loop, server->port());
  ASSERT_TRUE(loop.run_until([&] { return server->connections() == 2; }));
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), "");
  two.reset();
  ASSERT_TRUE(loop.run_until([&] { return server->connections() == 1; }));
  EXPECT_NE(ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").find("200 OK"), std::string::npos)
      << "a place is given back";
}

TEST_F(HttpServerTest, BehindATrustedProxyTheClientIsWhomTheProxyNames) {
  options.trusted_proxies = {"127.0.0.1"};
  start();
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
  ask(request + "\r\n");
  EXPECT_EQ(last.client, "127.0.0.1");
  ask(request + "X-Forwarded-For: 198.51.100.66\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");
  EXPECT_EQ(last.client, "203.0.113.9") << "several lines are one list";
  options.trusted_proxies = {};
  start();
  ask(request + "X-Forwarded-For: 203.0.113.9\r\n\r\n");
  EXPECT_EQ(last.client, "127.0.0.1") << "nobody else is believed";
}

TEST_F(HttpServerTest, BehindAProxyEachClientHasItsOwnShareOfWebSockets) {
  options.max_connections = 10;
  options.max_connections_per_client = 1;
  options.trusted_proxies = {"127.0.0.1"};
  HttpHandlers handlers;
  handlers.upgrade = [](const HttpRequest&) -> UpgradeDecision { return AcceptWebSocket{}; };
  server.reset();
  server = serve_http(loop.context.get_executor(), options, handlers).value();
  const auto upgrade = [](const std::string& client) {
    return "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: " +
           client + "\r\n\r\n";
  };
  auto first = std::make_unique<RawConnection>(loop, server->port());
  first->send(upgrade("203.0.113.9"));
  EXPECT_NE(first->receive("\r\n\r\n").find(" 101 "), std::string::npos);
  EXPECT_NE(ask(upgrade("203.0.113.9")).find(" 429 "), std::string::npos);
  RawConnection other(loop, server->port());
  other.send(upgrade("203.0.113.10"));
  EXPECT_NE(other.receive("\r\n\r\n").find(" 101 "), std::string::npos);
  first.reset();
  ASSERT_TRUE(loop.run_until([&] { return server->connections() == 1; }));
  RawConnection again(loop, server->port());
  again.send(upgrade("203.0.113.9"));
  EXPECT_NE(again.receive("\r\n\r\n").find(" 101 "), std::string::npos);
}

TEST_F(HttpServerTest, BadRequestsNeverReachTheHandler) {
  const std::string host = "Host: h\r\n";
  EXPECT_EQ(ask("GET / HTTP/1.1\r\n" + host + "X: " + std::string(4000, 'x') + "\r\n\r\n").substr(0, 12),
            "HTTP/1.1 431");
  std::string flood = "GET / HTTP/1.1\r\n" + host;
  for (int i = 0; i < 1000; ++i) flood += "X" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(ask(flood).substr(0, 12), "HTTP/1.1 431");
  EXPECT_EQ(ask("POST / HTTP/1.1\r\n" + host + "Content-Length: 1001\r\n\r\n" + std::string(1001, 'x')).substr(0, 12),
            "HTTP/1.1 413");
  EXPECT_EQ(ask("POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x') +
                "\r\n0\r\n\r\n")
                .substr(0, 12),
            "HTTP/1.1 413");
  EXPECT_EQ(ask("\x16\x03\x01 rubbish\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\n\r\n").substr(0, 12), "HTTP/1.1 400") << "no Host";
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\n" + host + "Origin: a\r\nOrigin: b\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\n" + host + "Upgrade: websocket\r\nConnection: upgrade\r\n\r\n").substr(0, 12),
            "HTTP/1.1 404");
  EXPECT_EQ(requests, 0);
}

TEST_F(HttpServerTest, SlowHeaderFloodIsCounted) {
  RawConnection raw(loop, server->port());
  raw.send("GET / HTTP/1.1\r\nHost: h\r\n");
  for (int i = 0; i < 300; ++i) {
    raw.send("X" + std::to_string(i) + ": y\r\n");
    loop.context.poll();
  }
  raw.send("\r\n");
  EXPECT_EQ(raw.receive().substr(0, 12), "HTTP/1.1 431");
  EXPECT_EQ(requests, 0);
}

TEST_F(HttpServerTest, HalfARequestTimesOut) {
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost:").substr(0, 12), "HTTP/1.1 408");
  EXPECT_EQ(ask(""), "");
  EXPECT_TRUE(loop.run_until([&] { return server->connections() == 0; }));
}

TEST_F(HttpServerTest, ConnectionsAreCounted) {
  std::vector<std::unique_ptr<RawConnection>> open;
  for (int i = 0; i < 3; ++i) {
    open.push_back(std::make_unique<RawConnection>(loop, server->port()));
    open.back()->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    open.back()->receive("hello");
  }
  EXPECT_EQ(server->connections(), 3u);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "");
  EXPECT_EQ(requests, 3);
  server->stop_accepting();
  EXPECT_TRUE(loop.run_until([&] { return server->connections() == 0; })) << "idle connections end with the server";
}

TEST_F(HttpServerTest, AddressInUseIsAnError) {
  HttpServerOptions same;
  same.port = server->port();
  const auto second = serve_http(loop.context.get_executor(), same, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
  EXPECT_NE(second.error().where.find(std::to_string(same.port)), std::string::npos);
  same.address = "nowhere";
  EXPECT_EQ(serve_http(loop.context.get_executor(), same, {}).error().code, ErrorCode::kMalformed);
}

TEST_F(HttpServerTest, NothingIsCalledAfterTheServerIsGone) {
  RawConnection raw(loop, server->port());
  raw.send("GET / HTTP/1.1\r\nHost: h\r\n");
  loop.run_until([&] { return server->connections() == 1; });
  server.reset();
  raw.send("\r\n");
  EXPECT_EQ(raw.receive(), "");
  EXPECT_EQ(requests, 0);
}

}  // namespace
}  // namespace sidetone::net::test
