// The jitter buffer against the standard network models, on a virtual clock: one JSON object.
//   jitter_simulator [--seed N] [--case NAME]
#include <cstdio>
#include <string>

#include "tests/bench/jitter/simulation.hpp"

int main(int count, char** words) {
  std::uint32_t seed = 1;
  std::string only;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = words[i];
    if (name == "--seed") seed = static_cast<std::uint32_t>(std::stoul(words[i + 1]));
    if (name == "--case") only = words[i + 1];
  }
  std::printf("{\"seed\":%u,\"cases\":[", seed);
  bool first = true;
  for (const sidetone::bench::Case& what : sidetone::bench::standard_cases()) {
    if (!only.empty() && what.name != only) continue;
    const sidetone::bench::Outcome out = sidetone::bench::simulate(what, seed);
    std::printf(
        "%s\n "
        "{\"case\":\"%s\",\"lost_percent\":%.2f,\"concealed_percent\":%.2f,\"late_percent\":%.2f,\"buffer_ms\":%.1f,"
        "\"last_buffer_ms\":%.1f,\"end_to_end_ms\":%.1f,\"tempo_percent\":%.2f,\"mos\":%.2f,\"real_time_factor\":%.0f}",
        first ? "" : ",", what.name.c_str(), out.lost_percent, out.concealed_percent, out.late_percent, out.buffer_ms,
        out.last_buffer_ms, out.end_to_end_ms, out.tempo_percent, out.mos, out.real_time_factor);
    first = false;
  }
  std::printf("\n]}\n");
  return 0;
}
