#include <algorithm>
#include <charconv>
#include <utility>

#include "media/peer/sdp.hpp"

namespace sidetone::media::peer {
namespace {

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

/// token of RFC 8866 §9, which mids, format names and codec names are.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("\"(),/:;<=>?@[\\]").find(c) == std::string_view::npos;
  });
}

/// ice-char of RFC 8839 §5.4.
bool is_ice_word(std::string_view text, std::size_t least) {
  return text.size() >= least && text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
         });
}

std::optional<Direction> direction_from(std::string_view name) {
  for (const auto direction : {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly, Direction::kInactive})
    if (direction_name(direction) == name) return direction;
  return std::nullopt;
}

/// Static payload types that may stand without an rtpmap. @source RFC 3551 table 4
std::optional<SdpCodec> static_codec(std::uint8_t payload_type) {
  switch (payload_type) {
    case 0:
      return SdpCodec{0, "PCMU", 8000, 1, {}};
    case 8:
      return SdpCodec{8, "PCMA", 8000, 1, {}};
    case 9:
      return SdpCodec{9, "G722", 8000, 1, {}};
    case 13:
      return SdpCodec{13, "CN", 8000, 1, {}};
    case 18:
      return SdpCodec{18, "G729", 8000, 1, {}};
    default:
      return std::nullopt;
  }
}

class Parser {
 public:
  Result<Sdp> run(std::string_view text) {
    if (text.size() > sdp_limits::kBytes) return Error{ErrorCode::kTooLarge, "description is too long", "sdp"};
    while (!text.empty()) {
      ++line_;
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (line.empty()) continue;
      if (line.size() > sdp_limits::kLineBytes) return fail(ErrorCode::kTooLarge, "line is too long");
      if (line.size() < 2 || line[1] != '=') return fail(ErrorCode::kMalformed, "line is not of the form x=…");
      if (line_ == 1 && line != "v=0") return fail(ErrorCode::kMalformed, "description does not begin with v=0");
      SIDETONE_CHECK(on_line(line[0], line.substr(2)));
    }
    if (line_ == 0) return Error{ErrorCode::kMalformed, "description is empty", "sdp"};
    SIDETONE_CHECK(finish());
    return std::move(sdp_);
  }

 private:
  Error fail(ErrorCode code, std::string text) const {
    return Error{code, std::move(text), "sdp:" + std::to_string(line_)};
  }
  SdpMedia& target() { return sdp_.media.empty() ? session_ : sdp_.media.back(); }
  bool in_media() const { return !sdp_.media.empty(); }

  template <class T>
  Status add(std::vector<T>& list, T item) {
    if (list.size() >= sdp_limits::kPerMedia) return fail(ErrorCode::kTooLarge, "too many of one kind in a section");
    list.push_back(std::move(item));
    return {};
  }

  Status on_line(char type, std::string_view value) {
    if (type == 'o') return on_origin(value);
    if (type == 'm') return on_media(value);
    if (type == 'b' && in_media()) return on_bandwidth(value);
    if (type == 'c') return on_connection(value, target().connection_address);
    if (type == 'a') {
      const auto [name, argument] = cut(value, ':');
      return on_attribute(name, argument);
    }
    return {};
  }

  Status on_origin(std::string_view value) {
    const auto words = split(value, ' ');
    if (words.size() < 6) return fail(ErrorCode::kMalformed, "o= lacks fields");
    sdp_.session_id = number<std::uint64_t>(words[1]).value_or(0);
    sdp_.session_version = number<std::uint64_t>(words[2]).value_or(0);
    return {};
  }

  Status on_media(std::string_view value) {
    if (sdp_.media.size() >= sdp_limits::kMedia) return fail(ErrorCode::kTooLarge, "too many media sections");
    const auto words = split(value, ' ');
    if (words.size() < 4 || !is_token(words[0])) return fail(ErrorCode::kMalformed, "m= lacks fields");
    const auto port = number<std::uint16_t>(cut(words[1], '/').first);
    if (!port) return fail(ErrorCode::kMalformed, "m= has no port");
    SdpMedia media;
    media.kind = std::string(words[0]);
    media.port = *port;
    media.protocol = std::string(words[2]);
    if (words.size() - 3 > sdp_limits::kPerMedia) return fail(ErrorCode::kTooLarge, "too many formats");
    for (std::size_t i = 3; i < words.size(); ++i) media.formats.emplace_back(words[i]);
    media.direction = session_.direction;
    media.connection_address = session_.connection_address;
    sdp_.media.push_back(std::move(media));
    return {};
  }

