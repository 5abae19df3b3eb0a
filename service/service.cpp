#include "service/service.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace sidetone::service {
namespace {

HubOptions hub_options(const config::Settings& settings, const Scheduler& scheduler) {
  HubOptions options;
  options.session = {settings.ring_frames, std::size_t{settings.ring_kib} * 1024, Seconds{settings.resume_s},
                     std::size_t{settings.backlog_kib} * 1024};
  options.sign_in_within = Seconds{settings.sign_in_within_s};
  options.ice_servers = [&settings, &scheduler](UserId user) {
    return ice_servers(settings, user, scheduler.clock().wall().unix_seconds);
  };
  return options;
}

accounts::SignInGuard::Limits guard_limits(const config::Settings& settings) {
  accounts::SignInGuard::Limits limits;
  limits.free_per_account = settings.free_attempts;
  limits.free_per_address = settings.free_attempts_per_address;
  limits.free_everywhere = settings.free_attempts_per_account;
  limits.longest_wait = Seconds{settings.longest_wait_s};
  return limits;
}

calls::CallOptions call_options(const config::Settings& settings) {
  return {Seconds{settings.ring_s}, Seconds{settings.ringing_grace_s}, Seconds{settings.answered_grace_s},
          Seconds{settings.restored_grace_s}};
}

}  // namespace

Service::Service(const Ground& ground, const config::Settings& settings, robots::IdentityKey robot_key)
    : ground_(ground),
      settings_(settings),
      hub_(hub_options(settings_, ground.scheduler), ground.scheduler, ground.random, counters_),
      guard_(guard_limits(settings_)),
      credentials_(hub_, ground.store, ground.passwords, guard_, ground.scheduler, ground.random, counters_,
                   ground.log),
      accounts_(hub_, ground.store, ground.passwords, credentials_, ground.scheduler, ground.random, counters_,
                ground.log, settings_.devices_per_user),
      directory_(hub_, ground.store),
      second_factors_(hub_, ground.store, credentials_, directory_, ground.scheduler, ground.random, counters_,
                      ground.log),
      favourites_(hub_, ground.store, directory_),
      saved_numbers_(hub_, ground.store),
      pictures_(hub_, ground.store, directory_),
      presence_(hub_, hub_, ground.store, ground.scheduler,
                {Seconds{settings_.offline_grace_s}, Milliseconds{settings_.coalesce_ms}}),
      history_(hub_, ground.store, {settings_.history_missed, settings_.history_received, settings_.history_dialled}),
      hosts_(hub_, hub_, ground.store, directory_, ground.scheduler, ground.random, counters_, ground.log,
             {Seconds{settings_.pairing_code_s}, Seconds{settings_.sign_in_within_s}, Seconds{settings_.enrol_s},
              Seconds{settings_.ticket_s}, settings_.allowed_origins}),
      calls_(hub_, hub_, ground.store, directory_, presence_, history_, hosts_, ground.scheduler, counters_,
             call_options(settings_)),
      messaging_(hub_, ground.store, directory_, ground.scheduler),
      robots_(
          calls_, hosts_, messaging_, presence_, ground.scheduler, ground.random, counters_, ground.log,
          std::move(robot_key),
          [this](UserId user) { return ice_servers(settings_, user, ground_.scheduler.clock().wall().unix_seconds); }),
      parts_{accounts_, second_factors_, directory_, favourites_, saved_numbers_, pictures_,
             presence_, messaging_,      calls_,     history_,    hosts_},
      started_(ground.scheduler.clock().now()) {
  hub_.set_doorkeeper(accounts_);
  hub_.set_dispatch([this](const Asker& asker, Session& session, const FromClient& message) {
    route(parts_, hub_, counters_, ground_.scheduler.clock().now(), asker, session, message);
  });
  // Presence first: the switch asks it who is there.
  hub_.add_listener(presence_);
  hub_.add_listener(hosts_);
  hub_.add_listener(calls_);
  hub_.add_listener(accounts_);
  hosts_.set_calls([this](const std::string& call) { return calls_.find(call) != nullptr; },
                   [this](const std::string& host) { calls_.host_changed(host); });
  hosts_.set_robots(robots_);
  calls_.set_robots(robots_);
  messaging_.set_overheard([this](const auto& conversation, UserId sender, std::uint64_t number,
                                  const std::string& text) { robots_.overheard(conversation, sender, number, text); });
}

void Service::load(std::function<void(Status)> ready) {
  ground_.store.run<Loaded>(
      [](store::Transaction& t) -> Result<Loaded> {
        return Loaded{t.load_directory(), t.load_statuses(), t.load_hosts(), t.load_live_calls()};
      },
      [this, ready = std::move(ready)](Result<Loaded> loaded) {
        if (!loaded.ok()) return ready(loaded.take_error());
        take_in(std::move(*loaded));
        ready({});
      });
}

void Service::take_in(Loaded loaded) {
  directory_.load(std::move(loaded.directory));
  directory_.for_each([this](const protocol::Contact& contact) {
    if (contact.robot) robots_.add_robot(contact);
  });
  presence_.load(loaded.statuses);
  hosts_.load(loaded.hosts);
  calls_.restore(loaded.calls);
}

std::string Service::health() const {
  boost::json::object counts;
  for (const auto& [name, count] : counters_.all()) counts[name] = count;
  const auto up = std::chrono::duration_cast<Seconds>(ground_.scheduler.clock().now() - started_);
  boost::json::object out;
  const auto store = ground_.store.health();
  out["status"] = healthy() ? "ok" : "the store fails";
  out["version"] = SIDETONE_VERSION;
  out["uptime_s"] = up.count();
  out["connections"] = hub_.connections();
  out["sessions"] = hub_.sessions();
  out["host_connections"] = hosts_.connections();
  out["hosts"] = hosts_.hosts();
  out["calls"] = calls_.size();
  out["contacts"] = directory_.size();
  out["directory_version"] = directory_.version();
  out["store"] = boost::json::object{{"failing", store.failing},
                                     {"commits", store.commits},
                                     {"failed_commits", store.failed_commits},
                                     {"failed_transactions", store.failed_transactions}};
  out["counters"] = std::move(counts);
  return boost::json::serialize(out);
}

}  // namespace sidetone::service
