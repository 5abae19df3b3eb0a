#include "native-host/options.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "media/audio/audio_engine.hpp"
#include "net/url.hpp"

namespace sidetone::host {

const char* const kHelp =
    R"(sidetone-host: the voice of Sidetone on this endpoint.

It runs where your ears are, records and plays your calls, and sends the voice straight to the other endpoint. It keeps one
connection to the service, and is told what to do by your Sidetone client. On the first start it shows a code: type that
into a client that you are signed in to, and the endpoint is yours.

Usage: sidetone-host --service URL [options]

  --service URL       address of the service: wss://sidetone.example, or ws://127.0.0.1:PORT on this machine
  --data DIR          where the credential is kept; default: $XDG_DATA_HOME/sidetone or ~/.local/share/sidetone
  --credential FILE   use this credential file and never ask to be paired; default: DIR/host.json
  --name NAME         what clients call this endpoint; default: the machine's name
  --ca FILE           certificate authority of the service, PEM; default: the system's
  --relay-ca FILE     certificate authority of relays over TLS (turns:), PEM; default: the system's
  --no-devices        no microphone, no loudspeaker: for servers and robots
  --wav-microphone FILE, --wav-loudspeaker FILE
                      a WAV file as a device that clients can choose, and the default where there is no other, with
                      --no-devices too; may be given several times. The loudspeaker's file is written anew
  --wav-once          such microphones are silent behind their end, in place of beginning again
  --pulse-server S    sound server; default: the session's own
  --codecs LIST       codecs of calls, best first: opus,G722,G7221,PCMU,PCMA,G729; default: all that there are
  --max-bitrate N     most bits a second of a call's sound, 6000 or more, where the codec has a choice; default: no bound
  --encoder-complexity N
                      processor time for the sound's quality at its bit rate, 0 to 10, as Opus counts it; default: 5
  --port-range A-B    UDP ports of calls, both ends among them, or any; default: 55004-55505
  --dscp LIST         marks of packets by class, 0 to 63 each: voice=46,data=0,signalling=24, which is the default
  --voice-processing LIST
                      what is done to microphones where the client does not say: echo=auto,noise=auto,gain=auto, which is
                      the default, or on or off. auto: for microphones of sound cards; echo cancellation while such a one
                      can hear the loudspeaker, so not with a headset
  --clear-rtp         take calls with far ends that cannot encrypt, and let clients ask for such ones
  --loopback-port N   port of the way in for pages on this endpoint; default: any that is free
  --no-loopback       no such way in; clients come through the service
  --events            one JSON object a line on standard output when something happens, for scripts
  --log-level LEVEL   debug, info, warning or error; the log goes to standard error
  --version, --help

It ends cleanly on SIGTERM and SIGINT: the far ends of running calls are told. Exit status: 0 after that, 2 for a wrong
command line, 1 for anything else.
)";

namespace {

Error wrong(std::string_view option, std::string text) {
  return {ErrorCode::kMalformed, std::move(text), std::string(option)};
}

std::filesystem::path default_data_folder() {
  if (const char* folder = std::getenv("XDG_DATA_HOME"); folder != nullptr && *folder == '/')
    return std::filesystem::path(folder) / "sidetone";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
    return std::filesystem::path(home) / ".local/share/sidetone";
  return {};
}

std::string machine_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "endpoint";
  return name;
}

Status set_service(Options& options, std::string_view value) {
  const auto url = net::parse_url(value);
  if (!url) return wrong("--service", url.error().text);
  if (url->scheme != "ws" && url->scheme != "wss") return wrong("--service", "must begin with wss:// or ws://");
  if (url->target != "/") return wrong("--service", "must have no path: " + url->scheme + "://" + url->authority());
  // A name that merely begins like a loopback address is any machine's.
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(url->host, no_address);
  const bool this_machine = url->host == "localhost" || (!no_address && address.is_loopback());
  if (!url->secure() && !this_machine)
    return wrong("--service", "must be wss:// unless the service is on this machine");
  options.service = url->scheme + "://" + url->authority();
  return {};
}

Result<int> number(std::string_view option, std::string_view value, int least, int most) {
  int out = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), out);
  if (parsed.ec != std::errc{} || parsed.ptr != value.data() + value.size() || out < least || out > most)
    return wrong(option, "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
  return out;
}

Status set_loopback_port(Options& options, std::string_view value) {
  int port = 0;
  SIDETONE_TRY(port, number("--loopback-port", value, 0, 65535));
  options.loopback_port = static_cast<std::uint16_t>(port);
  return {};
}

