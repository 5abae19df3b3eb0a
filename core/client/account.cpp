#include "core/client/turn.hpp"

namespace sidetone::client::detail {

void on(Turn& turn, const ListDevices&) {
  if (turn.need_online()) turn.request(protocol::DeviceList{}, {Purpose::kDevices, turn.moment.intent, {}, 0, {}});
}

void on(Turn& turn, const RevokeDevice& revoke) {
  if (turn.need_online())
    turn.request(protocol::DeviceRevoke{revoke.device}, {Purpose::kRevoke, turn.moment.intent, {}, 0, {}});
}

void on(Turn& turn, const protocol::SignedInDevices& devices, const std::optional<Pending>& pending) {
  turn.state.account.devices = devices.devices;
  if (pending) turn.done(pending->intent);
}

}  // namespace sidetone::client::detail
