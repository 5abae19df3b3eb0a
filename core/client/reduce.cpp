#include "core/client/turn.hpp"

namespace sidetone::client {

namespace detail {

std::uint32_t Turn::dice(std::uint32_t limit) const {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : moment.random) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return limit == 0 ? 0 : hash % limit;
}

void Turn::persist() {
  command(
      Persist{{state.account.token, state.account.user, state.account.name, state.account.device, state.chat.outbox}});
}

void on(Turn& turn, const TimerFired& fired) {
  const std::string_view timer = fired.timer;
  if (const auto colon = timer.find(':'); colon != std::string_view::npos)
    return call_timer(turn, timer.substr(0, colon), std::string(timer.substr(colon + 1)));
  if (timer == "directory") return directory_timer(turn);
  if (timer == "keep") return keep_timer(turn);
  if (timer == "typing") return typing_timer(turn);
  if (timer == "outbox") return outbox_timer(turn);
  connection_timer(turn, timer);
}

}  // namespace detail

std::vector<Command> reduce(State& state, const Event& event) {
  detail::Turn turn{state, event.moment, {}};
  std::visit(
      [&](const auto& what) {
        using detail::on;
        on(turn, what);
      },
      event.what);
  return std::move(turn.commands);
}

}  // namespace sidetone::client
