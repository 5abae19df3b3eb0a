#include <algorithm>

#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

/// Bring the service's idea of what is visible up to date.
void subscribe(Turn& turn) {
  auto& board = turn.state.presence;
  protocol::PresenceSubscribe change;
  std::set_difference(board.wanted.begin(), board.wanted.end(), board.subscribed.begin(), board.subscribed.end(),
                      std::back_inserter(change.add));
  std::set_difference(board.subscribed.begin(), board.subscribed.end(), board.wanted.begin(), board.wanted.end(),
                      std::back_inserter(change.remove));
  if (change.add.empty() && change.remove.empty()) return;
  board.subscribed = board.wanted;
  board.subscribing = true;
  turn.request(change, {Purpose::kSubscribe, std::nullopt, {}, 0, {}});
}

void send_status(Turn& turn, std::optional<std::uint32_t> intent) {
  const auto& status = *turn.state.presence.unsent_status;
  turn.request(protocol::StatusSet{status.availability, status.text, status.until},
               {Purpose::kStatus, intent, {}, 0, {}});
}

}  // namespace

void presence_signed_in(Turn& turn, bool resumed) {
  auto& board = turn.state.presence;
  if (!resumed || board.subscribing) board.subscribed.clear();
  board.subscribing = false;
  subscribe(turn);
  if (board.unsent_status) send_status(turn, std::nullopt);
}

void on(Turn& turn, const Watch& watch) {
  auto& board = turn.state.presence;
  board.wanted = {watch.users.begin(), watch.users.end()};
  for (auto it = board.people.begin(); it != board.people.end();)
    it = board.wanted.count(it->first) != 0 || it->first == turn.state.account.user ? std::next(it)
                                                                                    : board.people.erase(it);
  if (turn.online()) {
    subscribe(turn);
  } else {
    // Whoever was forgotten and is wanted again before the service could be told: ask for the whole state.
    for (const auto user : board.wanted)
      if (board.people.count(user) == 0) board.subscribed.erase(user);
  }
  turn.done(turn.moment.intent);
}

void on(Turn& turn, const SetStatus& status) {
  turn.state.presence.unsent_status = status;
  if (turn.online()) return send_status(turn, turn.moment.intent);
  turn.refuse(turn.moment.intent, ErrorCode::kUnavailable,
              "not connected: the status is set when the service is there again");
}

void on(Turn& turn, const protocol::Presence& presence) {
  auto& board = turn.state.presence;
  bool stays = true;
  bool can_wait = true;
  for (const auto& one : presence.changes) {
    const bool mine = one.user == turn.state.account.user;
    if (board.wanted.count(one.user) == 0 && !mine) continue;
    const auto [found, is_new] = board.people.try_emplace(one.user);
    auto& person = found->second;
    const auto before = person;
    const auto state =
        protocol::applied({person.user, person.availability, person.lamp, person.text, person.until}, one);
    person = {state.user, state.availability, state.lamp.value_or(protocol::BusyLamp::kIdle), state.text, state.until};
    if (!is_new && person == before) continue;
    stays = false;
    can_wait = can_wait && !mine && !is_new && person.lamp == before.lamp;
  }
  if (stays)
    turn.command(ViewStays{});
  else if (can_wait)
    turn.command(ViewCanWait{});
}

void presence_answered(Turn& turn, const Pending& pending, const protocol::Failure* failure) {
  auto& board = turn.state.presence;
  if (pending.purpose == Purpose::kStatus) {
    const auto& waiting = turn.state.connection.pending;
    const bool newer = std::any_of(waiting.begin(), waiting.end(),
                                   [](const auto& one) { return one.second.purpose == Purpose::kStatus; });
    if (!newer) board.unsent_status.reset();
    return;
  }
  board.subscribing = false;
  if (failure != nullptr) {
    turn.command(Report{"presence was not subscribed: " + failure->text});
    board.subscribed.clear();
  }
}

}  // namespace sidetone::client::detail
