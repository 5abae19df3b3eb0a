#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

using protocol::ServiceToClient;

/// Count a frame's number. @return it is new.
bool accept_sequence(Turn& turn, std::uint64_t sequence) {
  auto& connection = turn.state.connection;
  if (connection.sign_in_sequence != 0 && connection.last_sequence + 1 == connection.sign_in_sequence)
    connection.last_sequence = connection.sign_in_sequence;
  if (sequence <= connection.last_sequence) {
    ++turn.state.counters.duplicates;
    return false;
  }
  if (sequence != connection.last_sequence + 1) {
    ++turn.state.counters.sequence_gaps;
    reconnect(turn, "a frame was lost on the way");
    return false;
  }
  connection.last_sequence = sequence;
  return true;
}

void refused(Turn& turn, const Pending& pending, const protocol::Failure& failure) {
  switch (pending.purpose) {
    case Purpose::kSignIn:
    case Purpose::kResume:
      return sign_in_refused(turn, pending, failure);
    case Purpose::kSignOut:
      signed_out(turn, "signed out");
      break;
    case Purpose::kPing:
      ponged(turn);
      break;
    case Purpose::kDirectory:
      directory_refused(turn);
      break;
    case Purpose::kSubscribe:
    case Purpose::kStatus:
      presence_answered(turn, pending, &failure);
      break;
    case Purpose::kFavourites:
    case Purpose::kAddFavourite:
    case Purpose::kDropFavourite:
      favourites_answered(turn, pending, &failure);
      break;
    case Purpose::kSavedNumbers:
    case Purpose::kSaveNumber:
      saved_numbers_answered(turn, pending, &failure);
      break;
    case Purpose::kConversations:
    case Purpose::kOpenConversation:
    case Purpose::kChatSend:
    case Purpose::kChatPage:
    case Purpose::kMark:
    case Purpose::kChangeMessage:
    case Purpose::kChanges:
      return chat_answered(turn, pending, &failure);
    case Purpose::kSearch:
    case Purpose::kExcerpt:
      return search_answered(turn, pending, failure);
    case Purpose::kInvite:
    case Purpose::kAnswer:
    case Purpose::kDecline:
    case Purpose::kForward:
    case Purpose::kHangUp:
    case Purpose::kUpdate:
    case Purpose::kCandidate:
    case Purpose::kCalls:
    case Purpose::kTakeUp:
      return call_answered(turn, pending, &failure);
    case Purpose::kTicket:
      ticket_refused(turn, pending, failure);
      break;
    case Purpose::kSecondFactor:
      second_factor_refused(turn, failure);
      break;
    case Purpose::kHistory:
    case Purpose::kHosts:
    case Purpose::kPair:
    case Purpose::kConfirm:
    case Purpose::kUnpair:
    case Purpose::kDevices:
    case Purpose::kRevoke:
    case Purpose::kPicture:
      break;
  }
  turn.refuse(pending.intent, failure);
}

void carried_out(Turn& turn, const Pending& pending) {
  switch (pending.purpose) {
    case Purpose::kSignOut:
      signed_out(turn, "signed out");
      break;
    case Purpose::kPing:
      ponged(turn);
      turn.command(ViewStays{});
      break;
    case Purpose::kSubscribe:
    case Purpose::kStatus:
      presence_answered(turn, pending, nullptr);
      break;
    case Purpose::kAddFavourite:
    case Purpose::kDropFavourite:
      favourites_answered(turn, pending, nullptr);
      break;
    case Purpose::kSaveNumber:
      saved_numbers_answered(turn, pending, nullptr);
      break;
    case Purpose::kMark:
      chat_answered(turn, pending, nullptr);
      break;
    case Purpose::kAnswer:
    case Purpose::kDecline:
    case Purpose::kForward:
    case Purpose::kHangUp:
    case Purpose::kUpdate:
      return call_answered(turn, pending, nullptr);
    default:
      break;
  }
  turn.done(pending.intent);
}

void take(Turn& turn, const protocol::Failure& failure, const std::optional<Pending>& pending,
          std::optional<std::uint32_t> request) {
  if (pending) return refused(turn, *pending, failure);
  for (const auto& [id, host] : turn.state.connection.controls)
    if (request == id) return turn.command(ControlLost{host, failure.text});
  turn.command(
      Report{"the service says: " + failure.text + (failure.where ? " (" + *failure.where + ")" : std::string())});
}

/// Hand a message to the part that it concerns. Typed answers carry what was asked; a pending intent is answered there.
template <class M>
void route(Turn& turn, const M& message, const std::optional<Pending>& pending, const protocol::Envelope& envelope) {
  if constexpr (std::is_same_v<M, protocol::Ok>) {
    if (pending) {
      carried_out(turn, *pending);
    } else {
      turn.command(ViewStays{});
    }
  } else if constexpr (std::is_same_v<M, protocol::Failure>) {
    take(turn, message, pending, envelope.request);
  } else if constexpr (std::is_same_v<M, protocol::SignedIn>) {
    on(turn, message, envelope.sequence);
  } else if constexpr (requires { on(turn, message, pending); }) {
    on(turn, message, pending);
  } else {
    on(turn, message);
    if (pending) turn.done(pending->intent);
  }
}

}  // namespace

void on(Turn& turn, const SocketText& arrived) {
  auto& state = turn.state;
  auto& connection = state.connection;
  const bool listening = connection.phase == ConnectionPhase::kAuthenticating || turn.online();
  if (arrived.socket != connection.socket || !listening) {
    ++state.counters.stale_events;
    return;
  }
  auto decoded = protocol::decode<ServiceToClient>(arrived.text);
  if (const auto* fault = std::get_if<protocol::FrameError>(&decoded)) {
    ++(fault->error.code == ErrorCode::kUnknownType ? state.counters.unknown_types : state.counters.malformed_frames);
    turn.command(Report{"a frame of the service was not understood: " + to_string(fault->error)});
    if (turn.online()) accept_sequence(turn, fault->sequence.value_or(connection.last_sequence + 1));
    if (fault->request)
      if (const auto asked = connection.pending.find(*fault->request); asked != connection.pending.end()) {
        const auto pending = std::move(asked->second);
        connection.pending.erase(asked);
        refused(turn, pending,
                {std::string(error_code_name(ErrorCode::kMalformed)), "the service's answer was not understood",
                 std::nullopt, std::nullopt});
      }
    return;
  }
  const auto& frame = *std::get_if<protocol::Frame<ServiceToClient>>(&decoded);
  const bool signing_in = std::holds_alternative<protocol::SignedIn>(frame.message);
  if (turn.online() && !signing_in && frame.envelope.sequence && !accept_sequence(turn, *frame.envelope.sequence))
    return;
  std::optional<Pending> pending;
  if (frame.envelope.request) {
    if (const auto asked = connection.pending.find(*frame.envelope.request); asked != connection.pending.end()) {
      pending = std::move(asked->second);
      connection.pending.erase(asked);
    }
  }
  std::visit([&](const auto& message) { route(turn, message, pending, frame.envelope); }, frame.message);
}

}  // namespace sidetone::client::detail
