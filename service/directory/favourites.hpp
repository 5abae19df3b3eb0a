#pragma once

#include "service/directory/directory.hpp"

namespace sidetone::service::directory {

/// Whom each person wants to find first, the same on all of their devices: row D3. The store has them; nothing is held
/// here.
/// @thread logic.
class Favourites {
 public:
  Favourites(Outbox& outbox, store::Store& store, const Directory& directory)
      : outbox_(outbox), store_(store), directory_(directory) {}

  void handle(const Asker& asker, const protocol::FavouriteSet& message);
  void handle(const Asker& asker, const protocol::FavouriteList& message);

 private:
  Outbox& outbox_;
  store::Store& store_;
  const Directory& directory_;
};

}  // namespace sidetone::service::directory
