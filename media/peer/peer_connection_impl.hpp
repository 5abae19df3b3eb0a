#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/peer/engine_context.hpp"
#include "media/peer/negotiation.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/peer/sdp.hpp"
#include "media/peer/transport.hpp"
#include "media/peer/voice_stream.hpp"
#include "media/sctp/data_channels.hpp"

namespace sidetone::media::peer {

/// The state machine of https://www.w3.org/TR/webrtc/ over one Transport, one VoiceStream and DataChannels.
/// peer_connection_impl.cpp: states, candidates, media and channels; peer_descriptions.cpp: offers and answers;
/// peer_direct.cpp: what is different with ends that know no ICE; peer_stats.cpp: getStats.
class PeerConnectionImpl final : public PeerConnection {
 public:
  PeerConnectionImpl(EngineContext& engine, const Configuration& configuration, PeerEvents events,
                     std::shared_ptr<const dtls::Certificate> certificate);
  ~PeerConnectionImpl() override;

  [[nodiscard]] bool usable() const { return transport_.usable(); }
  [[nodiscard]] States states() const override { return states_; }
  Result<std::size_t> add_transceiver(Direction direction) override;
  Status set_direction(std::size_t index, Direction direction) override;
  [[nodiscard]] std::vector<TransceiverInfo> transceivers() const override;
  Result<SessionDescription> create_offer(bool ice_restart) override;
  Result<SessionDescription> create_answer() override;
  Result<SessionDescription> set_local_description(std::optional<SessionDescription> description) override;
  Status set_remote_description(const SessionDescription& description) override;
  [[nodiscard]] std::optional<SessionDescription> local_description() const override;
  [[nodiscard]] std::optional<SessionDescription> remote_description() const override;
  Status add_ice_candidate(const IceCandidate& candidate) override;
  Result<ChannelHandle> create_data_channel(const DataChannelOptions& options) override;
  Status send(ChannelHandle channel, bool binary, Bytes data) override;
  void close_channel(ChannelHandle channel) override;
  Status set_source(const audio::Source& source) override;
  void set_muted(bool muted) override;
  Status set_sink(const audio::Sink& sink) override;
  Status insert_keys(const std::string& keys, Milliseconds duration, Milliseconds gap, bool append) override;
  [[nodiscard]] LevelPair levels() const override;
  [[nodiscard]] std::string stats_json() const override;
  void close() override;

 private:
  /// One m-line, in the order of the descriptions.
  struct Line {
    std::string kind;
    std::string protocol;
    std::vector<std::string> formats;
    std::string mid;
    bool rejected = false;
  };
  struct Transceiver {
    std::string mid;
    Direction direction = Direction::kSendRecv;
    std::optional<Direction> current;
    bool stopped = false;
    bool claimed = true;  ///< false: made for an offer, addTrack may still take it
  };
  struct Description {
    SdpType type = SdpType::kOffer;
    Sdp sdp;
    std::string text;  ///< as created or received
  };
  /// What a rollback brings back.
  struct Saved {
    std::vector<Line> lines;
    std::vector<Transceiver> transceivers;
    bool had_transport = false;
  };

  // peer_connection_impl.cpp
  template <class Call>
  void notify(Call call);
  void update_states();
  void set_signaling(SignalingState state);
  void check_negotiation_needed();
  [[nodiscard]] bool needs_negotiation() const;
  [[nodiscard]] bool closed() const { return states_.signaling == SignalingState::kClosed; }
  [[nodiscard]] bool data_wanted() const;
  void on_candidate(const ice::Candidate& candidate, const std::string& ufrag);
  void on_gathering_done();
  void on_connected();
  void on_key_sent(const rtp::EventSender::Change& change);
  void start_data();
  void flush_early_candidates();
  Transceiver* audio_transceiver();
  [[nodiscard]] const Transceiver* audio_transceiver() const;

  // peer_descriptions.cpp
  [[nodiscard]] std::vector<Line> plan_offer(std::string& audio_mid) const;
  [[nodiscard]] Sdp base_description();
  [[nodiscard]] SdpMedia transport_section_of(const Line& line, Setup setup) const;
  void fill_audio(SdpMedia& media, Direction direction) const;
  static SdpMedia rejected_section(const Line& line);
  [[nodiscard]] bool accepts(const Sdp& offer, std::size_t index) const;
  Status apply_local(SdpType type, bool& is_new_offer);
  Status apply_remote_offer(Description description);
  Status apply_answer(const Description& local, const Description& remote, bool we_answer, bool final);
  Status check_remote_offer(const Sdp& offer) const;
  Status check_remote_answer(const Sdp& answer) const;
  void associate(const Sdp& offer);
  void save();
  void roll_back();
  [[nodiscard]] std::string allocate_mid(const std::vector<Line>& lines) const;
  [[nodiscard]] std::string local_text(const Description& description) const;
  void add_described_candidates(const Sdp& remote);

  // peer_direct.cpp
  /// The audio section of an offer, where it is to be carried without ICE.
  [[nodiscard]] static const SdpMedia* direct_audio(const Sdp& offer);  ///< none: null
  [[nodiscard]] bool offers_direct() const;
  Status open_direct(Keying keying, const std::optional<udp::Endpoint>& far, bool separate_rtcp);
  Status prepare_direct_offer();
  Status check_direct_peer_offer(const SdpMedia& offer) const;
  [[nodiscard]] SdpMedia direct_section_of(const Line& line, Setup setup) const;
  [[nodiscard]] std::optional<srtp::CryptoAttribute> crypto_in_use() const;

  EngineContext& engine_;
  Configuration configuration_;
  std::shared_ptr<const PeerEvents> events_;  // shared: a callback may destroy the connection
  std::vector<audio::CodecDescription> codecs_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  MonotonicTime made_at_;
  WallTime made_wall_;
  std::uint64_t session_id_;
  std::uint64_t session_version_ = 0;
  std::string stream_id_;
  std::string track_id_;
  States states_;
  Transport transport_;
  VoiceStream voice_;
  sctp::DataChannels channels_;
  std::vector<Line> lines_;
  std::vector<Transceiver> transceivers_;
  std::optional<Saved> saved_;
  std::optional<Description> created_offer_;
  std::vector<Line> created_offer_lines_;
  std::string created_offer_audio_mid_;
  std::optional<Description> created_answer_;
  std::optional<Description> current_local_;
  std::optional<Description> pending_local_;
  std::optional<Description> current_remote_;
  std::optional<Description> pending_remote_;
  std::vector<IceCandidate> early_candidates_;
  std::string keys_;                 ///< that have not sounded, as far as the audio half has told
  std::uint32_t keys_ordered_ = 0;   ///< orders so far
  std::uint32_t keys_replaced_ = 0;  ///< the newest order that took the place of what was before
  bool negotiation_needed_ = false;
  bool gathering_reported_ = false;
  std::optional<SdpMedia> remote_data_;
};

}  // namespace sidetone::media::peer
