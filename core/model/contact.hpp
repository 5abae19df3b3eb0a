#pragma once

#include "core/protocol/directory.hpp"
#include "core/protocol/presence.hpp"

/// People as a client sees them.
namespace sidetone::model {

using protocol::UserId;

struct Contact {
  UserId user = 0;
  std::string name;
  std::string number;
  std::optional<std::string> address;
  bool robot = false;
  std::optional<std::string> picture;
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(field("user", &Contact::user, "who"), field("name", &Contact::name, "display name"),
                                field("number", &Contact::number, "extension"),
                                field("address", &Contact::address, "sign-in name, where it is public"),
                                field("robot", &Contact::robot, "answered by the service: Echo, Music"),
                                field("picture", &Contact::picture, "name of it: what want_picture fetches",
                                      protocol::up_to(protocol::limits::kPictureNameBytes)));
  }
  bool operator==(const Contact&) const = default;
};

/// What a client knows of somebody that it watches.
struct Presence {
  UserId user = 0;
  protocol::Availability availability = protocol::Availability::kOffline;
  protocol::BusyLamp lamp = protocol::BusyLamp::kIdle;
  std::optional<std::string> text;
  std::optional<std::int64_t> until;
  static constexpr auto fields() {
    using protocol::field;
    return protocol::field_list(
        field("user", &Presence::user, "who"), field("availability", &Presence::availability, "availability"),
        field("lamp", &Presence::lamp, "busy lamp"), field("text", &Presence::text, "status text"),
        field("until", &Presence::until, "the status ends then, seconds since 1970"));
  }
  bool operator==(const Presence&) const = default;
};

}  // namespace sidetone::model
