#pragma once

#include <iterator>

#include "core/client/state.hpp"
#include "core/protocol/registry.hpp"

/// What the parts of the reducer share. Private to core/client.
namespace sidetone::client::detail {

/// One run of the reducer: the state, the moment, and the commands so far.
struct Turn {
  State& state;
  const Moment& moment;
  std::vector<Command> commands;

  void command(Command one) { commands.push_back(std::move(one)); }

  [[nodiscard]] bool online() const { return state.connection.phase == ConnectionPhase::kOnline; }

  /// Send a message that is not answered.
  template <class M>
  void send(const M& message) {
    command(SendFrame{state.connection.socket, protocol::encode(message)});
  }

  /// Send a request and remember why. @param again  send the same frame once more after the next sign-in if no answer
  /// has come until then; without a connection it waits for that.
  template <class M>
  void request(const M& message, Pending pending, bool again = false) {
    const auto id = state.connection.next_request++;
    auto text = protocol::encode(message, {id, std::nullopt});
    if (again) pending.frame = text;
    state.connection.pending.emplace(id, std::move(pending));
    if (!again || online()) command(SendFrame{state.connection.socket, std::move(text)});
  }

  /// Without a connection: what waits for the next sign-in and is replaced by a later wish is done, and sent no more.
  /// @param is_replaced  bool(const Pending&)
  template <class IsReplaced>
  void replace_unsent(IsReplaced is_replaced) {
    auto& waiting = state.connection.pending;
    for (auto it = waiting.begin(); !online() && it != waiting.end();) {
      const bool replaced = is_replaced(it->second);
      if (replaced) done(it->second.intent);
      it = replaced ? waiting.erase(it) : std::next(it);
    }
  }

  void done(std::optional<std::uint32_t> intent, std::string value = {}) {
    if (intent) command(IntentDone{*intent, true, std::move(value), {}, {}, std::nullopt});
  }
  void refuse(std::optional<std::uint32_t> intent, ErrorCode code, std::string text) {
    if (intent)
      command(IntentDone{*intent, false, {}, std::string(error_code_name(code)), std::move(text), std::nullopt});
  }
  void refuse(std::optional<std::uint32_t> intent, const protocol::Failure& failure) {
    if (intent) command(IntentDone{*intent, false, {}, failure.code, failure.text, failure.retry_after_ms});
  }
  /// @return online; else the intent is refused.
  bool need_online() {
    if (!online()) refuse(moment.intent, ErrorCode::kUnavailable, "not connected to the service");
    return online();
  }

