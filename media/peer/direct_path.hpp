#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "core/base/clock.hpp"
#include "media/ice/ice_transport.hpp"
#include "media/ice/main_context.hpp"
#include "media/rtp/demux.hpp"
#include "media/udp/udp_socket.hpp"

namespace sidetone::media::peer {

/// Where the far end's description says that it listens.
struct DirectAddresses {
  udp::Endpoint rtp;  ///< unspecified, or port 0: nothing is sent there (RFC 3264 §8.4, the old form of hold)
  udp::Endpoint rtcp;
  bool mux = false;  ///< RTCP goes and comes by RTP's port (RFC 5761)
  bool operator==(const DirectAddresses&) const = default;
};

/// RTP and RTCP to a far end without ICE: a pair of sockets and, where the far end is behind a NAT, the address that
/// its packets come from instead of the one that it knows of itself (symmetric RTP, RFC 4961; latching, RFC 7362).
///
/// Whoever can send to our port could ask for the voice that way. So an address is believed only
/// - by `kProbation` packets that their taker found genuine: SRTP's tag fits. Without SRTP well-formed RTP has to do,
///   which proves little; or by the one that completes a DTLS handshake, whose packets are answered where they come
///   from until then, for there is no key yet that could prove anything;
/// - while nothing genuine has come from the present one for `kSilence`;
/// - without SRTP: once, and only as long as nothing at all has come from where the description says.
/// @thread I/O.
class DirectPath {
 public:
  struct Callbacks {
    /// One datagram of RTP or RTCP, may be changed in place. @return it is genuine.
    std::function<bool(rtp::PacketKind, std::span<std::uint8_t>)> received;
    /// One datagram of DTLS. @return it completed the handshake. None: the keys come otherwise.
    std::function<bool(ice::Component, std::span<std::uint8_t>)> handshake;
  };
  struct Options {
    udp::Endpoint local;  ///< its port means nothing
    udp::PortRange ports;
    int dscp = 46;
    bool authenticated = true;  ///< SRTP: packets prove who sent them
  };

  static constexpr int kProbation = 5;
  static constexpr Milliseconds kSilence{1000};

  /// @error of udp::bind_pair.
  static Result<std::unique_ptr<DirectPath>> make(GMainContext* context, const Options& options, const Clock& clock,
                                                  Random& random, Callbacks callbacks);
  DirectPath(const DirectPath&) = delete;
  DirectPath& operator=(const DirectPath&) = delete;

  [[nodiscard]] const udp::Endpoint& local_rtp() const { return rtp_.socket->local(); }
  [[nodiscard]] const udp::Endpoint& local_rtcp() const { return rtcp_.socket->local(); }
  /// Of a new description; what was learnt of the far end is forgotten only where the addresses changed.
  void set_remote(const DirectAddresses& remote);

  bool send_rtp(Bytes packet);
  bool send_rtcp(Bytes packet);
  bool send_handshake(ice::Component component, Bytes datagram);

  struct Figures {
    std::uint64_t latched = 0;  ///< changes of the address to send to
    std::uint64_t strays = 0;   ///< packets that nobody heard
  };
  [[nodiscard]] const Figures& figures() const { return figures_; }
  /// Where RTP goes now.
  [[nodiscard]] const udp::Endpoint& far_rtp() const { return rtp_.far; }

 private:
  struct Flow {
    std::unique_ptr<udp::UdpSocket> socket;
    std::unique_ptr<ice::ReadWatch> watch;
    udp::Endpoint far;                   ///< where to send
    std::optional<MonotonicTime> heard;  ///< from `far`, the last genuine packet
    bool latched = false;
    std::optional<udp::Endpoint> shaking;  ///< where a handshake that is under way comes from
    bool shaken = false;                   ///< there was one
    udp::Endpoint applicant;               ///< whose packets are on probation
    int genuine = 0;
  };
  DirectPath(const Options& options, const Clock& clock, Callbacks callbacks)
      : options_(options), clock_(clock), callbacks_(std::move(callbacks)) {}
  void read(Flow& flow);
  void on_packet(Flow& flow, std::span<std::uint8_t> packet, const udp::Endpoint& from);
  void on_handshake(Flow& flow, std::span<std::uint8_t> datagram, const udp::Endpoint& from);
  void latch(Flow& flow, const udp::Endpoint& from);
  [[nodiscard]] bool may_apply(const Flow& flow, const udp::Endpoint& from) const;
  static bool send(Flow& flow, Bytes packet);

  Options options_;
  const Clock& clock_;
  Callbacks callbacks_;
  std::optional<DirectAddresses> remote_;
  Flow rtp_;
  Flow rtcp_;
  Figures figures_;
};

}  // namespace sidetone::media::peer
