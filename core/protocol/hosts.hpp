#pragma once

#include "core/protocol/session.hpp"

/// Native hosts: pairing, rendezvous through the service, tickets for the loopback way in. Rows V1, V2 and V6.
namespace sidetone::protocol {

// --- host → service ---

struct HostEnrol {
  static constexpr std::string_view kType = "host_enrol";
  static constexpr std::string_view kDoc = "A host without a credential asks to be paired. Answered by host_code.";
  std::string name;
  static constexpr auto fields() {
    return field_list(field("n", &HostEnrol::name, "what to call this endpoint: its host name"));
  }
  bool operator==(const HostEnrol&) const = default;
};

struct HostSignIn {
  static constexpr std::string_view kType = "host_sign_in";
  static constexpr std::string_view kDoc = "A paired host comes back. Answered by host_welcome.";
  std::string host;
  std::string credential;
  std::string name;
  std::string version;
  std::optional<std::uint32_t> loopback_port;
  std::vector<std::string> live_calls;
  std::vector<std::uint32_t> loopback_clients;
  static constexpr auto fields() {
    return field_list(
        field("h", &HostSignIn::host, "host id of host_paired", up_to(limits::kTokenBytes)),
        field("k", &HostSignIn::credential, "credential of host_paired", up_to(limits::kTokenBytes)),
        field("n", &HostSignIn::name, "name"), field("v", &HostSignIn::version, "version of the host", up_to(64)),
        field("p", &HostSignIn::loopback_port, "port of the loopback way in, where it is open", Bounds{1, 65535}),
        field("l", &HostSignIn::live_calls, "tags of the peer connections that carry voice now", up_to(64), 64),
        field(
            "d", &HostSignIn::loopback_clients,
            "devices of the user that are here by loopback, or have a ticket; host_client_gone follows for those that "
            "have signed out meanwhile",
            std::nullopt, 128));
  }
  bool operator==(const HostSignIn&) const = default;
};

struct HostLiveCalls {
  static constexpr std::string_view kType = "host_live_calls";
  static constexpr std::string_view kDoc =
      "Which calls carry voice on this host has changed. While a host says so, a call outlives its client.";
  std::vector<std::string> calls;
  static constexpr auto fields() {
    return field_list(field("l", &HostLiveCalls::calls, "tags of the connected peer connections", up_to(64), 64));
  }
  bool operator==(const HostLiveCalls&) const = default;
};

// --- service → host ---

struct HostCode {
  static constexpr std::string_view kType = "host_code";
  static constexpr std::string_view kDoc =
      "Show this code to the person at the endpoint; it is typed into a signed-in client.";
  std::string code;
  std::uint32_t valid_s = 0;
  static constexpr auto fields() {
    return field_list(field("c", &HostCode::code, "code", up_to(32)),
                      field("e", &HostCode::valid_s, "valid for so many seconds"));
  }
  bool operator==(const HostCode&) const = default;
};

struct HostPaired {
  static constexpr std::string_view kType = "host_paired";
  static constexpr std::string_view kDoc =
      "The user has confirmed. Keep the credential readable by this user alone, then sign in.";
  std::string host;
  std::string credential;
  std::string user_name;
  static constexpr auto fields() {
    return field_list(field("h", &HostPaired::host, "host id", up_to(limits::kTokenBytes)),
                      field("k", &HostPaired::credential, "credential", up_to(limits::kTokenBytes)),
                      field("n", &HostPaired::user_name, "whose host this now is"));
  }
  bool operator==(const HostPaired&) const = default;
};

struct HostWelcome {
  static constexpr std::string_view kType = "host_welcome";
  static constexpr std::string_view kDoc = "The host is signed in.";
  UserId user = 0;
  std::vector<std::string> allowed_origins;
  static constexpr auto fields() {
    return field_list(
        field("u", &HostWelcome::user, "whose host this is"),
        field("o", &HostWelcome::allowed_origins, "pages that may come in by loopback", up_to(limits::kUrlBytes), 16));
  }
  bool operator==(const HostWelcome&) const = default;
};

struct HostTicketIssued {
  static constexpr std::string_view kType = "host_ticket_issued";
  static constexpr std::string_view kDoc = "A client of the user may come in by loopback once with this ticket.";
  std::string ticket;
  std::uint32_t client = 0;
  std::uint32_t valid_s = 0;
  static constexpr auto fields() {
    return field_list(field("k", &HostTicketIssued::ticket,
                            "SHA-256 of the ticket, base64url: the host compares hashes", up_to(limits::kTokenBytes)),
                      field("d", &HostTicketIssued::client, "device of the user"),
                      field("e", &HostTicketIssued::valid_s, "valid for so many seconds"));
  }
  bool operator==(const HostTicketIssued&) const = default;
};

/// service → host: from a client; host → service: to a client.
struct HostControl {
  static constexpr std::string_view kType = "host_control";
  static constexpr std::string_view kDoc =
      "One message of the host control protocol between a client and a host, unread by the service.";
  std::uint32_t client = 0;
  std::string message;
  static constexpr auto fields() {
    return field_list(field("d", &HostControl::client, "device of the user; 0: the service itself, for Echo and Music"),
                      field("x", &HostControl::message, "a control message as text", up_to(limits::kControlBytes)));
  }
  bool operator==(const HostControl&) const = default;
};

struct HostClientLost {
  static constexpr std::string_view kType = "host_client_lost";
  static constexpr std::string_view kDoc =
      "The connection of a client is lost. It may come back, by its next request; until then it hears nothing.";
  std::uint32_t client = 0;
  static constexpr auto fields() { return field_list(field("d", &HostClientLost::client, "device of the user")); }
  bool operator==(const HostClientLost&) const = default;
};

struct HostClientGone {
  static constexpr std::string_view kType = "host_client_gone";
  static constexpr std::string_view kDoc = "A client is not connected to the service any more. Its calls go on.";
  std::uint32_t client = 0;
  bool signed_out = false;
  static constexpr auto fields() {
    return field_list(field("d", &HostClientGone::client, "device of the user"),
                      field("z", &HostClientGone::signed_out,
                            "the device is the user's no more: its loopback connections and tickets end too"));
  }
  bool operator==(const HostClientGone&) const = default;
};

struct HostRelease {
  static constexpr std::string_view kType = "host_release";
  static constexpr std::string_view kDoc =
      "The call is over: close the peer connections with this tag, whoever made them.";
  std::string call;
  static constexpr auto fields() { return field_list(field("c", &HostRelease::call, "tag", up_to(64))); }
  bool operator==(const HostRelease&) const = default;
};

struct HostUnpaired {
  static constexpr std::string_view kType = "host_unpaired";
  static constexpr std::string_view kDoc =
      "The user has ended the pairing: forget the credential. Calls, loopback connections and tickets end with it.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const HostUnpaired&) const = default;
};

// --- client → service ---

struct HostPair {
  static constexpr std::string_view kType = "host_pair";
  static constexpr std::string_view kDoc =
      "The code that an endpoint shows. Answered by host_pairing; nothing is paired until host_confirm.";
  std::string code;
  static constexpr auto fields() { return field_list(field("c", &HostPair::code, "code", up_to(32))); }
  bool operator==(const HostPair&) const = default;
};

struct HostConfirm {
  static constexpr std::string_view kType = "host_confirm";
  static constexpr std::string_view kDoc = "Yes, that endpoint is mine. Answered by ok; host_state follows.";
  std::string pairing;
  bool accept = false;
  static constexpr auto fields() {
    return field_list(field("i", &HostConfirm::pairing, "pairing of host_pairing", up_to(limits::kTokenBytes)),
                      field("z", &HostConfirm::accept, "true: pair; false: refuse"));
  }
  bool operator==(const HostConfirm&) const = default;
};

struct HostList {
  static constexpr std::string_view kType = "host_list";
  static constexpr std::string_view kDoc = "My native hosts. Answered by hosts.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const HostList&) const = default;
};

struct HostUnpair {
  static constexpr std::string_view kType = "host_unpair";
  static constexpr std::string_view kDoc = "End a pairing. Answered by ok.";
  std::string host;
  static constexpr auto fields() {
    return field_list(field("h", &HostUnpair::host, "host", up_to(limits::kTokenBytes)));
  }
  bool operator==(const HostUnpair&) const = default;
};

struct HostTicket {
  static constexpr std::string_view kType = "host_ticket";
  static constexpr std::string_view kDoc = "I want to come in by loopback. Answered by host_ticket_granted.";
  std::string host;
  static constexpr auto fields() {
    return field_list(field("h", &HostTicket::host, "host", up_to(limits::kTokenBytes)));
  }
  bool operator==(const HostTicket&) const = default;
};

/// client → service: to a host; service → client: from a host.
struct Control {
  static constexpr std::string_view kType = "control";
  static constexpr std::string_view kDoc =
      "One message of the host control protocol between this client and one of its hosts, by rendezvous.";
  std::string host;
  std::string message;
  static constexpr auto fields() {
    return field_list(field("h", &Control::host, "host", up_to(limits::kTokenBytes)),
                      field("x", &Control::message, "a control message as text", up_to(limits::kControlBytes)));
  }
  bool operator==(const Control&) const = default;
};

// --- service → client ---

struct HostPairing {
  static constexpr std::string_view kType = "host_pairing";
  static constexpr std::string_view kDoc = "The endpoint that shows this code; confirm that it is yours.";
  std::string pairing;
  std::string name;
  std::string address;
  static constexpr auto fields() {
    return field_list(field("i", &HostPairing::pairing, "for host_confirm", up_to(limits::kTokenBytes)),
                      field("n", &HostPairing::name, "name of the endpoint"),
                      field("a", &HostPairing::address, "network address that it comes from"));
  }
  bool operator==(const HostPairing&) const = default;
};

struct HostInfo {
  std::string host;
  std::string name;
  bool online = false;
  std::optional<std::uint32_t> loopback_port;
  static constexpr auto fields() {
    return field_list(field("h", &HostInfo::host, "host", up_to(limits::kTokenBytes)),
                      field("n", &HostInfo::name, "name"),
                      field("o", &HostInfo::online, "connected to the service now"),
                      field("p", &HostInfo::loopback_port, "port of its loopback way in", Bounds{1, 65535}));
  }
  bool operator==(const HostInfo&) const = default;
};

struct Hosts {
  static constexpr std::string_view kType = "hosts";
  static constexpr std::string_view kDoc =
      "All of the user's native hosts; also sent unasked when one comes, goes, is paired or unpaired.";
  std::vector<HostInfo> hosts;
  static constexpr auto fields() { return field_list(field("l", &Hosts::hosts, "hosts", std::nullopt, 32)); }
  bool operator==(const Hosts&) const = default;
};

struct HostTicketGranted {
  static constexpr std::string_view kType = "host_ticket_granted";
  static constexpr std::string_view kDoc =
      "Open ws://127.0.0.1:<port>/control with the subprotocols sidetone.1 and this ticket, once.";
  std::string ticket;
  std::uint32_t port = 0;
  std::uint32_t valid_s = 0;
  static constexpr auto fields() {
    return field_list(field("k", &HostTicketGranted::ticket, "ticket", up_to(limits::kTokenBytes)),
                      field("p", &HostTicketGranted::port, "port", Bounds{1, 65535}),
                      field("e", &HostTicketGranted::valid_s, "valid for so many seconds"));
  }
  bool operator==(const HostTicketGranted&) const = default;
};

}  // namespace sidetone::protocol
