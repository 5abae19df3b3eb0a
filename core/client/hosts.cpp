#include <algorithm>

#include "core/client/turn.hpp"

namespace sidetone::client {
namespace {

/// The host that the voice would take: the chosen one, else the first that is there and did not fail.
const model::Host* best_host(const State& state) {
  const model::Host* best = nullptr;
  for (const auto& [id, host] : state.hosts.hosts) {
    if (state.settings.chosen_host && *state.settings.chosen_host != id) continue;
    if (!host.online) continue;
    if (best == nullptr || (best->link == model::HostLink::kFailed && host.link != model::HostLink::kFailed))
      best = &host;
  }
  return best;
}

}  // namespace

model::Voice choose_voice(const State& state) {
  using model::VoiceReason;
  using model::VoiceWay;
  const auto browser = state.settings.browser_voice ? VoiceWay::kBrowser : VoiceWay::kNone;
  if (state.settings.voice == VoiceChoice::kBrowser) return {browser, std::nullopt, VoiceReason::kChosen};
  const auto* host = best_host(state);
  const bool forced = state.settings.voice == VoiceChoice::kHost;
  if (host == nullptr) {
    const auto reason = state.hosts.hosts.empty() ? VoiceReason::kNoHostPaired : VoiceReason::kHostOffline;
    return {forced ? VoiceWay::kNone : browser, std::nullopt, reason};
  }
  if (host->link == model::HostLink::kFailed && browser == VoiceWay::kBrowser && !forced)
    return {browser, std::nullopt, VoiceReason::kHostFailed};
  return {VoiceWay::kHost, host->host, forced ? VoiceReason::kChosen : VoiceReason::kHostReady};
}

namespace detail {

void hosts_signed_in(Turn& turn) { turn.request(protocol::HostList{}, {Purpose::kHosts, std::nullopt, {}, 0, {}}); }

void hosts_lost(Turn& turn) { turn.command(ControlLost{{}, "the connection to the service was lost"}); }

void on(Turn& turn, const PairHost& pair) {
  if (turn.need_online()) turn.request(protocol::HostPair{pair.code}, {Purpose::kPair, turn.moment.intent, {}, 0, {}});
}

void on(Turn& turn, const protocol::HostPairing& pairing, const std::optional<Pending>& pending) {
  turn.state.hosts.pairing = model::Pairing{pairing.pairing, pairing.name, pairing.address};
  if (pending) turn.done(pending->intent, pairing.pairing);
}

void on(Turn& turn, const ConfirmHost& confirm) {
  if (!turn.need_online()) return;
  turn.state.hosts.pairing.reset();
  turn.request(protocol::HostConfirm{confirm.pairing, confirm.accept},
               {Purpose::kConfirm, turn.moment.intent, {}, 0, {}});
}

void on(Turn& turn, const UnpairHost& unpair) {
  if (turn.need_online())
    turn.request(protocol::HostUnpair{unpair.host}, {Purpose::kUnpair, turn.moment.intent, unpair.host, 0, {}});
}

void on(Turn& turn, const ChooseVoice& choose) {
  turn.state.settings.voice = choose.way;
  turn.state.settings.chosen_host = choose.host;
  turn.done(turn.moment.intent);
}

void on(Turn& turn, const protocol::Hosts& list) {
  auto& hosts = turn.state.hosts.hosts;
  const auto before = std::move(hosts);
  hosts.clear();
  for (const auto& one : list.hosts) {
    auto& host = hosts[one.host];
    const auto known = before.find(one.host);
    host = {one.host, one.name, one.online, one.loopback_port, model::HostLink::kNone, {}};
    if (known == before.end() || known->second.online != one.online) continue;
    host.link = known->second.link;
    host.reason = known->second.reason;
  }
  auto& left_ms = turn.state.hosts.left_ms;
  for (const auto& [id, host] : before) {
    const auto now = hosts.find(id);
    if (now == hosts.end() || now->second.online) left_ms.erase(id);
    if (!host.online || (now != hosts.end() && now->second.online)) continue;
    turn.command(ControlLost{id, "the native host has left the service"});
    if (now != hosts.end()) left_ms[id] = turn.moment.now_ms;
  }
  hosts_changed(turn);
}

void on(Turn& turn, const RequestTicket& request) {
  if (!turn.online()) return turn.command(HostTicket{request.host, {}, 0, "not connected to the service"});
  turn.request(protocol::HostTicket{request.host}, {Purpose::kTicket, std::nullopt, request.host, 0, {}});
}

void on(Turn& turn, const protocol::HostTicketGranted& granted, const std::optional<Pending>& pending) {
  if (pending) turn.command(HostTicket{pending->subject, granted.ticket, granted.port, {}});
}

void ticket_refused(Turn& turn, const Pending& pending, const protocol::Failure& failure) {
  turn.command(HostTicket{pending.subject, {}, 0, failure.text});
}

void on(Turn& turn, const SendControl& control) {
  auto& connection = turn.state.connection;
  if (!turn.online()) return turn.command(ControlLost{control.host, "not connected to the service"});
  const auto id = connection.next_request++;
  connection.controls.emplace_back(id, control.host);
  if (connection.controls.size() > 64) connection.controls.pop_front();
  turn.command(SendFrame{connection.socket,
                         protocol::encode(protocol::Control{control.host, control.message}, {id, std::nullopt})});
  turn.command(ViewStays{});
}

void on(Turn& turn, const protocol::Control& control) {
  turn.command(ControlMessage{control.host, control.message});
  turn.command(ViewStays{});
}

void on(Turn& turn, const HostLinkChanged& changed) {
  const auto found = turn.state.hosts.hosts.find(changed.host);
  if (found == turn.state.hosts.hosts.end()) {
    ++turn.state.counters.stale_events;
    return;
  }
  found->second.link = changed.link;
  found->second.reason = changed.reason;
}

}  // namespace detail
}  // namespace sidetone::client
