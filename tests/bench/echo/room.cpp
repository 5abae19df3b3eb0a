#include "tests/bench/echo/room.hpp"

#include <cmath>
#include <random>

namespace sidetone::bench {
namespace {

constexpr std::size_t kDirectSamples = 42;      // 0.3 m at 343 m/s
constexpr std::size_t kReverberation = 12'000;  // 250 ms
constexpr std::size_t kReflections = 500;
constexpr double kDirectGain = 3;  // of the first reflections

}  // namespace

Room::Room(std::uint32_t seed, double coupling_db) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  taps_.push_back({kDirectSamples, static_cast<float>(kDirectGain)});
  for (std::size_t i = 0; i < kReflections; ++i) {
    const double at = std::pow((static_cast<double>(i) + uniform(random)) / kReflections, 1.5);
    const double gain = std::pow(10, -3 * at) * (uniform(random) < 0.5 ? -1 : 1);
    taps_.push_back({kDirectSamples + 1 + static_cast<std::size_t>(at * kReverberation), static_cast<float>(gain)});
  }
  double energy = 0;
  for (const Tap& tap : taps_) energy += static_cast<double>(tap.gain) * tap.gain;
  for (Tap& tap : taps_) tap.gain *= static_cast<float>(std::pow(10, coupling_db / 20) / std::sqrt(energy));
}

std::vector<float> Room::echo_of(const std::vector<float>& played) const {
  std::vector<float> out(played.size());
  for (const Tap& tap : taps_)
    for (std::size_t i = tap.samples; i < out.size(); ++i) out[i] += tap.gain * played[i - tap.samples];
  return out;
}

}  // namespace sidetone::bench
