#include "media/peer/sdp.hpp"

namespace sidetone::media::peer {
namespace {

class Writer {
 public:
  template <class... Parts>
  void line(const Parts&... parts) {
    (append(parts), ...);
    text_ += "\r\n";
  }
  std::string take() { return std::move(text_); }

 private:
  void append(std::string_view part) { text_ += part; }
  void append(std::uint64_t part) { text_ += std::to_string(part); }
  std::string text_;
};

std::string network_address(const std::string& address) {
  return (address.find(':') == std::string::npos ? "IN IP4 " : "IN IP6 ") + address;
}

void write_transport(Writer& out, const SdpMedia& media) {
  for (const auto& crypto : media.cryptos) out.line("a=crypto:", srtp::to_string(crypto));
  for (const auto& candidate : media.candidates) out.line("a=", ice::to_string(candidate));
  if (media.end_of_candidates) out.line("a=end-of-candidates");
  if (!media.ice.ufrag.empty()) {
    out.line("a=ice-ufrag:", media.ice.ufrag);
    out.line("a=ice-pwd:", media.ice.password);
  }
  if (media.ice_trickle) out.line("a=ice-options:trickle");
  for (const auto& fingerprint : media.fingerprints) out.line("a=fingerprint:", dtls::to_string(fingerprint));
  if (media.setup) out.line("a=setup:", setup_name(*media.setup));
}

void write_rtp(Writer& out, const SdpMedia& media) {
  for (const auto& extension : media.extensions) {
    if (extension.direction == Direction::kSendRecv) {
      out.line("a=extmap:", std::uint64_t{extension.id}, " ", extension.uri);
    } else {
      out.line("a=extmap:", std::uint64_t{extension.id}, "/", direction_name(extension.direction), " ", extension.uri);
    }
  }
  out.line("a=", direction_name(media.direction));
  if (!media.msid.empty()) out.line("a=msid:", media.msid);
  if (media.rtcp_mux) out.line("a=rtcp-mux");
  if (media.rtcp_mux_only) out.line("a=rtcp-mux-only");
  if (media.rtcp_reduced_size) out.line("a=rtcp-rsize");
  if (media.wants_voip_metrics) out.line("a=rtcp-xr:voip-metrics");
  if (media.transport_feedback) out.line("a=rtcp-fb:* transport-cc");
  for (const auto& codec : media.codecs) {
    const std::uint64_t type = codec.payload_type;
    if (codec.channels > 1) {
      out.line("a=rtpmap:", type, " ", codec.name, "/", std::uint64_t{codec.clock_rate_hz}, "/",
               std::uint64_t{codec.channels});
    } else {
      out.line("a=rtpmap:", type, " ", codec.name, "/", std::uint64_t{codec.clock_rate_hz});
    }
    if (!codec.format_parameters.empty()) out.line("a=fmtp:", type, " ", codec.format_parameters);
  }
  if (media.packet_time_ms) out.line("a=ptime:", std::uint64_t{*media.packet_time_ms});
  if (media.max_packet_time_ms) out.line("a=maxptime:", std::uint64_t{*media.max_packet_time_ms});
  for (const auto& source : media.sources) {
    out.line("a=ssrc:", std::uint64_t{source.ssrc}, " cname:", source.cname);
    if (!media.msid.empty()) out.line("a=ssrc:", std::uint64_t{source.ssrc}, " msid:", media.msid);
  }
}

void write_media(Writer& out, const SdpMedia& media) {
  std::string formats;
  for (const auto& format : media.formats) formats += ' ' + format;
  out.line("m=", media.kind, " ", std::uint64_t{media.port}, " ", media.protocol, formats);
  out.line("c=", network_address(media.connection_address));
  if (media.session_bandwidth_bps) out.line("b=AS:", std::uint64_t{*media.session_bandwidth_bps / 1000});
  if (media.bandwidth_bps) out.line("b=TIAS:", std::uint64_t{*media.bandwidth_bps});
  const bool rtp = media.protocol.find("RTP/") != std::string::npos;
  if (media.rejected()) {
    if (!media.mid.empty()) out.line("a=mid:", media.mid);
    if (rtp) out.line("a=inactive");
    return;
  }
  if (media.rtcp_port != 0)
    out.line("a=rtcp:", std::uint64_t{media.rtcp_port}, " ",
             network_address(media.rtcp_address.empty() ? media.connection_address : media.rtcp_address));
  write_transport(out, media);
  if (!media.mid.empty()) out.line("a=mid:", media.mid);
  if (media.bundle_only) out.line("a=bundle-only");
  if (rtp) write_rtp(out, media);
  if (media.sctp_port) out.line("a=sctp-port:", std::uint64_t{*media.sctp_port});
  if (media.max_message_size) out.line("a=max-message-size:", *media.max_message_size);
}

}  // namespace

std::string_view setup_name(Setup setup) {
  switch (setup) {
    case Setup::kActPass:
      return "actpass";
    case Setup::kActive:
      return "active";
    case Setup::kPassive:
      return "passive";
    case Setup::kHoldConn:
      return "holdconn";
  }
  return "";
}

std::string_view direction_name(Direction direction) {
  switch (direction) {
    case Direction::kSendRecv:
      return "sendrecv";
    case Direction::kSendOnly:
      return "sendonly";
    case Direction::kRecvOnly:
      return "recvonly";
    case Direction::kInactive:
      return "inactive";
    case Direction::kStopped:
      return "stopped";
  }
  return "";
}

std::string write_sdp(const Sdp& sdp) {
  Writer out;
  out.line("v=0");
  out.line("o=- ", sdp.session_id, " ", sdp.session_version, " IN IP4 127.0.0.1");
  out.line("s=-");
  out.line("t=0 0");
  if (!sdp.bundle.empty()) {
    std::string group;
    for (const auto& mid : sdp.bundle) group += ' ' + mid;
    out.line("a=group:BUNDLE", group);
  }
  out.line("a=extmap-allow-mixed");
  out.line("a=msid-semantic: WMS *");
  if (sdp.ice_lite) out.line("a=ice-lite");
  for (const auto& media : sdp.media) write_media(out, media);
  return out.take();
}

}  // namespace sidetone::media::peer