  /// A number below `limit` from the moment's randomness.
  [[nodiscard]] std::uint32_t dice(std::uint32_t limit) const;
  void persist();
  /// This has changed, perhaps: keep it a little later. Other things are kept along with it.
  void keep(Kept what, std::uint64_t part = 0);
};

// reduce.cpp
void on(Turn&, const TimerFired&);

// cache.cpp
void on(Turn&, const KeptText&);
void keep_contact(Turn&, UserId);
void keep_conversation(Turn&, ConversationId);
void keep_timer(Turn&);

// connection.cpp
void on(Turn&, const Start&);
void on(Turn&, const SignIn&);
void on(Turn&, const SignOut&);
void on(Turn&, const SocketOpened&);
void on(Turn&, const SocketClosed&);
void on(Turn&, const NetworkChanged&);
void on(Turn&, const protocol::SignedIn&, std::optional<std::uint64_t> sequence);
void on(Turn&, const protocol::SignedOut&);
void connection_timer(Turn&, std::string_view timer);
void sign_in_refused(Turn&, const Pending&, const protocol::Failure&);
void ponged(Turn&);
void signed_out(Turn&, std::string reason);
/// Leave this socket and come back by resumption.
void reconnect(Turn&, std::string reason);

// frames.cpp
void on(Turn&, const SocketText&);

// account.cpp
void on(Turn&, const ListDevices&);
void on(Turn&, const RevokeDevice&);
void on(Turn&, const protocol::SignedInDevices&, const std::optional<Pending>&);

// second_factor.cpp
void second_factor_signed_in(Turn&, bool resumed);
void on(Turn&, const GetSecondFactor&);
void on(Turn&, const BeginSecondFactor&);
void on(Turn&, const ConfirmSecondFactor&);
void on(Turn&, const LeaveSecondFactor&);
void on(Turn&, const RemoveSecondFactor&);
void on(Turn&, const protocol::SecondFactor&, const std::optional<Pending>&);
void on(Turn&, const protocol::SecondFactorSecret&, const std::optional<Pending>&);
void on(Turn&, const protocol::SecondFactorCodes&, const std::optional<Pending>&);
void second_factor_refused(Turn&, const protocol::Failure&);

// directory.cpp
void directory_signed_in(Turn&, bool resumed);
void on(Turn&, const DirectoryFetched&);
void on(Turn&, const protocol::Directory&, const std::optional<Pending>&);
void on(Turn&, const protocol::DirectorySnapshot&);
void directory_timer(Turn&);
void directory_refused(Turn&);
model::Contact known_contact(const protocol::Contact&);
protocol::Contact wire_contact(const model::Contact&);

// presence.cpp
void presence_signed_in(Turn&, bool resumed);
void on(Turn&, const Watch&);
void on(Turn&, const SetStatus&);
void on(Turn&, const protocol::Presence&);
void presence_answered(Turn&, const Pending&, const protocol::Failure*);

// favourites.cpp
void favourites_signed_in(Turn&, bool resumed);
void on(Turn&, const SetFavourite&);
void on(Turn&, const protocol::Favourites&, const std::optional<Pending>&);
void on(Turn&, const protocol::Favourite&);
void favourites_answered(Turn&, const Pending&, const protocol::Failure*);
void forget_favourite(Turn&, UserId);
/// What the service has not confirmed.
std::optional<protocol::FavouriteSet> favourite_wish(const State&, UserId);
void keep_wishes(Turn&);
void take_favourites(Turn&, const protocol::Favourites&);

// saved_numbers.cpp
void saved_numbers_signed_in(Turn&, bool resumed);
void on(Turn&, const SaveNumber&);
void on(Turn&, const protocol::SavedNumbers&, const std::optional<Pending>&);
void on(Turn&, const protocol::SavedNumberChanged&);
void saved_numbers_answered(Turn&, const Pending&, const protocol::Failure*);
/// Ask for what an earlier start has kept.
void restore_saved_number_wish(Turn&, std::uint64_t place, const protocol::SavedNumberSet&);
void take_saved_numbers(Turn&, const protocol::SavedNumbers&);

// pictures.cpp
void on(Turn&, const SetPicture&);
void on(Turn&, const WantPicture&);

// chat.cpp: conversations and the outbox; chat_window.cpp: the messages of one conversation
void chat_signed_in(Turn&, bool resumed);
void on(Turn&, const OpenConversation&);
void on(Turn&, const SendChat&);
void on(Turn&, const OlderMessages&);
void on(Turn&, const ReadChat&);
void on(Turn&, const Typing&);
void on(Turn&, const DropMessage&);
void on(Turn&, const protocol::Conversation&, const std::optional<Pending>&);
void on(Turn&, const protocol::Conversations&, const std::optional<Pending>&);
void on(Turn&, const protocol::ChatSent&, const std::optional<Pending>&);
void on(Turn&, const protocol::ChatMessage&);
void on(Turn&, const protocol::ChatPage&, const std::optional<Pending>&);
void on(Turn&, const protocol::ChatMarked&);
void on(Turn&, const protocol::ChatTypingBy&);
void chat_answered(Turn&, const Pending&, const protocol::Failure*);
void typing_timer(Turn&);
void outbox_timer(Turn&);
ConversationEntry& learn_conversation(Turn&, const protocol::ConversationInfo&);
/// A message as the state has it.
model::Message known_message(const Turn&, const ConversationEntry&, const protocol::ChatMessage&);
void take_message(Turn&, ConversationEntry&, const protocol::ChatMessage&);
/// Ask for what is missing between what is known and the newest, if anything is.
void fill(Turn&, ConversationEntry&);
/// Tell the service how far this device has come.
void mark(Turn&, ConversationEntry&);
void marked(Turn&, ConversationEntry&);
/// Send what waits, one message of a conversation at a time so that their order holds.
void pump_outbox(Turn&);
ConversationEntry* find_conversation(Turn&, ConversationId);
/// The service has stored a message of the outbox; others are left alone.
void acknowledge(Turn&, ConversationEntry&, const std::string& client_message_id, std::uint64_t number);

// chat_changes.cpp: messages that become other ones after they were sent
void on(Turn&, const EditMessage&);
void on(Turn&, const RemoveMessage&);
void on(Turn&, const ReactToMessage&);
void on(Turn&, const protocol::ChatChanged&, const std::optional<Pending>&);
void on(Turn&, const protocol::ChatChanges&, const std::optional<Pending>&);
/// Ask what has changed of the messages that are known, if anything has.
void catch_up(Turn&, ConversationEntry&);

// chat_search.cpp: messages that are looked for, and excerpts around them
void on(Turn&, const SearchChats&);
void on(Turn&, const MoreFound&);
void on(Turn&, const ShowMessage&);
void on(Turn&, const NewerMessages&);
void on(Turn&, const LeaveExcerpt&);
void on(Turn&, const protocol::ChatFound&, const std::optional<Pending>&);
void older_of_excerpt(Turn&, ConversationEntry&);
void take_excerpt(Turn&, ConversationEntry&, const protocol::ChatPage&, const Pending&);
void search_signed_in(Turn&, bool resumed);
void search_answered(Turn&, const Pending&, const protocol::Failure&);

// calls.cpp: signalling
void calls_lost(Turn&);
void calls_signed_in(Turn&);
void on(Turn&, const PlaceCall&);
void on(Turn&, const AnswerCall&);
void on(Turn&, const DeclineCall&);
void on(Turn&, const ForwardCall&);
void on(Turn&, const HangUp&);
void on(Turn&, const TakeUpCall&);
void on(Turn&, const MuteCall&);
void on(Turn&, const SetAutoAnswer&);
void on(Turn&, const protocol::CallRinging&);
void on(Turn&, const protocol::CallIncoming&);
void on(Turn&, const protocol::CallAnswered&);
void on(Turn&, const protocol::CallEnded&);
void call_answered(Turn&, const Pending&, const protocol::Failure*);
CallEntry* find_call(Turn&, const std::string& call);
bool live(const CallEntry&);
void end_call(Turn&, CallEntry&, protocol::EndReason, std::string detail = {}, bool leave_running = false);
void hang_up(Turn&, CallEntry&, protocol::EndReason, std::string detail = {});
void answer(Turn&, CallEntry&);
/// The voice of a call that is placed or answered here, by the way that there is now.
void make_voice(Turn&, CallEntry&);
void expect_identity(Turn&, const CallEntry&);
void voice_connected(Turn&, CallEntry&);

// call_resume.cpp: calls that are found after a sign-in
void on(Turn&, const protocol::Calls&, const std::optional<Pending>&);
void on(Turn&, const PeerAttached&);
/// The service tells a device nothing of calls that others have; a new call record says that one of them may be over.
void refresh_calls_elsewhere(Turn&);
void take_up(Turn&, CallEntry&, std::optional<std::uint32_t> intent);

// call_voice.cpp: peer connections
void on(Turn&, const PeerDescription&);
void on(Turn&, const PeerCandidate&);
void on(Turn&, const PeerState&);
void on(Turn&, const PeerFailed&);
void on(Turn&, const PeerIdentity&);
void on(Turn&, const PeerLevels&);
void on(Turn&, const PeerMicrophone&);
void on(Turn&, const protocol::CallCandidate&);
void on(Turn&, const protocol::CallUpdate&);
void call_timer(Turn&, std::string_view purpose, const std::string& call);
/// Send the invite or the answer that the local description belongs to, also once more after the connection was lost.
void send_description(Turn&, CallEntry&);
void flush_local_candidates(Turn&, CallEntry&);
/// Those that have come so far.
void add_remote_candidates(Turn&, const CallEntry&);
/// Its peer connection, of which nobody has been told, is of no use.
void drop_voice(Turn&, CallEntry&);
void voice_failed(Turn&, CallEntry&, std::string reason);

// host_wait.cpp: a native host that is away for a moment
/// The voice would go by a native host that has left just now.
bool host_may_return(const Turn&);
/// The call's voice is made once the host is back, or after some seconds by what there is then.
/// @return false: too late for that, or for nothing.
bool wait_for_host(Turn&, CallEntry&, std::string reason);
void hosts_changed(Turn&);
void look_for_host(Turn&, CallEntry&);

// history.cpp
void history_signed_in(Turn&, bool resumed);
void on(Turn&, const protocol::History&, const std::optional<Pending>&);
void take_history(History&, const protocol::History&);

// hosts.cpp
void hosts_signed_in(Turn&);
void hosts_lost(Turn&);
void on(Turn&, const PairHost&);
void on(Turn&, const ConfirmHost&);
void on(Turn&, const UnpairHost&);
void on(Turn&, const ChooseVoice&);
void on(Turn&, const RequestTicket&);
void on(Turn&, const SendControl&);
void on(Turn&, const HostLinkChanged&);
void on(Turn&, const protocol::HostPairing&, const std::optional<Pending>&);
void on(Turn&, const protocol::Hosts&);
void on(Turn&, const protocol::HostTicketGranted&, const std::optional<Pending>&);
void on(Turn&, const protocol::Control&);
void ticket_refused(Turn&, const Pending&, const protocol::Failure&);

}  // namespace sidetone::client::detail
