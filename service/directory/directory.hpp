#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "service/session/outbox.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::directory {

/// A whole directory as one message, made once a version.
struct Snapshot {
  std::uint64_t version = 0;
  std::shared_ptr<const std::string> plain;
  std::shared_ptr<const std::string> gzip;  ///< RFC 1952
};

/// @thread any.
std::shared_ptr<const Snapshot> make_snapshot(const protocol::Directory& whole);

/// The corporate directory: who there is, by version: row D1. Held in memory, changed in the store first.
/// @thread logic.
class Directory {
 public:
  Directory(Outbox& outbox, store::Store& store);

  void load(store::DirectoryLog log);
  void handle(const Asker& asker, const protocol::DirectorySync& message);

  /// What a client at `since` must hear to come to the present version.
  [[nodiscard]] protocol::Directory changes_since(std::uint64_t since) const;
  [[nodiscard]] std::uint64_t version() const { return version_; }
  [[nodiscard]] const protocol::Contact* find(UserId user) const;
  [[nodiscard]] const protocol::Contact* find_number(std::string_view number) const;
  [[nodiscard]] std::size_t size() const { return numbers_.size(); }
  template <class F>
  void for_each(F action) const {
    for (const auto& [user, entry] : entries_)
      if (!entry.removed) action(entry.contact);
  }

  /// The snapshot for HTTP; it may be older than the present version, the rest then comes as a delta.
  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot();

  /// Changes for whoever administers accounts; clients that are there hear of them after the commit.
  void change(UserId user, std::string name, std::string number, std::function<void(Status)> done);
  void remove(UserId user, std::function<void(Status)> done);
  void set_picture(UserId user, std::optional<store::Picture> picture, std::function<void(Status)> done);

 private:
  struct Entry {
    protocol::Contact contact;
    std::uint64_t version = 0;
    bool removed = false;
  };
  void apply(UserId user, std::uint64_t version, const std::function<void(Entry&)>& edit);

  Outbox& outbox_;
  store::Store& store_;
  std::uint64_t version_ = 0;
  std::unordered_map<UserId, Entry> entries_;
  std::map<std::string, UserId, std::less<>> numbers_;
  std::set<std::pair<std::uint64_t, UserId>> by_version_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace sidetone::service::directory
