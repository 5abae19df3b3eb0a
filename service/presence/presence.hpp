#pragma once

#include <functional>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "service/schedule/scheduler.hpp"
#include "service/session/outbox.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::presence {

struct PresenceOptions {
  Seconds offline_grace{10};       ///< how long somebody whose connections are lost still shows as there
  Milliseconds coalesce_for{100};  ///< changes within this share one frame
};

/// Who is there, in which status, with which lamp; and who watches whom: rows P1 and P2.
/// What a watcher has not been told is which parts of whose state, not a queue: the last state wins, and a slow watcher
/// costs nothing.
/// @thread logic.
class PresenceBoard final : public SessionListener {
 public:
  PresenceBoard(Outbox& outbox, const Roster& roster, store::Store& store, Scheduler& scheduler,
                const PresenceOptions& options);

  void load(const std::vector<protocol::PresenceState>& statuses);
  void session_changed(UserId user, DeviceId device, SessionChange change) override;

  void handle(const Asker& asker, const protocol::PresenceSubscribe& message);
  void handle(const Asker& asker, const protocol::StatusSet& message);

  void set_lamp(UserId user, protocol::BusyLamp lamp);
  /// Echo and Music are there while their host is.
  void set_robot_online(UserId robot, bool online);

  [[nodiscard]] protocol::PresenceState state_of(UserId user) const;
  /// Connected, or lost so recently that it still counts.
  [[nodiscard]] bool is_there(UserId user) const;

 private:
  /// Of a state: bits.
  using Parts = unsigned;
  static constexpr Parts kLamp = 1, kAvailability = 2, kText = 4, kAll = 7;

  struct Person {
    std::set<DeviceId> devices;  ///< connected, or within the grace time
    std::map<DeviceId, Timer> going;
    protocol::PresenceState status;  ///< as set; user 0: never set
    Timer status_ends;
    protocol::BusyLamp lamp = protocol::BusyLamp::kIdle;
    protocol::PresenceState shown;  ///< to watchers, or will be with their next frame
    std::unordered_set<DeviceId> watchers;
  };
  struct Watcher {
    std::unordered_map<UserId, bool> watched;  ///< true: the whole state has been told in this session
    std::map<UserId, Parts> changed;           ///< those with a lamp are told first
    bool scheduled = false;
    Timer flush;
  };

  void device_came(UserId user, DeviceId device);
  void device_went(UserId user, DeviceId device);
  void stop_watching(DeviceId device);
  /// Tell watchers what differs from what they were shown.
  void changed(UserId user);
  void schedule(DeviceId device, Watcher& watcher);
  void flush(DeviceId device);
  void tell(DeviceId device, Watcher& watcher, bool lamps);
  [[nodiscard]] protocol::PresenceChange change_of(UserId user, Parts parts) const;
  void apply_status(UserId user, const protocol::PresenceState& status);
  void tidy(UserId user);
  Microseconds until(std::int64_t unix_seconds) const;

  Outbox& outbox_;
  const Roster& roster_;
  store::Store& store_;
  Scheduler& scheduler_;
  PresenceOptions options_;
  std::unordered_map<UserId, Person> people_;
  std::unordered_map<DeviceId, Watcher> watchers_;
};

}  // namespace sidetone::service::presence
