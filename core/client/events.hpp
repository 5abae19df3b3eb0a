#pragma once

#include "core/client/chat_events.hpp"
#include "core/client/second_factor_events.hpp"
#include "core/model/call.hpp"
#include "core/model/host.hpp"

/// Everything that can happen to a client. The platform (a page, a program under node) makes these; time and randomness
/// come with each of them, so that reduce() has neither a clock nor a dice. An event whose one text may be very long
/// names it as kLongText, for the Bridge.
namespace sidetone::client {

enum class VoiceChoice { kAutomatic, kHost, kBrowser };

/// Beside every event.
struct Moment {
  std::int64_t now_ms = 0;
  std::int64_t unix_s = 0;
  std::string random;
  std::optional<std::uint32_t> intent;
  static constexpr auto fields() {
    return protocol::field_list(
        field("now_ms", &Moment::now_ms, "monotonic clock, milliseconds"),
        field("unix_s", &Moment::unix_s, "wall clock, seconds since 1970"),
        field("random", &Moment::random, "16 unpredictable bytes, base64url: ids and jitter come from them",
              Bounds{22, 22}),
        field("intent", &Moment::intent, "asks for one intent_done with this number"));
  }
};

// --- life and connection ---

struct Start {
  static constexpr std::string_view kType = "start";
  static constexpr std::string_view kDoc =
      "First event: where the service is, what was kept from last time, what this platform can do. With a kept token "
      "the client connects.";
  std::string url;
  std::string device_name;
  std::string device_key;
  bool browser_voice = false;
  bool auto_answer = false;
  bool relay_only = false;
  std::optional<VoiceChoice> voice;
  std::optional<Persisted> persisted;
  static constexpr auto fields() {
    return protocol::field_list(
        field("url", &Start::url, "wss://service/client", up_to(limits::kUrlBytes)),
        field("device_name", &Start::device_name, "name of this device"),
        field("device_key", &Start::device_key, "public key, see sign_in of the wire protocol; empty for none",
              up_to(limits::kKeyBytes)),
        field("browser_voice", &Start::browser_voice, "the platform has WebRTC of its own"),
        field("auto_answer", &Start::auto_answer, "answer calls at once"),
        field("relay_only", &Start::relay_only, "voice only by TURN"),
        field("voice", &Start::voice, "which way the person wants the voice to go; absent: automatic"),
        field("persisted", &Start::persisted, "what a persist command kept"));
  }
};

struct KeptText {
  static constexpr std::string_view kType = "kept_text";
  static constexpr std::string_view kDoc =
      "One of the texts that keep commands have kept, in the order of their names, after start and before anything "
      "else. What is of no use is counted, and all of it is forgotten.";
  std::string owner;
  std::string name;
  std::string text;
  static constexpr auto fields() {
    return protocol::field_list(
        field("owner", &KeptText::owner, "whose it is, as keep said it", up_to(kOwnerBytes)),
        field("name", &KeptText::name, "its name"),
        field("text", &KeptText::text, "a message of the wire protocol", up_to(limits::kSnapshotBytes)));
  }
  static constexpr auto kLongText = &KeptText::text;
};

struct SignIn {
  static constexpr std::string_view kType = "sign_in";
  static constexpr std::string_view kDoc =
      "A person signs in. Refused with second_factor: a code is wanted, or the one that was given is of no use.";
  std::string user;
  std::string password;
  std::optional<std::string> code;
  static constexpr auto fields() {
    return protocol::field_list(
        field("user", &SignIn::user, "sign-in name"),
        field("password", &SignIn::password, "password", up_to(limits::kPasswordBytes)),
        field("code", &SignIn::code, "of the authenticator app, or a recovery code", up_to(limits::kOneTimeCodeBytes)));
  }
};

struct SignOut {
  static constexpr std::string_view kType = "sign_out";
  static constexpr std::string_view kDoc = "Forget this device.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct SocketOpened {
  static constexpr std::string_view kType = "socket_opened";
  static constexpr std::string_view kDoc = "The WebSocket to the service is open.";
  std::uint32_t socket = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("socket", &SocketOpened::socket, "number of open_socket"));
  }
};

