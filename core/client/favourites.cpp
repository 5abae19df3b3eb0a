#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

bool changes_favourite(const Pending& pending) {
  return pending.purpose == Purpose::kAddFavourite || pending.purpose == Purpose::kDropFavourite;
}

void put(std::set<UserId>& users, UserId user, bool favourite) {
  if (favourite)
    users.insert(user);
  else
    users.erase(user);
}

void put(std::set<UserId>& users, const Pending& pending) {
  put(users, static_cast<UserId>(pending.number), pending.purpose == Purpose::kAddFavourite);
}

/// What the service has, and what it has been asked for on top.
void show(Turn& turn) {
  auto& favourites = turn.state.favourites;
  favourites.users = favourites.kept;
  for (const auto& [id, pending] : turn.state.connection.pending)
    if (changes_favourite(pending)) put(favourites.users, pending);
}

void changed(Turn& turn) {
  show(turn);
  turn.keep(Kept::kFavourites);
}

void list(Turn& turn) {
  turn.state.favourites.listing = true;
  turn.request(protocol::FavouriteList{}, {Purpose::kFavourites, std::nullopt, {}, 0, {}});
}

}  // namespace

void favourites_signed_in(Turn& turn, bool resumed) {
  if (!resumed || turn.state.favourites.listing) list(turn);
}

void on(Turn& turn, const SetFavourite& set) {
  if (turn.state.account.user == 0)
    return turn.refuse(turn.moment.intent, ErrorCode::kUnauthenticated, "nobody is signed in");
  // So what waits for the service is bounded by the number of people.
  turn.replace_unsent([&](const Pending& pending) { return changes_favourite(pending) && pending.number == set.user; });
  const auto purpose = set.favourite ? Purpose::kAddFavourite : Purpose::kDropFavourite;
  turn.request(protocol::FavouriteSet{set.user, set.favourite}, {purpose, turn.moment.intent, {}, set.user, {}}, true);
  turn.keep(Kept::kWish, set.user);
  show(turn);
}

void on(Turn& turn, const protocol::Favourites& message, const std::optional<Pending>&) {
  turn.state.favourites.listing = false;
  take_favourites(turn, message);
}

void take_favourites(Turn& turn, const protocol::Favourites& favourites) {
  std::set<UserId> fresh(favourites.users.begin(), favourites.users.end());
  if (fresh == turn.state.favourites.kept) return;
  turn.state.favourites.kept = std::move(fresh);
  changed(turn);
}

void on(Turn& turn, const protocol::Favourite& change) {
  put(turn.state.favourites.kept, change.user, change.favourite);
  changed(turn);
}

void favourites_answered(Turn& turn, const Pending& pending, const protocol::Failure* failure) {
  if (pending.purpose == Purpose::kFavourites) {
    turn.state.favourites.listing = false;
    if (failure != nullptr) turn.command(Report{"the favourites were not listed: " + failure->text});
    return;
  }
  turn.keep(Kept::kWish, pending.number);
  if (failure != nullptr) return show(turn);
  put(turn.state.favourites.kept, pending);
  changed(turn);
}

std::optional<protocol::FavouriteSet> favourite_wish(const State& state, UserId user) {
  std::optional<protocol::FavouriteSet> wish;
  for (const auto& [id, pending] : state.connection.pending)
    if (changes_favourite(pending) && pending.number == user)
      wish = protocol::FavouriteSet{user, pending.purpose == Purpose::kAddFavourite};
  return wish;
}

void keep_wishes(Turn& turn) {
  for (const auto& [id, pending] : turn.state.connection.pending)
    if (changes_favourite(pending)) turn.keep(Kept::kWish, pending.number);
}

void forget_favourite(Turn& turn, UserId user) {
  if (turn.state.favourites.kept.erase(user) != 0) changed(turn);
}

}  // namespace sidetone::client::detail
