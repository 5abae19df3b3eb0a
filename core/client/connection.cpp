#include <algorithm>

#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

// Back-off: the first attempt comes at once but spread, so that ten thousand clients do not knock in the same instant.
constexpr std::uint32_t kFirstDelayMs = 500;
constexpr std::uint32_t kLongestDelayMs = 30'000;
constexpr std::uint32_t kPingEveryMs = 25'000;
constexpr std::uint32_t kPongWithinMs = 10'000;
constexpr std::uint32_t kOpenWithinMs = 15'000;

void open(Turn& turn) {
  auto& connection = turn.state.connection;
  connection.phase = ConnectionPhase::kOpening;
  ++connection.socket;
  turn.command(OpenSocket{connection.socket, connection.url});
  turn.command(StartTimer{"open", kOpenWithinMs});
}

void wait(Turn& turn, std::uint32_t at_least_ms) {
  auto& connection = turn.state.connection;
  connection.phase = ConnectionPhase::kWaiting;
  const std::uint32_t ceiling = std::min(kLongestDelayMs, kFirstDelayMs << std::min(connection.failures, 6U));
  ++connection.failures;
  const std::uint32_t delay =
      std::max(at_least_ms, connection.failures == 1 ? 0 : ceiling / 2) + turn.dice(ceiling / 2 + 1);
  turn.command(StartTimer{"reconnect", delay});
}

/// The socket is gone: say so to everything that waits for it.
void lose(Turn& turn) {
  auto& connection = turn.state.connection;
  connection.awaiting_pong = false;
  for (const char* timer : {"open", "ping", "pong"}) turn.command(StopTimer{timer});
  // What can be sent again waits for the next sign-in; the rest is answered now.
  for (auto it = connection.pending.begin(); it != connection.pending.end();) {
    if (it->second.frame.empty()) {
      turn.refuse(it->second.intent, ErrorCode::kUnavailable, "the connection to the service was lost");
      it = connection.pending.erase(it);
    } else {
      ++it;
    }
  }
  connection.controls.clear();
  calls_lost(turn);
  hosts_lost(turn);
}

void forget_account(Turn& turn, std::string reason) {
  auto& state = turn.state;
  for (auto& [id, entry] : state.calls)
    if (live(entry)) end_call(turn, entry, protocol::EndReason::kLost, reason);
  for (const auto& [id, pending] : state.connection.pending)
    turn.refuse(pending.intent, ErrorCode::kUnauthenticated, reason);
  const auto url = state.connection.url;
  const auto socket = state.connection.socket;
  const auto settings = state.settings;
  const auto counters = state.counters;
  auto calls = std::move(state.calls);
  for (const char* timer : {"open", "ping", "pong", "reconnect", "directory", "keep", "outbox", "typing"})
    turn.command(StopTimer{timer});
  state = State{};
  state.connection.url = url;
  state.connection.socket = socket;
  state.connection.reason = std::move(reason);
  state.settings = settings;
  state.counters = counters;
  state.calls = std::move(calls);
  turn.persist();
  turn.command(Forget{});
}

}  // namespace

void on(Turn& turn, const Start& start) {
  auto& state = turn.state;
  state.connection.url = start.url;
  state.settings = {start.device_name, start.device_key, start.browser_voice,
                    std::nullopt,      start.relay_only, start.voice.value_or(VoiceChoice::kAutomatic),
                    std::nullopt};
  if (start.auto_answer) state.settings.auto_answer_after_ms = 0;
  if (start.persisted && !start.persisted->token.empty()) {
    state.account.token = start.persisted->token;
    state.account.user = start.persisted->user;
    state.account.name = start.persisted->name;
    state.account.device = start.persisted->device;
    state.chat.outbox = start.persisted->outbox;
    open(turn);
  }
  turn.done(turn.moment.intent);
}

