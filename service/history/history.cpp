#include "service/history/history.hpp"

namespace sidetone::service::history {

void CallHistory::handle(const Asker& asker, const protocol::HistorySync& message) {
  store_.run<protocol::History>(
      [user = asker.user, since = message.since](store::Transaction& t) -> Result<protocol::History> {
        return t.history_since(user, since);
      },
      [this, asker](Result<protocol::History> history) {
        if (!history.ok()) return outbox_.refuse(asker, history.error());
        outbox_.answer(asker, *history);
      });
}

void CallHistory::finish(const std::string& call, std::vector<store::NewRecord> records) {
  store_.run<Changes>([call, records = std::move(records), limits = limits_](
                          store::Transaction& t) -> Result<Changes> { return t.finish_call(call, records, limits); },
                      [this](const Result<Changes>& changes) { announce(changes); });
}

void CallHistory::leave(const store::LiveCallRow& call, const store::NewRecord& record) {
  store_.run<Changes>(
      [call, record, limits = limits_](store::Transaction& t) -> Result<Changes> {
        auto changes = t.finish_call(call.call, {record}, limits);
        t.put_live_call(call.call, call.body);
        return changes;
      },
      [this](const Result<Changes>& changes) { announce(changes); });
}

void CallHistory::announce(const Result<Changes>& changes) {
  if (!changes.ok()) return;
  for (const auto& change : *changes) outbox_.to_user(change.user, change.history);
}

}  // namespace sidetone::service::history
