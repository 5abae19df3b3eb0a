#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "media/ice/addresses.hpp"
#include "media/ice/candidate.hpp"
#include "media/ice/main_context.hpp"
#include "media/udp/udp_socket.hpp"

typedef struct _NiceAgent NiceAgent;

namespace sidetone::media::ice {

/// RTCP has one of its own where it is not multiplexed with RTP, which has the first one for all. @source RFC 8839 §5.1
enum class Component : std::uint32_t { kRtp = 1, kRtcp = 2 };

enum class State { kNew, kChecking, kConnected, kDisconnected, kFailed };

struct Credentials {
  std::string ufrag;
  std::string password;
  bool operator==(const Credentials&) const = default;
};

/// A STUN or TURN server with its name resolved.
struct Server {
  enum class Kind { kStun, kTurnUdp, kTurnTcp, kTurnTls };
  Kind kind = Kind::kStun;
  std::string address;  ///< numeric
  std::uint16_t port = 3478;
  std::string name;  ///< as it was written: what a certificate has to be for
  std::string username;
  std::string credential;
};

struct TransportOptions {
  bool controlling = false;
  bool relay_only = false;
  bool separate_rtcp = false;        ///< there is the component kRtcp, too
  udp::PortRange ports;              ///< of host candidates
  std::string relay_authority_file;  ///< PEM; for relays over TLS. Empty: the system's
  int dscp = 46;                     ///< until `send` says otherwise: of connectivity checks (RFC 8445 §7.2.3)
};

struct TransportCallbacks {
  std::function<void(const Candidate&)> candidate_found;
  std::function<void()> gathering_done;
  std::function<void(Component, State)> state_changed;
  /// One datagram, may be changed in place. @return it is genuine, as WarmPaths wants to know.
  std::function<bool(Component, std::span<std::uint8_t>)> received;
  std::function<void(const Server&, const std::string& reason)> relay_failed;  ///< over TLS
  std::function<void(Component)> path_changed;  ///< while connected: `selected` is another pair
};

struct SelectedPair {
  Candidate local;
  Candidate remote;
};

class TlsTunnel;

/// One ICE session with a component or two over libnice, and from the connection of each on the other ways that it
/// could take (WarmPaths). An ICE restart is a new IceTransport beside the old one, which
/// carries the voice until the new one is connected. Callbacks come from inside `gather`, `set_remote` and the main
/// loop; the transport may not be destroyed in them.
/// @thread the context's. @source RFC 8445, RFC 8838, RFC 7675
class IceTransport {
 public:
  static Result<std::unique_ptr<IceTransport>> make(GMainContext* context, const Clock& clock, Random& random,
                                                    const TransportOptions& options, TransportCallbacks callbacks);
  ~IceTransport();
  IceTransport(const IceTransport&) = delete;
  IceTransport& operator=(const IceTransport&) = delete;

  [[nodiscard]] const Credentials& local() const { return local_; }
  [[nodiscard]] const std::optional<Credentials>& remote() const { return remote_; }

  /// Once. @param addresses numeric, for host candidates.
  Status gather(const std::vector<std::string>& addresses, const std::vector<Server>& servers);
  [[nodiscard]] bool gathering_done() const { return gathered_; }
  void set_controlling(bool controlling);
  /// The far end's credentials; candidates added before are checked from now on.
  Status set_remote(const Credentials& credentials);
  /// UDP with a numeric address. @error kTooLarge: over kMaxRemoteCandidates; kUnsupported: TCP, or of a component that
  /// there is not; kMalformed.
  Status add_remote(const Candidate& candidate);
  void remote_done();
  /// Addresses of this machine have come or gone. @param addresses  those that can be used now.
  void network_changed(const std::vector<HostAddress>& addresses);

  /// @param dscp  of this datagram, and of all that follow until another is said.
  /// @return false: nothing is selected, or the socket is full; the datagram is dropped.
  bool send(Component component, Bytes datagram, int dscp);

  /// No callback comes any more; for an owner that ends before the transport may.
  void mute() { muted_ = true; }

  [[nodiscard]] State state(Component component = Component::kRtp) const;
  [[nodiscard]] std::optional<SelectedPair> selected(Component component = Component::kRtp) const;
  [[nodiscard]] const std::vector<Candidate>& local_candidates() const { return local_candidates_; }
  [[nodiscard]] std::vector<Candidate> remote_candidates() const;
  /// As it was made; a role conflict that changed it stays inside libnice.
  [[nodiscard]] bool controlling() const;
  /// Socket of RTP's selected pair; -1: none.
  [[nodiscard]] int socket() const;

  static constexpr std::size_t kMaxRemoteCandidates = 64;

 private:
  friend struct NiceGlue;
  struct Flow;
  IceTransport(GMainContext* context, const Clock& clock, Random& random, TransportOptions options,
               TransportCallbacks callbacks);
  Status add_relay(const Server& server, bool from_ipv6);
  [[nodiscard]] Flow* flow_of(std::uint32_t component) const;
  [[nodiscard]] std::vector<int> sockets(const Flow& flow) const;
  [[nodiscard]] SelectedPair described(const udp::Endpoint& local, const udp::Endpoint& remote) const;

  GMainContext* context_;
  const Clock& clock_;
  Random& random_;
  TransportOptions options_;
  TransportCallbacks callbacks_;
  NiceAgent* agent_ = nullptr;
  unsigned int stream_ = 0;
  Credentials local_;
  std::optional<Credentials> remote_;
  std::vector<Candidate> early_;
  std::vector<Candidate> local_candidates_;
  std::size_t remote_count_ = 0;
  bool remote_done_early_ = false;
  bool gathered_ = false;
  bool uses_relay_ = false;
  bool muted_ = false;
  using Tunnels = std::vector<std::unique_ptr<TlsTunnel>>;
  std::unique_ptr<Tunnels> tunnels_;          ///< to relays over TLS; they outlive the transport where it says goodbye
  std::vector<std::unique_ptr<Flow>> flows_;  ///< by component
};

}  // namespace sidetone::media::ice
