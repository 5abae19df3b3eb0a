#pragma once

#include "core/protocol/saved_numbers.hpp"
#include "service/session/outbox.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::directory {

/// Numbers that each person keeps under names of their own, the same on all of their devices: row C1. The store has
/// them; nothing is held here.
/// @thread logic.
class SavedNumbers {
 public:
  SavedNumbers(Outbox& outbox, store::Store& store) : outbox_(outbox), store_(store) {}

  void handle(const Asker& asker, const protocol::SavedNumberSet& message);
  void handle(const Asker& asker, const protocol::SavedNumberList& message);

 private:
  Outbox& outbox_;
  store::Store& store_;
};

}  // namespace sidetone::service::directory
