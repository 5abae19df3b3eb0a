#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "media/audio/audio_engine.hpp"
#include "net/log.hpp"

namespace sidetone::host {

/// The command line; docs/native-host.md describes each.
struct Options {
  std::string service;
  std::filesystem::path data;
  std::filesystem::path credential_file;
  bool credential_given = false;  ///< --credential: somebody else writes the file, and this host never enrols
  std::string name;
  bool use_devices = true;
  std::string pulse_server;
  std::optional<std::uint16_t> loopback_port = 0;  ///< nothing: no loopback way in
  std::string certificate_authority_file;
  std::vector<std::string> codecs;  ///< best first; empty: all that this machine has
  int max_bitrate_bps = 0;          ///< 0: no bound
  int encoder_complexity = 5;       ///< 0 … 10, of codecs that have such a thing
  /// UDP ports of calls, both ends among them; 0: any.
  std::uint16_t first_port = 55004;
  std::uint16_t last_port = 55505;
  /// Marks of what is sent by class, 0 … 63 (RFC 2474).
  struct TrafficMarks {
    int voice = 46;       ///< RTP and RTCP, handshakes, connectivity checks
    int data = 0;         ///< data channels
    int signalling = 24;  ///< the connection to the service
  };
  TrafficMarks dscp;
  std::string relay_authority_file;  ///< PEM; empty: the system's
  bool clear_rtp = false;            ///< voice may go unencrypted
  /// What is done to microphones where clients do not say.
  struct VoiceProcessing {
    media::audio::ProcessingPolicy echo = media::audio::ProcessingPolicy::kAuto;
    media::audio::ProcessingPolicy noise = media::audio::ProcessingPolicy::kAuto;
    media::audio::ProcessingPolicy gain = media::audio::ProcessingPolicy::kAuto;
  };
  VoiceProcessing processing;
  std::vector<std::string> wav_microphones;  ///< files
  std::vector<std::string> wav_loudspeakers;
  bool wav_once = false;  ///< the microphones are silent behind their end
  bool events = false;
  net::LogLevel log_level = net::LogLevel::kInfo;
  bool help = false;
  bool version = false;
};

/// @param arguments  without the program's name.
/// @error kMalformed: one sentence that names the option.
Result<Options> parse_options(std::span<const char* const> arguments);

extern const char* const kHelp;

}  // namespace sidetone::host
