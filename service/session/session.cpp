#include "service/session/session.hpp"

#include "net/crypto.hpp"

namespace sidetone::service {
namespace {

/// How much is handed to the socket before the lanes decide again who goes first.
constexpr std::size_t kSocketBytes = 64 * 1024;
/// Backlog at which a lane that can be dropped or sent later gives way.
constexpr std::size_t kTypingBacklog = 4 * 1024;
constexpr std::size_t kStatusBacklog = 32 * 1024;
constexpr std::size_t kTelephonyBacklog = 128 * 1024;
constexpr Milliseconds kPumpEvery{20};

}  // namespace

std::string device_key_hash(std::string_view key) {
  return key.empty() ? std::string() : net::base64url(net::sha256(key));
}

Session::Session(std::uint64_t serial, std::string id, SessionOwner owner, const SessionLimits& limits,
                 Scheduler& scheduler)
    : serial_(serial),
      id_(std::move(id)),
      owner_(std::move(owner)),
      limits_(limits),
      scheduler_(scheduler),
      ring_(limits.ring_frames, limits.ring_bytes) {
  owner_.token.clear();
}

void Session::attach(std::uint64_t connection_id, std::shared_ptr<Wire> connection) {
  connection_id_ = connection_id;
  connection_ = std::move(connection);
  expiry.cancel();
  sent_away_ = false;
  catching_up_ = !waits_at_most(2);
}

std::shared_ptr<Wire> Session::detach() {
  pump_timer_.cancel();
  lanes_.drop_typing();
  return std::move(connection_);
}

Backlog Session::send(Lane lane, Body body) {
  if (lane == Lane::kTyping && !accepts(lane)) return Backlog::kFits;
  lanes_.push(lane, std::move(body));
  pump();
  if (!waits_at_most(1)) return Backlog::kTooMuch;
  if (!connection_ || catching_up_ || waits_at_most(2)) return Backlog::kFits;
  sent_away_ = true;
  return Backlog::kTooSlow;
}

bool Session::waits_at_most(std::size_t part) const {
  return lanes_.frames() <= limits_.ring_frames / part && lanes_.bytes() <= limits_.backlog_bytes / part;
}

bool Session::accepts(Lane lane) const {
  if (lane == Lane::kSignalling || lane == Lane::kMessages) return true;
  if (!connection_) return false;
  const std::size_t backlog = lanes_.bytes() + connection_->queued_bytes();
  return backlog <= (lane == Lane::kTelephony ? kTelephonyBacklog
                     : lane == Lane::kStatus  ? kStatusBacklog
                                              : kTypingBacklog);
}

void Session::pump() {
  if (!connection_ || sent_away_) return;
  while (lanes_.frames() > 0 && connection_->queued_bytes() < kSocketBytes) connection_->send(numbered(**lanes_.pop()));
  catching_up_ = catching_up_ && !waits_at_most(2);
  if (lanes_.frames() > 0) pump_timer_ = scheduler_.after(kPumpEvery, [this] { pump(); });
}

Body Session::numbered(const std::string& body) {
  // Every body is an object with at least its type: the number goes in front.
  auto frame = std::make_shared<std::string>("{\"s\":" + std::to_string(next_sequence_) + ",");
  frame->append(body, 1);
  ring_.push(next_sequence_++, frame);
  return frame;
}

void Session::replay(std::uint64_t last_sequence) {
  for (const auto& [sequence, frame] : ring_.after(last_sequence)) connection_->send(frame);
  pump();
}

}  // namespace sidetone::service
