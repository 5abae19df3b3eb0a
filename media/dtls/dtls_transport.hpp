#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"
#include "media/dtls/certificate.hpp"
#include "media/srtp/srtp_session.hpp"

struct ssl_st;
struct ssl_ctx_st;
struct bio_st;

namespace sidetone::media::dtls {

enum class Role { kClient, kServer };
enum class State { kNew, kConnecting, kConnected, kClosed, kFailed };  ///< RTCDtlsTransportState

/// UDP payload that no path is expected to fragment, with room for TURN and IPv6. (RFC 8261 §5 asks for 1200.)
inline constexpr std::size_t kMtuBytes = 1200;

struct SrtpKeys {
  srtp::Suite suite{};
  std::vector<std::uint8_t> local;  ///< master key and salt
  std::vector<std::uint8_t> remote;
};

struct Callbacks {
  std::function<void(Bytes)> send;  ///< one datagram, borrowed
  std::function<void(State)> state_changed;
  std::function<void(Bytes)> received;  ///< one record of application data, borrowed
};

struct Options {
  /// First retransmission. RFC 6347 §4.2.4.1 says one second; ICE has just found the path alive, a call waits for this
  /// handshake, and a browser may not be ready for the first flight. Browsers use the same 50 ms.
  Microseconds first_timeout{50'000};
};

/// One handshake with itself, so that OpenSSL has loaded and fetched what the first call needs (some 30 ms). @thread
/// any.
void prepare();

/// One DTLS 1.2 association with use_srtp over any datagram transport.
/// Packets that come before `start` wait in a bounded queue. After the callbacks `state_changed` and `send` nothing
/// else is touched unless alive, so an owner may not destroy the transport inside a callback.
/// @thread one. @source RFC 6347, RFC 5764
class DtlsTransport {
 public:
  static Result<std::unique_ptr<DtlsTransport>> make(std::shared_ptr<const Certificate> certificate,
                                                     Callbacks callbacks, Options options = {});
  ~DtlsTransport();
  DtlsTransport(const DtlsTransport&) = delete;
  DtlsTransport& operator=(const DtlsTransport&) = delete;

  /// @param expected  fingerprints of the remote description; one of them must fit the far end's certificate, else the
  /// handshake fails before any key exists.
  Status start(Role role, std::vector<Fingerprint> expected);
  void receive(Bytes datagram);
  /// Time until `handle_timeout` is due; none: no retransmission waits.
  [[nodiscard]] std::optional<Microseconds> timeout() const;
  void handle_timeout();
  /// One record. @error kUnavailable: not connected; kTooLarge.
  Status send(Bytes data);
  /// close_notify. Idempotent.
  void close();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Role role() const { return role_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// @error kUnavailable: not connected; kUnsupported: the far end takes no SRTP profile of ours.
  [[nodiscard]] Result<SrtpKeys> srtp_keys() const;
  [[nodiscard]] std::string cipher_name() const;                       ///< IANA's, "TLS_ECDHE_…"
  [[nodiscard]] std::string version_hex() const;                       ///< "FEFD" for DTLS 1.2, as in webrtc-stats
  [[nodiscard]] std::vector<std::uint8_t> remote_certificate() const;  ///< DER; empty before it came
  /// SHA-256 of the certificate that the far end has proved to own, whatever hashes its description named.
  [[nodiscard]] std::optional<Fingerprint> remote_fingerprint() const;
  [[nodiscard]] std::uint64_t packets_dropped() const { return dropped_; }

 private:
  friend struct BioGlue;
  DtlsTransport(std::shared_ptr<const Certificate> certificate, Callbacks callbacks, Options options);
  void advance();
  void set_state(State state);
  void fail(std::string reason);
  bool fingerprint_fits(const x509_st* certificate);

  std::shared_ptr<const Certificate> certificate_;
  Callbacks callbacks_;
  Options options_;
  std::vector<Fingerprint> expected_;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  Role role_ = Role::kClient;
  State state_ = State::kNew;
  std::string failure_;
  Bytes incoming_;  // the datagram that OpenSSL may read now
  std::vector<std::vector<std::uint8_t>> early_;
  std::uint64_t dropped_ = 0;
};

}  // namespace sidetone::media::dtls
