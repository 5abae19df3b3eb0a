#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "native-host/channel/control_port.hpp"
#include "native-host/channel/peer_uid.hpp"
#include "native-host/channel/tickets.hpp"
#include "net/http_server.hpp"
#include "net/log.hpp"
#include "net/rate_limit.hpp"

namespace sidetone::host::channel {

struct LoopbackOptions {
  std::uint16_t port = 0;  ///< 0: any
  uid_t own_uid = 0;
  /// Who is at the far end; the kernel's table in programs.
  std::function<std::optional<uid_t>(const boost::asio::ip::tcp::endpoint& far,
                                     const boost::asio::ip::tcp::endpoint& near)>
      uid_of = uid_of_peer;
};

/// The way in for a page or program on this endpoint: ws://127.0.0.1:<port>/control with the subprotocols `sidetone.1`
/// and a ticket of the service. Plain HTTP gets no answer but 404, and changes nothing.
/// @thread one, that of the executor.
class Loopback {
 public:
  /// @error kIo: the port cannot be bound on 127.0.0.1. Without IPv6 there is no ::1, which is not an error.
  static Result<std::unique_ptr<Loopback>> open(boost::asio::any_io_executor executor, const LoopbackOptions& options,
                                                const Clock& clock, const net::Logger& logger, ControlPort& control);
  ~Loopback();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Pages that may come in; exact origins.
  void set_allowed_origins(std::vector<std::string> origins) { allowed_origins_ = std::move(origins); }
  void issue_ticket(std::string hash, std::uint32_t client, Seconds valid);
  void send(control::ClientKey client, std::string frame);
  /// Device of the user whose ticket brought this client in; 0: not known.
  [[nodiscard]] std::uint32_t device_of(control::ClientKey client) const;
  /// Devices that are here, or have a ticket that is still good; each once.
  [[nodiscard]] std::vector<std::uint32_t> devices();
  /// Clients and tickets of a pairing that is over.
  void drop_clients(std::string_view reason);
  /// The same of one device, which is the user's no more.
  void drop_device(std::uint32_t device, std::string_view reason);
  /// Every connection ends, and no more come.
  void stop();
  /// Attempts that were refused, by reason.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& refused() const { return refused_; }

 private:
  struct Client {
    std::shared_ptr<net::WebSocket> socket;
    std::uint32_t device = 0;
    net::TokenBucket frames;
  };

  Loopback(const LoopbackOptions& options, const Clock& clock, const net::Logger& logger, ControlPort& control);
  Status listen(boost::asio::any_io_executor executor);
  /// Is the process at the far end ours? Others do not even count as connections.
  bool admit(const boost::asio::ip::tcp::endpoint& far, const boost::asio::ip::tcp::endpoint& near);
  net::UpgradeDecision decide(const net::HttpRequest& request);
  net::HttpResponse refuse(unsigned status, const char* reason, const net::HttpRequest& request);
  void opened(std::shared_ptr<net::WebSocket> socket, std::uint32_t device);
  void on_frame(control::ClientKey key, std::string_view frame);
  void on_closed(control::ClientKey key);
  void end(control::ClientKey key, Client& client, std::string_view reason);

  LoopbackOptions options_;
  const Clock& clock_;
  const net::Logger& logger_;
  ControlPort& control_;
  std::vector<std::shared_ptr<net::HttpServer>> servers_;
  std::uint16_t port_ = 0;
  std::vector<std::string> allowed_origins_;
  Tickets tickets_;
  net::TokenBucket attempts_;
  net::TokenBucket strangers_said_;
  std::map<std::string, std::uint64_t> refused_;
  std::map<control::ClientKey, Client> clients_;
  control::ClientKey next_key_ = control::kLoopback;
  std::uint64_t drops_ = 0;  ///< who used a ticket before one and is open only after it does not come in
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  ///< an upgrade that ends after this is gone does nothing
};

}  // namespace sidetone::host::channel