struct SocketClosed {
  static constexpr std::string_view kType = "socket_closed";
  static constexpr std::string_view kDoc = "The WebSocket is closed, or could not be opened.";
  std::uint32_t socket = 0;
  std::uint32_t code = 0;
  std::string reason;
  static constexpr auto fields() {
    return protocol::field_list(field("socket", &SocketClosed::socket, "number of open_socket"),
                                field("code", &SocketClosed::code, "close code, RFC 6455 §7.4"),
                                field("reason", &SocketClosed::reason, "reason", up_to(limits::kErrorTextBytes)));
  }
};

struct SocketText {
  static constexpr std::string_view kType = "socket_text";
  static constexpr std::string_view kDoc = "A text message has arrived.";
  std::uint32_t socket = 0;
  std::string text;
  static constexpr auto fields() {
    return protocol::field_list(field("socket", &SocketText::socket, "number of open_socket"),
                                field("text", &SocketText::text, "the frame", up_to(limits::kSnapshotBytes)));
  }
  static constexpr auto kLongText = &SocketText::text;
};

struct TimerFired {
  static constexpr std::string_view kType = "timer_fired";
  static constexpr std::string_view kDoc = "The time of a start_timer is over.";
  std::string timer;
  static constexpr auto fields() { return protocol::field_list(field("timer", &TimerFired::timer, "name")); }
};

struct NetworkChanged {
  static constexpr std::string_view kType = "network_changed";
  static constexpr std::string_view kDoc = "The operating system says that the network has come, gone or changed.";
  bool online = false;
  static constexpr auto fields() {
    return protocol::field_list(field("online", &NetworkChanged::online, "there is one"));
  }
};

struct DirectoryFetched {
  static constexpr std::string_view kType = "directory_fetched";
  static constexpr std::string_view kDoc = "The end of a fetch_directory.";
  std::uint32_t status = 0;
  std::string body;
  static constexpr auto fields() {
    return protocol::field_list(field("status", &DirectoryFetched::status, "HTTP status; 0: no answer"),
                                field("body", &DirectoryFetched::body, "body", up_to(limits::kSnapshotBytes)));
  }
  static constexpr auto kLongText = &DirectoryFetched::body;
};

struct ListDevices {
  static constexpr std::string_view kType = "list_devices";
  static constexpr std::string_view kDoc = "Which devices are signed in as me? They then stand in the state.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct RevokeDevice {
  static constexpr std::string_view kType = "revoke_device";
  static constexpr std::string_view kDoc = "Sign one of my devices out.";
  protocol::DeviceId device = 0;
  static constexpr auto fields() { return protocol::field_list(field("device", &RevokeDevice::device, "which")); }
};

// --- presence ---

struct Watch {
  static constexpr std::string_view kType = "watch";
  static constexpr std::string_view kDoc = "The contacts that are visible now: all of them, not the difference.";
  std::vector<UserId> users;
  static constexpr auto fields() {
    return protocol::field_list(field("users", &Watch::users, "who", std::nullopt, limits::kSubscriptions));
  }
};

struct SetStatus {
  static constexpr std::string_view kType = "set_status";
  static constexpr std::string_view kDoc = "My own status.";
  protocol::Availability availability = protocol::Availability::kOnline;
  std::optional<std::string> text;
  std::optional<std::int64_t> until;
  static constexpr auto fields() {
    return protocol::field_list(field("availability", &SetStatus::availability, "availability"),
                                field("text", &SetStatus::text, "status text", up_to(limits::kStatusTextBytes)),
                                field("until", &SetStatus::until, "it ends then, seconds since 1970"));
  }
};

// --- favourites ---

struct SetFavourite {
  static constexpr std::string_view kType = "set_favourite";
  static constexpr std::string_view kDoc =
      "Somebody is a favourite of mine, or no more. It shows at once; without the service it is sent when there is one "
      "again. intent_done: kept by the service; refused: it is taken back.";
  UserId user = 0;
  bool favourite = false;
  static constexpr auto fields() {
    return protocol::field_list(field("user", &SetFavourite::user, "who"),
                                field("favourite", &SetFavourite::favourite, "is one"));
  }
};

// --- saved numbers ---

struct SaveNumber {
  static constexpr std::string_view kType = "save_number";
  static constexpr std::string_view kDoc =
      "Keep a number under a name, or no more. It shows at once; without the service it is sent when there is one "
      "again. "
      "intent_done: kept by the service; refused: it is taken back.";
  std::string number;
  std::optional<std::string> name;
  static constexpr auto fields() {
    return protocol::field_list(
        field("number", &SaveNumber::number, "as it is dialled",
              protocol::Bounds{1, static_cast<std::int64_t>(limits::kNumberBytes)}),
        field("name", &SaveNumber::name, "absent: keep it no more", up_to(limits::kSavedNameBytes)));
  }
};

