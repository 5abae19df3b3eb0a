#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

Pending second_factor_asked(const Turn& turn) { return {Purpose::kSecondFactor, turn.moment.intent, {}, 0, {}}; }

}  // namespace

void second_factor_signed_in(Turn& turn, bool resumed) {
  if (!resumed && turn.state.second_factor.known)
    turn.request(protocol::SecondFactorGet{}, {Purpose::kSecondFactor, std::nullopt, {}, 0, {}});
}

void on(Turn& turn, const GetSecondFactor&) {
  if (turn.need_online()) turn.request(protocol::SecondFactorGet{}, second_factor_asked(turn));
}

void on(Turn& turn, const BeginSecondFactor& begin) {
  if (turn.need_online()) turn.request(protocol::SecondFactorBegin{begin.password}, second_factor_asked(turn));
}

void on(Turn& turn, const ConfirmSecondFactor& confirm) {
  if (turn.need_online()) turn.request(protocol::SecondFactorConfirm{confirm.code}, second_factor_asked(turn));
}

void on(Turn& turn, const RemoveSecondFactor& remove) {
  if (turn.need_online())
    turn.request(protocol::SecondFactorRemove{remove.password, remove.code}, second_factor_asked(turn));
}

void on(Turn& turn, const LeaveSecondFactor&) {
  turn.state.second_factor.setting_up.reset();
  turn.state.second_factor.recovery_codes.clear();
  turn.done(turn.moment.intent);
}

void on(Turn& turn, const protocol::SecondFactor& now, const std::optional<Pending>& pending) {
  auto& second_factor = turn.state.second_factor;
  second_factor.known = now;
  // Another device was quicker with the one, or has turned off what the other is for.
  if (now.on)
    second_factor.setting_up.reset();
  else
    second_factor.recovery_codes.clear();
  if (pending) turn.done(pending->intent);
}

void on(Turn& turn, const protocol::SecondFactorSecret& secret, const std::optional<Pending>& pending) {
  turn.state.second_factor.setting_up = secret;
  if (pending) turn.done(pending->intent);
}

void on(Turn& turn, const protocol::SecondFactorCodes& codes, const std::optional<Pending>& pending) {
  turn.state.second_factor.setting_up.reset();
  turn.state.second_factor.recovery_codes = codes.codes;
  if (pending) turn.done(pending->intent);
}

void second_factor_refused(Turn& turn, const protocol::Failure& failure) {
  // What was begun has run out.
  if (error_code_from_name(failure.code) == ErrorCode::kNotFound) turn.state.second_factor.setting_up.reset();
}

}  // namespace sidetone::client::detail
