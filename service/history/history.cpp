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
  using Changes = std::vector<store::HistoryChange>;
  store_.run<Changes>([call, records = std::move(records), limits = limits_](
                          store::Transaction& t) -> Result<Changes> { return t.finish_call(call, records, limits); },
                      [this](Result<Changes> changes) {
                        // A fault is counted and logged by the store; the call is restored and ended at the next start.
                        if (!changes.ok()) return;
                        for (const auto& change : *changes) outbox_.to_user(change.user, change.history);
                      });
}

}  // namespace sidetone::service::history
