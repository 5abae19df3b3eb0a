#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/clock.hpp"
#include "media/audio/audio_engine.hpp"
#include "media/rtp/rtcp_session.hpp"

namespace sidetone::media::peer {

/// How a call sounds to one of its ends. @source ITU-T G.107
struct Opinion {
  double rating = 0;          ///< R factor, 0 … 93.2
  double listening = 0;       ///< MOS-LQ, 1 … 4.5: as if there was no delay
  double conversational = 0;  ///< MOS-CQ, 1 … 4.5
};

/// Judges a call in both directions, about once a second. @thread I/O.
class VoiceQuality {
 public:
  /// The second that has passed. @param codec  that is received, as in SDP. @param packet_time  of it
  void judge(const audio::LegStats& leg, const rtp::RtcpSession& reports, std::string_view codec,
             Milliseconds packet_time);

  /// What is heard here; none before the first second with voice.
  [[nodiscard]] const std::optional<Opinion>& here() const { return here_; }
  /// What is heard at the far end: as it says (RFC 3611 §4.7), or else worked out from its reports.
  [[nodiscard]] const std::optional<Opinion>& there() const { return there_; }
  /// For the far end: of the call so far the losses, of the last second all else; none before the first packet.
  [[nodiscard]] const std::optional<rtp::VoipMetrics>& metrics() const { return metrics_; }

 private:
  struct Counts {
    std::uint64_t played = 0;
    std::uint64_t concealed = 0;
    double waited_s = 0;
    std::uint64_t emitted = 0;
  };
  void judge_here(const audio::LegStats& leg, const rtp::RtcpSession& reports, std::string_view codec,
                  Milliseconds packet_time);
  void judge_there(const rtp::RtcpSession& reports, std::string_view codec, Milliseconds packet_time);

  Counts before_;
  std::optional<Opinion> here_;
  std::optional<Opinion> there_;
  std::optional<rtp::VoipMetrics> metrics_;
};

}  // namespace sidetone::media::peer
