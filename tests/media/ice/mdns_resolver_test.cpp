#include "media/ice/mdns_resolver.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "tests/media/support/iterate_until.hpp"

namespace sidetone::media::ice {
namespace {

constexpr std::array<std::uint8_t, 9> kName{3, 'a', 'b', 'c', 5, 'l', 'o', 'c', 'a'};

/// A responder on the first interface that multicasts, as a browser on this machine is one.
class Responder {
 public:
  explicit Responder(GMainContext* context) : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const int one = 1;
    setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd_, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    group_.sin_family = AF_INET;
    group_.sin_port = htons(5353);
    inet_pton(AF_INET, "224.0.0.251", &group_.sin_addr);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_port = htons(5353);
    ready = ::bind(fd_, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0 && join();
    if (ready) watch_.emplace(context, fd_, [this] { answer(); });
  }
  ~Responder() {
    watch_.reset();
    ::close(fd_);
  }

  bool ready = false;
  int queries = 0;
  int ignore = 0;  ///< so many queries get no answer

 private:
  bool join() {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return false;
    bool joined = false;
    for (const ifaddrs* entry = list; entry != nullptr && !joined; entry = entry->ifa_next) {
      if ((entry->ifa_flags & IFF_UP) == 0 || (entry->ifa_flags & IFF_MULTICAST) == 0 || entry->ifa_addr == nullptr ||
          entry->ifa_addr->sa_family != AF_INET)
        continue;
      ip_mreqn request{};
      request.imr_multiaddr = group_.sin_addr;
      request.imr_ifindex = static_cast<int>(if_nametoindex(entry->ifa_name));
      joined = setsockopt(fd_, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) == 0 &&
               setsockopt(fd_, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request) == 0;
    }
    freeifaddrs(list);
    return joined;
  }

  void answer() {
    std::array<std::uint8_t, 1500> buffer;
    const auto length = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (length < 12 || (buffer[2] & 0x80) != 0) return;
    const std::string query(buffer.begin(), buffer.begin() + length);
    if (query.find(std::string(kName.begin(), kName.end())) == std::string::npos) return;
    if (++queries <= ignore) return;
    const std::vector<std::uint8_t> reply{0,   0,   0x84, 0, 0, 0, 0,    1, 0, 0, 0, 0,   3, 'a', 'b', 'c', 5, 'l', 'o',
                                          'c', 'a', 'l',  0, 0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4,   192, 0,   2, 77};
    (void)!sendto(fd_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&group_), sizeof group_);
  }

  int fd_;
  sockaddr_in group_{};
  std::optional<ReadWatch> watch_;
};

class MdnsResolution : public ::testing::Test {
 protected:
  bool wait_for(const std::function<bool()>& condition) { return test::iterate_until(context, Seconds{6}, condition); }
  MainContext context;
};

TEST_F(MdnsResolution, FindsANameEvenIfTheFirstQueryIsLost) {
  Responder responder(context.get());
  if (!responder.ready) GTEST_SKIP() << "no interface here multicasts";
  responder.ignore = 1;
  MdnsResolver resolver(context.get());
  std::vector<std::string> answers;
  ASSERT_NE(resolver.resolve("ABC.local", [&](const std::string& address) { answers.push_back(address); }), 0u);
  ASSERT_TRUE(wait_for([&] { return !answers.empty(); }));
  EXPECT_EQ(answers, std::vector<std::string>{"192.0.2.77"});
  EXPECT_GE(responder.queries, 2);
}

TEST_F(MdnsResolution, ForgetsAndBounds) {
  MdnsResolver resolver(context.get());
  bool answered = false;
  const auto id = resolver.resolve("nobody.local", [&](const std::string&) { answered = true; });
  resolver.forget(id);
  for (std::size_t i = 0; i < MdnsResolver::kMaxWaiting; ++i)
    EXPECT_NE(resolver.resolve("x" + std::to_string(i) + ".local", [](const std::string&) {}), 0u);
  EXPECT_EQ(resolver.resolve("one-more.local", [](const std::string&) {}), 0u);
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace sidetone::media::ice
