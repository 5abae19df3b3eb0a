#pragma once

#include "core/client/state.hpp"

/// The state as one plain record, for programs outside C++ and for tests. The interface in C++ draws from State itself.
namespace sidetone::client {

struct CountersView {
  std::uint64_t malformed_frames = 0;
  std::uint64_t unknown_types = 0;
  std::uint64_t sequence_gaps = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t stale_events = 0;
  std::uint64_t refused_events = 0;
  std::uint64_t unusable_kept = 0;
  std::uint64_t resumptions = 0;
  std::uint64_t resets = 0;
  static constexpr auto fields() {
    return protocol::field_list(
        field("malformed_frames", &CountersView::malformed_frames, "frames of the service that are not well formed"),
        field("unknown_types", &CountersView::unknown_types, "frames of a type that this client does not know"),
        field("sequence_gaps", &CountersView::sequence_gaps, "frames that were lost"),
        field("duplicates", &CountersView::duplicates, "frames that came twice"),
        field("stale_events", &CountersView::stale_events, "events of what is gone"),
        field("refused_events", &CountersView::refused_events, "events that the platform formed wrongly"),
        field("unusable_kept", &CountersView::unusable_kept, "kept texts that were broken or another's"),
        field("resumptions", &CountersView::resumptions, "the session went on after a loss"),
        field("resets", &CountersView::resets, "sign-ins that synchronised everything"));
  }
};

struct View {
  ConnectionPhase connection = ConnectionPhase::kSignedOut;
  std::string reason;
  UserId user = 0;
  std::string name;
  protocol::DeviceId device = 0;
  std::vector<protocol::DeviceInfo> devices;
  std::optional<protocol::SecondFactor> second_factor;
  std::optional<protocol::SecondFactorSecret> second_factor_secret;
  std::vector<std::string> recovery_codes;
  bool directory_ready = false;
  std::uint64_t directory_version = 0;
  std::vector<model::Contact> contacts;
  std::vector<UserId> favourites;
  std::vector<protocol::SavedNumber> saved_numbers;
  std::vector<model::Presence> presence;
  bool chat_ready = false;
  std::uint64_t unread = 0;
  std::vector<model::Conversation> conversations;
  std::string search;
  bool search_answered = false;
  std::vector<model::FoundMessage> found;
  std::vector<model::Call> calls;
  std::uint64_t history_version = 0;
  std::vector<model::CallRecord> history;
  std::vector<model::Host> hosts;
  std::optional<model::Pairing> pairing;
  model::Voice voice;
  CountersView counters;
  static constexpr auto fields() {
    constexpr auto many = limits::kContactItems;
    return protocol::field_list(
        field("connection", &View::connection, "phase of the connection to the service"),
        field("reason", &View::reason, "why it is not online", up_to(limits::kErrorTextBytes)),
        field("user", &View::user, "who is signed in; 0: nobody"), field("name", &View::name, "display name"),
        field("device", &View::device, "this device"),
        field("devices", &View::devices, "devices of this user, after list_devices"),
        field("second_factor", &View::second_factor, "of this user's sign-in, after get_second_factor"),
        field("second_factor_secret", &View::second_factor_secret, "what an authenticator app is set up with now"),
        field("recovery_codes", &View::recovery_codes, "just made, until leave_second_factor",
              up_to(limits::kOneTimeCodeBytes), limits::kRecoveryCodes),
        field("directory_ready", &View::directory_ready, "the directory is as new as the service's"),
        field("directory_version", &View::directory_version, "its version"),
        field("contacts", &View::contacts, "everybody", std::nullopt, many),
        field("favourites", &View::favourites, "those of them whom the person finds first"),
        field("saved_numbers", &View::saved_numbers, "numbers that the person keeps under names"),
        field("presence", &View::presence, "of those who are watched, and one's own"),
        field("chat_ready", &View::chat_ready, "all conversations are known"),
        field("unread", &View::unread, "messages of others above one's own read markers"),
        field("conversations", &View::conversations, "newest first", std::nullopt, many),
        field("search", &View::search, "what is looked for in messages", up_to(limits::kSearchBytes)),
        field("search_answered", &View::search_answered, "`found` is what was found for it"),
        field("found", &View::found, "newest first", std::nullopt, many),
        field("calls", &View::calls, "live, and ended a moment ago"),
        field("history_version", &View::history_version, "version of the call records"),
        field("history", &View::history, "call records, newest first", std::nullopt, 1024),
        field("hosts", &View::hosts, "native hosts"), field("pairing", &View::pairing, "waits for confirm_host"),
        field("voice", &View::voice, "the way of the next call's voice"),
        field("counters", &View::counters, "what should not happen, counted"));
  }
};

/// The lists of a View that can be long: bits of a set.
enum ViewLists : unsigned { kContacts = 1, kPresence = 2, kConversations = 4, kHistory = 8, kAllLists = 15 };

/// @param lists  ViewLists; the others stay empty.
View make_view(const State& state, unsigned lists = kAllLists);
/// Messages of others above one's own read marker.
std::uint64_t unread_messages(const State& state, const ConversationEntry& entry);
/// One conversation with its outbox; message states follow from the other's markers.
model::Conversation view_conversation(const State& state, const ConversationEntry& entry);

}  // namespace sidetone::client
