#include "service/directory/directory.hpp"

#include <algorithm>

namespace sidetone::service::directory {
namespace {

/// More changes than this are fetched as a snapshot: it is compressed, and prepared once for all.
constexpr std::size_t kDeltaItems = 200;
/// A delta's share of a frame; contacts with the longest names would not fit 200 times.
constexpr std::size_t kDeltaBytes = 48 * 1024;

}  // namespace

Directory::Directory(Outbox& outbox, store::Store& store) : outbox_(outbox), store_(store) {}

void Directory::load(store::DirectoryLog log) {
  version_ = log.version;
  for (auto& entry : log.entries) {
    const UserId user = entry.contact.user;
    by_version_.emplace(entry.version, user);
    if (!entry.removed) numbers_[entry.contact.number] = user;
    entries_[user] = {std::move(entry.contact), entry.version, entry.removed};
  }
}

const protocol::Contact* Directory::find(UserId user) const {
  const auto found = entries_.find(user);
  return found == entries_.end() || found->second.removed ? nullptr : &found->second.contact;
}

const protocol::Contact* Directory::find_number(std::string_view number) const {
  const auto found = numbers_.find(number);
  return found == numbers_.end() ? nullptr : find(found->second);
}

protocol::Directory Directory::changes_since(std::uint64_t since) const {
  protocol::Directory changes;
  changes.since = since;
  changes.version = version_;
  for (auto it = by_version_.lower_bound({since + 1, 0}); it != by_version_.end(); ++it) {
    const auto& entry = entries_.at(it->second);
    if (!entry.removed)
      changes.contacts.push_back(entry.contact);
    else if (since > 0)
      changes.removed.push_back(it->second);
  }
  return changes;
}

void Directory::handle(const Asker& asker, const protocol::DirectorySync& message) {
  // A version from the future comes from another life of this service's data: begin again.
  const std::uint64_t since = message.since > version_ ? 0 : message.since;
  if (since > 0 || size() == 0) {
    const auto changes = changes_since(since);
    if (changes.contacts.size() + changes.removed.size() <= kDeltaItems &&
        protocol::encode_record(changes).size() <= kDeltaBytes)
      return outbox_.answer(asker, changes);
  }
  const auto whole = snapshot();
  outbox_.answer(asker, protocol::DirectorySnapshot{whole->version, "/directory/" + std::to_string(whole->version)});
}

std::shared_ptr<const Snapshot> Directory::snapshot() {
  if (!snapshot_ || snapshot_->version != version_) {
    auto whole = changes_since(0);
    std::sort(whole.contacts.begin(), whole.contacts.end(),
              [](const auto& a, const auto& b) { return a.user < b.user; });
    snapshot_ = make_snapshot(whole);
  }
  return snapshot_;
}

void Directory::change(UserId user, std::string name, std::string number, std::function<void(Status)> done) {
  store_.run<std::uint64_t>([=](store::Transaction& t) { return t.change_contact(user, name, number); },
                            [=, this](Result<std::uint64_t> version) {
                              if (!version.ok()) return done(version.take_error());
                              apply(user, *version, [&](Entry& entry) {
                                entry.contact.name = name;
                                entry.contact.number = number;
                              });
                              done({});
                            });
}

void Directory::remove(UserId user, std::function<void(Status)> done) {
  store_.run<std::uint64_t>([=](store::Transaction& t) { return t.remove_account(user); },
                            [=, this](Result<std::uint64_t> version) {
                              if (!version.ok()) return done(version.take_error());
                              apply(user, *version, [](Entry& entry) { entry.removed = true; });
                              done({});
                            });
}

void Directory::set_picture(UserId user, std::optional<store::Picture> picture, std::function<void(Status)> done) {
  auto name = picture ? std::optional(picture->name) : std::nullopt;
  if (const auto* contact = find(user); contact != nullptr && contact->picture == name) return done({});
  store_.run<std::uint64_t>(
      [user, picture = std::move(picture)](store::Transaction& t) { return t.set_picture(user, picture); },
      [this, user, name = std::move(name), done = std::move(done)](Result<std::uint64_t> version) {
        if (!version.ok()) return done(version.take_error());
        apply(user, *version, [&](Entry& entry) { entry.contact.picture = name; });
        done({});
      });
}

void Directory::apply(UserId user, std::uint64_t version, const std::function<void(Entry&)>& edit) {
  auto& entry = entries_[user];
  by_version_.erase({entry.version, user});
  numbers_.erase(entry.contact.number);
  edit(entry);
  entry.version = version;
  by_version_.emplace(version, user);
  if (!entry.removed) numbers_[entry.contact.number] = user;
  const auto before = version_;
  version_ = version;
  outbox_.to_all(changes_since(before));
}

}  // namespace sidetone::service::directory
