#pragma once

#include "core/client/events.hpp"

/// Everything that a client asks of its platform. Commands are carried out in order; none of them fails the reducer:
/// what goes wrong comes back as an event.
namespace sidetone::client {

struct OpenSocket {
  static constexpr std::string_view kType = "open_socket";
  static constexpr std::string_view kDoc = "Open a WebSocket to the service and leave any earlier one.";
  std::uint32_t socket = 0;
  std::string url;
  static constexpr auto fields() {
    return protocol::field_list(field("socket", &OpenSocket::socket, "its number in events"),
                                field("url", &OpenSocket::url, "address", up_to(limits::kUrlBytes)));
  }
};

struct CloseSocket {
  static constexpr std::string_view kType = "close_socket";
  static constexpr std::string_view kDoc = "Close the WebSocket; no event of it is wanted any more.";
  std::uint32_t socket = 0;
  std::string reason;
  static constexpr auto fields() {
    return protocol::field_list(field("socket", &CloseSocket::socket, "number"),
                                field("reason", &CloseSocket::reason, "reason"));
  }
};

struct SendFrame {
  static constexpr std::string_view kType = "send_frame";
  static constexpr std::string_view kDoc = "Send a text message.";
  std::uint32_t socket = 0;
  std::string text;
  static constexpr auto fields() {
    return protocol::field_list(field("socket", &SendFrame::socket, "number"),
                                field("text", &SendFrame::text, "frame", up_to(limits::kFrameBytes)));
  }
};

struct FetchDirectory {
  static constexpr std::string_view kType = "fetch_directory";
  static constexpr std::string_view kDoc =
      "HTTP GET on the service with `Authorization: Bearer <token>`; answered by directory_fetched.";
  std::string path;
  std::string token;
  static constexpr auto fields() {
    return protocol::field_list(field("path", &FetchDirectory::path, "path", up_to(limits::kUrlBytes)),
                                field("token", &FetchDirectory::token, "token", up_to(limits::kTokenBytes)));
  }
};

struct FetchPicture {
  static constexpr std::string_view kType = "fetch_picture";
  static constexpr std::string_view kDoc = "HTTP GET on the service with `Authorization: Bearer <token>`: a JPEG.";
  std::string picture;
  std::string path;
  std::string token;
  static constexpr auto fields() {
    return protocol::field_list(field("picture", &FetchPicture::picture, "its name", up_to(limits::kPictureNameBytes)),
                                field("path", &FetchPicture::path, "path", up_to(limits::kUrlBytes)),
                                field("token", &FetchPicture::token, "token", up_to(limits::kTokenBytes)));
  }
};

struct StartTimer {
  static constexpr std::string_view kType = "start_timer";
  static constexpr std::string_view kDoc = "timer_fired once after a time; replaces a timer of the same name.";
  std::string timer;
  std::uint32_t after_ms = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("timer", &StartTimer::timer, "name"),
                                field("after_ms", &StartTimer::after_ms, "milliseconds"));
  }
};

struct StopTimer {
  static constexpr std::string_view kType = "stop_timer";
  static constexpr std::string_view kDoc = "No timer_fired, please. Unknown names are ignored.";
  std::string timer;
  static constexpr auto fields() { return protocol::field_list(field("timer", &StopTimer::timer, "name")); }
};

struct Persist {
  static constexpr std::string_view kType = "persist";
  static constexpr std::string_view kDoc = "Keep this in place of what was kept before, as secret as a password.";
  Persisted persisted;
  static constexpr auto fields() {
    return protocol::field_list(field("persisted", &Persist::persisted, "to hand to start"));
  }
};

struct Keep {
  static constexpr std::string_view kType = "keep";
  static constexpr std::string_view kDoc =
      "Keep all of these texts or, if that fails, none at all: then the earlier ones are forgotten too. To be handed "
      "back by kept_text. Private, but holds no secret that signs in.";
  std::string owner;
  std::vector<TextToKeep> texts;
  static constexpr auto fields() {
    return protocol::field_list(field("owner", &Keep::owner, "user and service whose they are", up_to(kOwnerBytes)),
                                field("texts", &Keep::texts, "the texts", std::nullopt, limits::kContactItems));
  }
};

struct Forget {
  static constexpr std::string_view kType = "forget";
  static constexpr std::string_view kDoc = "Erase everything that keep commands have kept.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct IntentDone {
  static constexpr std::string_view kType = "intent_done";
  static constexpr std::string_view kDoc = "What came of an event that asked for it.";
  std::uint32_t intent = 0;
  bool ok = false;
  std::string value;
  std::string code;
  std::string text;
  std::optional<std::uint32_t> retry_after_ms;
  static constexpr auto fields() {
    return protocol::field_list(
        field("intent", &IntentDone::intent, "number in the event"), field("ok", &IntentDone::ok, "carried out"),
        field("value", &IntentDone::value, "what the event says", up_to(limits::kTokenBytes)),
        field("code", &IntentDone::code, "error code of the wire protocol", up_to(64)),
        field("text", &IntentDone::text, "why not, in words for a person", up_to(limits::kErrorTextBytes)),
        field("retry_after_ms", &IntentDone::retry_after_ms, "try again after so many milliseconds"));
  }
};