Status set_codecs(Options& options, std::string_view value) {
  options.codecs.clear();
  for (std::string_view rest = value; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string name(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    std::string known;
    std::string last;
    bool found = false;
    for (const auto& codec : media::audio::supported_codecs()) {
      if (codec.comfort_noise || codec.name == last) continue;  // the rates of one codec follow each other
      last = codec.name;
      found = found || codec.name == name;
      known += (known.empty() ? "" : ", ") + codec.name;
    }
    if (!found) return wrong("--codecs", "names \"" + name + "\", which this machine does not have: " + known);
    options.codecs.push_back(name);
  }
  if (options.codecs.empty()) return wrong("--codecs", "must name one at least");
  return {};
}

Status set_max_bitrate(Options& options, std::string_view value) {
  SIDETONE_TRY(options.max_bitrate_bps, number("--max-bitrate", value, 6000, 510000));
  return {};
}

Status set_encoder_complexity(Options& options, std::string_view value) {
  SIDETONE_TRY(options.encoder_complexity, number("--encoder-complexity", value, 0, 10));
  return {};
}

Status set_port_range(Options& options, std::string_view value) {
  constexpr int kFirstUnprivileged = 1024;
  if (value == "any") {
    options.first_port = options.last_port = 0;
    return {};
  }
  const std::size_t dash = std::min(value.find('-'), value.size());
  if (dash == value.size()) return wrong("--port-range", "must be FIRST-LAST, as 55004-55505, or any");
  int first = 0;
  int last = 0;
  SIDETONE_TRY(first, number("--port-range", value.substr(0, dash), kFirstUnprivileged, 65535));
  SIDETONE_TRY(last, number("--port-range", value.substr(dash + 1), kFirstUnprivileged, 65535));
  // RTP and RTCP may need one each, and begin on an even one (RFC 3550 §11).
  if (last - first < 2)
    return wrong("--port-range", "must have three ports at least, the first before the last: " + std::string(value));
  options.first_port = static_cast<std::uint16_t>(first);
  options.last_port = static_cast<std::uint16_t>(last);
  return {};
}

Status set_dscp(Options& options, std::string_view value) {
  Options::TrafficMarks marks;
  const std::pair<std::string_view, int*> classes[] = {
      {"voice", &marks.voice}, {"data", &marks.data}, {"signalling", &marks.signalling}};
  if (value.empty()) return wrong("--dscp", "must name a class at least, as voice=46");
  for (std::string_view rest = value; !rest.empty();) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    const std::size_t equals = std::min(item.find('='), item.size());
    const auto found = std::find_if(std::begin(classes), std::end(classes),
                                    [&](const auto& one) { return one.first == item.substr(0, equals); });
    if (equals == item.size() || found == std::end(classes))
      return wrong("--dscp", "has \"" + std::string(item) + "\"; it takes voice=N, data=N and signalling=N");
    constexpr int kMostDscp = 63;
    SIDETONE_TRY(*found->second, number("--dscp", item.substr(equals + 1), 0, kMostDscp));
  }
  options.dscp = marks;
  return {};
}

Status set_voice_processing(Options& options, std::string_view value) {
  using media::audio::ProcessingPolicy;
  constexpr std::pair<std::string_view, ProcessingPolicy> kPolicies[] = {
      {"auto", ProcessingPolicy::kAuto}, {"on", ProcessingPolicy::kOn}, {"off", ProcessingPolicy::kOff}};
  Options::VoiceProcessing processing;
  const std::pair<std::string_view, ProcessingPolicy*> kinds[] = {
      {"echo", &processing.echo}, {"noise", &processing.noise}, {"gain", &processing.gain}};
  const auto named = [](const auto& all, std::string_view name) {
    return std::find_if(std::begin(all), std::end(all), [&](const auto& one) { return one.first == name; });
  };
  if (value.empty()) return wrong("--voice-processing", "must name something, as echo=on");
  for (std::string_view rest = value; !rest.empty();) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    const std::size_t equals = std::min(item.find('='), item.size());
    const auto kind = named(kinds, item.substr(0, equals));
    const auto policy = named(kPolicies, item.substr(std::min(equals + 1, item.size())));
    if (kind == std::end(kinds) || policy == std::end(kPolicies))
      return wrong("--voice-processing",
                   "has "
                   " + std::string(item) + "
                   "; it takes echo, noise and gain, each =auto, =on or =off");
    *kind->second = policy->second;
  }
  options.processing = processing;
  return {};
}

