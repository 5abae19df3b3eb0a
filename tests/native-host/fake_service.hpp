#pragma once

#include "net/http_server.hpp"
#include "tests/native-host/channel_fixture.hpp"

namespace sidetone::host::test {

/// A service that says what a test wants: one host at a time on a real WebSocket.
class FakeService {
 public:
  explicit FakeService(Loop& loop) : loop_(loop) { listen(0); }

  void listen(std::uint16_t port) {
    net::HttpServerOptions options;
    options.port = port;
    net::HttpHandlers handlers;
    handlers.request = [](const net::HttpRequest&) { return net::HttpResponse{404}; };
    handlers.upgrade = [this](const net::HttpRequest& request) -> net::UpgradeDecision {
      target = request.target;
      net::AcceptWebSocket accepted;
      accepted.opened = [this](std::shared_ptr<net::WebSocket> socket) {
        ++connections;
        line.take(std::move(socket));
      };
      return accepted;
    };
    auto made = net::serve_http(loop_.context.get_executor(), options, handlers);
    ASSERT_TRUE(made) << to_string(made.error());
    server_ = *made;
    port_ = server_->port();
  }
  void stop_listening() { server_.reset(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_); }

  template <class M>
  void say(const M& message) {
    line.socket->send(protocol::encode(message));
  }
  /// The next message of a kind that the host sends; others before it are passed over.
  template <class M>
  M hear() {
    std::optional<M> found;
    EXPECT_TRUE(loop_.run_until([&] {
      while (heard_ < line.frames.size() && !found) {
        auto decoded = protocol::decode<protocol::HostToService>(line.frames[heard_++]);
        if (auto* frame = std::get_if<protocol::Frame<protocol::HostToService>>(&decoded))
          if (auto* message = std::get_if<M>(&frame->message)) found = *message;
      }
      return found.has_value();
    })) << "the host did not say "
        << M::kType;
    return found.value_or(M{});
  }
  /// A host that is paired already signs in.
  protocol::HostSignIn welcome(protocol::UserId user = 5, std::vector<std::string> origins = {}) {
    auto request = hear<protocol::HostSignIn>();
    say(protocol::HostWelcome{user, std::move(origins)});
    return request;
  }

  Line line;
  std::string target;
  int connections = 0;

 private:
  Loop& loop_;
  std::shared_ptr<net::HttpServer> server_;
  std::uint16_t port_ = 0;
  std::size_t heard_ = 0;
};

}  // namespace sidetone::host::test