// --- the voice ---

struct PeerCreate {
  static constexpr std::string_view kType = "peer_create";
  static constexpr std::string_view kDoc =
      "Make the peer connection of a call, with the microphone and the identity channel (the caller makes it). Later "
      "peer commands wait until it is there.";
  std::string call;
  std::optional<std::string> host;
  bool caller = false;
  bool relay_only = false;
  std::vector<protocol::IceServer> ice_servers;
  static constexpr auto fields() {
    return protocol::field_list(
        field("call", &PeerCreate::call, "call", up_to(64)),
        field("host", &PeerCreate::host, "on this native host; absent: the platform's own", up_to(limits::kTokenBytes)),
        field("caller", &PeerCreate::caller, "this side made the call"),
        field("relay_only", &PeerCreate::relay_only, "iceTransportPolicy: relay"),
        field("ice_servers", &PeerCreate::ice_servers, "iceServers", std::nullopt, 16));
  }
};

struct PeerOffer {
  static constexpr std::string_view kType = "peer_offer";
  static constexpr std::string_view kDoc = "createOffer and setLocalDescription; answered by peer_description.";
  std::string call;
  bool ice_restart = false;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerOffer::call, "call", up_to(64)),
                                field("ice_restart", &PeerOffer::ice_restart, "iceRestart"));
  }
};

struct PeerAnswer {
  static constexpr std::string_view kType = "peer_answer";
  static constexpr std::string_view kDoc = "createAnswer and setLocalDescription; answered by peer_description.";
  std::string call;
  static constexpr auto fields() { return protocol::field_list(field("call", &PeerAnswer::call, "call", up_to(64))); }
};

struct PeerRemote {
  static constexpr std::string_view kType = "peer_remote";
  static constexpr std::string_view kDoc = "setRemoteDescription.";
  std::string call;
  protocol::SdpKind kind = protocol::SdpKind::kOffer;
  std::string sdp;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerRemote::call, "call", up_to(64)),
                                field("kind", &PeerRemote::kind, "type"),
                                field("sdp", &PeerRemote::sdp, "SDP", up_to(limits::kSdpBytes)));
  }
};

struct PeerAddCandidate {
  static constexpr std::string_view kType = "peer_add_candidate";
  static constexpr std::string_view kDoc = "addIceCandidate.";
  std::string call;
  std::string candidate;
  std::optional<std::string> mid;
  std::optional<std::uint32_t> line;
  std::optional<std::string> ufrag;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerAddCandidate::call, "call", up_to(64)),
                                field("candidate", &PeerAddCandidate::candidate, "candidate; empty: no more come",
                                      up_to(limits::kCandidateBytes)),
                                field("mid", &PeerAddCandidate::mid, "sdpMid", up_to(64)),
                                field("line", &PeerAddCandidate::line, "sdpMLineIndex"),
                                field("ufrag", &PeerAddCandidate::ufrag, "usernameFragment"));
  }
};

struct PeerExpect {
  static constexpr std::string_view kType = "peer_expect";
  static constexpr std::string_view kDoc = "Who the far end must prove to be; answered by peer_identity.";
  std::string call;
  std::string key_hash;
  bool caller = false;
  static constexpr auto fields() {
    return protocol::field_list(
        field("call", &PeerExpect::call, "call", up_to(64)),
        field("key_hash", &PeerExpect::key_hash, "SHA-256 of the key, as the service named it; empty: it has none",
              up_to(limits::kKeyHashBytes)),
        field("caller", &PeerExpect::caller, "this side made the call"));
  }
};

struct PeerMute {
  static constexpr std::string_view kType = "peer_mute";
  static constexpr std::string_view kDoc = "track.enabled.";
  std::string call;
  bool muted = false;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerMute::call, "call", up_to(64)),
                                field("muted", &PeerMute::muted, "off"));
  }
};

struct PeerAttach {
  static constexpr std::string_view kType = "peer_attach";
  static constexpr std::string_view kDoc =
      "Find the peer connection that a host holds for a call, made by a client that is gone; answered by "
      "peer_attached.";
  std::string call;
  std::string host;
  bool caller = false;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerAttach::call, "call", up_to(64)),
                                field("host", &PeerAttach::host, "host", up_to(limits::kTokenBytes)),
                                field("caller", &PeerAttach::caller, "this side made the call"));
  }
};

struct PeerClose {
  static constexpr std::string_view kType = "peer_close";
  static constexpr std::string_view kDoc = "close().";
  std::string call;
  bool leave_running = false;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &PeerClose::call, "call", up_to(64)),
                                field("leave_running", &PeerClose::leave_running,
                                      "another device has the call now: forget the object, let the host go on"));
  }
};

