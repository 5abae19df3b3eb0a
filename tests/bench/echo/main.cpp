// echo_simulator --far FILE --near FILE [--seed N] [--coupling DB] [--untold] [--noise-suppression] [--gain-control]:
// one room, its figures as JSON. Files: 48 kHz, mono, 16 bits, no header.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "tests/bench/echo/simulation.hpp"

namespace {

std::vector<float> load(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<float> out;
  char bytes[2];
  while (file.read(bytes, 2)) {
    const auto sample = static_cast<std::int16_t>(static_cast<unsigned char>(bytes[0]) |
                                                  static_cast<unsigned>(static_cast<unsigned char>(bytes[1])) << 8U);
    out.push_back(static_cast<float>(sample) / 32768);
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  sidetone::bench::Scene scene;
  std::vector<float> far;
  std::vector<float> near;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (name == "--far") far = load(value), ++i;
    if (name == "--near") near = load(value), ++i;
    if (name == "--seed") scene.seed = static_cast<std::uint32_t>(std::atoi(value)), ++i;
    if (name == "--coupling") scene.coupling_db = std::atof(value), ++i;
    if (name == "--untold") scene.jump_is_told = false;
    if (name == "--noise-suppression") scene.processing.noise_suppression = true;
    if (name == "--gain-control") scene.processing.auto_gain_control = true;
  }
  if (far.empty() || near.empty()) {
    std::fputs("echo_simulator: --far and --near must name files with speech.\n", stderr);
    return 2;
  }
  const auto figures = sidetone::bench::simulate(scene, far, near);
  std::printf("{\"erle_db\":%.1f,\"double_talk_similarity\":%.3f,\"double_talk_gain_db\":%.1f,\"recover_ms\":%s}\n",
              figures.erle_db, figures.double_talk_similarity, figures.double_talk_gain_db,
              figures.recover_ms ? std::to_string(*figures.recover_ms).c_str() : "null");
}
