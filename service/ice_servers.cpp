#include <openssl/evp.h>

#include "net/crypto.hpp"
#include "service/service.hpp"

namespace sidetone::service {
namespace {

std::string base64(Bytes data) {
  std::string out(4 * ((data.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), data.data(), static_cast<int>(data.size()));
  return out;
}

/// draft-uberti-behave-turn-rest-00 §2.2, as coturn's use-auth-secret: base64(HMAC-SHA1(secret, user name)).
std::string turn_password(const std::string& secret, const std::string& user_name) {
  return base64(net::hmac_sha1(secret, {reinterpret_cast<const std::uint8_t*>(user_name.data()), user_name.size()}));
}

}  // namespace

std::vector<protocol::IceServer> ice_servers(const config::Settings& settings, UserId user, std::int64_t now) {
  std::vector<protocol::IceServer> servers;
  for (const auto& url : settings.stun) servers.push_back({url, std::nullopt, std::nullopt});
  for (const auto& url : settings.turn) {
    if (!settings.turn_secret.empty()) {
      const auto name = std::to_string(now + settings.turn_valid_s) + ":" + std::to_string(user);
      servers.push_back({url, name, turn_password(settings.turn_secret, name)});
    } else if (!settings.turn_user.empty()) {
      servers.push_back({url, settings.turn_user, settings.turn_password});
    } else {
      servers.push_back({url, std::nullopt, std::nullopt});
    }
  }
  return servers;
}

}  // namespace sidetone::service