  /// "IN IP4 192.0.2.1/127", where what is behind the slash is multicast's. A name stays one.
  Status on_connection(std::string_view value, std::string& address) {
    constexpr std::size_t kMost = 255;
    const auto words = split(value, ' ');
    if (words.size() < 3 || words[0] != "IN") return fail(ErrorCode::kMalformed, "an address lacks fields");
    const std::string_view text = cut(words[2], '/').first;
    if (text.empty() || text.size() > kMost) return fail(ErrorCode::kMalformed, "an address is empty or too long");
    address = std::string(text);
    return {};
  }

  Status on_bandwidth(std::string_view value) {
    const auto [type, text] = cut(value, ':');
    if (type != "TIAS" && type != "AS") return {};
    const auto bandwidth = number<std::uint32_t>(text);
    if (!bandwidth) return fail(ErrorCode::kMalformed, "b= is no number");
    SdpMedia& media = target();
    if (type == "TIAS") media.bandwidth_bps = *bandwidth;
    constexpr std::uint32_t kKilo = 1000;
    constexpr std::uint32_t kMost = 4'000'000;
    if (type == "AS") media.session_bandwidth_bps = std::min(*bandwidth, kMost) * kKilo;
    return {};
  }

  Status on_attribute(std::string_view name, std::string_view value) {
    SdpMedia& media = target();
    if (const auto direction = direction_from(name)) {
      media.direction = *direction;
      return {};
    }
    if (name == "ice-ufrag") {
      if (!is_ice_word(value, 4)) return fail(ErrorCode::kMalformed, "ice-ufrag is wrong");
      media.ice.ufrag = std::string(value);
    } else if (name == "ice-pwd") {
      if (!is_ice_word(value, 22)) return fail(ErrorCode::kMalformed, "ice-pwd is wrong");
      media.ice.password = std::string(value);
    } else if (name == "ice-options") {
      for (const auto option : split(value, ' '))
        if (option == "trickle") media.ice_trickle = true;
    } else if (name == "ice-lite") {
      sdp_.ice_lite = true;
    } else if (name == "fingerprint") {
      return on_fingerprint(value);
    } else if (name == "setup") {
      return on_setup(value);
    } else if (name == "group") {
      return on_group(value);
    } else if (in_media()) {
      return on_media_attribute(name, value, media);
    }
    return {};
  }

  Status on_fingerprint(std::string_view value) {
    auto fingerprint = dtls::parse_fingerprint(value);
    if (fingerprint.ok()) return add(target().fingerprints, std::move(fingerprint).value());
    // A hash that we refuse is no fault of the description as long as another one is there.
    if (fingerprint.error().code == ErrorCode::kUnsupported) return {};
    return fail(ErrorCode::kMalformed, fingerprint.error().text);
  }

  Status on_setup(std::string_view value) {
    for (const auto setup : {Setup::kActPass, Setup::kActive, Setup::kPassive, Setup::kHoldConn}) {
      if (setup_name(setup) != value) continue;
      target().setup = setup;
      return {};
    }
    return fail(ErrorCode::kMalformed, "setup is unknown");
  }

  Status on_group(std::string_view value) {
    const auto words = split(value, ' ');
    if (words.empty() || words[0] != "BUNDLE" || !sdp_.bundle.empty()) return {};
    if (words.size() > sdp_limits::kMedia + 1) return fail(ErrorCode::kTooLarge, "too many media in a group");
    for (std::size_t i = 1; i < words.size(); ++i) sdp_.bundle.emplace_back(words[i]);
    return {};
  }

