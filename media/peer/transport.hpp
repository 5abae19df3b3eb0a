#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/ice/ice_transport.hpp"
#include "media/ice/server_lookup.hpp"
#include "media/peer/direct_negotiation.hpp"
#include "media/peer/direct_path.hpp"
#include "media/peer/dtls_srtp.hpp"
#include "media/peer/engine_context.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/rtp/demux.hpp"

namespace sidetone::media::peer {

struct TransportEvents {
  std::function<void(const ice::Candidate&, const std::string& ufrag)> candidate_found;
  std::function<void()> states_changed;
  /// DTLS is up and SRTP has its keys, unless `lacks_keys`; or a direct path has begun.
  std::function<void()> connected;
  std::function<void(Bytes)> rtp;   ///< decrypted
  std::function<void(Bytes)> rtcp;  ///< decrypted
  std::function<void(Bytes)> data;  ///< one SCTP packet
};

/// The one path of a BUNDLE: ICE below DTLS, SRTP beside it. An ICE restart is prepared beside the present session,
/// which carries everything until the new one is connected. For a far end that does not multiplex, RTCP has an ICE
/// component and a DTLS association of its own; the states are RTP's, for a call goes on without its reports. Or, for a
/// far end that knows no ICE, a direct path with the keys of DTLS, of the descriptions, or none.
/// @thread I/O.
class Transport {
 public:
  Transport(EngineContext& engine, const Configuration& configuration,
            std::shared_ptr<const dtls::Certificate> certificate, TransportEvents events);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// False only where OpenSSL could not set up an association.
  [[nodiscard]] bool usable() const { return association_ != nullptr; }
  /// The ICE session of the next description; made where there is none. @param separate_rtcp  stays as it is from the
  /// first description on.
  Status ensure(bool controlling, bool separate_rtcp);
  [[nodiscard]] bool separate_rtcp() const { return rtcp_association_ != nullptr; }
  /// A second ICE session for a restart; the same one when it is there already.
  Status prepare_restart(bool controlling);
  void drop_restart();
  /// Before a first connection: back to nothing (rollback of a first offer).
  void drop();
  [[nodiscard]] bool exists() const { return current_ != nullptr; }
  [[nodiscard]] bool restarting() const { return next_ != nullptr; }

  /// Of the session that is being negotiated. Must exist.
  [[nodiscard]] const ice::Credentials& local_credentials() const { return newest().local(); }
  [[nodiscard]] const std::vector<ice::Candidate>& local_candidates() const { return newest().local_candidates(); }
  [[nodiscard]] bool gathering_done() const { return newest().gathering_done(); }
  /// What the far end uses now.
  [[nodiscard]] std::optional<ice::Credentials> remote_credentials() const;
  void gather();
  Status set_remote(const ice::Credentials& credentials);
  /// @param ufrag  of the generation that it belongs to; empty: the newest. Names are resolved.
  Status add_candidate(const ice::Candidate& candidate, const std::string& ufrag);
  void remote_candidates_done(const std::string& ufrag);

  /// A path without ICE, in place of what was not yet described. Sockets are bound. @param separate_rtcp  of DTLS
  /// alone.
  Status open_direct(Keying keying, const udp::Endpoint& local, bool separate_rtcp);
  /// None: the path is ICE's.
  [[nodiscard]] const DirectPath* direct() const { return direct_.get(); }
  [[nodiscard]] Keying keying() const { return direct_ ? direct_keying_ : Keying::kDtls; }
  /// After each answer. Keys that have not changed go on.
  Status start_direct(const DirectParameters& parameters);

  Status start_dtls(dtls::Role role, std::vector<dtls::Fingerprint> fingerprints);
  [[nodiscard]] std::optional<dtls::Role> dtls_role() const;
  [[nodiscard]] const std::vector<dtls::Fingerprint>& remote_fingerprints() const { return remote_fingerprints_; }

  /// Protects in place and sends. @param buffer  the packet and srtp::kMaxTrailerBytes of room.
  bool send_rtp(std::span<std::uint8_t> buffer, std::size_t length);
  bool send_rtcp(std::span<std::uint8_t> buffer, std::size_t length);
  /// One SCTP packet.
  bool send_data(Bytes packet);
  void close();

  [[nodiscard]] ice::State ice_state() const;
  [[nodiscard]] dtls::State dtls_state() const { return association_->state(); }
  [[nodiscard]] GatheringState gathering_state() const { return gathering_; }
  [[nodiscard]] bool media_ready() const { return srtp() != nullptr || carries_clear_rtp(); }
  /// Nothing more is to be waited for before media flow.
  [[nodiscard]] bool connected() const {
    return direct_ ? media_ready() : ice_state() == ice::State::kConnected && dtls_state() == dtls::State::kConnected;
  }
  /// Voice was negotiated, or is no more.
  void set_needs_keys(bool needs) { needs_keys_ = needs; }
  /// DTLS is up and gave no keys for the voice: a far end that does not do DTLS-SRTP, or has no cipher in common.
  [[nodiscard]] bool lacks_keys() const {
    return needs_keys_ && srtp() == nullptr && dtls_state() == dtls::State::kConnected;
  }

