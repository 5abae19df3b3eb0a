#include "service/directory/favourites.hpp"

namespace sidetone::service::directory {

void Favourites::handle(const Asker& asker, const protocol::FavouriteSet& message) {
  if (message.user == asker.user)
    return outbox_.refuse(asker, {ErrorCode::kOutOfRange, "a favourite is somebody else", "u"});
  if (message.favourite && directory_.find(message.user) == nullptr)
    return outbox_.refuse(asker, {ErrorCode::kNotFound, "there is no such person", "u"});
  store_.run<bool>([user = asker.user,
                    message](store::Transaction& t) { return t.set_favourite(user, message.user, message.favourite); },
                   [this, asker, message](Result<bool> changed) {
                     if (!changed.ok()) return outbox_.refuse(asker, changed.error());
                     outbox_.ok(asker);
                     if (*changed)
                       outbox_.to_user(asker.user, protocol::Favourite{message.user, message.favourite}, asker.device);
                   });
}

void Favourites::handle(const Asker& asker, const protocol::FavouriteList&) {
  using Users = std::vector<UserId>;
  store_.run<Users>([user = asker.user](store::Transaction& t) -> Result<Users> { return t.favourites_of(user); },
                    [this, asker](Result<Users> users) {
                      if (!users.ok()) return outbox_.refuse(asker, users.error());
                      outbox_.answer(asker, protocol::Favourites{std::move(*users)});
                    });
}

}  // namespace sidetone::service::directory
