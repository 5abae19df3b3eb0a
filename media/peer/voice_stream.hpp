#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "media/ice/main_context.hpp"
#include "media/peer/bandwidth.hpp"
#include "media/peer/engine_context.hpp"
#include "media/peer/expected_loss.hpp"
#include "media/peer/transport.hpp"
#include "media/peer/voice_copies.hpp"
#include "media/peer/voice_quality.hpp"
#include "media/rtp/rtcp_session.hpp"
#include "media/rtp/transport_feedback.hpp"

namespace sidetone::media::peer {

/// What negotiation found for the one audio section.
struct VoiceParameters {
  std::optional<audio::CodecBinding> send;  ///< none: nothing is sent
  std::vector<audio::CodecBinding> receive;
  Milliseconds packet_time{20};
  std::optional<audio::EventBinding> send_events;  ///< none: the far end takes no keys
  std::vector<audio::EventBinding> receive_events;
  std::optional<std::uint8_t> send_comfort_noise;  ///< none: pauses are sent as sound
  std::optional<std::uint8_t> send_red;            ///< copies of `send` may go under it (RFC 2198); none: none may
  std::optional<std::uint8_t> receive_red;         ///< none: not agreed
  bool send_deep_redundancy = false;               ///< the far end reads codec::kDeepRedundancyParameter
  bool wants_voip_metrics = false;                 ///< the far end does (RFC 3611 §5.1)
  int max_bitrate_bps = 0;                         ///< of payloads; 0: no bound
  std::uint8_t audio_level_id = 0;                 ///< 0: not negotiated
  std::uint8_t mid_id = 0;
  std::uint8_t transport_sequence_id = 0;  ///< not 0: arrivals are told, both ways
  std::string mid;
};

/// The voice of one peer connection: a leg of the audio engine on one side, RTP and RTCP on the other.
/// @thread I/O.
class VoiceStream {
 public:
  struct Events {
    std::function<void(std::string)> source_lost;  ///< the leg's device went away
    std::function<void(const rtp::EventSender::Change&)> key_sent;
    std::function<void(const rtp::ReceivedKey&)> key_received;
  };
  VoiceStream(EngineContext& engine, Transport& transport, std::string cname, Events events);
  ~VoiceStream();
  VoiceStream(const VoiceStream&) = delete;
  VoiceStream& operator=(const VoiceStream&) = delete;

  /// @error of the audio engine; what was before goes on.
  Status configure(VoiceParameters parameters);
  /// The transport is up: reports begin.
  void start();
  /// BYE, and the leg is given back.
  void stop();

  Status set_source(const audio::Source& source);
  void set_muted(bool muted);
  Status set_sink(const audio::Sink& sink);
  /// @error kUnavailable: nothing is sent now, or the far end takes no keys.
  Status insert_keys(const rtp::KeyPresses& presses);

  void on_rtp(Bytes packet);
  void on_rtcp(Bytes packet);

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] const std::string& cname() const { return cname_; }
  [[nodiscard]] const VoiceParameters& parameters() const { return parameters_; }
  [[nodiscard]] const rtp::RtcpSession& reports() const { return reports_; }
  [[nodiscard]] std::optional<audio::LegStats> leg_stats() const;
  [[nodiscard]] const VoiceQuality& quality() const { return quality_; }
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }
  [[nodiscard]] const VoiceCopies& copies() const { return copies_; }
  [[nodiscard]] const Bandwidth& bandwidth() const { return bandwidth_; }
  [[nodiscard]] std::uint64_t copies_received() const { return copies_received_; }
  [[nodiscard]] std::uint8_t last_payload_type() const { return last_payload_type_; }

 private:
  Status ensure_leg();
  [[nodiscard]] audio::LegConfig leg_config() const;
  void on_frame(const audio::OutgoingFrame& frame);
  void on_red(const rtp::Packet& packet, MonotonicTime now);
  void report(bool goodbye);
  void note_arrival(const rtp::Packet& packet, MonotonicTime now);
  void on_transport_feedback(const rtp::RtcpCompound& compound);

  EngineContext& engine_;
  Transport& transport_;
  std::uint32_t ssrc_;
  std::uint16_t sequence_;
  std::string cname_;
  Events events_;
  VoiceParameters parameters_;
  rtp::RtcpSession reports_;
  ice::Timer report_timer_;
  std::optional<audio::LegId> leg_;
  bool started_ = false;
  bool stopped_ = false;
  std::uint8_t last_payload_type_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t copies_received_ = 0;
  VoiceCopies copies_;
  ExpectedLoss expected_loss_;
  std::uint32_t reported_sequence_;  ///< the highest of the last report; before it, the first that is sent
  VoiceQuality quality_;
  Bandwidth bandwidth_;
  rtp::ArrivalLog arrivals_;
  std::uint64_t pair_changes_ = 0;  ///< that `bandwidth_` knows of
};

}  // namespace sidetone::media::peer
