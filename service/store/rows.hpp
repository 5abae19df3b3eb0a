#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/protocol/calls.hpp"
#include "core/protocol/directory.hpp"
#include "core/protocol/message_changes.hpp"
#include "core/protocol/message_search.hpp"

/// What the store keeps, where the wire's own structs do not say it.
namespace sidetone::service {
using protocol::DeviceId;
using protocol::UserId;
}  // namespace sidetone::service

namespace sidetone::service::store {

struct Account {
  UserId user = 0;
  std::string login;  ///< lower case
  std::string name;
  std::string number;
  std::string password_hash;  ///< libargon2's encoded form; empty: nobody signs in
  bool robot = false;
};

/// What a sign-in wants beside the password.
struct SecondFactor {
  UserId user = 0;
  std::string secret;                ///< bytes, of an authenticator app
  std::uint64_t last_step = 0;       ///< time step of the code that was accepted last
  std::int64_t since = 0;            ///< seconds since 1970
  std::uint32_t recovery_codes = 0;  ///< that are left
};

struct NewDevice {
  UserId user = 0;
  std::string name;
  std::string key;         ///< public key, base64url
  std::string token_hash;  ///< SHA-256, base64url
  std::int64_t now = 0;
};

struct Device {
  DeviceId device = 0;
  UserId user = 0;
  std::string name;
  std::string key;
  std::int64_t last_seen = 0;
};

struct KnownDevice {
  Device device;
  std::string user_name;
};

struct Picture {
  std::string name;  ///< of what is in it
  std::string jpeg;
};

struct DirectoryEntry {
  protocol::Contact contact;
  std::uint64_t version = 0;  ///< of its last change
  bool removed = false;
};

struct DirectoryLog {
  std::uint64_t version = 0;
  std::vector<DirectoryEntry> entries;
};

struct NewMessage {
  protocol::ConversationId conversation = 0;
  UserId sender = 0;
  std::string client_message_id;
  std::string text;
  std::int64_t now = 0;
};

struct Appended {
  std::uint64_t number = 0;
  std::int64_t time = 0;
  bool known = false;  ///< this client message id was there already; nothing was added
  protocol::ConversationInfo conversation;
};

struct Changed {
  protocol::ChatChanged change;  ///< as it is now
  bool changed = false;          ///< by this request: else it was so already
  std::vector<UserId> members;   ///< who must hear of it
};

struct Raised {
  protocol::ReadMarker marker;
  bool changed = false;
  std::vector<UserId> members;
};

struct NewRecord {
  UserId user = 0;
  protocol::CallRecord record;  ///< without its number
};

struct HistoryLimits {
  std::uint32_t missed = 50;
  std::uint32_t received = 50;
  std::uint32_t dialled = 50;
};

struct HistoryChange {
  UserId user = 0;
  protocol::History history;
};

/// A call as it was given to put_live_call.
struct LiveCallRow {
  std::string call;
  std::string body;
};

/// How the store fares.
struct StoreHealth {
  bool failing = false;  ///< the last that was to be written was not
  std::uint64_t commits = 0;
  std::uint64_t failed_commits = 0;
  std::uint64_t failed_transactions = 0;  ///< undone by a fault of the database, not of the request
};

struct Host {
  std::string host;
  UserId user = 0;  ///< 0: the service's own, for robots
  std::string name;
  std::string credential_hash;  ///< SHA-256, base64url
};

}  // namespace sidetone::service::store