// --- to the person ---

enum class Tone { kRing, kRingBack };

struct Ring {
  static constexpr std::string_view kType = "ring";
  static constexpr std::string_view kDoc = "Sound until stop_ring.";
  std::string call;
  Tone tone = Tone::kRing;
  static constexpr auto fields() {
    return protocol::field_list(field("call", &Ring::call, "call", up_to(64)), field("tone", &Ring::tone, "which"));
  }
};

struct StopRing {
  static constexpr std::string_view kType = "stop_ring";
  static constexpr std::string_view kDoc = "Silence.";
  std::string call;
  static constexpr auto fields() { return protocol::field_list(field("call", &StopRing::call, "call", up_to(64))); }
};

enum class Notice { kIncomingCall, kMissedCall, kMessage };

struct Notify {
  static constexpr std::string_view kType = "notify";
  static constexpr std::string_view kDoc = "Tell the person, where the client is not in front.";
  Notice notice = Notice::kMessage;
  UserId from = 0;
  std::string text;
  static constexpr auto fields() {
    return protocol::field_list(field("notice", &Notify::notice, "what"), field("from", &Notify::from, "who"),
                                field("text", &Notify::text, "text of a message", up_to(limits::kChatTextBytes)));
  }
};

// --- native hosts ---

struct HostTicket {
  static constexpr std::string_view kType = "host_ticket";
  static constexpr std::string_view kDoc =
      "The way in by loopback is open once: ws://127.0.0.1:<port>/control with the subprotocols sidetone.1 and this "
      "ticket.";
  std::string host;
  std::string ticket;
  std::uint32_t port = 0;
  std::string failure;
  static constexpr auto fields() {
    return protocol::field_list(
        field("host", &HostTicket::host, "host", up_to(limits::kTokenBytes)),
        field("ticket", &HostTicket::ticket, "ticket; empty: refused", up_to(limits::kTokenBytes)),
        field("port", &HostTicket::port, "port"),
        field("failure", &HostTicket::failure, "why it was refused", up_to(limits::kErrorTextBytes)));
  }
};

struct ControlMessage {
  static constexpr std::string_view kType = "control_message";
  static constexpr std::string_view kDoc = "A host says something by rendezvous.";
  std::string host;
  std::string message;
  static constexpr auto fields() {
    return protocol::field_list(field("host", &ControlMessage::host, "host", up_to(limits::kTokenBytes)),
                                field("message", &ControlMessage::message, "message", up_to(limits::kControlBytes)));
  }
};

struct ControlLost {
  static constexpr std::string_view kType = "control_lost";
  static constexpr std::string_view kDoc =
      "The rendezvous with a host is broken: requests that are under way get no answer.";
  std::string host;
  std::string reason;
  static constexpr auto fields() {
    return protocol::field_list(field("host", &ControlLost::host, "host; empty: all", up_to(limits::kTokenBytes)),
                                field("reason", &ControlLost::reason, "why", up_to(limits::kErrorTextBytes)));
  }
};

struct ViewStays {
  static constexpr std::string_view kType = "view_stays";
  static constexpr std::string_view kDoc =
      "Nothing of the view has changed: nobody has to look, nothing has to be drawn. A running call asks its host for "
      "levels and statistics several times a second.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct ViewCanWait {
  static constexpr std::string_view kType = "view_can_wait";
  static constexpr std::string_view kDoc =
      "Nothing of the view has changed but what others say of themselves, availability and text: who can be called is "
      "as "
      "before. It may be drawn some seconds later, with more of its kind.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct Report {
  static constexpr std::string_view kType = "report";
  static constexpr std::string_view kDoc = "For the log: something was not as it should be. Holds no secret.";
  std::string text;
  static constexpr auto fields() {
    return protocol::field_list(field("text", &Report::text, "what", up_to(limits::kErrorTextBytes)));
  }
};

using Commands =
    protocol::MessageList<OpenSocket, CloseSocket, SendFrame, FetchDirectory, FetchPicture, StartTimer, StopTimer,
                          Persist, Keep, Forget, IntentDone, PeerCreate, PeerOffer, PeerAnswer, PeerRemote,
                          PeerAddCandidate, PeerExpect, PeerMute, PeerAttach, PeerClose, Ring, StopRing, Notify,
                          HostTicket, ControlMessage, ControlLost, ViewStays, ViewCanWait, Report>;
using Command = protocol::AnyMessage<Commands>;

}  // namespace sidetone::client

namespace sidetone::protocol {
template <>
struct EnumNames<client::Tone> {
  static constexpr std::array<std::string_view, 2> kNames{"ring", "ring_back"};
};
template <>
struct EnumNames<client::Notice> {
  static constexpr std::array<std::string_view, 3> kNames{"incoming_call", "missed_call", "message"};
};
}  // namespace sidetone::protocol
