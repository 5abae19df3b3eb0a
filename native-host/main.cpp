#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>

#include "media/codec/codec.hpp"
#include "native-host/daemon.hpp"
#include "net/crypto.hpp"
#include "net/system_clock.hpp"

namespace {

using namespace sidetone;

Result<media::device::WavDevices> open_wav_devices(const host::Options& options) {
  media::device::WavDevices out;
  for (const std::string& path : options.wav_microphones) {
    SIDETONE_TRY(auto file, media::device::open_wav_microphone(path, !options.wav_once));
    out.microphones.push_back(std::move(file));
  }
  for (const std::string& path : options.wav_loudspeakers) {
    SIDETONE_TRY(auto file, media::device::open_wav_loudspeaker(path));
    out.loudspeakers.push_back(std::move(file));
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = host::parse_options(std::span(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0));
  if (!options) {
    std::fprintf(stderr, "sidetone-host: %s %s.\n", options.error().where.c_str(), options.error().text.c_str());
    return 2;
  }
  if (options->help || options->version) {
    std::fputs(options->help ? host::kHelp : "sidetone-host " SIDETONE_VERSION "\n", stdout);
    return 0;
  }
  std::signal(SIGPIPE, SIG_IGN);

  const auto wav = open_wav_devices(*options);
  if (!wav) {
    std::fprintf(stderr, "sidetone-host: %s\n", to_string(wav.error()).c_str());
    return 1;
  }

  const net::SystemClock clock;
  net::SystemRandom random;
  const net::Logger logger(options->log_level);
  for (const auto& codec : media::codec::missing_codecs())
    logger.info("codec left out", {{"codec", std::string(codec.name)}, {"reason", std::string(codec.reason)}});
  host::EventWriter events(options->events, stdout);
  boost::asio::io_context context;
  const auto make_engine = [&](std::function<void()> devices_changed) {
    media::peer::MediaEngineOptions engine;
    engine.audio.use_devices = options->use_devices;
    engine.audio.server = options->pulse_server;
    engine.audio.encoder_complexity = options->encoder_complexity;
    engine.audio.wav = *wav;
    engine.audio.echo_cancellation = options->processing.echo;
    engine.audio.noise_suppression = options->processing.noise;
    engine.audio.auto_gain_control = options->processing.gain;
    engine.voice.codecs = options->codecs;
    engine.voice.max_bitrate_bps = options->max_bitrate_bps;
    engine.network.ports = {options->first_port, options->last_port};
    engine.network.clear_rtp = options->clear_rtp;
    engine.network.dscp_voice = options->dscp.voice;
    engine.network.dscp_data = options->dscp.data;
    engine.network.relay_authority_file = options->relay_authority_file;
    engine.network.relay_failed = [&logger](const std::string& server, const std::string& reason) {
      logger.warning("relay not reached", {{"server", server}, {"reason", reason}});
    };
    return media::peer::make_media_engine(engine, clock, random, std::move(devices_changed));
  };
  host::Daemon daemon(context, *options, make_engine, clock, random, logger, events);
  if (const auto started = daemon.start(); !started) {
    std::fprintf(stderr, "sidetone-host: %s\n", to_string(started.error()).c_str());
    return 1;
  }
  boost::asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&](boost::system::error_code cancelled, int) {
    if (!cancelled) daemon.stop();
  });
  context.run();
  return 0;
}
