#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

void sync_history(Turn& turn) {
  turn.state.history.syncing = true;
  turn.request(protocol::HistorySync{turn.state.history.version}, {Purpose::kHistory, std::nullopt, {}, 0, {}});
}

}  // namespace

void take_history(History& history, const protocol::History& change) {
  if (change.since == 0) history.records.clear();
  for (const auto& one : change.records)
    history.records[one.record] = {one.record, one.kind, one.other, one.time, one.duration_s, one.reason};
  for (const auto record : change.removed) history.records.erase(record);
  history.version = change.version;
}

void history_signed_in(Turn& turn, bool resumed) {
  if (!resumed || turn.state.history.syncing) sync_history(turn);
}

void on(Turn& turn, const protocol::History& change, const std::optional<Pending>& pending) {
  auto& history = turn.state.history;
  if (pending)
    history.syncing = false;
  else
    refresh_calls_elsewhere(turn);
  if (change.since != history.version && change.since != 0) {
    if (change.version > history.version && !history.syncing) sync_history(turn);
    return;
  }
  if (change.since == 0 && change.version < history.version && !pending) return;
  take_history(history, change);
  turn.keep(Kept::kHistory);
}

}  // namespace sidetone::client::detail
