#pragma once

#include <string>

#include "core/base/random.hpp"
#include "net/log.hpp"
#include "service/accounts/credentials.hpp"
#include "service/session/client_hub.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::accounts {

/// Sign-in by password, resumption by token, and a user's devices: rows S1 and S2.
/// @thread logic.
class Accounts final : public Doorkeeper, public SessionListener {
 public:
  /// @param devices_per_user  signed in at once; past it the one used least recently is signed out. It bounds sessions
  /// too, of which a device has one.
  Accounts(ClientHub& hub, store::Store& store, PasswordChecker& passwords, CredentialChecker& credentials,
           Scheduler& scheduler, Random& random, Counters& counters, const net::Logger& log,
           std::uint32_t devices_per_user);

  void sign_in(const Visitor& visitor, const protocol::SignIn& message) override;
  void resume(const Visitor& visitor, const protocol::Resume& message) override;

  /// Keeps when a device was seen last.
  void session_changed(UserId user, DeviceId device, SessionChange change) override;

  void handle(const Asker& asker, const protocol::SignIn& message);
  void handle(const Asker& asker, const protocol::Resume& message);
  void handle(const Asker& asker, const protocol::SignOut& message);
  void handle(const Asker& asker, const protocol::Ping& message);
  void handle(const Asker& asker, const protocol::DeviceList& message);
  void handle(const Asker& asker, const protocol::DeviceRevoke& message);

 private:
  void accepted(const Visitor& visitor, const protocol::SignIn& message, const store::Account& account);
  /// Hash the right password anew, at the cost that is set now.
  void renew_hash(const store::Account& account, const std::string& password);
  [[nodiscard]] std::vector<DeviceId> connected_devices(UserId user) const;
  void remove_device(const Asker& asker, DeviceId device, const std::string& reason);

  ClientHub& hub_;
  store::Store& store_;
  PasswordChecker& passwords_;
  CredentialChecker& credentials_;
  Scheduler& scheduler_;
  Random& random_;
  Counters& counters_;
  const net::Logger& log_;
  std::uint32_t devices_per_user_;
};

/// Sign-in names are compared without regard to the case of ASCII letters and to space around them.
std::string normal_login(std::string_view typed);

/// SHA-256 of a token or credential, base64url: what the store holds of it.
std::string secret_hash(std::string_view secret);

}  // namespace sidetone::service::accounts
