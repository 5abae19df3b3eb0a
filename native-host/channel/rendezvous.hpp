#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/random.hpp"
#include "core/protocol/codec.hpp"
#include "core/protocol/registry.hpp"
#include "native-host/channel/control_port.hpp"
#include "native-host/channel/credential.hpp"
#include "net/log.hpp"
#include "net/websocket.hpp"

namespace sidetone::host::channel {

struct RendezvousOptions {
  std::string service;  ///< ws:// or wss:// address without the path
  std::string name;     ///< of this endpoint
  std::filesystem::path credential_file;
  bool may_enrol = true;  ///< false: the credential file is somebody else's to write; wait for it
  std::string certificate_authority_file;
  int dscp = 0;                     ///< of what is sent to the service
  Milliseconds shortest_wait{500};  ///< before the second attempt; doubled each time
  Milliseconds longest_wait{30'000};
};

struct RendezvousEvents {
  std::function<void(const std::string& code, std::uint32_t valid_s)> pairing_code;
  std::function<void(const std::string& user_name)> paired;
  std::function<void(const std::string& host, const protocol::HostWelcome&)> signed_in;
  std::function<void(const std::string& reason)> disconnected;
  std::function<void()> unpaired;
  std::function<void(std::uint32_t device)> device_signed_out;
  /// Asked at each sign-in: devices of the user that are here without the service.
  std::function<std::vector<std::uint32_t>()> loopback_devices;
  std::function<void(const protocol::HostTicketIssued&)> ticket_issued;
};

/// The host's own connection to the service: enrols until it is paired, signs in, comes back when the connection is
/// lost, and carries control messages. Peer connections know nothing of it: calls go on without the service.
/// @thread one, that of the executor.
class Rendezvous {
 public:
  /// @param loopback_port  of the loopback way in; nothing: there is none.
  Rendezvous(boost::asio::any_io_executor executor, RendezvousOptions options, RendezvousEvents events, Random& random,
             const net::Logger& logger, ControlPort& control, std::optional<std::uint16_t> loopback_port);
  ~Rendezvous();

  void start();
  void stop();
  void send(control::ClientKey client, std::string frame);
  void set_live_calls(std::vector<std::string> tags);
  /// Interfaces, addresses or routes of this machine have changed: a connection from an address that is gone is given
  /// up before any time-out, and no waiting time is waited out. @param addresses  numeric, that can be used now.
  void network_changed(const std::vector<std::string>& addresses);

 private:
  enum class State { kIdle, kConnecting, kEnrolling, kSigningIn, kSignedIn, kWaiting, kStopped };

  void connect();
  void on_connected(Result<std::shared_ptr<net::WebSocket>> result);
  void greet();
  void enrol();
  void sign_in();
  void pairing_over();
  void on_frame(std::string_view frame);
  void give_up(const std::string& reason);
  void on_closed(std::uint16_t code, std::string_view reason);
  void reconnect_after(Milliseconds wait, const std::string& reason);
  Milliseconds next_wait();
  Milliseconds jittered(Milliseconds wait);
  template <class M>
  void post(const M& message);

  void on(const protocol::Ok& message);
  void on(const protocol::Failure& message);
  void on(const protocol::HostCode& message);
  void on(const protocol::HostPaired& message);
  void on(const protocol::HostWelcome& message);
  void on(const protocol::HostTicketIssued& message);
  void on(const protocol::HostControl& message);
  void on(const protocol::HostClientLost& message);
  void on(const protocol::HostClientGone& message);
  void on(const protocol::HostRelease& message);
  void on(const protocol::HostUnpaired& message);

  boost::asio::any_io_executor executor_;
  RendezvousOptions options_;
  RendezvousEvents events_;
  Random& random_;
  const net::Logger& logger_;
  ControlPort& control_;
  std::optional<std::uint16_t> loopback_port_;
  boost::asio::steady_timer timer_;
  State state_ = State::kIdle;
  std::shared_ptr<net::WebSocket> socket_;
  std::optional<Credential> credential_;
  std::string refused_credential_;
  std::optional<Milliseconds> told_wait_;  ///< the service said when to come back
  std::optional<protocol::UserId> user_;   ///< of the pairing; nothing before the first welcome
  std::uint32_t failures_ = 0;
  std::vector<std::string> live_calls_;
  std::vector<std::string> addresses_;                     ///< as told last
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  ///< answers to an attempt or socket that is over do nothing
};

}  // namespace sidetone::host::channel
