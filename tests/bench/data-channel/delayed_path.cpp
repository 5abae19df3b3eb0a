#include "tests/bench/data-channel/delayed_path.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace sidetone::bench {
namespace {

constexpr int kSocketBufferBytes = 8 * 1024 * 1024;
constexpr std::size_t kDatagramBytes = 2048;
constexpr std::chrono::nanoseconds kNanosecondsPerByte{8};  // 1 Gbit/s

sockaddr_in at(std::uint32_t address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = address;
  out.sin_port = htons(port);
  return out;
}

}  // namespace

DelayedPath::DelayedPath(std::uint32_t address, std::chrono::microseconds one_way)
    : address_(address), one_way_(one_way) {
  for (unsigned side = 0; side < 2; ++side) {
    sockets_[side] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in bound = at(address, 0);
    socklen_t size = sizeof bound;
    setsockopt(sockets_[side], SOL_SOCKET, SO_RCVBUFFORCE, &kSocketBufferBytes, sizeof kSocketBufferBytes);
    if (bind(sockets_[side], reinterpret_cast<sockaddr*>(&bound), size) != 0 ||
        getsockname(sockets_[side], reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
      std::perror("data-channel: the delayed path has no socket");
      std::exit(1);
    }
    ports_[side] = ntohs(bound.sin_port);
  }
  thread_ = std::thread([this] { run(); });
}

DelayedPath::~DelayedPath() {
  stop_ = true;
  thread_.join();
  for (const int handle : sockets_) close(handle);
}

std::uint16_t DelayedPath::stand_for(unsigned end, std::uint16_t true_port) {
  ends_[end] = true_port;
  return ports_[end];
}

void DelayedPath::run() {
  constexpr timespec kStep{0, 200'000};
  while (!stop_) {
    std::array<pollfd, 2> watched{pollfd{sockets_[0], POLLIN, 0}, pollfd{sockets_[1], POLLIN, 0}};
    ppoll(watched.data(), watched.size(), &kStep, nullptr);
    const Time now = std::chrono::steady_clock::now();
    for (unsigned side = 0; side < 2; ++side) take(side, now);
    for (unsigned side = 0; side < 2; ++side) give(side, now);
  }
}

// What comes to the socket that stands for an end goes to that end.
void DelayedPath::take(unsigned side, Time now) {
  std::array<std::uint8_t, kDatagramBytes> buffer;
  for (;;) {
    const ssize_t size = recv(sockets_[side], buffer.data(), buffer.size(), 0);
    if (size <= 0) return;
    if (queues_[side].size() >= kMaxQueued) {
      ++dropped_;
      continue;
    }
    queues_[side].push_back({now + one_way_, {buffer.begin(), buffer.begin() + size}});
  }
}

// At the link's rate, as far as the thread's steps allow: else a second's worth of packets that was held up leaves at
// once, and what a socket's buffer can't take is lost.
void DelayedPath::give(unsigned side, Time now) {
  auto& queue = queues_[side];
  const sockaddr_in to = at(address_, ends_[side]);
  const int from = sockets_[1 - side];
  while (!queue.empty() && std::max(queue.front().due, free_at_[side]) <= now) {
    const auto& bytes = queue.front().bytes;
    free_at_[side] = std::max(queue.front().due, free_at_[side]) + bytes.size() * kNanosecondsPerByte;
    if (sendto(from, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0) ++dropped_;
    queue.pop_front();
  }
}

}  // namespace sidetone::bench
