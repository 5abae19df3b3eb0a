#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What a value of a setting must look like, beside its type and range. Each says what is wrong, or nothing; an empty
/// value is never asked about.
namespace sidetone::service::config {

using Complaint = std::optional<std::string>;
using Validator = Complaint (*)(std::string_view value);

/// An IPv4 or IPv6 address.
Complaint check_address(std::string_view value);
/// "https://phone.example.com", spelled as browsers send it in Origin (RFC 6454 §6.2).
Complaint check_origin(std::string_view value);
/// The same; plain HTTP for this machine alone.
Complaint check_public_url(std::string_view value);
/// RFC 7064 §3.1: stun:host[:port], stuns: too.
Complaint check_stun(std::string_view value);
/// RFC 7065 §3.1: turn:host[:port][?transport=udp|tcp], turns: too.
Complaint check_turn(std::string_view value);

}  // namespace sidetone::service::config