void on(Turn& turn, const SignIn& sign_in) {
  auto& connection = turn.state.connection;
  if (connection.phase != ConnectionPhase::kSignedOut || connection.sign_in_intent)
    return turn.refuse(turn.moment.intent, ErrorCode::kConflict, "signed in already");
  connection.credentials = sign_in;
  connection.sign_in_intent = turn.moment.intent;
  open(turn);
}

void on(Turn& turn, const SignOut&) {
  auto& connection = turn.state.connection;
  if (connection.phase == ConnectionPhase::kSignedOut) return turn.done(turn.moment.intent);
  for (auto& [id, entry] : turn.state.calls)
    if (live(entry) && entry.call.phase != model::CallPhase::kIncoming &&
        entry.call.phase != model::CallPhase::kElsewhere)
      hang_up(turn, entry, protocol::EndReason::kHungUp);
  if (turn.online()) {
    turn.request(protocol::SignOut{}, {Purpose::kSignOut, turn.moment.intent, {}, 0, {}});
    return;
  }
  turn.command(CloseSocket{connection.socket, "signed out"});
  forget_account(turn, "signed out");
  turn.done(turn.moment.intent);
}

void on(Turn& turn, const SocketOpened& opened) {
  auto& state = turn.state;
  auto& connection = state.connection;
  if (opened.socket != connection.socket || connection.phase != ConnectionPhase::kOpening) {
    ++state.counters.stale_events;
    return;
  }
  connection.phase = ConnectionPhase::kAuthenticating;
  if (connection.credentials) {
    turn.request(protocol::SignIn{connection.credentials->user, connection.credentials->password,
                                  state.settings.device_name, state.settings.device_key, connection.credentials->code},
                 {Purpose::kSignIn, std::nullopt, {}, 0, {}});
    return;
  }
  protocol::Resume resume{state.account.token, std::nullopt, std::nullopt};
  if (!connection.session.empty()) {
    resume.session = connection.session;
    resume.last_sequence = connection.last_sequence;
  }
  turn.request(resume, {Purpose::kResume, std::nullopt, {}, 0, {}});
}

void on(Turn& turn, const SocketClosed& closed) {
  auto& connection = turn.state.connection;
  if (closed.socket != connection.socket || connection.phase == ConnectionPhase::kSignedOut ||
      connection.phase == ConnectionPhase::kWaiting) {
    ++turn.state.counters.stale_events;
    return;
  }
  connection.reason =
      closed.reason.empty() ? "the connection was closed (" + std::to_string(closed.code) + ")" : closed.reason;
  lose(turn);
  if (connection.credentials) {
    // A person waits at the sign-in: tell them, rather than trying in silence.
    turn.refuse(connection.sign_in_intent, ErrorCode::kUnavailable,
                "the service cannot be reached: " + connection.reason);
    connection.credentials.reset();
    connection.sign_in_intent.reset();
    connection.phase = ConnectionPhase::kSignedOut;
    return;
  }
  wait(turn, 0);
}

void on(Turn& turn, const NetworkChanged& network) {
  auto& connection = turn.state.connection;
  if (!network.online) return;
  if (connection.phase == ConnectionPhase::kWaiting) {
    connection.failures = 0;
    turn.command(StopTimer{"reconnect"});
    open(turn);
  } else if (turn.online() && !connection.awaiting_pong) {
    connection_timer(turn, "ping");
  }
}

