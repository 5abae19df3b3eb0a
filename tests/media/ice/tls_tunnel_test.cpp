#include "media/ice/tls_tunnel.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "media/ice/main_context.hpp"
#include "tests/media/support/iterate_until.hpp"

/// What there is before a server: the way to one, with voice, is in tests/e2e/servers.test.ts.
namespace sidetone::media::ice {
namespace {

/// A port of the loopback interface that takes connections and says nothing.
class SilentServer {
 public:
  SilentServer() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 64), 0);
    port = udp::bound_to(fd_)->port;
  }
  ~SilentServer() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  std::uint16_t port = 0;

 private:
  int fd_;
};

int connect_to(const udp::Endpoint& endpoint) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

struct TunnelRig {
  SilentServer server;
  MainContext context;
  std::vector<std::string> failures;
  std::unique_ptr<TlsTunnel> tunnel;

  TunnelRig() {
    TlsTunnel::Options options{"127.0.0.1", server.port, "relay.example", "", false, {}};
    options.failed = [this](const std::string& reason) { failures.push_back(reason); };
    tunnel = TlsTunnel::make(context.get(), std::move(options)).value();
  }
  bool wait_for(const std::function<bool()>& condition) { return test::iterate_until(context, Seconds{10}, condition); }
};

TEST(TlsTunnel, TakesConnectionsOfThisProcessAlone) {
  TunnelRig rig;
  const pid_t stranger = ::fork();
  if (stranger == 0) {
    const int fd = connect_to(rig.tunnel->local());
    char byte = 0;
    ::_exit(fd >= 0 && ::read(fd, &byte, 1) == 0 ? 0 : 1);
  }
  ASSERT_GT(stranger, 0);
  EXPECT_TRUE(rig.wait_for([&] { return rig.tunnel->strangers() == 1; }));
  EXPECT_EQ(rig.tunnel->connections(), 0u);
  int status = -1;
  ASSERT_EQ(::waitpid(stranger, &status, 0), stranger);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "it was not shown out";

  const int own = connect_to(rig.tunnel->local());
  ASSERT_GE(own, 0);
  EXPECT_TRUE(rig.wait_for([&] { return rig.tunnel->connections() == 1; }));
  EXPECT_EQ(rig.tunnel->strangers(), 1u);
  rig.tunnel->stop_listening();
  EXPECT_EQ(connect_to(rig.tunnel->local()), -1);
  EXPECT_EQ(rig.tunnel->connections(), 1u);
  ::close(own);
}

TEST(TlsTunnel, BoundsItsConnections) {
  TunnelRig rig;
  std::vector<int> all;
  for (std::size_t i = 0; i <= TlsTunnel::kMaxConnections; ++i) {
    all.push_back(connect_to(rig.tunnel->local()));
    EXPECT_GE(all.back(), 0);
    EXPECT_TRUE(rig.wait_for([&] { return rig.tunnel->connections() == std::min(i + 1, TlsTunnel::kMaxConnections); }));
  }
  // The one too many is closed, once it has been looked at.
  char byte = 0;
  EXPECT_TRUE(rig.wait_for([&] { return ::recv(all.back(), &byte, 1, MSG_DONTWAIT) == 0; }));
  for (const int fd : all) ::close(fd);
}

TEST(TlsTunnel, RestsWhileAServerIsSilent) {
  TunnelRig rig;
  const int own = connect_to(rig.tunnel->local());
  EXPECT_TRUE(rig.wait_for([&] { return rig.tunnel->connections() == 1; }));
  bool over = false;
  Timer end(rig.context.get(), [&] { over = true; });
  end.start(Milliseconds{100});
  int turns = 0;
  while (!over) {
    rig.context.iterate(true);
    ++turns;
  }
  EXPECT_LT(turns, 20);
  ::close(own);
}

TEST(TlsTunnel, SaysWhyAServerIsNotReached) {
  TunnelRig rig;
  rig.server.close();
  const int own = connect_to(rig.tunnel->local());
  EXPECT_TRUE(rig.wait_for([&] { return !rig.failures.empty() && rig.tunnel->connections() == 0; }));
  EXPECT_EQ(rig.failures, std::vector<std::string>{"Connection refused"});
  char byte = 0;
  EXPECT_EQ(::read(own, &byte, 1), 0) << "whoever waits for it learns that";
  ::close(own);
}

TEST(TlsTunnel, NeedsAuthoritiesAndANumericAddress) {
  MainContext context;
  const auto missing = TlsTunnel::make(context.get(), {"192.0.2.1", 5349, "relay.example", "/nowhere.pem", false, {}});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kIo);
  EXPECT_EQ(missing.error().where, "/nowhere.pem");
  const auto name = TlsTunnel::make(context.get(), {"relay.example", 5349, "relay.example", "", false, {}});
  ASSERT_FALSE(name.ok());
  EXPECT_EQ(name.error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace sidetone::media::ice
