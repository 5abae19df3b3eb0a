#include "service/accounts/accounts.hpp"

#include <algorithm>

#include "net/crypto.hpp"
#include "service/session/text.hpp"

namespace sidetone::service::accounts {
namespace {

constexpr std::size_t kTokenRandomBytes = 32;

}  // namespace

std::string normal_login(std::string_view typed) {
  while (!typed.empty() && typed.front() == ' ') typed.remove_prefix(1);
  while (!typed.empty() && typed.back() == ' ') typed.remove_suffix(1);
  std::string out(typed);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string secret_hash(std::string_view secret) { return net::base64url(net::sha256(secret)); }

Accounts::Accounts(ClientHub& hub, store::Store& store, PasswordChecker& passwords, CredentialChecker& credentials,
                   Scheduler& scheduler, Random& random, Counters& counters, const net::Logger& log,
                   std::uint32_t devices_per_user)
    : hub_(hub),
      store_(store),
      passwords_(passwords),
      credentials_(credentials),
      scheduler_(scheduler),
      random_(random),
      counters_(counters),
      log_(log),
      devices_per_user_(devices_per_user) {}

void Accounts::sign_in(const Visitor& visitor, const protocol::SignIn& message) {
  counters_.add("sign_ins");
  if (!is_text(message.device_name))
    return hub_.turn_away(visitor, {ErrorCode::kMalformed, "control characters are not a name", "n"}, std::nullopt);
  credentials_.check(
      {normal_login(message.user), message.password, message.code, visitor.address},
      [this, visitor, message](const store::Account& account) { accepted(visitor, message, account); },
      [this, visitor](const Error& error, std::optional<std::uint32_t> retry_after_ms) {
        if (error.code == ErrorCode::kUnauthenticated) counters_.add("sign_ins_refused");
        hub_.turn_away(visitor, error, retry_after_ms);
      });
}

void Accounts::accepted(const Visitor& visitor, const protocol::SignIn& message, const store::Account& account) {
  if (passwords_.is_outdated(account.password_hash)) renew_hash(account, message.password);
  SessionOwner owner;
  owner.user = account.user;
  owner.user_name = account.name;
  owner.key_hash = device_key_hash(message.device_key);
  owner.token = net::random_token(random_, kTokenRandomBytes);
  owner.token_hash = secret_hash(owner.token);
  const store::NewDevice device{owner.user, message.device_name, message.device_key, owner.token_hash,
                                scheduler_.clock().wall().unix_seconds};
  struct Added {
    DeviceId device = 0;
    std::vector<DeviceId> dropped;
  };
  store_.run<Added>(
      [device, connected = connected_devices(owner.user),
       most = devices_per_user_](store::Transaction& t) -> Result<Added> {
        for (const auto one : connected) t.touch_device(one, device.now);
        Added added{t.add_device(device), {}};
        added.dropped = t.drop_devices(device.user, most);
        return added;
      },
      [this, visitor, owner](Result<Added> added) {
        if (!added.ok()) return hub_.turn_away(visitor, added.error(), std::nullopt);
        for (const auto dropped : added->dropped) {
          counters_.add("devices_dropped");
          log_.info("device dropped", {{"user", owner.user}, {"device", dropped}});
          hub_.expel(owner.user, dropped, "too many devices are signed in, and this one was used least");
        }
        auto admitted = owner;
        admitted.device = added->device;
        log_.info("signed in", {{"user", admitted.user}, {"device", admitted.device}, {"address", visitor.address}});
        hub_.admit(visitor, admitted, nullptr);
      });
}

void Accounts::renew_hash(const store::Account& account, const std::string& password) {
  passwords_.hash(password, [this, user = account.user, before = account.password_hash](Result<std::string> fresh) {
    if (!fresh.ok()) return counters_.add("passwords_not_renewed");  // at the next sign-in then
    store_.run<bool>([user, before, fresh = std::move(*fresh)](
                         store::Transaction& t) -> Result<bool> { return t.renew_password(user, before, fresh); },
                     [this](const Result<bool>& renewed) {
                       counters_.add(renewed.ok() && *renewed ? "passwords_renewed" : "passwords_not_renewed");
                     });
  });
}

std::vector<DeviceId> Accounts::connected_devices(UserId user) const {
  auto devices = hub_.devices_of(user);
  std::erase_if(devices, [this](DeviceId device) { return !hub_.connected(device); });
  return devices;
}

void Accounts::session_changed(UserId, DeviceId device, SessionChange change) {
  if (change != SessionChange::kDisconnected) return;
  store_.submit(
      [device, now = scheduler_.clock().wall().unix_seconds](store::Transaction& t) -> Status {
        t.touch_device(device, now);
        return {};
      },
      [](const Status&) {});
}

void Accounts::resume(const Visitor& visitor, const protocol::Resume& message) {
  counters_.add("resumptions");
  const auto hash = secret_hash(message.token);
  auto token = net::random_token(random_, kTokenRandomBytes);
  const auto fresh = secret_hash(token);
  const auto now = scheduler_.clock().wall().unix_seconds;
  store_.run<std::optional<store::KnownDevice>>(
      [hash, fresh, now](store::Transaction& t) -> Result<std::optional<store::KnownDevice>> {
        return t.resume_device(hash, fresh, now);
      },
      [this, visitor, message, hash, fresh, token](Result<std::optional<store::KnownDevice>> found) {
        if (!found.ok()) return hub_.turn_away(visitor, found.error(), std::nullopt);
        if (!found->has_value()) {
          counters_.add("resumptions_refused");
          return hub_.turn_away(visitor, {ErrorCode::kUnauthenticated, "this device is not signed in any more", "k"},
                                std::nullopt);
        }
        const auto& known = **found;
        hub_.admit(visitor,
                   {known.device.user, known.user_name, known.device.device, device_key_hash(known.device.key), token,
                    fresh, hash},
                   &message);
      });
}

void Accounts::handle(const Asker& asker, const protocol::SignIn&) {
  hub_.refuse(asker, {ErrorCode::kConflict, "this connection is signed in already", ""});
}
void Accounts::handle(const Asker& asker, const protocol::Resume&) {
  hub_.refuse(asker, {ErrorCode::kConflict, "this connection is signed in already", ""});
}

void Accounts::handle(const Asker& asker, const protocol::Ping&) { hub_.ok(asker); }

void Accounts::handle(const Asker& asker, const protocol::SignOut&) {
  remove_device(asker, asker.device, "signed out");
}

void Accounts::handle(const Asker& asker, const protocol::DeviceRevoke& message) {
  remove_device(asker, message.device,
                message.device == asker.device ? "signed out" : "signed out from another device");
}

void Accounts::remove_device(const Asker& asker, DeviceId device, const std::string& reason) {
  store_.run<bool>(
      [user = asker.user, device](store::Transaction& t) -> Result<bool> { return t.remove_device(user, device); },
      [this, asker, device, reason](Result<bool> removed) {
        if (!removed.ok()) return hub_.refuse(asker, removed.error());
        if (!*removed) return hub_.refuse(asker, {ErrorCode::kNotFound, "you have no such device", "d"});
        hub_.ok(asker);
        log_.info("device signed out", {{"user", asker.user}, {"device", device}});
        hub_.expel(asker.user, device, reason);
      });
}

void Accounts::handle(const Asker& asker, const protocol::DeviceList&) {
  store_.run<std::vector<store::Device>>(
      [user = asker.user](store::Transaction& t) -> Result<std::vector<store::Device>> { return t.devices_of(user); },
      [this, asker](Result<std::vector<store::Device>> devices) {
        if (!devices.ok()) return hub_.refuse(asker, devices.error());
        protocol::SignedInDevices answer;
        for (const auto& device : *devices)
          answer.devices.push_back({device.device, device.name, device.last_seen, hub_.connected(device.device),
                                    device.device == asker.device});
        hub_.answer(asker, answer);
      });
}

}  // namespace sidetone::service::accounts