Status set_log_level(Options& options, std::string_view value) {
  constexpr std::pair<std::string_view, net::LogLevel> kLevels[] = {{"debug", net::LogLevel::kDebug},
                                                                    {"info", net::LogLevel::kInfo},
                                                                    {"warning", net::LogLevel::kWarning},
                                                                    {"error", net::LogLevel::kError}};
  for (const auto& [name, level] : kLevels) {
    if (value != name) continue;
    options.log_level = level;
    return {};
  }
  return wrong("--log-level", "must be debug, info, warning or error");
}

Status set_text(std::string& out, std::string_view option, std::string_view value, std::size_t most) {
  if (value.empty() || value.size() > most) return wrong(option, "must have 1 to " + std::to_string(most) + " bytes");
  out = value;
  return {};
}

Status add_file(std::vector<std::string>& files, std::string_view option, std::string_view path) {
  constexpr std::size_t kMostFiles = 16;
  if (files.size() == kMostFiles) return wrong(option, "may be given " + std::to_string(kMostFiles) + " times");
  return set_text(files.emplace_back(), option, path, 4096);
}

struct Known {
  std::string_view name;
  std::function<Status(Options&, std::string_view)> set;
  bool has_value = true;
};

const std::vector<Known>& known_options() {
  static const std::vector<Known> known{
      {"--service", set_service},
      {"--data", [](Options& o, std::string_view v) { return o.data = v, Status{}; }},
      {"--credential",
       [](Options& o, std::string_view v) { return o.credential_file = v, o.credential_given = true, Status{}; }},
      {"--name", [](Options& o, std::string_view v) { return set_text(o.name, "--name", v, 256); }},
      {"--relay-ca", [](Options& o, std::string_view v) { return o.relay_authority_file = v, Status{}; }},
      {"--ca", [](Options& o, std::string_view v) { return o.certificate_authority_file = v, Status{}; }},
      {"--wav-microphone",
       [](Options& o, std::string_view v) { return add_file(o.wav_microphones, "--wav-microphone", v); }},
      {"--wav-loudspeaker",
       [](Options& o, std::string_view v) { return add_file(o.wav_loudspeakers, "--wav-loudspeaker", v); }},
      {"--wav-once", [](Options& o, std::string_view) { return o.wav_once = true, Status{}; }, false},
      {"--pulse-server", [](Options& o, std::string_view v) { return o.pulse_server = v, Status{}; }},
      {"--codecs", set_codecs},
      {"--max-bitrate", set_max_bitrate},
      {"--encoder-complexity", set_encoder_complexity},
      {"--port-range", set_port_range},
      {"--dscp", set_dscp},
      {"--voice-processing", set_voice_processing},
      {"--loopback-port", set_loopback_port},
      {"--log-level", set_log_level},
      {"--clear-rtp", [](Options& o, std::string_view) { return o.clear_rtp = true, Status{}; }, false},
      {"--no-devices", [](Options& o, std::string_view) { return o.use_devices = false, Status{}; }, false},
      {"--no-loopback", [](Options& o, std::string_view) { return o.loopback_port.reset(), Status{}; }, false},
      {"--events", [](Options& o, std::string_view) { return o.events = true, Status{}; }, false},
      {"--help", [](Options& o, std::string_view) { return o.help = true, Status{}; }, false},
      {"--version", [](Options& o, std::string_view) { return o.version = true, Status{}; }, false},
  };
  return known;
}

}  // namespace

Result<Options> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view name = arguments[i];
    std::optional<std::string_view> value;
    if (const auto equals = name.find('='); equals != std::string_view::npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    }
    const Known* found = nullptr;
    for (const auto& one : known_options())
      if (one.name == name) found = &one;
    if (found == nullptr) return wrong(name, "is not an option; --help lists them");
    if (!found->has_value && value) return wrong(name, "takes no value");
    if (found->has_value && !value) {
      if (++i == arguments.size()) return wrong(name, "needs a value");
      value = arguments[i];
    }
    SIDETONE_CHECK(found->set(options, value.value_or("")));
  }
  if (options.help || options.version) return options;
  if (options.service.empty()) return wrong("--service", "is needed: the address of the service");
  if (options.data.empty()) options.data = default_data_folder();
  if (options.credential_file.empty()) {
    if (options.data.empty()) return wrong("--data", "is needed, for there is no home folder");
    options.credential_file = options.data / "host.json";
  }
  if (options.name.empty()) options.name = machine_name();
  return options;
}

}  // namespace sidetone::host
