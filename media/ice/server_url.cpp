#include "media/ice/server_url.hpp"

#include <algorithm>
#include <charconv>

namespace sidetone::media::ice {
namespace {

Error malformed_server(std::string text) { return Error{ErrorCode::kMalformed, std::move(text), "ice server"}; }

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
           c == '_' || c == ':';
  });
}

}  // namespace

Result<ServerUrl> parse_server_url(std::string_view url) {
  if (url.size() > 512) return Error{ErrorCode::kTooLarge, "server address is too long", "ice server"};
  ServerUrl server;
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos) return malformed_server("server address has no scheme");
  const std::string_view scheme = url.substr(0, colon);
  url.remove_prefix(colon + 1);
  server.turn = scheme == "turn" || scheme == "turns";
  server.secure = scheme == "stuns" || scheme == "turns";
  if (!server.turn && scheme != "stun" && scheme != "stuns")
    return malformed_server("server scheme is not stun or turn");
  server.tcp = server.secure;
  if (server.secure) server.port = 5349;
  if (const std::size_t query = url.find('?'); query != std::string_view::npos) {
    const std::string_view transport = url.substr(query + 1);
    if (!server.turn || (transport != "transport=udp" && transport != "transport=tcp"))
      return malformed_server("server transport is unknown");
    server.tcp = transport == "transport=tcp";
    url = url.substr(0, query);
  }
  std::string_view port;
  if (url.starts_with('[')) {
    const std::size_t end = url.find(']');
    if (end == std::string_view::npos) return malformed_server("server address lacks a bracket");
    server.host = std::string(url.substr(1, end - 1));
    url.remove_prefix(end + 1);
    if (!url.empty() && url.front() != ':') return malformed_server("server port is wrong");
    if (!url.empty()) port = url.substr(1);
  } else {
    const std::size_t at = url.find(':');
    server.host = std::string(url.substr(0, at));
    if (at != std::string_view::npos) port = url.substr(at + 1);
  }
  if (!is_host(server.host)) return malformed_server("server has no host");
  if (!port.empty()) {
    const auto result = std::from_chars(port.data(), port.data() + port.size(), server.port);
    if (result.ec != std::errc{} || result.ptr != port.data() + port.size() || server.port == 0)
      return malformed_server("server port is wrong");
  }
  return server;
}

}  // namespace sidetone::media::ice
