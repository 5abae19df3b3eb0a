#include "service/session/lanes.hpp"

#include <type_traits>

namespace sidetone::service {
namespace {

template <class M, class... Ms>
inline constexpr bool kIsOneOf = (std::is_same_v<M, Ms> || ...);

template <class M>
constexpr Lane lane() {
  using namespace protocol;
  if constexpr (kIsOneOf<M, ChatTypingBy>) return Lane::kTyping;
  if constexpr (kIsOneOf<M, Presence>) return Lane::kTelephony;
  if constexpr (kIsOneOf<M, CallRinging, CallIncoming, CallAnswered, CallEnded, CallCandidate, CallUpdate, Calls,
                         Control, SignedIn, SignedOut>)
    return Lane::kSignalling;
  return Lane::kMessages;
}

}  // namespace

Lane lane_of(const ToClient& message) {
  return std::visit([](const auto& one) { return lane<std::decay_t<decltype(one)>>(); }, message);
}

void Lanes::push(Lane lane, Body body) {
  ++frames_;
  bytes_ += body->size();
  lanes_[static_cast<std::size_t>(lane)].push_back(std::move(body));
}

std::optional<Body> Lanes::pop() {
  for (auto& lane : lanes_) {
    if (lane.empty()) continue;
    auto body = std::move(lane.front());
    lane.pop_front();
    --frames_;
    bytes_ -= body->size();
    return body;
  }
  return std::nullopt;
}

void Lanes::drop_typing() {
  auto& typing = lanes_[static_cast<std::size_t>(Lane::kTyping)];
  frames_ -= typing.size();
  for (const auto& body : typing) bytes_ -= body->size();
  typing.clear();
}

void Ring::push(std::uint64_t sequence, Body frame) {
  bytes_ += frame->size();
  frames_.emplace_back(sequence, std::move(frame));
  while (frames_.size() > max_frames_ || bytes_ > max_bytes_) drop_front();
}

bool Ring::reaches(std::uint64_t last, std::uint64_t next) const {
  if (last >= next) return false;
  return last + 1 == next || (!frames_.empty() && frames_.front().first <= last + 1);
}

const std::deque<std::pair<std::uint64_t, Body>>& Ring::after(std::uint64_t last) {
  while (!frames_.empty() && frames_.front().first <= last) drop_front();
  return frames_;
}

void Ring::drop_front() {
  bytes_ -= frames_.front().second->size();
  frames_.pop_front();
}

}  // namespace sidetone::service
