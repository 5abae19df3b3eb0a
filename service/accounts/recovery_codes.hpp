#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.hpp"

/// Codes that stand in for an authenticator app, each once: to be written down when the second factor is turned on.
namespace sidetone::service::accounts {

/// Ten of 80 random bits, so that their hashes say nothing of them: "K7QD-3FZM-XT5A-PW2L".
std::vector<std::string> make_recovery_codes(Random& random);

/// A code as somebody has typed it, of the authenticator app or a recovery code: without spaces and hyphens, in
/// capitals.
std::string normal_code(std::string_view typed);

}  // namespace sidetone::service::accounts
