#include "media/ice/mdns_resolver.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "media/ice/mdns_message.hpp"

namespace sidetone::media::ice {
namespace {

constexpr std::uint16_t kPort = 5353;
constexpr const char* kGroup4 = "224.0.0.251";
constexpr const char* kGroup6 = "ff02::fb";
constexpr int kRounds = 3;
// RFC 6762 §5.2 asks for a second between the first two queries; a lost one would cost a call that second, so the first
// repetition comes earlier.
constexpr std::array<Microseconds, kRounds> kWaits{Microseconds{400'000}, Microseconds{1'000'000},
                                                   Microseconds{1'600'000}};

std::vector<unsigned int> multicast_interfaces() {
  std::vector<unsigned int> out;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return out;
  for (const ifaddrs* entry = list; entry != nullptr && out.size() < 16; entry = entry->ifa_next) {
    if ((entry->ifa_flags & IFF_UP) == 0 || (entry->ifa_flags & (IFF_MULTICAST | IFF_LOOPBACK)) == 0) continue;
    const unsigned int index = if_nametoindex(entry->ifa_name);
    if (index != 0 && std::find(out.begin(), out.end(), index) == out.end()) out.push_back(index);
  }
  freeifaddrs(list);
  return out;
}

int open_socket(int family) {
  const int fd = ::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  const int one = 1;
  // Responders multicast their answers to port 5353, which others on this machine listen on too.
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  int bound = -1;
  if (family == AF_INET) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(kPort);
    bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } else {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(kPort);
    bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  if (bound != 0) {
    ::close(fd);
    return -1;
  }
  for (const unsigned int index : multicast_interfaces()) {
    if (family == AF_INET) {
      ip_mreqn request{};
      inet_pton(AF_INET, kGroup4, &request.imr_multiaddr);
      request.imr_ifindex = static_cast<int>(index);
      setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
    } else {
      ipv6_mreq request{};
      inet_pton(AF_INET6, kGroup6, &request.ipv6mr_multiaddr);
      request.ipv6mr_interface = index;
      setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof request);
    }
  }
  return fd;
}

void send_everywhere(int fd, int family, Bytes query) {
  for (const unsigned int index : multicast_interfaces()) {
    if (family == AF_INET) {
      ip_mreqn request{};
      request.imr_ifindex = static_cast<int>(index);
      setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
      sockaddr_in group{};
      group.sin_family = AF_INET;
      group.sin_port = htons(kPort);
      inet_pton(AF_INET, kGroup4, &group.sin_addr);
      (void)!sendto(fd, query.data(), query.size(), 0, reinterpret_cast<const sockaddr*>(&group), sizeof group);
    } else {
      sockaddr_in6 group{};
      group.sin6_family = AF_INET6;
      group.sin6_port = htons(kPort);
      group.sin6_scope_id = index;
      inet_pton(AF_INET6, kGroup6, &group.sin6_addr);
      (void)!sendto(fd, query.data(), query.size(), 0, reinterpret_cast<const sockaddr*>(&group), sizeof group);
    }
  }
}

std::string lower_name(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

struct MdnsResolver::Socket {
  Socket(GMainContext* context, int fd_in, int family_in, std::function<void()> readable)
      : fd(fd_in), family(family_in), watch(context, fd_in, std::move(readable)) {}
  ~Socket() { ::close(fd); }
  int fd;
  int family;
  ReadWatch watch;
};

MdnsResolver::MdnsResolver(GMainContext* context) : context_(context), round_(context, [this] { on_round(); }) {}
MdnsResolver::~MdnsResolver() = default;

std::uint64_t MdnsResolver::resolve(const std::string& name, std::function<void(const std::string&)> answered) {
  if (waiting_.size() >= kMaxWaiting) return 0;
  open();
  waiting_.push_back({next_id_, lower_name(name), std::move(answered), {}, 0});
  ask(waiting_.back().name);
  round_.start(kWaits[0]);
  return next_id_++;
}

void MdnsResolver::forget(std::uint64_t id) {
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.id == id; });
}

void MdnsResolver::open() {
  if (!sockets_.empty()) return;
  for (const int family : {AF_INET, AF_INET6}) {
    const int fd = open_socket(family);
    if (fd >= 0) sockets_.push_back(std::make_unique<Socket>(context_, fd, family, [this, fd] { receive(fd); }));
  }
}

void MdnsResolver::ask(const std::string& name) {
  std::array<std::uint8_t, 512> storage;
  ByteWriter query(storage);
  if (!write_mdns_query(name, query).ok()) return;
  for (const auto& socket : sockets_) send_everywhere(socket->fd, socket->family, query.written());
}

void MdnsResolver::receive(int fd) {
  std::array<std::uint8_t, kMaxMdnsBytes> buffer;
  const auto length = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (length <= 0) return;
  const auto response = parse_mdns_response(Bytes{buffer.data(), static_cast<std::size_t>(length)});
  if (!response.ok()) return;
  std::vector<std::function<void()>> calls;
  for (const auto& record : response.value()) {
    for (auto& waiting : waiting_) {
      if (waiting.name != record.name || waiting.seen.size() >= 8) continue;
      if (std::find(waiting.seen.begin(), waiting.seen.end(), record.address) != waiting.seen.end()) continue;
      waiting.seen.push_back(record.address);
      calls.push_back([answered = waiting.answered, address = record.address] { answered(address); });
    }
  }
  for (const auto& call : calls) call();
}

void MdnsResolver::on_round() {
  int earliest = kRounds;
  for (auto& waiting : waiting_) {
    if (++waiting.rounds < kRounds && waiting.seen.empty()) ask(waiting.name);
    earliest = std::min(earliest, waiting.rounds);
  }
  // A name whose answer came is kept until its time is over, for its other address family.
  std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.rounds >= kRounds; });
  if (waiting_.empty()) {
    sockets_.clear();
  } else {
    round_.start(kWaits[static_cast<std::size_t>(earliest)]);
  }
}

}  // namespace sidetone::media::ice
