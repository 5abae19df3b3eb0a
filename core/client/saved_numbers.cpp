#include <algorithm>

#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

void put_number(std::map<std::string, std::string>& names, const std::string& number,
                const std::optional<std::string>& name) {
  if (name)
    names.insert_or_assign(number, *name);
  else
    names.erase(number);
}

/// What the service has, and what it has been asked for on top.
void show_numbers(Turn& turn) {
  auto& numbers = turn.state.saved_numbers;
  numbers.names = numbers.kept;
  for (const auto& [place, wish] : numbers.asked) put_number(numbers.names, wish.number, wish.name);
}

void numbers_changed(Turn& turn) {
  show_numbers(turn);
  turn.keep(Kept::kSavedNumbers);
}

void list_numbers(Turn& turn) {
  turn.state.saved_numbers.listing = true;
  turn.request(protocol::SavedNumberList{}, {Purpose::kSavedNumbers, std::nullopt, {}, 0, {}});
}

void ask_to_keep(Turn& turn, std::uint64_t place, const protocol::SavedNumberSet& wish) {
  turn.state.saved_numbers.asked.emplace(place, wish);
  turn.request(wish, {Purpose::kSaveNumber, turn.moment.intent, {}, place, {}}, true);
  turn.keep(Kept::kSavedNumberWish, place);
  show_numbers(turn);
}

}  // namespace

void saved_numbers_signed_in(Turn& turn, bool resumed) {
  if (!resumed || turn.state.saved_numbers.listing) list_numbers(turn);
}

void on(Turn& turn, const SaveNumber& save) {
  if (turn.state.account.user == 0)
    return turn.refuse(turn.moment.intent, ErrorCode::kUnauthenticated, "nobody is signed in");
  auto& asked = turn.state.saved_numbers.asked;
  turn.replace_unsent([&](const Pending& pending) {
    if (pending.purpose != Purpose::kSaveNumber || asked.at(pending.number).number != save.number) return false;
    asked.erase(pending.number);
    turn.keep(Kept::kSavedNumberWish, pending.number);
    return true;
  });
  ask_to_keep(turn, ++turn.state.saved_numbers.asked_before, {save.number, save.name});
}

void restore_saved_number_wish(Turn& turn, std::uint64_t place, const protocol::SavedNumberSet& wish) {
  auto& numbers = turn.state.saved_numbers;
  numbers.asked_before = std::max(numbers.asked_before, place);
  ask_to_keep(turn, numbers.asked.count(place) == 0 ? place : ++numbers.asked_before, wish);
}

void on(Turn& turn, const protocol::SavedNumbers& message, const std::optional<Pending>&) {
  turn.state.saved_numbers.listing = false;
  take_saved_numbers(turn, message);
}

void take_saved_numbers(Turn& turn, const protocol::SavedNumbers& numbers) {
  std::map<std::string, std::string> fresh;
  for (const auto& one : numbers.numbers) fresh.insert_or_assign(one.number, one.name);
  if (fresh == turn.state.saved_numbers.kept) return;
  turn.state.saved_numbers.kept = std::move(fresh);
  numbers_changed(turn);
}

void on(Turn& turn, const protocol::SavedNumberChanged& change) {
  put_number(turn.state.saved_numbers.kept, change.number, change.name);
  numbers_changed(turn);
}

void saved_numbers_answered(Turn& turn, const Pending& pending, const protocol::Failure* failure) {
  auto& numbers = turn.state.saved_numbers;
  if (pending.purpose == Purpose::kSavedNumbers) {
    numbers.listing = false;
    if (failure != nullptr) turn.command(Report{"the saved numbers were not listed: " + failure->text});
    return;
  }
  const auto wish = numbers.asked.extract(pending.number).mapped();
  turn.keep(Kept::kSavedNumberWish, pending.number);
  if (failure != nullptr) return show_numbers(turn);
  put_number(numbers.kept, wish.number, wish.name);
  numbers_changed(turn);
}

}  // namespace sidetone::client::detail
