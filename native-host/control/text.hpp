#pragma once

#include <string>
#include <string_view>

namespace sidetone::host::control {

/// RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// The same text with every byte that is not part of a UTF-8 character replaced by '?': labels come from sound servers
/// and from far ends.
std::string to_utf8(std::string text);

}  // namespace sidetone::host::control
