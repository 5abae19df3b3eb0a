#include "service/robots/robot_host.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "net/crypto.hpp"
#include "service/accounts/accounts.hpp"

namespace sidetone::service::robots {
namespace {

struct Credential {
  std::string host;
  std::string credential;
};

std::string text_of(const boost::json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Credential read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  boost::system::error_code error;
  const auto value = boost::json::parse(text.str(), error);
  if (error || !value.is_object()) return {};
  return {text_of(value.get_object(), "host"), text_of(value.get_object(), "credential")};
}

Status write(const std::string& file, const Credential& credential, const std::string& service) {
  boost::json::object object;
  object["host"] = credential.host;
  object["credential"] = credential.credential;
  object["service"] = service;
  const std::string text = boost::json::serialize(object) + "\n";
  const std::string fresh = file + ".new";
  const int out = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (out < 0) return Error{ErrorCode::kIo, std::strerror(errno), fresh};
  const bool written = ::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(out) == 0;
  ::close(out);
  if (!written || std::rename(fresh.c_str(), file.c_str()) != 0)
    return Error{ErrorCode::kIo, std::strerror(errno), file};
  return {};
}

}  // namespace

void prepare_robot_host(store::Store& store, Random& random, const std::string& file, const std::string& service,
                        std::function<void(Status)> done) {
  auto credential = read(file);
  auto fresh = Credential{net::random_token(random, 16), net::random_token(random, 32)};
  store.run<Credential>(
      [credential, fresh](store::Transaction& t) -> Result<Credential> {
        const auto hash = accounts::secret_hash(credential.credential);
        bool known = false;
        for (const auto& host : t.load_hosts()) {
          if (host.user != 0) continue;
          if (host.host == credential.host && host.credential_hash == hash)
            known = true;
          else
            t.remove_host(host.host);
        }
        if (known) return credential;
        t.put_host({fresh.host, 0, "robots", accounts::secret_hash(fresh.credential)});
        return fresh;
      },
      [file, service, done = std::move(done)](Result<Credential> kept) {
        if (!kept.ok()) return done(kept.take_error());
        done(write(file, *kept, service));
      });
}

}  // namespace sidetone::service::robots
