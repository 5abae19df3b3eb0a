#include "core/client/turn.hpp"

namespace sidetone::client::detail {

void on(Turn& turn, const SetPicture& set) {
  if (turn.need_online())
    turn.request(protocol::PictureSet{set.jpeg}, {Purpose::kPicture, turn.moment.intent, {}, 0, {}});
}

void on(Turn& turn, const WantPicture& wanted) {
  if (!turn.need_online()) return;
  turn.command(FetchPicture{wanted.picture, "/pictures/" + wanted.picture, turn.state.account.token});
  turn.done(turn.moment.intent);
}

}  // namespace sidetone::client::detail