// --- pictures ---

struct SetPicture {
  static constexpr std::string_view kType = "set_picture";
  static constexpr std::string_view kDoc = "My own picture, or none any more; see picture_set of the wire protocol.";
  std::string jpeg;
  static constexpr auto fields() {
    return protocol::field_list(
        field("jpeg", &SetPicture::jpeg, "base64url; empty: none", up_to(limits::kPictureTextBytes)));
  }
};

struct WantPicture {
  static constexpr std::string_view kType = "want_picture";
  static constexpr std::string_view kDoc =
      "The platform wants to show the picture of a contact. Followed by the command fetch_picture.";
  std::string picture;
  static constexpr auto fields() {
    return protocol::field_list(field("picture", &WantPicture::picture, "its name", up_to(limits::kPictureNameBytes)));
  }
};

// --- calls ---

struct PlaceCall {
  static constexpr std::string_view kType = "place_call";
  static constexpr std::string_view kDoc =
      "Call somebody, by person or by number. intent_done: its value is the call id.";
  std::optional<UserId> user;
  std::optional<std::string> number;
  static constexpr auto fields() {
    return protocol::field_list(field("user", &PlaceCall::user, "callee"),
                                field("number", &PlaceCall::number, "or the extension dialled",
                                      Bounds{1, static_cast<std::int64_t>(limits::kNumberBytes)}));
  }
};

struct AnswerCall {
  static constexpr std::string_view kType = "answer_call";
  static constexpr std::string_view kDoc = "Take a ringing call on this device. intent_done: this device has won.";
  std::string call;
  static constexpr auto fields() { return protocol::field_list(field("call", &AnswerCall::call, "call", up_to(64))); }
};

struct DeclineCall {
  static constexpr std::string_view kType = "decline_call";
  static constexpr std::string_view kDoc = "Refuse a ringing call.";
  std::string call;
  static constexpr auto fields() { return protocol::field_list(field("call", &DeclineCall::call, "call", up_to(64))); }
};

struct ForwardCall {
  static constexpr std::string_view kType = "forward_call";
  static constexpr std::string_view kDoc =
      "Let a ringing call ring at somebody else, by person or by number. intent_done: it rings there and has ended "
      "here; "
      "refused: it rings here as before.";
  std::string call;
  std::optional<UserId> user;
  std::optional<std::string> number;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &ForwardCall::call, "call", up_to(64)),
                                field("user", &ForwardCall::user, "who shall be called"),
                                field("number", &ForwardCall::number, "or by extension",
                                      Bounds{1, static_cast<std::int64_t>(limits::kNumberBytes)}));
  }
};

struct HangUp {
  static constexpr std::string_view kType = "hang_up";
  static constexpr std::string_view kDoc = "End or cancel a call.";
  std::string call;
  static constexpr auto fields() { return protocol::field_list(field("call", &HangUp::call, "call", up_to(64))); }
};

struct TakeUpCall {
  static constexpr std::string_view kType = "take_up_call";
  static constexpr std::string_view kDoc = "Carry on, on this device, a live call of mine that another device has.";
  std::string call;
  static constexpr auto fields() { return protocol::field_list(field("call", &TakeUpCall::call, "call", up_to(64))); }
};

struct MuteCall {
  static constexpr std::string_view kType = "mute_call";
  static constexpr std::string_view kDoc = "My microphone off or on.";
  std::string call;
  bool muted = false;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &MuteCall::call, "call", up_to(64)),
                                field("muted", &MuteCall::muted, "off"));
  }
};

struct SetAutoAnswer {
  static constexpr std::string_view kType = "set_auto_answer";
  static constexpr std::string_view kDoc =
      "Answer calls without being told to, or not. One that has rung is not answered while another one is under way.";
  bool on = false;
  std::optional<std::uint32_t> after_ms;
  static constexpr auto fields() {
    return protocol::field_list(
        field("on", &SetAutoAnswer::on, "on"),
        field("after_ms", &SetAutoAnswer::after_ms, "rings for so long first; absent: at once", up_to(60'000)));
  }
};

// --- the voice: peer connections belong to the platform and are named by call ---

struct PeerDescription {
  static constexpr std::string_view kType = "peer_description";
  static constexpr std::string_view kDoc = "The local description that peer_offer or peer_answer asked for is set.";
  std::string call;
  protocol::SdpKind kind = protocol::SdpKind::kOffer;
  std::string sdp;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerDescription::call, "call", up_to(64)),
                                field("kind", &PeerDescription::kind, "type"),
                                field("sdp", &PeerDescription::sdp, "SDP", up_to(limits::kSdpBytes)));
  }
};

