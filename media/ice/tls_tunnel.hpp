#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "media/ice/main_context.hpp"
#include "media/udp/udp_socket.hpp"

struct ssl_ctx_st;

namespace sidetone::media::ice {

/// A way to a relay over TLS for libnice, which speaks TURN over TCP alone: it connects to a port of the loopback
/// interface, and what it says there goes to the server by TLS, whose certificate and name are verified.
/// The port takes connections from this process alone, whatever else on the machine finds it: the far end of each is
/// looked for among the process's own sockets before anything is read from it.
/// @thread the context's. @source RFC 8656 §3.1 (TURN over TLS), RFC 7443 (its name in ALPN), RFC 9325 (TLS 1.2 and up)
class TlsTunnel {
 public:
  struct Options {
    std::string address;  ///< numeric
    std::uint16_t port = 5349;
    std::string name;            ///< that the certificate must be for: of a host, or a numeric address
    std::string authority_file;  ///< PEM; empty: the system's
    bool from_ipv6 = false;      ///< listen on ::1 in place of 127.0.0.1
    /// A connection came to nothing; not called from inside `make`, nor after the tunnel's end.
    std::function<void(const std::string& reason)> failed;
  };
  /// At a time; libnice makes one for each component and address. What comes beyond is closed.
  static constexpr std::size_t kMaxConnections = 32;
  /// Until the handshake is done.
  static constexpr Seconds kPatience{10};

  /// @error kIo: the authorities cannot be read, or no port is to be had; kMalformed: an address that is not numeric.
  static Result<std::unique_ptr<TlsTunnel>> make(GMainContext* context, Options options);
  ~TlsTunnel();
  TlsTunnel(const TlsTunnel&) = delete;
  TlsTunnel& operator=(const TlsTunnel&) = delete;

  /// Whoever is to come has come; what is connected goes on.
  void stop_listening();
  /// `failed` is not called any more; for an owner that ends before the tunnel may.
  void mute() {
    options_.failed = [](const std::string&) {};
  }

  /// Where libnice is to connect to.
  [[nodiscard]] const udp::Endpoint& local() const { return local_; }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  [[nodiscard]] std::uint64_t strangers() const { return strangers_; }  ///< connections of other processes

 private:
  struct Connection;
  TlsTunnel(GMainContext* context, Options options);
  void accept_waiting();

  GMainContext* context_;
  Options options_;
  ssl_ctx_st* tls_ = nullptr;
  int listener_ = -1;
  udp::Endpoint local_;
  std::unique_ptr<ReadWatch> watch_;
  std::vector<std::unique_ptr<Connection>> connections_;
  Timer reaper_;  ///< of connections that have ended in their own callbacks
  std::uint64_t strangers_ = 0;
};

}  // namespace sidetone::media::ice
