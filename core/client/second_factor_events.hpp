#pragma once

#include "core/client/persisted.hpp"
#include "core/protocol/second_factor.hpp"

/// What a person does about the second factor of their sign-in. Part of the list in events.hpp.
namespace sidetone::client {

struct GetSecondFactor {
  static constexpr std::string_view kType = "get_second_factor";
  static constexpr std::string_view kDoc = "Does my sign-in want a second factor? It then stands in the state.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct BeginSecondFactor {
  static constexpr std::string_view kType = "begin_second_factor";
  static constexpr std::string_view kDoc =
      "Set up an authenticator app: its secret then stands in the state, until it is confirmed or left.";
  std::string password;
  static constexpr auto fields() {
    return protocol::field_list(
        field("password", &BeginSecondFactor::password, "password", up_to(limits::kPasswordBytes)));
  }
};

struct ConfirmSecondFactor {
  static constexpr std::string_view kType = "confirm_second_factor";
  static constexpr std::string_view kDoc =
      "The app has the secret, as its first code shows. The recovery codes then stand in the state, until they are "
      "left.";
  std::string code;
  static constexpr auto fields() {
    return protocol::field_list(
        field("code", &ConfirmSecondFactor::code, "six digits", up_to(limits::kOneTimeCodeBytes)));
  }
};

struct LeaveSecondFactor {
  static constexpr std::string_view kType = "leave_second_factor";
  static constexpr std::string_view kDoc =
      "Forget the secret that is being set up, and the recovery codes: the person has put them away, or goes no "
      "further.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct RemoveSecondFactor {
  static constexpr std::string_view kType = "remove_second_factor";
  static constexpr std::string_view kDoc = "The password alone is to be enough again.";
  std::string password;
  std::string code;
  static constexpr auto fields() {
    return protocol::field_list(
        field("password", &RemoveSecondFactor::password, "password", up_to(limits::kPasswordBytes)),
        field("code", &RemoveSecondFactor::code, "of the app, or a recovery code", up_to(limits::kOneTimeCodeBytes)));
  }
};

}  // namespace sidetone::client
