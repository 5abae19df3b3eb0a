#pragma once

#include "core/protocol/session.hpp"

/// The corporate directory as a versioned log: row D1.
namespace sidetone::protocol {

struct Contact {
  UserId user = 0;
  std::string name;
  std::string number;
  std::optional<std::string> address;
  bool robot = false;
  std::optional<std::string> picture;
  static constexpr auto fields() {
    return field_list(field("i", &Contact::user, "who"), field("n", &Contact::name, "display name"),
                      field("e", &Contact::number, "extension", up_to(limits::kNumberBytes)),
                      field("u", &Contact::address, "sign-in name, where it is public"),
                      field("b", &Contact::robot, "answered by the service: Echo, Music"),
                      field("p", &Contact::picture, "GET /pictures/<this> with `Authorization: Bearer <token>`",
                            up_to(limits::kPictureNameBytes)));
  }
  bool operator==(const Contact&) const = default;
};

struct DirectorySync {
  static constexpr std::string_view kType = "directory_sync";
  static constexpr std::string_view kDoc =
      "What has changed since a version? Answered by directory, or by directory_snapshot when the log does not reach "
      "back so far.";
  std::uint64_t since = 0;
  static constexpr auto fields() {
    return field_list(field("v", &DirectorySync::since, "version that the client holds; 0 for none"));
  }
  bool operator==(const DirectorySync&) const = default;
};

struct DirectorySnapshot {
  static constexpr std::string_view kType = "directory_snapshot";
  static constexpr std::string_view kDoc =
      "Fetch the whole directory by HTTP GET with `Authorization: Bearer <token>`; the body is one directory message.";
  std::uint64_t version = 0;
  std::string path;
  static constexpr auto fields() {
    return field_list(field("v", &DirectorySnapshot::version, "version of the snapshot"),
                      field("p", &DirectorySnapshot::path, "path on this service", up_to(limits::kUrlBytes)));
  }
  bool operator==(const DirectorySnapshot&) const = default;
};

struct Directory {
  static constexpr std::string_view kType = "directory";
  static constexpr std::string_view kDoc =
      "Contacts added, changed and removed between two versions; also sent unasked when the directory changes.";
  std::uint64_t since = 0;
  std::uint64_t version = 0;
  std::vector<Contact> contacts;
  std::vector<UserId> removed;
  static constexpr auto fields() {
    return field_list(field("f", &Directory::since, "valid for a client that holds this version; 0: a whole snapshot"),
                      field("v", &Directory::version, "version that the client then holds"),
                      field("l", &Directory::contacts, "added or changed", std::nullopt, limits::kContactItems),
                      field("d", &Directory::removed, "removed", std::nullopt, limits::kContactItems));
  }
  bool operator==(const Directory&) const = default;
};

}  // namespace sidetone::protocol