struct PeerCandidate {
  static constexpr std::string_view kType = "peer_candidate";
  static constexpr std::string_view kDoc = "icecandidate event.";
  std::string call;
  std::string candidate;
  std::optional<std::string> mid;
  std::optional<std::uint32_t> line;
  std::optional<std::string> ufrag;
  static constexpr auto fields() {
    return protocol::field_list(
        field("call", &PeerCandidate::call, "call", up_to(64)),
        field("candidate", &PeerCandidate::candidate, "candidate; empty: no more come", up_to(limits::kCandidateBytes)),
        field("mid", &PeerCandidate::mid, "sdpMid", up_to(64)), field("line", &PeerCandidate::line, "sdpMLineIndex"),
        field("ufrag", &PeerCandidate::ufrag, "usernameFragment"));
  }
  bool operator==(const PeerCandidate&) const = default;
};

struct PeerState {
  static constexpr std::string_view kType = "peer_state";
  static constexpr std::string_view kDoc = "connectionstatechange event.";
  std::string call;
  protocol::ConnectionState state = protocol::ConnectionState::kNew;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerState::call, "call", up_to(64)),
                                field("state", &PeerState::state, "connectionState"));
  }
};

struct PeerFailed {
  static constexpr std::string_view kType = "peer_failed";
  static constexpr std::string_view kDoc =
      "A peer command could not be carried out: no microphone, the host does not answer, a bad description.";
  std::string call;
  std::string reason;
  bool host_lost = false;
  static constexpr auto fields() {
    return protocol::field_list(
        field("call", &PeerFailed::call, "call", up_to(64)),
        field("reason", &PeerFailed::reason, "why", up_to(limits::kErrorTextBytes)),
        field("host_lost", &PeerFailed::host_lost,
              "the way to the native host was lost: it may have carried the command out, and may be back soon"));
  }
};

struct PeerAttached {
  static constexpr std::string_view kType = "peer_attached";
  static constexpr std::string_view kDoc = "The end of a peer_attach.";
  std::string call;
  bool found = false;
  protocol::ConnectionState state = protocol::ConnectionState::kNew;
  bool muted = false;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerAttached::call, "call", up_to(64)),
                                field("found", &PeerAttached::found, "the host has a peer connection of this call"),
                                field("state", &PeerAttached::state, "connectionState"),
                                field("muted", &PeerAttached::muted, "its microphone is off"));
  }
};

struct PeerIdentity {
  static constexpr std::string_view kType = "peer_identity";
  static constexpr std::string_view kDoc = "What came of the far end's proof.";
  std::string call;
  bool proven = false;
  std::string reason;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerIdentity::call, "call", up_to(64)),
                                field("proven", &PeerIdentity::proven, "it is the device that the service named"),
                                field("reason", &PeerIdentity::reason, "why not", up_to(limits::kErrorTextBytes)));
  }
};

struct PeerLevels {
  static constexpr std::string_view kType = "peer_levels";
  static constexpr std::string_view kDoc = "How loud it is.";
  std::string call;
  double sent = 0;
  double received = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerLevels::call, "call", up_to(64)),
                                field("sent", &PeerLevels::sent, "my voice, 0 to 1"),
                                field("received", &PeerLevels::received, "the other's voice, 0 to 1"));
  }
};

struct PeerMicrophone {
  static constexpr std::string_view kType = "peer_microphone";
  static constexpr std::string_view kDoc = "The microphone of a call is gone, or there again.";
  std::string call;
  bool lost = false;
  std::string reason;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerMicrophone::call, "call", up_to(64)),
                                field("lost", &PeerMicrophone::lost, "gone"),
                                field("reason", &PeerMicrophone::reason, "why", up_to(limits::kErrorTextBytes)));
  }
};

// --- native hosts ---

