// The jitter buffer against the standard network models, on a virtual clock: one JSON object. See README.md.
//   jitter_simulator --speech FILE [--seed N] [--seconds N] [--case NAME] [--heard FOLDER]
//   jitter_simulator --arrivals [--seed N] [--seconds N] [--case NAME]     what the network does to each packet
//   jitter_simulator --trace FILE --payload-type N                         a recorded stream (pcap, pcapng)
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "tests/bench/jitter/simulation.hpp"

namespace {

using namespace sidetone;

/// Where the device's clock may stand against the packets': figures are means over these.
constexpr std::array kPhasesMs = {1.0, 3.0, 5.0, 7.0, 9.0};

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<float> read_speech(const std::string& path) {
  const std::vector<std::uint8_t> octets = read_file(path);
  std::vector<std::int16_t> samples(octets.size() / 2);
  std::memcpy(samples.data(), octets.data(), samples.size() * 2);
  std::vector<float> out;
  for (const std::int16_t x : samples) out.push_back(static_cast<float>(x) / 32768.0F);
  return out;
}

void write_heard(const std::string& path, std::span<const float> pcm) {
  std::vector<std::int16_t> samples;
  for (const float x : pcm) samples.push_back(static_cast<std::int16_t>(std::clamp(x, -1.0F, 1.0F) * 32767.0F));
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(samples.data()), static_cast<std::streamsize>(samples.size() * 2));
}

void print_arrivals(const bench::Case& what, std::span<const bench::Arrival> list) {
  std::printf("{\"case\":\"%s\",\"drift_ppm\":%.0f,\"red_depth\":%zu,\"arrivals\":[", what.name.c_str(),
              what.network.drift_ppm, what.red_depth);
  const char* separator = "";
  for (const bench::Arrival& arrival : list) {
    const double sent_ms = static_cast<double>(arrival.packet) * what.packet_ms / (1 + what.network.drift_ppm * 1e-6);
    std::printf("%s[%lld,%.3f]", separator, static_cast<long long>(arrival.packet), arrival.time_ms - sent_ms);
    separator = ",";
  }
  std::printf("]}");
}

void print_outcome(const bench::Case& what, std::span<const bench::Arrival> list, std::span<const float> speech,
                   const std::string& heard_folder) {
  const auto packets = bench::encode(what, list, speech);
  const auto& opus = *media::codec::find("opus", 48000);
  bench::Outcome mean;
  double heard_buffer_ms = 0;
  for (const double phase_ms : kPhasesMs) {
    const bench::Outcome one = bench::play(packets, opus, what.red_depth > 0, what.seconds, phase_ms);
    if (phase_ms == kPhasesMs[kPhasesMs.size() / 2]) {
      heard_buffer_ms = one.buffer_ms;
      if (!heard_folder.empty()) write_heard(heard_folder + "/" + what.name + ".s16", one.heard);
    }
    constexpr std::array kFields = {&bench::Outcome::lost_percent,      &bench::Outcome::late_percent,
                                    &bench::Outcome::concealed_percent, &bench::Outcome::inserted_percent,
                                    &bench::Outcome::removed_percent,   &bench::Outcome::buffer_ms,
                                    &bench::Outcome::last_buffer_ms,    &bench::Outcome::real_time_factor};
    for (const auto field : kFields) mean.*field += one.*field / kPhasesMs.size();
  }
  std::printf(
      "{\"case\":\"%s\",\"lost_pct\":%.2f,\"late_pct\":%.2f,\"conceal_pct\":%.2f,\"inserted_pct\":%.2f,"
      "\"removed_pct\":%.2f,\"buffer_ms\":%.1f,\"heard_buffer_ms\":%.1f,\"last_buffer_ms\":%.1f,\"real_time_factor\":%."
      "0f}",
      what.name.c_str(), mean.lost_percent, mean.late_percent, mean.concealed_percent, mean.inserted_percent,
      mean.removed_percent, mean.buffer_ms, heard_buffer_ms, mean.last_buffer_ms, mean.real_time_factor);
}

/// Of a recording nobody knows what was spoken, nor when: the delay is what jitter and buffer add to the fastest
/// packet's way.
int print_trace(const std::string& path, std::uint8_t payload_type) {
  const auto packets = bench::read_trace(read_file(path), payload_type);
  if (!packets.ok()) {
    std::fprintf(stderr, "jitter_simulator: %s: %s\n", path.c_str(), to_string(packets.error()).c_str());
    return 1;
  }
  const media::codec::CodecEntry* codec = media::codec::find("opus", 48000);
  for (const media::codec::CodecEntry& entry : media::codec::registry()) {
    if (entry.static_payload_type == payload_type) codec = &entry;
  }
  double fastest_ms = 0;
  double transit_ms = 0;
  for (const bench::TracePacket& packet : *packets) {
    const auto ahead = static_cast<std::int32_t>(packet.timestamp - packets->front().timestamp);
    const double one_ms = packet.time_ms - 1000.0 * ahead / codec->clock_rate_hz;
    fastest_ms = std::min(fastest_ms, one_ms);
    transit_ms += one_ms / static_cast<double>(packets->size());
  }
  bench::Outcome mean;
  for (const double phase_ms : kPhasesMs) {
    const bench::Outcome one = bench::play(*packets, *codec, false, packets->back().time_ms / 1000, phase_ms);
    mean.concealed_percent += one.concealed_percent / kPhasesMs.size();
    mean.buffer_ms += one.buffer_ms / kPhasesMs.size();
  }
  std::printf("{\"conceal_pct\":%.2f,\"delay_ms\":%.1f}\n", mean.concealed_percent,
              mean.buffer_ms + transit_ms - fastest_ms);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  std::map<std::string, std::string> options;
  for (int i = 1; i < count; ++i) {
    const bool has_value = i + 1 < count && std::strncmp(words[i + 1], "--", 2) != 0;
    options[words[i]] = has_value ? words[i + 1] : "";
    if (has_value) ++i;
  }
  const bool only_arrivals = options.contains("--arrivals");
  const std::uint32_t seed = options.contains("--seed") ? static_cast<std::uint32_t>(std::stoul(options["--seed"])) : 1;
  if (options.contains("--trace")) {
    return print_trace(options["--trace"], static_cast<std::uint8_t>(std::stoul(options["--payload-type"])));
  }
  std::vector<float> speech;
  if (!only_arrivals) {
    speech = read_speech(options["--speech"]);
    if (speech.empty()) {
      std::fprintf(stderr, "jitter_simulator: --speech %s: no samples in it\n", options["--speech"].c_str());
      return 2;
    }
  }
  std::printf("{\"seed\":%u,\"cases\":[", seed);
  const char* separator = "\n ";
  for (bench::Case what : bench::standard_cases()) {
    if (options.contains("--case") && what.name != options["--case"]) continue;
    if (options.contains("--seconds")) what.seconds = std::stod(options["--seconds"]);
    const auto packets = static_cast<std::int64_t>(what.seconds * 1000 / what.packet_ms);
    const auto list = bench::arrivals(what.network, packets, what.packet_ms, seed);
    std::printf("%s", separator);
    separator = ",\n ";
    if (only_arrivals) {
      print_arrivals(what, list);
    } else {
      print_outcome(what, list, speech, options["--heard"]);
    }
  }
  std::printf("\n]}\n");
  return 0;
}
