#include "service/config/validators.hpp"

#include <boost/asio/ip/address.hpp>

#include "core/protocol/limits.hpp"
#include "net/url.hpp"
#include "service/config/settings.hpp"

namespace sidetone::service::config {
namespace {

Complaint too_long() { return "must not be longer than " + std::to_string(protocol::limits::kUrlBytes) + " bytes"; }

/// The rest of a STUN or TURN URL behind its scheme, without a query: host and port as in a URL of HTTP.
bool is_authority(std::string_view text) {
  const auto url = net::parse_url("http://" + std::string(text));
  return url.ok() && url->target == "/" && text.back() != '/';
}

/// @return what follows one of the two schemes.
std::optional<std::string_view> after_scheme(std::string_view value, std::string_view plain, std::string_view secure) {
  for (const auto scheme : {secure, plain})
    if (value.substr(0, scheme.size()) == scheme) return value.substr(scheme.size());
  return std::nullopt;
}

}  // namespace

Complaint check_address(std::string_view value) {
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string(value), error);
  if (error) return "must be an IP address, not '" + std::string(value) + "'";
  return std::nullopt;
}

Complaint check_origin(std::string_view value) {
  if (value.size() > protocol::limits::kUrlBytes) return too_long();
  const auto url = net::parse_url(value);
  if (!url.ok() || url->scheme.rfind("http", 0) != 0 || url->target != "/" || value.back() == '/')
    return "must be like \"https://phone.example.com\", without a path";
  const auto spelled = url->scheme + "://" + url->authority();
  if (spelled != value) return "must be spelled as browsers do: \"" + spelled + "\"";
  return std::nullopt;
}

Complaint check_public_url(std::string_view value) {
  if (auto complaint = check_origin(value)) return complaint;
  const auto url = net::parse_url(value);
  if (!url->secure() && url->host != "localhost" && !is_loopback(url->host))
    return "must be https: passwords and calls would cross the network in clear";
  return std::nullopt;
}

Complaint check_stun(std::string_view value) {
  if (value.size() > protocol::limits::kUrlBytes) return too_long();
  const auto rest = after_scheme(value, "stun:", "stuns:");
  if (!rest || rest->empty() || !is_authority(*rest)) return "must be like \"stun:stun.example.com:3478\"";
  return std::nullopt;
}

Complaint check_turn(std::string_view value) {
  if (value.size() > protocol::limits::kUrlBytes) return too_long();
  const auto rest = after_scheme(value, "turn:", "turns:");
  const auto query = rest ? rest->find('?') : std::string_view::npos;
  const bool transport_known = query == std::string_view::npos || rest->substr(query) == "?transport=udp" ||
                               rest->substr(query) == "?transport=tcp";
  if (!rest || !transport_known || rest->substr(0, query).empty() || !is_authority(rest->substr(0, query)))
    return "must be like \"turn:turn.example.com:3478?transport=udp\"";
  return std::nullopt;
}

}  // namespace sidetone::service::config