  Status on_media_attribute(std::string_view name, std::string_view value, SdpMedia& media) {
    if (name == "mid") {
      if (!is_token(value) || value.size() > sdp_limits::kMidBytes) return fail(ErrorCode::kMalformed, "mid is wrong");
      media.mid = std::string(value);
    } else if (name == "candidate") {
      return on_candidate(value, media);
    } else if (name == "end-of-candidates") {
      media.end_of_candidates = true;
    } else if (name == "bundle-only") {
      media.bundle_only = true;
    } else if (name == "rtcp") {
      const auto [port, address] = cut(value, ' ');
      const auto number_of_port = number<std::uint16_t>(port);
      if (!number_of_port || *number_of_port == 0) return fail(ErrorCode::kMalformed, "rtcp has no port");
      media.rtcp_port = *number_of_port;
      if (!address.empty()) return on_connection(address, media.rtcp_address);
    } else if (name == "crypto") {
      return on_crypto(value, media);
    } else if (name == "rtcp-mux") {
      media.rtcp_mux = true;
    } else if (name == "rtcp-mux-only") {
      media.rtcp_mux_only = true;
    } else if (name == "rtcp-rsize") {
      media.rtcp_reduced_size = true;
    } else if (name == "rtcp-xr") {
      for (std::string_view rest = value; !rest.empty();) {
        const auto [format, more] = cut(rest, ' ');
        media.wants_voip_metrics |= format == "voip-metrics";
        rest = more;
      }
    } else if (name == "rtcp-fb") {
      media.transport_feedback |= cut(value, ' ').second == "transport-cc";
    } else if (name == "rtpmap") {
      return on_rtpmap(value, media);
    } else if (name == "fmtp") {
      const auto [type, parameters] = cut(value, ' ');
      if (const auto payload_type = number<std::uint8_t>(type))
        return add(parameters_, {sdp_.media.size(), *payload_type, std::string(parameters)});
    } else if (name == "extmap") {
      return on_extmap(value, media);
    } else if (name == "ptime") {
      media.packet_time_ms = number<std::uint16_t>(value);
    } else if (name == "maxptime") {
      media.max_packet_time_ms = number<std::uint16_t>(value);
    } else if (name == "msid") {
      if (media.msid.empty()) media.msid = std::string(value);
    } else if (name == "ssrc") {
      return on_source(value, media);
    } else if (name == "sctp-port") {
      media.sctp_port = number<std::uint16_t>(value);
      if (!media.sctp_port) return fail(ErrorCode::kMalformed, "sctp-port is wrong");
    } else if (name == "sctpmap") {  // Firefox before 63 and others, draft-ietf-mmusic-sctp-sdp-05
      media.sctp_port = number<std::uint16_t>(cut(value, ' ').first);
    } else if (name == "max-message-size") {
      media.max_message_size = number<std::uint64_t>(value);
      if (!media.max_message_size) return fail(ErrorCode::kMalformed, "max-message-size is wrong");
    }
    return {};
  }

  Status on_candidate(std::string_view value, SdpMedia& media) {
    auto candidate = ice::parse_candidate("candidate:" + std::string(value));
    if (candidate.ok()) return add(media.candidates, std::move(candidate).value());
    if (candidate.error().code == ErrorCode::kUnsupported) return {};
    return fail(candidate.error().code, candidate.error().text);
  }

  Status on_crypto(std::string_view value, SdpMedia& media) {
    auto crypto = srtp::parse_crypto_attribute(value);
    if (crypto.ok()) return add(media.cryptos, std::move(crypto).value());
    // An offer names several that one may choose from (RFC 4568 §5.1.2).
    if (crypto.error().code == ErrorCode::kUnsupported) return {};
    return fail(ErrorCode::kMalformed, "crypto: " + crypto.error().text);
  }

  Status on_rtpmap(std::string_view value, SdpMedia& media) {
    const auto [type, encoding] = cut(value, ' ');
    const auto parts = split(encoding, '/');
    const auto payload_type = number<std::uint8_t>(type);
    if (!payload_type || *payload_type > 127 || parts.size() < 2 || !is_token(parts[0]))
      return fail(ErrorCode::kMalformed, "rtpmap is wrong");
    const auto clock = number<std::uint32_t>(parts[1]);
    if (!clock || *clock == 0) return fail(ErrorCode::kMalformed, "rtpmap has no clock rate");
    SdpCodec codec{*payload_type, std::string(parts[0]), *clock, 1, {}};
    if (parts.size() > 2) codec.channels = number<std::uint8_t>(parts[2]).value_or(1);
    return add(media.codecs, std::move(codec));
  }

