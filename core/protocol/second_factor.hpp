#pragma once

#include "core/protocol/session.hpp"

/// The second factor of a sign-in: time-based one-time passwords (TOTP, RFC 6238) of an authenticator app, and recovery
/// codes for when it is lost. Row S1.
namespace sidetone::protocol {

struct SecondFactorGet {
  static constexpr std::string_view kType = "second_factor_get";
  static constexpr std::string_view kDoc = "Does my sign-in want a second factor? Answered by second_factor.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const SecondFactorGet&) const = default;
};

struct SecondFactor {
  static constexpr std::string_view kType = "second_factor";
  static constexpr std::string_view kDoc =
      "How it stands with my second factor. Unasked, when another device has changed that or a recovery code was used.";
  bool on = false;
  std::optional<std::int64_t> since;
  std::uint32_t recovery_codes = 0;
  static constexpr auto fields() {
    return field_list(field("z", &SecondFactor::on, "a sign-in wants a code beside the password"),
                      field("d", &SecondFactor::since, "since then, seconds since 1970"),
                      field("n", &SecondFactor::recovery_codes, "recovery codes that have not been used"));
  }
  bool operator==(const SecondFactor&) const = default;
};

struct SecondFactorBegin {
  static constexpr std::string_view kType = "second_factor_begin";
  static constexpr std::string_view kDoc =
      "Give me a fresh secret for an authenticator app. It counts for nothing until second_factor_confirm. Answered by "
      "second_factor_secret. unauthenticated: the password is wrong; conflict: it is on already.";
  std::string password;
  static constexpr auto fields() {
    return field_list(field("p", &SecondFactorBegin::password, "password", up_to(limits::kPasswordBytes)));
  }
  bool operator==(const SecondFactorBegin&) const = default;
};

struct SecondFactorSecret {
  static constexpr std::string_view kType = "second_factor_secret";
  static constexpr std::string_view kDoc =
      "The secret, for an authenticator app to be set up with: six digits, every 30 seconds, HMAC-SHA-1.";
  std::string secret;
  std::string uri;
  std::uint32_t qr_side = 0;
  std::string qr_modules;
  std::uint32_t valid_s = 0;
  static constexpr auto fields() {
    return field_list(
        field("k", &SecondFactorSecret::secret, "base32 (RFC 4648 §6) without padding, to be typed", up_to(64)),
        field("o", &SecondFactorSecret::uri, "the same as otpauth:// address, to be opened",
              up_to(limits::kSetUpUriBytes)),
        field("l", &SecondFactorSecret::qr_side,
              "modules along a side of that address's QR code (ISO/IEC 18004), without its quiet zone",
              up_to(limits::kQrSide)),
        field("q", &SecondFactorSecret::qr_modules, "its modules by rows from the top left: 1 is dark, 0 is light",
              up_to(limits::kQrModules)),
        field("e", &SecondFactorSecret::valid_s, "to be confirmed within so many seconds"));
  }
  bool operator==(const SecondFactorSecret&) const = default;
};

struct SecondFactorConfirm {
  static constexpr std::string_view kType = "second_factor_confirm";
  static constexpr std::string_view kDoc =
      "The authenticator app has the secret, as this code of it shows: every sign-in wants a code from now on. "
      "Answered "
      "by second_factor_codes. second_factor: the code is wrong; not_found: nothing was begun, or it has run out.";
  std::string code;
  static constexpr auto fields() {
    return field_list(field("c", &SecondFactorConfirm::code, "six digits", up_to(limits::kOneTimeCodeBytes)));
  }
  bool operator==(const SecondFactorConfirm&) const = default;
};

struct SecondFactorCodes {
  static constexpr std::string_view kType = "second_factor_codes";
  static constexpr std::string_view kDoc =
      "It is on. These recovery codes stand in for the authenticator app, each of them once. Nobody can be told them "
      "again.";
  std::vector<std::string> codes;
  static constexpr auto fields() {
    return field_list(field("l", &SecondFactorCodes::codes, "recovery codes", up_to(limits::kOneTimeCodeBytes),
                            limits::kRecoveryCodes));
  }
  bool operator==(const SecondFactorCodes&) const = default;
};

struct SecondFactorRemove {
  static constexpr std::string_view kType = "second_factor_remove";
  static constexpr std::string_view kDoc =
      "The password alone is to be enough again. Answered by ok. unauthenticated: the password is wrong; "
      "second_factor: "
      "the code is; not_found: there is none.";
  std::string password;
  std::string code;
  static constexpr auto fields() {
    return field_list(field("p", &SecondFactorRemove::password, "password", up_to(limits::kPasswordBytes)),
                      field("c", &SecondFactorRemove::code, "code of the authenticator app, or a recovery code",
                            up_to(limits::kOneTimeCodeBytes)));
  }
  bool operator==(const SecondFactorRemove&) const = default;
};

}  // namespace sidetone::protocol
