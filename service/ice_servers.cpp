#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "service/service.hpp"

namespace sidetone::service {
namespace {

std::string base64(const unsigned char* data, std::size_t size) {
  std::string out(4 * ((size + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), data, static_cast<int>(size));
  return out;
}

/// draft-uberti-behave-turn-rest-00 §2.2, as coturn's use-auth-secret: base64(HMAC-SHA1(secret, user name)).
std::string turn_password(const std::string& secret, const std::string& user_name) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(user_name.data()), user_name.size(), digest.data(), &size);
  return base64(digest.data(), size);
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