struct PairHost {
  static constexpr std::string_view kType = "pair_host";
  static constexpr std::string_view kDoc =
      "The code that an endpoint shows. intent_done: its value is the pairing to confirm.";
  std::string code;
  static constexpr auto fields() { return protocol::field_list(field("code", &PairHost::code, "code", up_to(32))); }
};

struct ConfirmHost {
  static constexpr std::string_view kType = "confirm_host";
  static constexpr std::string_view kDoc = "That endpoint is mine, or is not.";
  std::string pairing;
  bool accept = false;
  static constexpr auto fields() {
    return protocol::field_list(field("pairing", &ConfirmHost::pairing, "pairing", up_to(limits::kTokenBytes)),
                                field("accept", &ConfirmHost::accept, "it is"));
  }
};

struct UnpairHost {
  static constexpr std::string_view kType = "unpair_host";
  static constexpr std::string_view kDoc = "End a pairing.";
  std::string host;
  static constexpr auto fields() {
    return protocol::field_list(field("host", &UnpairHost::host, "host", up_to(limits::kTokenBytes)));
  }
};

struct ChooseVoice {
  static constexpr std::string_view kType = "choose_voice";
  static constexpr std::string_view kDoc = "Which way the voice is to go.";
  VoiceChoice way = VoiceChoice::kAutomatic;
  std::optional<std::string> host;
  static constexpr auto fields() {
    return protocol::field_list(field("way", &ChooseVoice::way, "way"),
                                field("host", &ChooseVoice::host, "by this host", up_to(limits::kTokenBytes)));
  }
};

struct RequestTicket {
  static constexpr std::string_view kType = "request_ticket";
  static constexpr std::string_view kDoc =
      "The platform wants to come in to a host by loopback. Answered by the command host_ticket.";
  std::string host;
  static constexpr auto fields() {
    return protocol::field_list(field("host", &RequestTicket::host, "host", up_to(limits::kTokenBytes)));
  }
};

struct SendControl {
  static constexpr std::string_view kType = "send_control";
  static constexpr std::string_view kDoc = "One message of the host control protocol, by rendezvous.";
  std::string host;
  std::string message;
  static constexpr auto fields() {
    return protocol::field_list(field("host", &SendControl::host, "host", up_to(limits::kTokenBytes)),
                                field("message", &SendControl::message, "message", up_to(limits::kControlBytes)));
  }
};

struct HostLinkChanged {
  static constexpr std::string_view kType = "host_link_changed";
  static constexpr std::string_view kDoc = "The platform has attached to a host, or lost it.";
  std::string host;
  model::HostLink link = model::HostLink::kNone;
  std::string reason;
  static constexpr auto fields() {
    return protocol::field_list(field("host", &HostLinkChanged::host, "host", up_to(limits::kTokenBytes)),
                                field("link", &HostLinkChanged::link, "state"),
                                field("reason", &HostLinkChanged::reason, "why", up_to(limits::kErrorTextBytes)));
  }
};

using Events =
    protocol::MessageList<Start, KeptText, SignIn, SignOut, SocketOpened, SocketClosed, SocketText, TimerFired,
                          NetworkChanged, DirectoryFetched, ListDevices, RevokeDevice, GetSecondFactor,
                          BeginSecondFactor, ConfirmSecondFactor, LeaveSecondFactor, RemoveSecondFactor, Watch,
                          SetStatus, SetFavourite, SaveNumber, SetPicture, WantPicture, OpenConversation, SendChat,
                          OlderMessages, ReadChat, Typing, DropMessage, EditMessage, RemoveMessage, ReactToMessage,
                          SearchChats, MoreFound, ShowMessage, NewerMessages, LeaveExcerpt, PlaceCall, AnswerCall,
                          DeclineCall, ForwardCall, HangUp, TakeUpCall, MuteCall, SetAutoAnswer, PeerDescription,
                          PeerCandidate, PeerState, PeerFailed, PeerAttached, PeerIdentity, PeerLevels, PeerMicrophone,
                          PairHost, ConfirmHost, UnpairHost, ChooseVoice, RequestTicket, SendControl, HostLinkChanged>;

/// One event with its moment.
struct Event {
  Moment moment;
  protocol::AnyMessage<Events> what;
};

}  // namespace sidetone::client

namespace sidetone::protocol {
template <>
struct EnumNames<client::VoiceChoice> {
  static constexpr std::array<std::string_view, 3> kNames{"automatic", "host", "browser"};
};
}  // namespace sidetone::protocol
