#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "service/session/outbox.hpp"
#include "service/session/wire.hpp"

namespace sidetone::service {

/// The lane that a message travels in.
Lane lane_of(const ToClient& message);

/// What waits for a connection, the more important first, in order within a lane.
class Lanes {
 public:
  void push(Lane lane, Body body);
  /// The next frame to send.
  std::optional<Body> pop();
  /// Typing is worth nothing later.
  void drop_typing();
  [[nodiscard]] std::size_t frames() const { return frames_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::array<std::deque<Body>, kLanes> lanes_;
  std::size_t frames_ = 0;
  std::size_t bytes_ = 0;
};

/// The frames sent last, for a client that comes back. Bounded in number and bytes; the oldest fall out.
class Ring {
 public:
  Ring(std::size_t max_frames, std::size_t max_bytes) : max_frames_(max_frames), max_bytes_(max_bytes) {}

  void push(std::uint64_t sequence, Body frame);
  /// Whether everything after `last` is still here, where `next` is the number of the next frame.
  [[nodiscard]] bool reaches(std::uint64_t last, std::uint64_t next) const;
  /// Forget up to `last`, which has arrived; then all that is left, in order.
  const std::deque<std::pair<std::uint64_t, Body>>& after(std::uint64_t last);

 private:
  void drop_front();

  std::size_t max_frames_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::deque<std::pair<std::uint64_t, Body>> frames_;
};

}  // namespace sidetone::service
