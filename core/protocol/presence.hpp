#pragma once

#include "core/protocol/session.hpp"

/// Presence of what a client shows, and the status that a person sets: rows P1 and P2.
namespace sidetone::protocol {

enum class Availability { kOffline, kOnline, kAway, kDoNotDisturb };
template <>
struct EnumNames<Availability> {
  static constexpr std::array<std::string_view, 4> kNames{"off", "on", "away", "dnd"};
};

/// What a busy lamp shows.
enum class BusyLamp { kIdle, kRinging, kInCall };
template <>
struct EnumNames<BusyLamp> {
  static constexpr std::array<std::string_view, 3> kNames{"idle", "ring", "call"};
};

/// All that is known of somebody.
struct PresenceState {
  UserId user = 0;
  Availability availability = Availability::kOffline;
  std::optional<BusyLamp> lamp;  ///< absent: idle
  std::optional<std::string> text;
  std::optional<std::int64_t> until;
  bool operator==(const PresenceState&) const = default;
};

/// What of it has changed: what is absent stays as it is, so that a lamp costs no text.
struct PresenceChange {
  UserId user = 0;
  std::optional<Availability> availability;
  std::optional<BusyLamp> lamp;
  std::optional<std::string> text;
  std::optional<std::int64_t> until;
  static constexpr auto fields() {
    return field_list(
        field("u", &PresenceChange::user, "who"), field("a", &PresenceChange::availability, "availability"),
        field("b", &PresenceChange::lamp, "busy lamp"),
        field("x", &PresenceChange::text, "status text; empty: none any more", up_to(limits::kStatusTextBytes)),
        field("e", &PresenceChange::until, "beside a text: the status ends then, seconds since 1970; absent: never"));
  }
  bool operator==(const PresenceChange&) const = default;
};

/// The state after the change.
inline PresenceState applied(PresenceState state, const PresenceChange& change) {
  state.user = change.user;
  if (change.availability) state.availability = *change.availability;
  if (change.lamp) state.lamp = change.lamp;
  if (state.lamp == BusyLamp::kIdle) state.lamp.reset();
  if (!change.text) return state;
  state.text = change.text->empty() ? std::nullopt : change.text;
  state.until = change.until;
  return state;
}

struct PresenceSubscribe {
  static constexpr std::string_view kType = "presence_subscribe";
  static constexpr std::string_view kDoc =
      "Watch what the client shows now. The present state of each added contact follows. Answered by ok.";
  std::vector<UserId> add;
  std::vector<UserId> remove;
  static constexpr auto fields() {
    return field_list(field("a", &PresenceSubscribe::add, "watch", std::nullopt, limits::kSubscriptions),
                      field("d", &PresenceSubscribe::remove, "watch no longer", std::nullopt, limits::kSubscriptions));
  }
  bool operator==(const PresenceSubscribe&) const = default;
};

struct Presence {
  static constexpr std::string_view kType = "p";
  static constexpr std::string_view kDoc =
      "What has changed of contacts, coalesced over 100 ms; the last state wins. Everything of a contact that has been "
      "added, and of oneself after sign_in.";
  std::vector<PresenceChange> changes;
  static constexpr auto fields() { return field_list(field("c", &Presence::changes, "contacts that have changed")); }
  bool operator==(const Presence&) const = default;
};

struct StatusSet {
  static constexpr std::string_view kType = "status_set";
  static constexpr std::string_view kDoc =
      "Set my own status until a time, or until it is set again. `off` appears offline. Answered by ok; own devices "
      "hear of it by p.";
  Availability availability = Availability::kOnline;
  std::optional<std::string> text;
  std::optional<std::int64_t> until;
  static constexpr auto fields() {
    return field_list(field("a", &StatusSet::availability, "availability"),
                      field("x", &StatusSet::text, "status text", up_to(limits::kStatusTextBytes)),
                      field("e", &StatusSet::until, "it ends then, seconds since 1970"));
  }
  bool operator==(const StatusSet&) const = default;
};

}  // namespace sidetone::protocol
