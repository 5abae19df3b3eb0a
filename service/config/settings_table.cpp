#include "service/config/settings.hpp"

namespace sidetone::service::config {

const std::vector<Setting>& settings_table() {
  using S = Settings;
  static const std::vector<Setting> table{
      {"server",
       "address",
       &S::address,
       "Address to listen on. Any other than loopback (127.0.0.1, ::1) needs a certificate.",
       0,
       0,
       {},
       check_address},
      {"server", "port", &S::port, "TCP port; 0 takes any that is free and prints it.", 0, 65535},
      {"server", "certificate", &S::certificate,
       "PEM file with the certificate chain. Empty: plain HTTP, on loopback only."},
      {"server", "key", &S::key, "PEM file with the certificate's private key."},
      {"server", "web_root", &S::web_root, "Folder with the page's files. Empty: a plain page that says what runs."},
      {"server",
       "public_url",
       &S::public_url,
       "Where people reach this service, if that is not the address above: \"https://phone.example.com\". Its pages "
       "may "
       "connect, and the robots' host signs in there.",
       0,
       0,
       {},
       check_public_url},
      {"server",
       "allowed_origins",
       &S::allowed_origins,
       "Origins whose pages may connect (\"https://phone.example.com\"), separated by commas. Empty: this service's "
       "own "
       "address and public_url.",
       0,
       16,
       {},
       check_origin},
      {"server", "max_connections", &S::max_connections, "Connections at once, of clients and native hosts together.",
       10, 1'000'000},
      {"server", "max_connections_per_address", &S::max_connections_per_address,
       "The same of one address, or of one /64 of IPv6; 0: no such limit. A virtual-desktop server and a company "
       "behind "
       "one gateway are one address.",
       0, 1'000'000},
      {"server",
       "trusted_proxies",
       &S::trusted_proxies,
       "Addresses of proxies in front of this service, separated by commas. The last address in their X-Forwarded-For "
       "that is not one of them counts as the client's. Without this everybody behind a proxy shares its address, and "
       "with it the limits per address.",
       0,
       64,
       {},
       check_address},

      {"store", "data", &S::data, "Folder of the store, the robots' key and the robot host's credential."},

      {"ice",
       "stun",
       &S::stun,
       "STUN servers for calls: \"stun:stun.example.com\", separated by commas; with the TURN servers 16 at most.",
       0,
       16,
       {},
       check_stun},
      {"ice",
       "turn",
       &S::turn,
       "TURN servers for calls: \"turn:turn.example.com?transport=udp\", separated by commas.",
       0,
       16,
       {},
       check_turn},
      {"ice", "turn_user", &S::turn_user, "User name for the TURN servers, where it never changes."},
      {"ice", "turn_password", &S::turn_password, "Password for it."},
      {"ice", "turn_secret", &S::turn_secret,
       "Secret shared with the TURN servers (coturn: use-auth-secret): each sign-in gets a user name and a password of "
       "its own, good for a limited time. "
       "Instead of turn_user and turn_password."},
      {"ice", "turn_valid_s", &S::turn_valid_s, "How long those are good, in seconds.", 60, 604'800},

      {"sign_in", "memory_kib", &S::password_memory_kib,
       "Argon2id: memory for one password, in KiB. Passwords that were hashed otherwise are hashed anew at the next "
       "sign-in.",
       8 * 1024, 1024 * 1024},
      {"sign_in", "passes", &S::password_passes, "Argon2id: passes over the memory.", 1, 20},
      {"sign_in", "lanes", &S::password_lanes, "Argon2id: lanes.", 1, 16},
      {"sign_in", "threads", &S::password_threads,
       "Passwords checked at once; each takes the memory above and a processor.", 1, 64},
      {"sign_in", "queue", &S::password_queue,
       "Passwords that may wait to be checked; further sign-ins are asked to try again.", 1, 10'000},
      {"sign_in", "free_attempts", &S::free_attempts,
       "Wrong passwords for one account from one address before further attempts must wait, each twice as long.", 1,
       1000},
      {"sign_in", "free_attempts_per_address", &S::free_attempts_per_address,
       "Wrong passwords from one address for any account at once; so many more are allowed every five minutes. A "
       "virtual-desktop server is one address.",
       1, 100'000},
      {"sign_in", "free_attempts_per_account", &S::free_attempts_per_account,
       "Wrong passwords for one account from all addresses, allowed again every hour. Beyond that each address has one "
       "attempt and then waits for longest_wait_s: nobody is locked out.",
       1, 100'000},
      {"sign_in", "longest_wait_s", &S::longest_wait_s, "The longest such wait, in seconds.", 1, 3600},

      {"sessions", "sign_in_within_s", &S::sign_in_within_s,
       "A connection that has not signed in after so many seconds is closed, of a client or of a native host.", 1, 600},
      {"sessions", "devices_per_user", &S::devices_per_user,
       "Devices that are signed in as one person at once; beyond that the one used least recently is signed out.", 1,
       100},
      {"sessions", "resume_s", &S::resume_s,
       "How long after the loss of its connection a session can be resumed, in seconds.", 0, 86'400},
      {"sessions", "ring_frames", &S::ring_frames, "Frames kept for resumption, per session.", 16, 65'536},
      {"sessions", "ring_kib", &S::ring_kib, "And their size at most, in KiB.", 16, 65'536},
      {"sessions", "backlog_kib", &S::backlog_kib,
       "What may wait for a client that is away or reads slowly, in KiB, and ring_frames of frames; beyond that it has "
       "to synchronise. One that reads slowly is asked at the half to come back and resume.",
       64, 65'536},

      {"presence", "offline_grace_s", &S::offline_grace_s,
       "How long a person whose connection is lost still shows as there, in seconds: reloading a page is not leaving.",
       0, 600},
      {"presence", "coalesce_ms", &S::coalesce_ms, "Changes of presence within so many milliseconds share one message.",
       10, 5000},

      {"calls", "ring_s", &S::ring_s, "How long a call rings before nobody has answered, in seconds.", 5, 600},
      {"calls", "ringing_grace_s", &S::ringing_grace_s,
       "How long a ringing call waits for a side whose devices are lost, in seconds.", 1, 600},
      {"calls", "answered_grace_s", &S::answered_grace_s,
       "How long an answered call waits for a side whose client and voice are lost, in seconds. A side whose native "
       "host still carries the voice is not lost.",
       1, 3600},
      {"calls", "restored_grace_s", &S::restored_grace_s, "The same after a restart of the service.", 1, 3600},

      {"history", "missed", &S::history_missed, "Missed calls kept per person.", 1, 200},
      {"history", "received", &S::history_received, "Received calls kept per person.", 1, 200},
      {"history", "dialled", &S::history_dialled, "Dialled calls kept per person.", 1, 200},

      {"hosts", "pairing_code_s", &S::pairing_code_s, "How long the code that an endpoint shows is good, in seconds.",
       30, 3600},
      {"hosts", "enrol_s", &S::enrol_s,
       "How long an endpoint that waits to be paired may show codes on one connection, in seconds.", 60, 86'400},
      {"hosts", "ticket_s", &S::ticket_s, "How long a ticket for the loopback way in is good, in seconds.", 5, 600},

      {"log", "level", &S::log_level, "The least that is logged.", 0, 0, {"debug", "info", "warning", "error"}},

      {"demo", "company", &S::demo_company,
       "Fill an empty store with a company of 25 people whose password is \"sidetone\". Never on a service that others "
       "can reach."},
      {"demo", "people", &S::demo_people,
       "So many people instead of 25; those beyond are called person26 and so on, their names are put together of the "
       "others'.",
       25, 50'000},
      {"demo", "messages", &S::demo_messages, "So many messages between the first two of them.", 0, 100'000},
  };
  return table;
}

}  // namespace sidetone::service::config
