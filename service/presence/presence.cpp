#include "service/presence/presence.hpp"

#include <algorithm>

#include "service/session/text.hpp"

namespace sidetone::service::presence {
namespace {

/// Of one frame: 100 states with the longest texts still fit.
constexpr std::size_t kStatesPerFrame = 100;
/// A timer beyond this is set again on the way; clocks are changed.
constexpr Seconds kLongestTimer{3600};

}  // namespace

PresenceBoard::PresenceBoard(Outbox& outbox, const Roster& roster, store::Store& store, Scheduler& scheduler,
                             const PresenceOptions& options)
    : outbox_(outbox), roster_(roster), store_(store), scheduler_(scheduler), options_(options) {}

void PresenceBoard::load(const std::vector<protocol::PresenceState>& statuses) {
  for (const auto& status : statuses) apply_status(status.user, status);
}

// --- who is there ---

void PresenceBoard::session_changed(UserId user, DeviceId device, SessionChange change) {
  switch (change) {
    case SessionChange::kStarted:
    case SessionChange::kResumed: {
      device_came(user, device);
      auto& watcher = watchers_[device];
      const auto self = watcher.watched.emplace(user, false).first;
      people_[user].watchers.insert(device);
      // Nobody asks to watch himself, yet everybody wants to know what the others see.
      if (!self->second) watcher.changed[user] = kAll;
      if (!watcher.changed.empty()) schedule(device, watcher);
      return;
    }
    case SessionChange::kDisconnected: {
      auto& person = people_[user];
      if (person.devices.count(device) == 0) return;
      person.going[device] =
          scheduler_.after(options_.offline_grace, [this, user, device] { device_went(user, device); });
      return;
    }
    case SessionChange::kEnded:
      // A session that ends while its device is in its grace time is not the end of the device: it may come back with a
      // new one.
      stop_watching(device);
      if (people_[user].going.count(device) == 0 && people_[user].devices.count(device) != 0)
        people_[user].going[device] =
            scheduler_.after(options_.offline_grace, [this, user, device] { device_went(user, device); });
      tidy(user);
      return;
    case SessionChange::kSignedOut:
      stop_watching(device);
      device_went(user, device);
      return;
  }
}

void PresenceBoard::device_came(UserId user, DeviceId device) {
  auto& person = people_[user];
  person.going.erase(device);
  const bool first = person.devices.empty();
  person.devices.insert(device);
  if (first) changed(user);
}

void PresenceBoard::device_went(UserId user, DeviceId device) {
  const auto found = people_.find(user);
  if (found == people_.end()) return;
  found->second.going.erase(device);
  if (found->second.devices.erase(device) > 0 && found->second.devices.empty()) changed(user);
  tidy(user);
}

void PresenceBoard::set_robot_online(UserId robot, bool online) {
  // A robot's one device has no number.
  if (online)
    device_came(robot, 0);
  else
    device_went(robot, 0);
}

bool PresenceBoard::is_there(UserId user) const {
  const auto found = people_.find(user);
  return found != people_.end() && !found->second.devices.empty();
}

// --- states ---

protocol::PresenceState PresenceBoard::state_of(UserId user) const {
  protocol::PresenceState state;
  state.user = user;
  const auto found = people_.find(user);
  if (found == people_.end()) return state;
  const auto& person = found->second;
  const bool hidden = person.status.user != 0 && person.status.availability == protocol::Availability::kOffline;
  if (hidden) return state;
  if (person.lamp != protocol::BusyLamp::kIdle) state.lamp = person.lamp;
  if (person.status.user != 0) {
    state.text = person.status.text;
    state.until = person.status.until;
  }
  if (!person.devices.empty())
    state.availability = person.status.user != 0 ? person.status.availability : protocol::Availability::kOnline;
  return state;
}

void PresenceBoard::set_lamp(UserId user, protocol::BusyLamp lamp) {
  auto& person = people_[user];
  if (person.lamp == lamp) return;
  person.lamp = lamp;
  changed(user);
  tidy(user);
}

void PresenceBoard::handle(const Asker& asker, const protocol::StatusSet& message) {
  if (message.until && *message.until <= scheduler_.clock().wall().unix_seconds)
    return outbox_.refuse(asker, {ErrorCode::kOutOfRange, "the end of the status lies in the past", "e"});
  if (!is_text(message.text.value_or("")))
    return outbox_.refuse(asker, {ErrorCode::kMalformed, "control characters are not text", "x"});
  protocol::PresenceState status;
  status.user = asker.user;
  status.availability = message.availability;
  if (message.text && !message.text->empty()) status.text = message.text;
  status.until = message.until;
  store_.run<bool>(
      [status](store::Transaction& t) -> Result<bool> {
        t.put_status(status);
        return true;
      },
      [this, asker, status](Result<bool> kept) {
        if (!kept.ok()) return outbox_.refuse(asker, kept.error());
        outbox_.ok(asker);
        apply_status(asker.user, status);
      });
}

void PresenceBoard::apply_status(UserId user, const protocol::PresenceState& status) {
  auto& person = people_[user];
  const bool over = status.until && *status.until <= scheduler_.clock().wall().unix_seconds;
  person.status = over ? protocol::PresenceState{} : status;
  person.status_ends.cancel();
  if (!over && status.until) {
    const auto wait = std::min<Microseconds>(until(*status.until), kLongestTimer);
    person.status_ends =
        scheduler_.after(wait, [this, user] { apply_status(user, protocol::PresenceState(people_[user].status)); });
  }
  changed(user);
  tidy(user);
}

Microseconds PresenceBoard::until(std::int64_t unix_seconds) const {
  return Seconds{std::max<std::int64_t>(unix_seconds - scheduler_.clock().wall().unix_seconds, 0)};
}

// --- watchers ---

void PresenceBoard::handle(const Asker& asker, const protocol::PresenceSubscribe& message) {
  auto& watcher = watchers_[asker.device];
  auto wanted = watcher.watched;
  for (const auto user : message.remove) wanted.erase(user);
  for (const auto user : message.add) wanted[user] = false;
  wanted.emplace(asker.user, false);
  if (wanted.size() > protocol::limits::kSubscriptions + 1) {
    return outbox_.refuse(
        asker, {ErrorCode::kTooLarge,
                "at most " + std::to_string(protocol::limits::kSubscriptions) + " contacts may be watched", "a"});
  }
  for (const auto user : message.remove) {
    if (wanted.count(user) != 0) continue;
    if (const auto found = people_.find(user); found != people_.end()) found->second.watchers.erase(asker.device);
    watcher.changed.erase(user);
    tidy(user);
  }
  watcher.watched = std::move(wanted);
  for (const auto user : message.add) {
    people_[user].watchers.insert(asker.device);
    watcher.changed[user] = kAll;
  }
  outbox_.ok(asker);
  // The present states follow at once: whoever opens a list is not made to wait.
  if (!message.add.empty()) flush(asker.device);
}

void PresenceBoard::stop_watching(DeviceId device) {
  const auto found = watchers_.find(device);
  if (found == watchers_.end()) return;
  const auto watched = std::move(found->second.watched);
  watchers_.erase(found);
  for (const auto& [user, told] : watched) {
    if (const auto person = people_.find(user); person != people_.end()) person->second.watchers.erase(device);
    tidy(user);
  }
}

void PresenceBoard::changed(UserId user) {
  auto& person = people_[user];
  const auto state = state_of(user);
  Parts parts = 0;
  if (state.lamp != person.shown.lamp) parts |= kLamp;
  if (state.availability != person.shown.availability) parts |= kAvailability;
  if (state.text != person.shown.text || state.until != person.shown.until) parts |= kText;
  person.shown = state;
  if (parts == 0) return;
  for (const auto device : person.watchers) {
    auto& watcher = watchers_[device];
    watcher.changed[user] |= watcher.watched[user] ? parts : kAll;
    schedule(device, watcher);
  }
}

void PresenceBoard::schedule(DeviceId device, Watcher& watcher) {
  if (watcher.scheduled) return;
  watcher.scheduled = true;
  watcher.flush = scheduler_.after(options_.coalesce_for, [this, device] { flush(device); });
}

void PresenceBoard::flush(DeviceId device) {
  auto& watcher = watchers_[device];
  watcher.scheduled = false;
  if (!roster_.connected(device)) return;  // what has changed is told when the session resumes
  if (outbox_.accepts(device, Lane::kTelephony)) tell(device, watcher, true);
  if (outbox_.accepts(device, Lane::kStatus)) tell(device, watcher, false);
  if (!watcher.changed.empty()) schedule(device, watcher);
}

void PresenceBoard::tell(DeviceId device, Watcher& watcher, bool lamps) {
  protocol::Presence frame;
  for (auto it = watcher.changed.begin(); it != watcher.changed.end();) {
    const auto [user, parts] = *it;
    const bool whole = (parts & kAll) == kAll;  // of one that has been added, which is no news of a lamp
    if (lamps && ((parts & kLamp) == 0 || (whole && !watcher.watched[user]))) {
      ++it;
      continue;
    }
    frame.changes.push_back(change_of(user, parts));
    watcher.watched[user] = true;
    it = watcher.changed.erase(it);
    if (frame.changes.size() < kStatesPerFrame) continue;
    outbox_.to_device(device, frame);
    frame.changes.clear();
  }
  if (!frame.changes.empty()) outbox_.to_device(device, frame);
}

protocol::PresenceChange PresenceBoard::change_of(UserId user, Parts parts) const {
  const auto state = state_of(user);
  protocol::PresenceChange change;
  change.user = user;
  if ((parts & kAvailability) != 0) change.availability = state.availability;
  if ((parts & kLamp) != 0) change.lamp = state.lamp.value_or(protocol::BusyLamp::kIdle);
  if ((parts & kText) == 0) return change;
  change.text = state.text.value_or("");
  change.until = state.until;
  return change;
}

void PresenceBoard::tidy(UserId user) {
  const auto found = people_.find(user);
  if (found == people_.end()) return;
  const auto& person = found->second;
  if (person.devices.empty() && person.going.empty() && person.status.user == 0 &&
      person.lamp == protocol::BusyLamp::kIdle && person.watchers.empty())
    people_.erase(found);
}

}  // namespace sidetone::service::presence
