#pragma once

#include <deque>
#include <map>
#include <set>

#include "core/client/cache.hpp"
#include "core/client/commands.hpp"
#include "core/protocol/saved_numbers.hpp"

/// What a client knows. Only reduce() changes it; the interface draws from it.
namespace sidetone::client {

enum class ConnectionPhase {
  kSignedOut,       ///< nobody's credentials are here
  kOpening,         ///< the socket is being opened
  kAuthenticating,  ///< sign_in or resume is on its way
  kOnline,
  kWaiting,  ///< lost; the next attempt comes by itself
};

/// A request that has not been answered.
enum class Purpose {
  kSignIn,
  kResume,
  kSignOut,
  kPing,
  kDirectory,
  kSubscribe,
  kStatus,
  kFavourites,
  kAddFavourite,
  kDropFavourite,
  kSavedNumbers,
  kSaveNumber,
  kPicture,
  kConversations,
  kOpenConversation,
  kChatSend,
  kChatPage,
  kMark,
  kChangeMessage,
  kChanges,
  kSearch,
  kExcerpt,
  kInvite,
  kAnswer,
  kDecline,
  kForward,
  kHangUp,
  kUpdate,
  kCandidate,
  kCalls,
  kTakeUp,
  kHistory,
  kHosts,
  kPair,
  kConfirm,
  kUnpair,
  kTicket,
  kDevices,
  kRevoke,
  kSecondFactor,
};

struct Pending {
  Purpose purpose = Purpose::kPing;
  std::optional<std::uint32_t> intent;
  std::string subject;       ///< call, client message id, host …
  std::uint64_t number = 0;  ///< conversation, user, marker …
  std::string frame;         ///< to be sent again after a resumption; empty where that is not wanted
};

struct Connection {
  ConnectionPhase phase = ConnectionPhase::kSignedOut;
  std::string url;
  std::uint32_t socket = 0;    ///< counts attempts
  std::uint32_t failures = 0;  ///< attempts since the last success
  std::string session;
  std::string epoch;
  std::uint64_t last_sequence = 0;
  std::uint64_t sign_in_sequence = 0;  ///< number that the signed_in of a resumption took
  std::uint32_t next_request = 1;
  std::map<std::uint32_t, Pending> pending;
  std::deque<std::pair<std::uint32_t, std::string>> controls;  ///< recent control requests and their hosts
  std::string reason;                                          ///< why it is not online
  std::optional<SignIn> credentials;                           ///< only until they are accepted or refused
  std::optional<std::uint32_t> sign_in_intent;
  bool awaiting_pong = false;
  std::int64_t clock_offset_s = 0;  ///< the service's wall clock less ours
};

struct Account {
  UserId user = 0;
  std::string name;
  protocol::DeviceId device = 0;
  std::string token;
  std::vector<protocol::IceServer> ice_servers;
  std::vector<protocol::DeviceInfo> devices;
};

struct SecondFactor {
  std::optional<protocol::SecondFactor> known;  ///< as the service has it; nothing: it has not been asked
  std::optional<protocol::SecondFactorSecret> setting_up;
  std::vector<std::string> recovery_codes;  ///< just made: until the person has put them away
};

struct Settings {
  std::string device_name;
  std::string device_key;
  bool browser_voice = false;
  std::optional<std::uint32_t> auto_answer_after_ms;  ///< 0: at once; none: not at all
  bool relay_only = false;
  VoiceChoice voice = VoiceChoice::kAutomatic;
  std::optional<std::string> chosen_host;
};

struct Directory {
  std::uint64_t version = 0;
  std::map<UserId, model::Contact> contacts;
  bool syncing = false;   ///< a delta has been asked for
  bool fetching = false;  ///< a snapshot is on its way
  bool again = false;     ///< something changed while a snapshot was on its way
  std::uint32_t failures = 0;
};

struct PresenceBoard {
  std::set<UserId> wanted;
  std::set<UserId> subscribed;  ///< in this session, as far as it has been asked
  bool subscribing = false;     ///< a subscription has not been acknowledged
  std::map<UserId, model::Presence> people;
  std::optional<SetStatus> unsent_status;
};

struct Favourites {
  std::set<UserId> users;  ///< as the person wants it; those outside the directory are nobody's concern
  std::set<UserId> kept;   ///< as the service has it
  bool listing = false;    ///< they have been asked for
};

struct SavedNumbers {
  std::map<std::string, std::string> names;                 ///< by number, as the person wants them
  std::map<std::string, std::string> kept;                  ///< as the service has them
  std::map<std::uint64_t, protocol::SavedNumberSet> asked;  ///< not answered, in the order of asking
  std::uint64_t asked_before = 0;
  bool listing = false;  ///< they have been asked for
};

struct ConversationEntry {
  ConversationId conversation = 0;
  UserId with = 0;
  std::map<UserId, model::Marker> members;
  std::uint64_t last_number = 0;
  std::int64_t last_time = 0;
  std::map<std::uint64_t, model::Message> messages;  ///< a hole between two of them is being filled
  std::uint64_t changes = 0;                         ///< of the conversation, that all of `messages` have seen
  std::uint64_t changes_there = 0;                   ///< that the service has told of
  bool catching_up = false;                          ///< what has changed has been asked for
  std::map<std::uint64_t, model::Message> excerpt;   ///< messages further back that are looked at, without a hole
  bool excerpt_filling = false;                      ///< a page of it is on its way
  bool open = false;                                 ///< its newest page is wanted
  bool filling = false;                              ///< a page is on its way
  bool marking = false;                              ///< a marker is on its way: these two
  std::uint64_t delivered_asked = 0;
  std::uint64_t read_asked = 0;
  std::uint64_t read_wanted = 0;
  std::int64_t typing_sent_ms = -1'000'000;
  std::map<UserId, std::int64_t> typing;  ///< until, by the monotonic clock
  std::string sending;                    ///< client message id of the one that is on its way
};

/// What is looked for in messages, and what has been found.
struct Search {
  std::string text;
  ConversationId conversation = 0;  ///< only in this one; 0: in all
  bool asking = false;
  bool answered = false;                   ///< for this text
  std::vector<model::FoundMessage> found;  ///< newest first; of the text before until this one is answered
  std::optional<std::uint64_t> below;      ///< there are more
};

struct Chat {
  Search search;
  std::map<ConversationId, ConversationEntry> conversations;
  std::map<UserId, ConversationId> by_person;
  std::vector<OutboxItem> outbox;                ///< in the order in which they were written
  std::map<std::string, std::uint32_t> intents;  ///< by client message id
  std::set<UserId> opening;
  bool listed = false;
};

struct CallEntry {
  model::Call call;
  std::string key_hash;      ///< of the far end's device
  std::string remote_sdp;    ///< the caller's offer, until it is answered
  std::string local_sdp;     ///< what invite or answer carried
  bool peer = false;         ///< the platform has a peer connection for it
  bool invited = false;      ///< the service has acknowledged the invite
  bool won = false;          ///< the service has said that this device has the call
  bool unconfirmed = false;  ///< the connection was lost; `calls` will say
  bool hang_up_unsent = false;
  bool taken_over = false;  ///< found alive after this client came back
  std::optional<std::uint32_t> answer_intent;
  std::vector<PeerCandidate> local_candidates;             ///< found before the invite or the answer was sent
  std::vector<protocol::CallCandidate> remote_candidates;  ///< for a peer connection that is made later, or anew
  bool described = false;                                  ///< invite or answer has been sent: candidates may follow
  std::optional<std::int64_t> host_awaited_until_ms;       ///< its voice is made when the host is back, or then
};

struct History {
  std::uint64_t version = 0;
  std::map<std::uint64_t, model::CallRecord> records;
  bool syncing = false;
};

struct Hosts {
  std::map<std::string, model::Host> hosts;
  std::map<std::string, std::int64_t> left_ms;  ///< of those that have left the service, when, by the monotonic clock
  std::optional<model::Pairing> pairing;
};

/// What should not happen, counted.
struct Counters {
  std::uint64_t malformed_frames = 0;
  std::uint64_t unknown_types = 0;
  std::uint64_t sequence_gaps = 0;
  std::uint64_t duplicates = 0;      ///< frames that came a second time after a resumption
  std::uint64_t stale_events = 0;    ///< events of sockets, calls or timers that are gone
  std::uint64_t refused_events = 0;  ///< events that the platform formed wrongly
  std::uint64_t unusable_kept = 0;   ///< texts kept for reading without the service that were broken or another's
  std::uint64_t resumptions = 0;
  std::uint64_t resets = 0;  ///< sign-ins that had to synchronise everything
};

struct State {
  Connection connection;
  Account account;
  SecondFactor second_factor;
  Settings settings;
  Directory directory;
  Favourites favourites;
  SavedNumbers saved_numbers;
  PresenceBoard presence;
  Chat chat;
  std::map<std::string, CallEntry> calls;
  History history;
  Hosts hosts;
  Cache cache;
  Counters counters;
};

/// Take one event into account.
/// @return what the platform must do now, in this order.
/// @thread one at a time; no I/O, no clock, no allocation limit beyond those of the messages.
std::vector<Command> reduce(State& state, const Event& event);

/// The way that the next call's voice takes.
model::Voice choose_voice(const State& state);

}  // namespace sidetone::client

namespace sidetone::protocol {
template <>
struct EnumNames<client::ConnectionPhase> {
  static constexpr std::array<std::string_view, 5> kNames{"signed_out", "opening", "authenticating", "online",
                                                          "waiting"};
};
}  // namespace sidetone::protocol
