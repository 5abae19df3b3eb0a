#pragma once

#include <string>
#include <vector>

#include "service/session/outbox.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::history {

/// The last calls of each user: row H1. The store decides what falls out.
/// @thread logic.
class CallHistory {
 public:
  CallHistory(Outbox& outbox, store::Store& store, const store::HistoryLimits& limits)
      : outbox_(outbox), store_(store), limits_(limits) {}

  void handle(const Asker& asker, const protocol::HistorySync& message);
  /// The call has ended: its records and the end of its life are one transaction, then every device hears of them.
  void finish(const std::string& call, std::vector<store::NewRecord> records);
  /// The call goes on without a person of it: what it left to that person and what it is now are one transaction.
  void leave(const store::LiveCallRow& call, const store::NewRecord& record);

 private:
  using Changes = std::vector<store::HistoryChange>;
  /// Every device hears of what was written. A fault is counted and logged by the store; the call is restored as it
  /// was written last at the next start.
  void announce(const Result<Changes>& changes);

  Outbox& outbox_;
  store::Store& store_;
  store::HistoryLimits limits_;
};

}  // namespace sidetone::service::history
