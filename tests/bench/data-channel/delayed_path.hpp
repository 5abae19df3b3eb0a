#pragma once

#include <netinet/in.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <thread>
#include <vector>

namespace sidetone::bench {

/// A path between two UDP sockets of this machine that takes time: each end knows the other by a port of the path, and
/// what comes to that port leaves for the other end, from the other port, a fixed time later, at 1 Gbit/s. Nothing is
/// lost but what goes beyond `kMaxQueued`. @thread its own; the setters any.
class DelayedPath {
 public:
  /// @param address  IPv4 of this machine, network order; both ports are bound to it.
  DelayedPath(std::uint32_t address, std::chrono::microseconds one_way);
  ~DelayedPath();
  DelayedPath(const DelayedPath&) = delete;
  DelayedPath& operator=(const DelayedPath&) = delete;

  /// Where `end` (0, 1) is truly. @return the port by which the other end is to know it.
  std::uint16_t stand_for(unsigned end, std::uint16_t true_port);
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Datagram {
    Time due;
    std::vector<std::uint8_t> bytes;
  };
  static constexpr std::size_t kMaxQueued = 20'000;

  void run();
  void take(unsigned side, Time now);
  void give(unsigned side, Time now);

  std::uint32_t address_;
  std::chrono::microseconds one_way_;
  std::array<int, 2> sockets_{-1, -1};                // socket n stands for end n
  std::array<std::uint16_t, 2> ports_{};              // of the sockets
  std::array<std::atomic<std::uint16_t>, 2> ends_{};  // true ports
  std::array<Time, 2> free_at_{};                     // when the link to an end has sent what it was given
  std::array<std::deque<Datagram>, 2> queues_;        // by the end that they go to
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace sidetone::bench