  Status on_extmap(std::string_view value, SdpMedia& media) {
    const auto words = split(value, ' ');
    if (words.size() < 2) return fail(ErrorCode::kMalformed, "extmap lacks fields");
    const auto [id_text, direction] = cut(words[0], '/');
    const auto id = number<std::uint16_t>(id_text);
    if (!id) return fail(ErrorCode::kMalformed, "extmap has no id");
    if (*id == 0 || *id > 255) return {};  // RFC 8285 §7: 4096 and up are for offers of choices, which nobody makes
    return add(media.extensions, SdpExtension{static_cast<std::uint8_t>(*id), std::string(words[1]),
                                              direction_from(direction).value_or(Direction::kSendRecv)});
  }

  Status on_source(std::string_view value, SdpMedia& media) {
    const auto [ssrc_text, attribute] = cut(value, ' ');
    const auto ssrc = number<std::uint32_t>(ssrc_text);
    if (!ssrc) return fail(ErrorCode::kMalformed, "ssrc is wrong");
    auto found = std::find_if(media.sources.begin(), media.sources.end(),
                              [&](const SdpSource& source) { return source.ssrc == *ssrc; });
    if (found == media.sources.end()) {
      SIDETONE_CHECK(add(media.sources, SdpSource{*ssrc, {}}));
      found = media.sources.end() - 1;
    }
    const auto [name, argument] = cut(attribute, ':');
    if (name == "cname") found->cname = std::string(argument);
    return {};
  }

  Status finish() {
    SIDETONE_CHECK(check_credentials(session_));
    for (std::size_t i = 0; i < sdp_.media.size(); ++i) {
      SdpMedia& media = sdp_.media[i];
      SIDETONE_CHECK(check_credentials(media));
      if (media.ice.ufrag.empty()) media.ice = session_.ice;
      if (media.fingerprints.empty()) media.fingerprints = session_.fingerprints;
      if (!media.setup) media.setup = session_.setup;
      media.ice_trickle = media.ice_trickle || session_.ice_trickle;
      order_codecs(media, i + 1);
      for (std::size_t j = 0; j < i; ++j)
        if (!media.mid.empty() && sdp_.media[j].mid == media.mid)
          return fail(ErrorCode::kMalformed, "two sections have one mid");
    }
    return {};
  }

  /// @source RFC 8839 §5.4: both at the same level.
  static Status check_credentials(const SdpMedia& media) {
    if (media.ice.ufrag.empty() == media.ice.password.empty()) return {};
    return Error{ErrorCode::kMalformed, "ice-ufrag and ice-pwd come together or not at all",
                 media.mid.empty() ? "sdp" : "sdp: mid " + media.mid};
  }

  /// The m-line says the order; static types may lack an rtpmap; an rtpmap that the m-line does not name is void.
  void order_codecs(SdpMedia& media, std::size_t section) {
    if (media.kind != "audio") {
      media.codecs.clear();
      return;
    }
    std::vector<SdpCodec> ordered;
    for (const auto& format : media.formats) {
      const auto payload_type = number<std::uint8_t>(format);
      if (!payload_type) continue;
      const auto found = std::find_if(media.codecs.begin(), media.codecs.end(),
                                      [&](const SdpCodec& codec) { return codec.payload_type == *payload_type; });
      std::optional<SdpCodec> codec = found != media.codecs.end() ? std::optional(*found) : static_codec(*payload_type);
      if (!codec) continue;
      for (const auto& item : parameters_)
        if (item.section == section && item.payload_type == *payload_type) codec->format_parameters = item.text;
      ordered.push_back(std::move(*codec));
    }
    media.codecs = std::move(ordered);
  }

  struct Parameters {
    std::size_t section = 0;
    std::uint8_t payload_type = 0;
    std::string text;
  };

  Sdp sdp_;
  SdpMedia session_;  // attributes before the first m=
  std::vector<Parameters> parameters_;
  std::size_t line_ = 0;
};

}  // namespace

Result<Sdp> parse_sdp(std::string_view text) { return Parser().run(text); }

}  // namespace sidetone::media::peer
