#include <algorithm>

#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

constexpr std::uint32_t kFirstRetryMs = 2'000;
constexpr std::uint32_t kLongestRetryMs = 60'000;

void sync_directory(Turn& turn) {
  turn.state.directory.again = false;
  turn.state.directory.syncing = true;
  turn.request(protocol::DirectorySync{turn.state.directory.version}, {Purpose::kDirectory, std::nullopt, {}, 0, {}});
}

void retry(Turn& turn) {
  auto& directory = turn.state.directory;
  directory.fetching = false;
  directory.syncing = false;
  const auto delay = std::min(kLongestRetryMs, kFirstRetryMs << std::min(directory.failures++, 5U));
  turn.command(StartTimer{"directory", delay / 2 + turn.dice(delay / 2 + 1)});
}

void apply(Turn& turn, const protocol::Directory& change) {
  auto& directory = turn.state.directory;
  if (change.since == 0) {
    for (const auto& [user, contact] : directory.contacts) keep_contact(turn, user);
    directory.contacts.clear();
  }
  for (const auto& one : change.contacts) {
    directory.contacts[one.user] = known_contact(one);
    keep_contact(turn, one.user);
  }
  for (const auto user : change.removed) {
    directory.contacts.erase(user);
    keep_contact(turn, user);
  }
  directory.version = change.version;
  turn.keep(Kept::kDirectory);
}

}  // namespace

model::Contact known_contact(const protocol::Contact& one) {
  return {one.user, one.name, one.number, one.address, one.robot, one.picture};
}
protocol::Contact wire_contact(const model::Contact& one) {
  return {one.user, one.name, one.number, one.address, one.robot, one.picture};
}

void directory_signed_in(Turn& turn, bool resumed) {
  if (!resumed || turn.state.directory.syncing || turn.state.directory.fetching) {
    turn.state.directory.fetching = false;
    sync_directory(turn);
  }
}

void on(Turn& turn, const protocol::Directory& change, const std::optional<Pending>& pending) {
  auto& directory = turn.state.directory;
  if (pending) directory.syncing = false;
  for (const auto user : change.removed) forget_favourite(turn, user);
  if (change.since == directory.version || change.since == 0) {
    if (change.since == 0 && change.version < directory.version && !pending) return;
    apply(turn, change);
    directory.failures = 0;
  } else if (change.version > directory.version) {
    // A change of a version that is not held: ask for everything in between, after a snapshot that is on its way.
    if (directory.fetching || directory.syncing)
      directory.again = true;
    else
      sync_directory(turn);
    return;
  }
  if (directory.again && !directory.fetching && !directory.syncing) sync_directory(turn);
}

void on(Turn& turn, const protocol::DirectorySnapshot& snapshot) {
  auto& directory = turn.state.directory;
  directory.syncing = false;
  directory.fetching = true;
  turn.command(FetchDirectory{snapshot.path, turn.state.account.token});
}

void on(Turn& turn, const DirectoryFetched& fetched) {
  auto& directory = turn.state.directory;
  if (!directory.fetching) {
    ++turn.state.counters.stale_events;
    return;
  }
  directory.fetching = false;
  if (fetched.status != 200) {
    turn.command(Report{"the directory could not be fetched: HTTP status " + std::to_string(fetched.status)});
    return retry(turn);
  }
  auto decoded = protocol::decode<protocol::MessageList<protocol::Directory>>(fetched.body, limits::kSnapshotBytes);
  if (const auto* fault = std::get_if<protocol::FrameError>(&decoded)) {
    ++turn.state.counters.malformed_frames;
    turn.command(Report{"the directory was not understood: " + to_string(fault->error)});
    return retry(turn);
  }
  apply(turn, *std::get_if<0>(&std::get_if<0>(&decoded)->message));
  directory.failures = 0;
  if (directory.again && turn.online()) sync_directory(turn);
}

void directory_timer(Turn& turn) {
  if (turn.online() && !turn.state.directory.fetching && !turn.state.directory.syncing) sync_directory(turn);
}

void directory_refused(Turn& turn) { retry(turn); }

}  // namespace sidetone::client::detail
