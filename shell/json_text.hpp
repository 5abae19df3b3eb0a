#pragma once

#include <string>
#include <string_view>

namespace sidetone::shell {

/// Append a JSON string, quoted and escaped (RFC 8259 §7).
void append_json_string(std::string& out, std::string_view text);
/// Append a number with at most three places behind the point; what is not finite as 0.
void append_json_number(std::string& out, double value);

}  // namespace sidetone::shell
