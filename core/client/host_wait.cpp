#include <algorithm>

#include "core/client/turn.hpp"

/// A native host that is away for a moment: its network has changed, or the service was started anew. Calls whose voice
/// is being made wait for it.
namespace sidetone::client::detail {
namespace {

using model::VoiceWay;

constexpr std::int64_t kReturnsWithinMs = 8'000;  // a host tries at once, then after 0.5, 1, 2 and 4 s at most
constexpr std::uint32_t kLookAgainMs = 500;       // the news that it has left may come behind what was lost with it

bool left_just_now(const Turn& turn) {
  const auto& left = turn.state.hosts.left_ms;
  const auto& chosen = turn.state.settings.chosen_host;
  return std::any_of(left.begin(), left.end(), [&](const auto& one) {
    return (!chosen || *chosen == one.first) && turn.moment.now_ms < one.second + kReturnsWithinMs;
  });
}

/// Nobody has been told of its voice yet.
bool being_made(const CallEntry& entry) {
  const auto phase = entry.call.phase;
  return !entry.described &&
         (phase == model::CallPhase::kPreparing || (phase == model::CallPhase::kAnswering && !entry.won));
}

}  // namespace

bool host_may_return(const Turn& turn) {
  return choose_voice(turn.state).reason == model::VoiceReason::kHostOffline && left_just_now(turn);
}

bool wait_for_host(Turn& turn, CallEntry& entry, std::string reason) {
  const auto now = turn.moment.now_ms;
  const bool away = !entry.host_awaited_until_ms || left_just_now(turn) || !turn.online();
  if (!being_made(entry) || !away || now >= entry.host_awaited_until_ms.value_or(now + 1)) return false;
  if (!entry.host_awaited_until_ms) entry.host_awaited_until_ms = now + kReturnsWithinMs;
  drop_voice(turn, entry);
  entry.call.host_away = true;
  entry.call.detail = std::move(reason);
  turn.command(StartTimer{"host:" + entry.call.call, kLookAgainMs});
  return true;
}

void look_for_host(Turn& turn, CallEntry& entry) {
  if (!being_made(entry) || !entry.call.host_away) return;
  const bool over = turn.moment.now_ms >= *entry.host_awaited_until_ms || (turn.online() && !left_just_now(turn));
  const auto way = choose_voice(turn.state).way;
  if (turn.online() && (way == VoiceWay::kHost || (over && way == VoiceWay::kBrowser))) return make_voice(turn, entry);
  if (over) return voice_failed(turn, entry, entry.call.detail);
  turn.command(StartTimer{"host:" + entry.call.call, kLookAgainMs});
}

void hosts_changed(Turn& turn) {
  for (auto& [id, entry] : turn.state.calls) look_for_host(turn, entry);
}

}  // namespace sidetone::client::detail