  // For statistics
  struct Figures {
    std::uint64_t packets_sent = 0;
    std::uint64_t packets_received = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t packets_discarded_on_send = 0;
    std::uint64_t unknown_packets = 0;
    std::uint64_t pair_changes = 0;
  };
  [[nodiscard]] const Figures& figures() const { return figures_; }
  [[nodiscard]] const Figures& rtcp_figures() const { return rtcp_figures_; }  ///< where RTCP is separate
  [[nodiscard]] const ice::IceTransport* active_ice() const { return current_.get(); }
  [[nodiscard]] const DtlsSrtp& association() const { return *association_; }
  [[nodiscard]] const DtlsSrtp* rtcp_association() const {
    return rtcp_association_.get();
  }  ///< null: RTP's is for all
  /// Of RTP, by DTLS or the descriptions. Null: no keys.
  [[nodiscard]] srtp::SrtpSession* srtp() const {
    return described_srtp_ ? described_srtp_.get() : association_->srtp();
  }
  [[nodiscard]] const dtls::Certificate& certificate() const { return *certificate_; }

 private:
  using IcePtr = std::unique_ptr<ice::IceTransport>;
  [[nodiscard]] const ice::IceTransport& newest() const { return next_ ? *next_ : *current_; }
  [[nodiscard]] bool is_newest(std::uint64_t generation) const {
    return generation == (next_ ? next_generation_ : current_generation_);
  }
  [[nodiscard]] ice::IceTransport* by_ufrag(const std::string& ufrag);
  Result<IcePtr> make_ice(bool controlling);
  Result<std::unique_ptr<DtlsSrtp>> make_association(ice::Component component);
  void on_ice_state(std::uint64_t generation, ice::Component component, ice::State state);
  void start_associations();
  bool on_packet(ice::Component component, std::span<std::uint8_t> packet);  ///< @return it proves who sent it
  void on_network_change();
  [[nodiscard]] bool carries_clear_rtp() const { return direct_started_ && direct_keying_ == Keying::kNone; }
  /// @return they are genuine, as DirectPath wants to know.
  bool take_media(rtp::PacketKind kind, std::span<std::uint8_t> packet);
  bool send_media(rtp::PacketKind kind, std::span<std::uint8_t> buffer, std::size_t length);
  [[nodiscard]] ice::Component component_of(rtp::PacketKind kind) const {
    return kind == rtp::PacketKind::kRtcp && separate_rtcp() ? ice::Component::kRtcp : ice::Component::kRtp;
  }
  [[nodiscard]] DtlsSrtp& association_of(ice::Component component) const {
    return component == ice::Component::kRtcp ? *rtcp_association_ : *association_;
  }
  [[nodiscard]] srtp::SrtpSession* srtp_of(rtp::PacketKind kind) const;
  Figures& figures_of(ice::Component component) {
    return component == ice::Component::kRtcp ? rtcp_figures_ : figures_;
  }
  bool count_sent(ice::Component component, Bytes packet, bool sent);
  bool send_packet(ice::Component component, Bytes packet, int dscp);
  void set_gathering(GatheringState state);
  void discard(IcePtr ice);

  EngineContext& engine_;
  Configuration configuration_;
  std::shared_ptr<const dtls::Certificate> certificate_;
  TransportEvents events_;
  ice::ServerLookup servers_;
  IcePtr current_;
  IcePtr next_;
  IcePtr previous_;  // after a restart, until the far end has changed over too
  std::uint64_t generations_made_ = 0;
  std::uint64_t current_generation_ = 0;
  std::uint64_t next_generation_ = 0;
  std::unique_ptr<DtlsSrtp> association_;
  std::unique_ptr<DtlsSrtp> rtcp_association_;
  std::unique_ptr<srtp::SrtpSession> described_srtp_;
  std::unique_ptr<DirectPath> direct_;
  Keying direct_keying_ = Keying::kDtls;
  bool direct_started_ = false;
  std::optional<DirectKeys> direct_keys_;
  bool needs_keys_ = false;
  std::vector<dtls::Fingerprint> remote_fingerprints_;
  std::optional<dtls::Role> wanted_role_;
  GatheringState gathering_ = GatheringState::kNew;
  ice::Timer retirement_;
  ice::Timer patience_;  // with candidates that never come
  std::vector<std::uint64_t> mdns_questions_;
  Figures figures_;
  Figures rtcp_figures_;
  bool closed_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sidetone::media::peer
