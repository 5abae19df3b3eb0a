#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Time-based one-time passwords (TOTP, RFC 6238), as every authenticator app has them: HMAC-SHA-1, six digits, a step
/// of 30 seconds that is counted from 1970.
namespace sidetone::service::accounts::totp {

inline constexpr std::size_t kSecretBytes = 20;  ///< RFC 4226 §4, R6: 160 bits recommended
inline constexpr std::int64_t kStepSeconds = 30;
inline constexpr std::size_t kDigits = 6;

/// @param now  seconds since 1970. @source RFC 6238 §4.2
std::uint64_t step_at(std::int64_t now);

/// The one-time password of a counter. @param digits  1 … 8. @source RFC 4226 §5.3
std::string hotp(std::string_view secret, std::uint64_t counter, std::size_t digits = kDigits);

/// The step whose password `code` is: the current one or a neighbour (RFC 6238 §5.2: the clocks of telephones), above
/// the last one that was accepted. Takes the same time whatever the code is.
/// @param code   six digits. @param last_step  accepted before; 0: none.
/// @return nothing: of none of them, or used already.
std::optional<std::uint64_t> matching_step(std::string_view secret, std::string_view code, std::int64_t now,
                                           std::uint64_t last_step);

/// What an authenticator app is set up with: otpauth://totp/Sidetone:<account>?secret=…
/// @source https://github.com/google/google-authenticator/wiki/Key-Uri-Format
std::string set_up_uri(std::string_view secret, std::string_view account);

}  // namespace sidetone::service::accounts::totp