void on(Turn& turn, const protocol::SignedIn& signed_in, std::optional<std::uint64_t> sequence) {
  auto& state = turn.state;
  auto& connection = state.connection;
  if (connection.phase != ConnectionPhase::kAuthenticating) return;
  turn.command(StopTimer{"open"});
  turn.command(StartTimer{"ping", kPingEveryMs});
  connection.phase = ConnectionPhase::kOnline;
  connection.failures = 0;
  connection.reason.clear();
  connection.credentials.reset();
  connection.clock_offset_s = signed_in.time - turn.moment.unix_s;
  const bool resumed = signed_in.resumed && signed_in.session == connection.session;
  connection.session = signed_in.session;
  connection.epoch = signed_in.epoch;
  const bool renewed = state.account.token != signed_in.token;
  state.account = {signed_in.user,  signed_in.name,        signed_in.device,
                   signed_in.token, signed_in.ice_servers, std::move(state.account.devices)};
  if (renewed) turn.persist();
  if (resumed) {
    ++state.counters.resumptions;
    connection.sign_in_sequence = sequence.value_or(0);
  } else {
    ++state.counters.resets;
    connection.last_sequence = sequence.value_or(0);
    connection.sign_in_sequence = 0;
  }
  // Requests that were under way and may be repeated: the service does each of them once.
  std::vector<std::string> again;
  for (auto& [id, pending] : connection.pending)
    if (!pending.frame.empty()) again.push_back(pending.frame);
  for (auto& frame : again) turn.command(SendFrame{connection.socket, std::move(frame)});
  turn.done(connection.sign_in_intent, signed_in.name);
  connection.sign_in_intent.reset();

  hosts_signed_in(turn);
  calls_signed_in(turn);
  directory_signed_in(turn, resumed);
  favourites_signed_in(turn, resumed);
  saved_numbers_signed_in(turn, resumed);
  presence_signed_in(turn, resumed);
  chat_signed_in(turn, resumed);
  history_signed_in(turn, resumed);
  second_factor_signed_in(turn, resumed);
}

void signed_out(Turn& turn, std::string reason) {
  turn.command(CloseSocket{turn.state.connection.socket, "signed out"});
  forget_account(turn, std::move(reason));
}

void on(Turn& turn, const protocol::SignedOut& message) { signed_out(turn, message.reason); }

void sign_in_refused(Turn& turn, const Pending& pending, const protocol::Failure& failure) {
  auto& connection = turn.state.connection;
  turn.command(CloseSocket{connection.socket, "refused"});
  connection.reason = failure.text;
  if (pending.purpose == Purpose::kSignIn) {
    lose(turn);
    turn.refuse(connection.sign_in_intent, failure);
    connection.sign_in_intent.reset();
    connection.credentials.reset();
    connection.phase = ConnectionPhase::kSignedOut;
    return;
  }
  if (error_code_from_name(failure.code) == ErrorCode::kUnauthenticated) return forget_account(turn, failure.text);
  lose(turn);
  wait(turn, failure.retry_after_ms.value_or(kFirstDelayMs));
}

void ponged(Turn& turn) {
  turn.state.connection.awaiting_pong = false;
  turn.command(StopTimer{"pong"});
}

void reconnect(Turn& turn, std::string reason) {
  turn.command(CloseSocket{turn.state.connection.socket, reason});
  turn.state.connection.reason = std::move(reason);
  lose(turn);
  wait(turn, 0);
}

void connection_timer(Turn& turn, std::string_view timer) {
  auto& connection = turn.state.connection;
  if (timer == "reconnect" && connection.phase == ConnectionPhase::kWaiting) return open(turn);
  if (timer == "open" &&
      (connection.phase == ConnectionPhase::kOpening || connection.phase == ConnectionPhase::kAuthenticating)) {
    const SocketClosed closed{connection.socket, 0, "no answer in time"};
    turn.command(CloseSocket{connection.socket, "no answer in time"});
    return on(turn, closed);
  }
  if (timer == "ping" && turn.online()) {
    connection.awaiting_pong = true;
    turn.request(protocol::Ping{}, {Purpose::kPing, std::nullopt, {}, 0, {}});
    turn.command(StartTimer{"pong", kPongWithinMs});
    turn.command(StartTimer{"ping", kPingEveryMs});
    turn.command(ViewStays{});
    return;
  }
  if (timer == "pong" && turn.online() && connection.awaiting_pong)
    return reconnect(turn, "the service has not answered in time");
  ++turn.state.counters.stale_events;
}

}  // namespace sidetone::client::detail
