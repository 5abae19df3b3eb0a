#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sidetone::bench {

/// A loudspeaker, a room and a microphone: a direct path of 0.3 m and reflections that fall by 60 dB in 250 ms, drawn
/// at random (velvet noise: single taps of either sign, denser at the beginning).
class Room {
 public:
  /// @param coupling_db  energy of the echo against that of what is played.
  Room(std::uint32_t seed, double coupling_db);

  /// What arrives at the microphone of samples at 48 kHz; as many.
  [[nodiscard]] std::vector<float> echo_of(const std::vector<float>& played) const;

 private:
  struct Tap {
    std::size_t samples;
    float gain;
  };
  std::vector<Tap> taps_;
};

}  // namespace sidetone::bench
